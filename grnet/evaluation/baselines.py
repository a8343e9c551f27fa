"""What a simple rule reaches on the same folds: the rows that a model's figures are read against.

Enter: labelled pairs with folds and correlations. Leave: for each baseline an out-of-fold probability of every pair.
Whatever a baseline learns, it learns from the other folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.evaluation.calibration import fit_calibration
from grnet.evaluation.ranking import Floats
from grnet.evaluation.splits import check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import Indices, PairIndex

Similarity = npt.NDArray[np.float32] | Callable[[Indices, Indices], npt.NDArray[np.float32]]
Bools = npt.NDArray[np.bool_]
RANDOM, PEARSON, SPEARMAN = "random", "|Pearson|", "|Spearman|"
DEGREE, NEIGHBOUR = "degree only", "expression neighbour"
BASELINES = (PEARSON, SPEARMAN, DEGREE, NEIGHBOUR, RANDOM)
_NEIGHBOURS = 20
_SHARPNESS = 4
_PRIOR_WEIGHT = 0.1
_BLOCK_CELLS = 4_000_000


@dataclass(frozen=True)
class BaselineInputs:
    """Labelled pairs and what the baselines may look at.

    Attributes
    ----------
    pairs : PairIndex of P pairs
    labels : int8 array [P]
    folds : int8 array [P]
        A pair is predicted from the pairs of all other folds.
    pearson, spearman : float arrays [P]
        Correlation of the pair's expression, -1..1; NaN where a gene lacks expression.
    n_genes : int
    seed : int
    similarity : float32 array [G, G], a function, or None
        Similarity of genes by expression, -1..1 (say Pearson's r), NaN where unknown; a function takes two index
        arrays [A] and [B] and returns the block [A, B]. Without it there is no "expression neighbour".
    """

    pairs: PairIndex
    labels: npt.NDArray[np.int8]
    folds: npt.NDArray[np.int8]
    pearson: npt.NDArray[np.floating]
    spearman: npt.NDArray[np.floating]
    n_genes: int
    seed: int
    similarity: Similarity | None = None

    def __post_init__(self) -> None:
        check_labels(self.labels, len(self.pairs))
        for name in ("folds", "pearson", "spearman"):
            shape = getattr(self, name).shape
            if shape != (len(self.pairs),):
                raise InputError(f"{name}: expected a value for each of {len(self.pairs)} pairs, got shape {shape}")
        if len(np.unique(self.folds)) < 2:
            raise InputError("out-of-fold baselines need two or more folds")


def out_of_fold_baselines(inputs: BaselineInputs) -> dict[str, Floats]:
    """Return out-of-fold probabilities, float64 [P], of each baseline by name.

    "|Pearson|", "|Spearman|": logistic regression on the size of the correlation; the base rate where it is unknown.
    "degree only": logistic regression on which TF and which target, nothing else. "expression neighbour": the labels of
    known pairs whose TF and target are similar, weighted. "random": the base rate of the other folds and a little
    noise, so that its order is random.
    """
    rng = np.random.default_rng(inputs.seed)
    noise = rng.uniform(-0.02, 0.02, len(inputs.pairs))
    rules: dict[str, Callable[[BaselineInputs, Bools], Floats]] = {
        PEARSON: lambda data, test: _predict_from_correlation(data, test, data.pearson),
        SPEARMAN: lambda data, test: _predict_from_correlation(data, test, data.spearman),
        DEGREE: _predict_from_degree,
    }
    if inputs.similarity is not None:
        rules[NEIGHBOUR] = _predict_from_neighbours
    rules[RANDOM] = lambda data, test: np.clip(_training_rate(data, test) + noise[test], 0.0, 1.0)
    results = {name: np.empty(len(inputs.pairs)) for name in rules}
    for fold in np.unique(inputs.folds):
        test = inputs.folds == fold
        for name, predict in rules.items():
            results[name][test] = predict(inputs, test)
    return results


def _training_rate(data: BaselineInputs, test: Bools) -> float:
    return float(np.mean(data.labels[~test]))


def _predict_from_correlation(data: BaselineInputs, test: Bools, correlation: npt.NDArray[np.floating]) -> Floats:
    """Logistic regression on |r|, rising, fitted on the training pairs that have one."""
    size = np.abs(correlation.astype(np.float64))
    usable = ~test & np.isfinite(size)
    probability = np.full(int(test.sum()), _training_rate(data, test))
    if usable.any():
        known = np.isfinite(size[test])
        fit = fit_calibration(size[usable], data.labels[usable], method="platt")
        probability[known] = fit.apply(size[test][known])
    return probability


def _predict_from_degree(data: BaselineInputs, test: Bools) -> Floats:
    """Ridge logistic regression on one indicator for each TF and each target; a new gene adds nothing.

    Where each gene has as many negatives as positives this falls below chance: what is held out is missing from the
    rest, so a gene with a held-out positive shows fewer positives.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    y = data.labels[~test]
    if len(np.unique(y)) < 2:
        return np.full(int(test.sum()), _training_rate(data, test))
    n = len(data.pairs)
    columns = np.column_stack([data.pairs.tf, data.pairs.target + data.n_genes]).ravel()
    ones = np.ones(2 * n)
    design = csr_matrix((ones, columns, np.arange(0, 2 * n + 1, 2)), shape=(n, 2 * data.n_genes))  # [P, 2G]
    model = LogisticRegression(C=1.0, max_iter=500).fit(design[~test], y)
    probability: Floats = model.predict_proba(design[test])[:, 1]
    return probability


def _predict_from_neighbours(data: BaselineInputs, test: Bools) -> Floats:
    """Vote of the training pairs most like the pair; likeness = (TF similarity · target similarity) ^ sharpness.

    The vote starts with a little weight on the base rate, so that a pair without neighbours gets that.
    """
    rate = _training_rate(data, test)
    training, asked = data.pairs.take(~test), data.pairs.take(test)
    labels = data.labels[~test].astype(np.float32)
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


def _weighted_vote(weights: npt.NDArray[np.float32], labels: npt.NDArray[np.float32], rate: float) -> Floats:
    votes = (weights * labels).sum(axis=1, dtype=np.float64) + _PRIOR_WEIGHT * rate
    share: Floats = votes / (weights.sum(axis=1, dtype=np.float64) + _PRIOR_WEIGHT)
    return share


def _similarity_block(
    data: BaselineInputs, asked: Indices, training: Indices
) -> tuple[npt.NDArray[np.float32], Indices, Indices]:
    """Return similarities 0..1 of the distinct genes, and the row and column of each asked and training gene."""
    row_genes, rows = np.unique(asked, return_inverse=True)
    column_genes, columns = np.unique(training, return_inverse=True)
    source = data.similarity
    block = source(row_genes, column_genes) if callable(source) else np.asarray(source)[np.ix_(row_genes, column_genes)]
    block = np.clip(np.nan_to_num(block.astype(np.float32), nan=0.0), 0.0, 1.0)
    block[row_genes[:, None] == column_genes[None, :]] = 1.0
    return block, rows, columns
