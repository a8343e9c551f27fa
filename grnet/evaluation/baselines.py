"""Baselines: simple rules evaluated on the same folds as a model.

Enter: labelled pairs with folds, correlations and context features. Leave: for each baseline an out-of-fold probability
of every tested pair. Whatever a baseline learns, it learns from the pairs that the fold's model may learn from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.arrays import NO_FOLD, Bools, Float32, Float64, Indices, Int8, check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex

Similarity = Float32 | Callable[[Indices, Indices], Float32]
RANDOM, PEARSON, SPEARMAN = "random", "|Pearson|", "|Spearman|"
DEGREE, NEIGHBOUR = "degree only", "expression neighbour"
BOOSTING = "gradient boosting on context"
BASELINES = (PEARSON, SPEARMAN, DEGREE, NEIGHBOUR, BOOSTING, RANDOM)
_NEIGHBOURS = 20
_SHARPNESS = 4
_PRIOR_WEIGHT = 0.1
_BLOCK_CELLS = 4_000_000


class FoldPart(NamedTuple):
    """Pairs to learn from and pairs to predict, masks [P]."""

    train: Bools
    test: Bools


@dataclass(frozen=True)
class BaselineInputs:
    """Labelled pairs and what the baselines may look at.

    Attributes
    ----------
    pairs : PairIndex of P pairs
    labels : int8 array [P]
    folds : int8 array [P]
        A pair is predicted from the pairs of all other folds; -1 for a pair that is never tested.
    pearson, spearman : float arrays [P]
        Correlation of the pair's expression, -1..1; NaN where a gene lacks expression.
    n_genes : int
    seed : int
    similarity : float32 array [G, G], a function, or None
        Similarity of genes by expression, -1..1 (say Pearson's r), NaN where unknown; a function takes two index
        arrays [A] and [B] and returns the block [A, B]. Without it there is no "expression neighbour".
    context : float32 array [P, F] or None
        Co-expression context features, NaN where unknown. Without it there is no "gradient boosting on context".
    train : bool array [K, P] or None
        Which pairs the baselines of fold k may learn from; None is all pairs of the other folds.
    """

    pairs: PairIndex
    labels: Int8
    folds: Int8
    pearson: npt.NDArray[np.floating]
    spearman: npt.NDArray[np.floating]
    n_genes: int
    seed: int
    similarity: Similarity | None = None
    context: Float32 | None = None
    train: Bools | None = None

    def __post_init__(self) -> None:
        n = len(self.pairs)
        check_labels(self.labels, n)
        for name in ("folds", "pearson", "spearman"):
            shape = getattr(self, name).shape
            if shape != (n,):
                raise InputError(f"{name}: expected a value for each of {n} pairs, got shape {shape}")
        if self.context is not None and (self.context.ndim != 2 or len(self.context) != n):
            raise InputError(f"context: expected features of each of {n} pairs, got shape {self.context.shape}")
        tested = self.tested_folds()
        if self.train is None and len(tested) < 2:
            raise InputError("out-of-fold baselines need two or more folds")
        if self.train is not None:
            self._check_train(self.train, tested)

    def _check_train(self, train: Bools, tested: list[int]) -> None:
        if train.ndim != 2 or train.shape[1] != len(self.pairs) or len(train) <= max(tested, default=-1):
            raise InputError(
                f"train: expected a row for each of {len(tested)} folds and a column for each of {len(self.pairs)} "
                f"pairs, got shape {train.shape}"
            )
        for fold in tested:
            if np.any(train[fold] & (self.folds == fold)):
                raise InputError(f"train: fold {fold} would learn from pairs that it is tested on")
            if not train[fold].any():
                raise InputError(f"train: fold {fold} has no pairs to learn from")

    def tested_folds(self) -> list[int]:
        """Return the folds that have tested pairs, ascending."""
        return [int(fold) for fold in np.unique(self.folds) if fold != NO_FOLD]

    def part(self, fold: int) -> FoldPart:
        """Return which pairs a fold learns from and which it is tested on."""
        test = self.folds == fold
        return FoldPart(~test if self.train is None else self.train[fold], test)


Rule = Callable[[BaselineInputs, FoldPart], Float64]


def out_of_fold_baselines(inputs: BaselineInputs) -> dict[str, Float64]:
    """Return out-of-fold probabilities, float64 [P], of each baseline by name; NaN for pairs that are never tested.

    "|Pearson|", "|Spearman|": logistic regression on |r|, the size of the correlation; the base rate where it is
    unknown. "degree only": logistic regression on which TF and which target, nothing else. "expression neighbour": the
    labels of known pairs whose TF and target are similar, weighted. "gradient boosting on context": boosted trees on
    the co-expression context of the pair, with scikit-learn's own settings. "random": the base rate of the training
    pairs and a little noise, so that its order is random.

    All of it runs on one thread: the sums of several may end in another last bit each time, and problems as small as
    these get slower by them.
    """
    import sklearn.ensemble  # noqa: F401  loaded first: a library that is loaded within the limits is not held to them
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(inputs.seed)
    noise = rng.uniform(-0.02, 0.02, len(inputs.pairs))
    rules: dict[str, Rule] = {
        PEARSON: lambda data, part: _predict_from_correlation(data, part, data.pearson),
        SPEARMAN: lambda data, part: _predict_from_correlation(data, part, data.spearman),
        DEGREE: _predict_from_degree,
    }
    if inputs.similarity is not None:
        rules[NEIGHBOUR] = _predict_from_neighbours
    if inputs.context is not None:
        rules[BOOSTING] = _predict_from_context
    rules[RANDOM] = lambda data, part: np.clip(_training_rate(data, part) + noise[part.test], 0.0, 1.0)
    results = {name: np.full(len(inputs.pairs), np.nan) for name in rules}
    with threadpool_limits(1):
        for fold in inputs.tested_folds():
            part = inputs.part(fold)
            for name, predict in rules.items():
                results[name][part.test] = predict(inputs, part)
    return results


def _training_rate(data: BaselineInputs, part: FoldPart) -> float:
    return float(np.mean(data.labels[part.train]))


def _predict_from_correlation(data: BaselineInputs, part: FoldPart, correlation: npt.NDArray[np.floating]) -> Float64:
    """Logistic regression on |r|, rising, fitted on the training pairs that have one."""
    size = np.abs(correlation.astype(np.float64))
    usable = part.train & np.isfinite(size)
    asked = size[part.test]
    probability = np.full(len(asked), _training_rate(data, part))
    if usable.any():
        known = np.isfinite(asked)
        fit = fit_calibration(size[usable], data.labels[usable], method="platt")
        probability[known] = fit.apply(asked[known])
    return probability


def _predict_from_context(data: BaselineInputs, part: FoldPart) -> Float64:
    """Histogram gradient boosting on the context features, with the settings that scikit-learn has for a start."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    assert data.context is not None
    y = data.labels[part.train]
    if len(np.unique(y)) < 2:
        return np.full(int(part.test.sum()), _training_rate(data, part))
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=data.seed)
    model.fit(data.context[part.train], y)
    probability: Float64 = model.predict_proba(data.context[part.test])[:, 1]
    return probability


def _predict_from_degree(data: BaselineInputs, part: FoldPart) -> Float64:
    """Ridge logistic regression on one indicator for each TF and each target; a new gene adds nothing.

    Where each gene has as many negatives as positives this falls below chance: what is held out is missing from the
    rest, so a gene with a held-out positive shows fewer positives.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    y = data.labels[part.train]
    if len(np.unique(y)) < 2:
        return np.full(int(part.test.sum()), _training_rate(data, part))
    n = len(data.pairs)
    columns = np.column_stack([data.pairs.tf, data.pairs.target + data.n_genes]).ravel()
    ones = np.ones(2 * n)
    design = csr_matrix((ones, columns, np.arange(0, 2 * n + 1, 2)), shape=(n, 2 * data.n_genes))  # [P, 2G]
    model = LogisticRegression(C=1.0, max_iter=500).fit(design[part.train], y)
    probability: Float64 = model.predict_proba(design[part.test])[:, 1]
    return probability


def _predict_from_neighbours(data: BaselineInputs, part: FoldPart) -> Float64:
    """Vote of the training pairs most like the pair; likeness = (TF similarity · target similarity) ^ sharpness.

    The vote starts with a little weight on the base rate, so that a pair without neighbours gets that.
    """
    rate = _training_rate(data, part)
    training, asked = data.pairs.take(part.train), data.pairs.take(part.test)
    labels = data.labels[part.train].astype(np.float32)
    k = min(_NEIGHBOURS, len(training))
    tf_likeness, tf_rows, tf_columns = _similarity_block(data, asked.tf, training.tf)
    target_likeness, target_rows, target_columns = _similarity_block(data, asked.target, training.target)
    probability = np.empty(len(asked))
    rows_at_a_time = max(1, _BLOCK_CELLS // max(len(training), 1))
    for start in range(0, len(asked), rows_at_a_time):
        rows = slice(start, start + rows_at_a_time)
        likeness = tf_likeness[tf_rows[rows]][:, tf_columns]  # [rows, training pairs]
        likeness *= target_likeness[target_rows[rows]][:, target_columns]
        best = np.argpartition(-likeness, k - 1, axis=1)[:, :k]
        weights = np.take_along_axis(likeness, best, axis=1) ** _SHARPNESS
        probability[rows] = _weighted_vote(weights, labels[best], rate)
    return probability


def _weighted_vote(weights: Float32, labels: Float32, rate: float) -> Float64:
    votes = (weights * labels).sum(axis=1, dtype=np.float64) + _PRIOR_WEIGHT * rate
    share: Float64 = votes / (weights.sum(axis=1, dtype=np.float64) + _PRIOR_WEIGHT)
    return share


def _similarity_block(data: BaselineInputs, asked: Indices, training: Indices) -> tuple[Float32, Indices, Indices]:
    """Return similarities 0..1 of the distinct genes, and the row and column of each asked and training gene."""
    row_genes, rows = np.unique(asked, return_inverse=True)
    column_genes, columns = np.unique(training, return_inverse=True)
    source = data.similarity
    block = source(row_genes, column_genes) if callable(source) else np.asarray(source)[np.ix_(row_genes, column_genes)]
    block = np.clip(np.nan_to_num(block.astype(np.float32), nan=0.0), 0.0, 1.0)
    block[row_genes[:, None] == column_genes[None, :]] = 1.0
    return block, rows, columns
