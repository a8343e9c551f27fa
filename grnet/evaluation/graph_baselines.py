"""Baselines that look at nothing but the known edges: how many a TF and a target have, and the graph around a pair."""

from __future__ import annotations

import numpy as np

from grnet.evaluation.baseline_inputs import INNER_FOLDS, BaselineInputs, FoldPart
from grnet.evaluation.held_out_calibration import predict_from_scores
from grnet.evaluation.tree_baselines import predict_from_trees
from grnet.schema.arrays import Bools, Float64


def predict_from_known_degrees(data: BaselineInputs, part: FoldPart) -> Float64:
    """Rank by log(1 + known targets of the TF) + log(1 + known regulators of the target).

    It is what preferential attachment predicts (Barabási & Albert 1999, doi:10.1126/science.286.5439.509). Only the
    probability that goes with a rank is fitted.
    """

    def score(train: Bools) -> Float64:
        edges = data.pairs.take(train & (data.labels == 1))
        targets, regulators = (np.bincount(genes, minlength=data.n_genes) for genes in (edges.tf, edges.target))
        ranks: Float64 = np.log1p(targets[data.pairs.tf]) + np.log1p(regulators[data.pairs.target])
        return ranks

    return predict_from_scores(score, data, part)


def predict_from_known_network(data: BaselineInputs, part: FoldPart) -> Float64:
    """Boosted trees on numbers of the graph of known pairs, such as degrees and shared targets.

    The numbers of a training pair are those of the graph without its inner fold, so that it looks like a tested pair.
    To leave out the pair alone would not do: where each TF has as many negatives as positives, one edge less than the
    other pairs of the TF have would tell that a pair is an edge.
    """
    assert data.known_network is not None
    owns = [part.train & (data.inner_folds == inner) for inner in range(INNER_FOLDS)]
    tested = data.known_network(part.train, part.test)
    table = np.full((len(data.pairs), tested.shape[1]), np.nan, dtype=np.float32)
    table[part.test] = tested
    for own in owns:
        table[own] = data.known_network(part.train & ~own, own)
    return predict_from_trees(data, part, table)
