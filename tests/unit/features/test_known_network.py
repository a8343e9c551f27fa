"""What the known network says: against counting on a graph from which the pair was removed, in lists and in blocks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grnet.features.known_network import KNOWN_NETWORK_FEATURES, KnownNetwork, KnownNetworkBlocks
from grnet.features.similar_pairs import HIDDEN, PairLabels

N_GENES = 18
PAIRS = [(a, b) for a in range(12) for b in range(N_GENES)]


@pytest.fixture(scope="module")
def known():
    """Return edges and non-edges of 9 TFs, with reverses, autoregulation and genes in both roles."""
    rng = np.random.default_rng(1)
    tf, target = np.nonzero(rng.random((9, N_GENES)) < 0.6)
    labels = torch.from_numpy((rng.random(len(tf)) < 0.6).astype(np.float32))
    return PairLabels(torch.from_numpy(tf), torch.from_numpy(target), labels)


def nothing_known():
    return PairLabels(*(torch.zeros(0, dtype=kind) for kind in (torch.int64, torch.int64, torch.float32)))


def remove(known, tf, target, hidden):
    """Return the known edges and non-edges [G, G] without a pair and what is hidden with it."""
    edge, non_edge = np.zeros((2, N_GENES, N_GENES))
    for a, b, value in zip(known.tf.tolist(), known.target.tolist(), known.value.tolist(), strict=True):
        (edge if value else non_edge)[a, b] = a != b
    for table in (edge, non_edge):
        table[tf, target] = 0
        if hidden in ("tf", "both"):
            table[tf] = 0
        if hidden in ("target", "both"):
            table[:, target] = 0
    return edge, non_edge


def count_on_graph(known, tf, target, hidden):
    """Return the numbers of one pair, counted after it was removed."""
    edge, non_edge = remove(known, tf, target, hidden)
    joined = np.maximum(edge, edge.T)
    shared = np.flatnonzero(joined[tf] * joined[target])
    degree = joined.sum(axis=1)[shared]

    def cosine(rows, a, b):
        return rows[a] @ rows[b] / max(np.sqrt(rows[a].sum() * rows[b].sum()), 1)

    counts = {
        "targets of the TF": edge[tf].sum(),
        "regulators of the target": edge[:, target].sum(),
        "regulators of the TF": edge[:, tf].sum(),
        "targets of the target": edge[target].sum(),
        "shared targets": edge[tf] @ edge[target],
        "shared regulators": edge[:, tf] @ edge[:, target],
        "Adamic-Adar": (1 / np.log1p(degree)).sum(),
        "resource allocation": (1 / degree).sum(),
        "similar TFs": sum(cosine(edge, tf, c) for c in np.flatnonzero(edge[:, target])),
        "similar targets": sum(cosine(edge.T, target, d) for d in np.flatnonzero(edge[tf])),
        "non-edges of the TF": non_edge[tf].sum(),
        "non-edges of the target": non_edge[:, target].sum(),
    }
    reverse = {"reverse edge": edge[target, tf], "reverse non-edge": non_edge[target, tf]}
    numbers = {name: np.log1p(value) for name, value in counts.items()} | reverse
    return [numbers[name] for name in KNOWN_NETWORK_FEATURES]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_numbers_are_those_of_the_graph_without_the_pair_and_what_is_hidden(known, hidden):
    # A gene with itself is no candidate; hiding a TF there would hide what it is as a target too.
    pairs = [(a, b) for a, b in PAIRS if a != b or hidden == "pair"]
    tf, target = (torch.tensor(genes) for genes in zip(*pairs, strict=True))
    found = KnownNetwork(known, N_GENES).of_pairs(tf, target, hidden=hidden)
    assert found.dtype == torch.float32
    expected = np.array([count_on_graph(known, a, b, hidden) for a, b in pairs])
    for number, name in enumerate(KNOWN_NETWORK_FEATURES):
        np.testing.assert_allclose(found[:, number], expected[:, number], atol=1e-5, err_msg=name)
    assert hidden != "pair" or expected.any(axis=0).all()


def test_a_block_says_the_same_as_a_list_to_every_model(known):
    half = PairLabels(known.tf[::2], known.target[::2], known.value[::2])
    models = (known, half, nothing_known())
    tf, target = torch.arange(11, -1, -1), torch.randperm(N_GENES, generator=torch.Generator().manual_seed(3))
    blocks = KnownNetworkBlocks(list(models), N_GENES)
    for columns in (target, target[3:8]):
        strip = blocks.strip(tf, columns)
        for part in (slice(0, 12), slice(3, 4), slice(5, 10)):
            rows = tf[part]
            numbers = torch.stack(list(strip.features(part)), dim=-1)  # [T, K, N, F]
            assert numbers.shape == (len(rows), 3, len(columns), len(KNOWN_NETWORK_FEATURES))
            for found, labels in zip(numbers.unbind(1), models, strict=True):
                pairs = rows.repeat_interleave(len(columns)), columns.repeat(len(rows))
                listed = KnownNetwork(labels, N_GENES).of_pairs(*pairs)
                torch.testing.assert_close(found.flatten(0, 1), listed, atol=1e-5, rtol=0)


def test_where_nothing_is_known_all_numbers_are_zero():
    tf, target = (torch.tensor(genes) for genes in zip(*PAIRS, strict=True))
    assert not KnownNetwork(nothing_known(), N_GENES).of_pairs(tf, target).any()
    assert KnownNetwork(nothing_known(), N_GENES).of_pairs(tf[:0], tf[:0]).shape == (0, len(KNOWN_NETWORK_FEATURES))


def test_the_label_of_a_pair_does_not_reach_its_own_numbers(known):
    before = KnownNetwork(known, N_GENES).of_pairs(known.tf, known.target)
    for row in range(0, len(known.tf), 5):
        value = known.value.clone()
        value[row] = 1 - value[row]
        after = KnownNetwork(PairLabels(known.tf, known.target, value), N_GENES).of_pairs(known.tf, known.target)
        torch.testing.assert_close(after[row], before[row], atol=1e-5, rtol=0)


def test_repeated_pairs_count_once():
    tf, target = torch.tensor([0, 0, 1, 2]), torch.tensor([3, 4, 3, 4])
    labels = PairLabels(tf, target, torch.tensor([1.0, 1.0, 1.0, 0.0]))
    repeated = PairLabels(tf.repeat(2), target.repeat(2), labels.value.repeat(2))
    asked = torch.tensor([0, 1, 2]), torch.tensor([3, 4, 3])
    once, twice = (KnownNetwork(own, 6).of_pairs(*asked) for own in (labels, repeated))
    assert torch.equal(once, twice)
