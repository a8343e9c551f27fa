"""What similar pairs say: against a plain sum over labelled pairs, whatever is hidden, in lists and in blocks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grnet.features.gene_rows import GeneRows
from grnet.features.similar_pair_blocks import SimilarPairBlocks
from grnet.features.similar_pairs import DOUBT, HIDDEN, KERNELS, PairLabels, SimilarPairSums
from grnet.schema.features import SIMILAR_PAIR_FEATURES

N_GENES, N_SAMPLES = 24, 9
PAIRS = [(a, b) for a in range(10) for b in range(6, 20) if a != b]


@pytest.fixture(scope="module")
def unit():
    rows = torch.from_numpy(np.random.default_rng(0).standard_normal((N_GENES, N_SAMPLES)))
    rows = rows - rows.mean(dim=1, keepdim=True)
    rows = rows / rows.norm(dim=1, keepdim=True)
    return GeneRows(torch.cat([rows, torch.zeros_like(rows[:1])]), torch.arange(N_GENES))


@pytest.fixture(scope="module")
def known():
    """Return edges of 7 TFs, with reverses and with genes in both roles."""
    rng = np.random.default_rng(1)
    tf, target = rng.integers(0, 7, 60), rng.integers(0, N_GENES, 60)
    keys = np.unique((tf * N_GENES + target)[tf != target])
    labels = torch.from_numpy((rng.random(len(keys)) < 0.4).astype(float)).double()
    return PairLabels(torch.from_numpy(keys // N_GENES), torch.from_numpy(keys % N_GENES), labels - labels.mean())


def nothing_known():
    return PairLabels(*(torch.zeros(0, dtype=kind) for kind in (torch.int64, torch.int64, torch.float32)))


def sum_edges(unit, known, tf, target, hidden):
    """Return the features of one pair, edge by edge."""
    rows = unit[torch.arange(N_GENES)]
    correlation = (rows @ rows.T).numpy()
    features = []
    others = [False, False]
    for sharpness, sign in KERNELS:
        alike = np.exp(sharpness * (sign * correlation - 1))
        sums = np.zeros((3, 2))
        for a, b, value in zip(known.tf.tolist(), known.target.tolist(), known.value.tolist(), strict=True):
            is_itself = (a, b) in {(tf, target), (target, tf)}
            is_hidden = (hidden in ("tf", "both") and a == tf) or (hidden in ("target", "both") and b == target)
            if is_itself or is_hidden:
                continue
            what = np.array([value, 1.0])
            others[0] |= a == tf
            others[1] |= b == target
            sums[0] += (a == tf) * alike[b, target] * what
            sums[1] += (b == target) * alike[a, tf] * what
            sums[2] += alike[a, tf] * alike[b, target] * what
        for value, weight in sums if sign > 0 else sums[:2]:
            features += [value, value / (weight + DOUBT)]
    return [*features, *others]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_sums_leave_out_the_pair_its_reverse_and_what_is_hidden(unit, known, hidden):
    tf, target = (torch.tensor(genes) for genes in zip(*PAIRS, strict=True))
    found = SimilarPairSums(unit, known).of_pairs(tf, target, hidden=hidden)
    expected = [sum_edges(unit, known, a, b, hidden) for a, b in PAIRS]
    assert found.shape == (len(PAIRS), SIMILAR_PAIR_FEATURES)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-10)


def test_a_block_says_the_same_as_a_list_to_every_model(unit, known):
    half = PairLabels(known.tf[::2], known.target[::2], known.value[::2])
    tf, target = torch.arange(9, -1, -1), torch.randperm(N_GENES, generator=torch.Generator().manual_seed(3))
    blocks = SimilarPairBlocks(unit, [known, half, nothing_known()])
    strip = blocks.strip(blocks.of_targets(target), tf, blocks.alike_tfs(tf))
    for part in (slice(0, 10), slice(3, 4), slice(4, 9)):
        rows = tf[part]
        features = torch.stack(list(strip.features(part)), dim=-1)  # [T, K, N, F]
        assert features.shape == (len(rows), 3, N_GENES, SIMILAR_PAIR_FEATURES)
        for found, edges in zip(features.unbind(1), (known, half, nothing_known()), strict=True):
            listed = SimilarPairSums(unit, edges).of_pairs(rows.repeat_interleave(N_GENES), target.repeat(len(rows)))
            torch.testing.assert_close(found.reshape(-1, SIMILAR_PAIR_FEATURES), listed, atol=1e-10, rtol=0)


def test_a_block_where_nothing_is_known_is_zero(unit):
    blocks, tf = SimilarPairBlocks(unit, [nothing_known(), nothing_known()]), torch.arange(3)
    features = list(blocks.strip(blocks.of_targets(torch.arange(4)), tf, blocks.alike_tfs(tf)).features(slice(0, 3)))
    assert [tuple(feature.shape) for feature in features] == [(3, 2, 4)] * SIMILAR_PAIR_FEATURES
    assert not any(bool(feature.any()) for feature in features)


def test_the_label_of_a_pair_does_not_reach_its_own_features(unit, known):
    tf, target = known.tf, known.target
    before = SimilarPairSums(unit, known).of_pairs(tf, target)
    for row in range(0, len(tf), 5):
        value = known.value.clone()
        value[row] += 1.0
        after = SimilarPairSums(unit, PairLabels(tf, target, value)).of_pairs(tf, target)
        torch.testing.assert_close(after[row], before[row], atol=1e-10, rtol=0)
        assert (after != before).any(dim=1).sum() > 1


def test_labels_are_centred_so_that_nothing_known_is_zero(unit):
    labels = PairLabels(torch.tensor([0, 1, 2, 3, 4]), torch.tensor([9, 9, 8, 7, 9]), torch.tensor([1, 1, 1, 0, 0]))
    present = torch.arange(N_GENES) != 4
    own = labels.among(present)
    assert own.value.tolist() == [0.25, 0.25, 0.25, -0.75], "pair 4 → 9 is not among them"
    as_tf, as_target = own.mask_genes(N_GENES)
    assert as_tf.nonzero().flatten().tolist() == [0, 1, 2, 3]
    assert as_target.nonzero().flatten().tolist() == [7, 8, 9]
    features = SimilarPairSums(unit, nothing_known()).of_pairs(torch.tensor([1]), torch.tensor([2]))
    assert features.tolist() == [[0.0] * SIMILAR_PAIR_FEATURES]
    assert not len(labels.among(torch.zeros(N_GENES, dtype=torch.bool)).value)


def test_distinct_labels_have_each_pair_of_two_genes_once():
    labels = PairLabels(
        torch.tensor([3, 1, 3, 2, 3, 1]), torch.tensor([5, 4, 5, 2, 6, 4]), torch.tensor([0.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    )
    found = labels.distinct(10)
    pairs = list(zip(found.tf.tolist(), found.target.tolist(), found.value.tolist(), strict=True))
    assert sorted(pairs) == [(1, 4, 1.0), (3, 5, 1.0), (3, 6, 0.0)], "an edge where a pair has both labels"
