"""Baselines: simple rules evaluated on the same folds as a model.

Enter: labelled pairs with folds, and what rules may look at. Leave: for each baseline an out-of-fold probability
of every tested pair. Whatever a baseline learns, it learns from the pairs that the fold's model may learn from.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grnet.evaluation.baseline_inputs import (
    BASELINES,
    BOOSTING,
    DEGREE,
    KNOWN_DEGREES,
    KNOWN_NETWORK,
    NEIGHBOUR,
    PEARSON,
    RANDOM,
    SPEARMAN,
    BaselineInputs,
    FoldPart,
)
from grnet.evaluation.graph_baselines import predict_from_known_degrees, predict_from_known_network
from grnet.evaluation.kernel_baselines import predict_from_kernels
from grnet.evaluation.tree_baselines import predict_from_trees
from grnet.probability.calibration_fit import fit_calibration
from grnet.schema.arrays import Float32, Float64, Indices

__all__ = [
    "BASELINES",
    "BOOSTING",
    "DEGREE",
    "NEIGHBOUR",
    "PEARSON",
    "RANDOM",
    "SPEARMAN",
    "BaselineInputs",
    "out_of_fold_baselines",
]
_NEIGHBOURS = 20
_SHARPNESS = 4
_PRIOR_WEIGHT = 0.1
_BLOCK_CELLS = 4_000_000


Rule = Callable[[BaselineInputs, FoldPart], Float64]


def out_of_fold_baselines(inputs: BaselineInputs) -> dict[str, Float64]:
    """Return out-of-fold probabilities, float64 [P], of each baseline by name; NaN for pairs that are never tested.

    "|Pearson|", "|Spearman|": logistic regression on |r|, the size of the correlation; the base rate where it is
    unknown. "degree only": logistic regression on which TF and which target, nothing else. "known degrees", "known
    network": see :mod:`grnet.evaluation.graph_baselines`. "expression neighbour": labels of known pairs whose TF and
    target are similar, weighted. "gradient boosting on context": boosted trees on the co-expression context of the
    pair, with scikit-learn's own settings. "kernel ridge": see :mod:`grnet.evaluation.kernel_baselines`. "random": the
    base rate of the training pairs and a little noise, so that its order is random.

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
        KNOWN_DEGREES: predict_from_known_degrees,
    }
    if inputs.known_network is not None:
        rules[KNOWN_NETWORK] = predict_from_known_network
    if inputs.similarity is not None:
        rules[NEIGHBOUR] = _predict_from_neighbours
    if inputs.context is not None:
        rules[BOOSTING] = _predict_from_context
    results: dict[str, Float64] = {}
    with threadpool_limits(1):
        for fold in inputs.tested_folds():
            part = inputs.part(fold)
            predictions = {name: predict(inputs, part) for name, predict in rules.items()}
            predictions |= predict_from_kernels(inputs, part)
            predictions[RANDOM] = np.clip(inputs.training_rate(part) + noise[part.test], 0.0, 1.0)
            for name, values in predictions.items():
                results.setdefault(name, np.full(len(inputs.pairs), np.nan))[part.test] = values
    return results


def _predict_from_correlation(data: BaselineInputs, part: FoldPart, correlation: npt.NDArray[np.floating]) -> Float64:
    """Logistic regression on |r|, rising, fitted on the training pairs that have one."""
    size = np.abs(correlation.astype(np.float64))
    usable = part.train & np.isfinite(size)
    asked = size[part.test]
    probability = np.full(len(asked), data.training_rate(part))
    if usable.any():
        known = np.isfinite(asked)
        fit = fit_calibration(size[usable], data.labels[usable], method="platt")
        probability[known] = fit.apply(asked[known])
    return probability


def _predict_from_context(data: BaselineInputs, part: FoldPart) -> Float64:
    """Boosted trees on the context features."""
    assert data.context is not None
    return predict_from_trees(data, part, data.context)


def _predict_from_degree(data: BaselineInputs, part: FoldPart) -> Float64:
    """Ridge logistic regression on one indicator for each TF and each target; a new gene adds nothing.

    Where each gene has as many negatives as positives this falls below chance: what is held out is missing from the
    rest, so a gene with a held-out positive shows fewer positives.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    y = data.labels[part.train]
    if len(np.unique(y)) < 2:
        return np.full(int(part.test.sum()), data.training_rate(part))
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
    rate = data.training_rate(part)
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
