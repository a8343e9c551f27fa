"""The part that reads the known network: what it learns, what it must not learn, and blocks against lists."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from grnet.architectures.late.known_network_fitting import FEWEST_EDGES, N_GROUPS, divide_evenly, fit_known_network
from grnet.architectures.late.known_network_part import KnownNetworkEnsemble, KnownNetworkPart
from grnet.features.known_network import KnownNetwork, KnownNetworkBlocks
from grnet.features.similar_pairs import PairLabels

N_TFS, N_GENES = 16, 120
TFS, GENES = np.arange(N_TFS), np.arange(N_GENES)


def as_labels(tf, target, value):
    return PairLabels(torch.from_numpy(tf), torch.from_numpy(target), torch.from_numpy(value.astype(np.float32)))


@pytest.fixture(scope="module")
def truth():
    """Return a network [T, G] of two groups of TFs, each with targets of its own."""
    rng = np.random.default_rng(0)
    same = (np.arange(N_TFS) % 2)[:, None] == rng.integers(0, 2, N_GENES)
    edge = rng.random((N_TFS, N_GENES)) < np.where(same, 0.45, 0.03)
    edge[:, :N_TFS] = False
    return edge


@pytest.fixture(scope="module")
def known(truth):
    """Return half of the edges, and as many non-edges of each TF."""
    rng = np.random.default_rng(1)
    pairs = []
    for tf in TFS:
        edges, others = (rng.permutation(np.flatnonzero(row)) for row in (truth[tf], ~truth[tf]))
        n = len(edges) // 2
        pairs += [(tf, gene, 1) for gene in edges[:n]]
        pairs += [(tf, gene, 0) for gene in others[others != tf][:n]]
    return as_labels(*np.array(pairs).T)


@pytest.fixture(scope="module")
def part(known):
    return fit_known_network(known, TFS, GENES, n_genes=N_GENES, seed=0)


def test_unknown_edges_rank_above_all_other_candidates(part, known, truth):
    is_candidate = np.ones_like(truth)
    is_candidate[known.tf, known.target] = False
    tf, target = np.nonzero(is_candidate)
    logits = part.score_pairs(KnownNetwork(known, N_GENES), torch.from_numpy(tf), torch.from_numpy(target))
    assert logits.dtype == torch.float32
    assert not logits.requires_grad
    assert roc_auc_score(truth[tf, target], logits) > 0.75


def test_labels_shuffled_within_tfs_teach_nothing(known):
    rng = np.random.default_rng(2)
    tf, target, value = (column.numpy().copy() for column in (known.tf, known.target, known.value))
    for gene in TFS:
        own = np.flatnonzero(tf == gene)
        value[own] = rng.permutation(value[own])
    fold, logits = rng.permutation(len(tf)) % 4, np.zeros(len(tf))
    for number in range(4):
        rest, own = fold != number, fold == number
        labels = as_labels(tf[rest], target[rest], value[rest])
        fitted = fit_known_network(labels, TFS, GENES, n_genes=N_GENES, seed=number)
        pairs = torch.from_numpy(tf[own]), torch.from_numpy(target[own])
        logits[own] = fitted.score_pairs(KnownNetwork(labels, N_GENES), *pairs).numpy()
    n_edges = int(value.sum())
    error = float(np.sqrt((len(tf) + 1) / (12 * n_edges * (len(tf) - n_edges))))
    assert roc_auc_score(value, logits) < 0.5 + 3 * error
    above, compared = 0.0, 0
    for gene, number in np.ndindex(N_TFS, 4):
        own = (tf == gene) & (fold == number)
        edges, others = logits[own & (value == 1)], logits[own & (value == 0)]
        above += (edges[:, None] > others).sum() + 0.5 * (edges[:, None] == others).sum()
        compared += len(edges) * len(others)
    assert above / compared == pytest.approx(0.5, abs=3 * error)


def test_groups_hold_as_many_edges_and_non_edges_of_each_tf(known):
    group = divide_evenly(known, np.random.default_rng(0))
    assert set(group) <= set(range(N_GROUPS))
    for gene in TFS:
        of_tf, is_edge = (known.tf == gene).numpy(), (known.value > 0).numpy()
        edges, others = (np.bincount(group[of_tf & own], minlength=N_GROUPS) for own in (is_edge, ~is_edge))
        assert edges.max() - edges.min() <= 1
        np.testing.assert_array_equal(edges, others)


def test_the_same_seed_gives_the_same_part(part, known):
    again = fit_known_network(known, TFS, GENES, n_genes=N_GENES, seed=0)
    for name, value in part.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


@pytest.mark.parametrize("n_edges", [0, FEWEST_EDGES - 1])
def test_of_few_edges_the_part_says_nothing(known, n_edges):
    edges = torch.nonzero(known.value > 0).flatten()[:n_edges]
    few = PairLabels(known.tf[edges], known.target[edges], known.value[edges])
    silent = fit_known_network(few, TFS, GENES, n_genes=N_GENES, seed=0)
    assert silent.is_silent
    assert not silent.score_pairs(KnownNetwork(few, N_GENES), known.tf, known.target).any()


def test_without_anything_but_edges_the_part_says_nothing():
    tf, target = np.arange(4).repeat(5), np.tile(np.arange(4, 9), 4)
    edges = as_labels(tf, target, np.ones(20))
    assert fit_known_network(edges, np.arange(4), np.arange(4, 9), n_genes=9, seed=0).is_silent


def test_edges_alone_are_enough_where_there_are_other_candidates(known):
    edges = known.value > 0
    only = PairLabels(known.tf[edges], known.target[edges], known.value[edges])
    assert not fit_known_network(only, TFS, GENES, n_genes=N_GENES, seed=0).is_silent


def test_blocks_score_as_lists_do(part, known):
    half = PairLabels(known.tf[::2], known.target[::2], known.value[::2])
    parts, labels = [part, KnownNetworkPart().eval(), part], [known, half, half]
    tf, target = torch.arange(N_TFS), torch.arange(40, 90)
    strip = KnownNetworkBlocks(labels, N_GENES).strip(tf, target)
    logits = KnownNetworkEnsemble(parts).score(strip.features(slice(2, 9)))
    assert logits.shape == (3, 7, 50)
    pairs = tf[2:9].repeat_interleave(50), target.repeat(7)
    for found, one, own in zip(logits, parts, labels, strict=True):
        listed = one.score_pairs(KnownNetwork(own, N_GENES), *pairs)
        torch.testing.assert_close(found.flatten(), listed, atol=1e-4, rtol=0)
    assert not logits[1].any()
