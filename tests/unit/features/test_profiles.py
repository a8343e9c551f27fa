"""Co-expression context against SciPy, scikit-learn and full matrices."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from made_measurements import profile_pictures, profile_samples
from scipy.stats import pearsonr, spearmanr
from sklearn.decomposition import PCA

from grnet.dataset.measurements.samples import SAMPLES
from grnet.features import profiles as module
from grnet.features.pairs import ContextTable, context_tables, correlations
from grnet.features.profiles import measure_background
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex

CPU = torch.device("cpu")


@pytest.fixture
def expression():
    """Nine genes × 16 samples with ties, and a common gradient as tissues have it."""
    rng = np.random.default_rng(1)
    shared = np.outer(rng.normal(size=9), np.linspace(-2, 2, 16))
    return np.round(shared + rng.normal(size=(9, 16)), 1).astype(np.float32)


def features_of(profiles, n_genes):
    return GeneFeatures(n_genes, (profiles,))


def unit_length(rows):
    centred = rows - rows.mean(axis=1, keepdims=True)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


def test_transforms_are_named_in_order(expression):
    removed = [f"{kind}, {k} components removed" for kind in ("pearson", "spearman") for k in (1, 3, 5, 10)]
    profiles = profile_samples(expression, np.ones(9, bool))
    assert profiles.transforms == ("pearson", *removed[:4], "spearman", *removed[4:])
    assert profiles.unit.shape == (10, 10, 16), "a row of zeros stands for genes without expression"
    assert profiles.unit.dtype == np.float32
    assert profiles.n_pair_features == 50
    pictures = profile_pictures("dorsal", np.zeros((2, 3, 4), np.float32), np.ones(2, bool))
    removed = [f"{kind}, {k} components removed" for kind in ("pearson", "spearman") for k in (1, 3)]
    assert pictures.transforms == ("pearson", *removed[:2], "spearman", *removed[2:])
    assert (pictures.name, pictures.modality, pictures.maps.shape) == ("dorsal", "image", (3, 3, 4))


@pytest.mark.parametrize(("kind", "oracle"), [("pearson", pearsonr), ("spearman", spearmanr)])
def test_dot_products_are_the_correlations_of_scipy(expression, kind, oracle):
    profiles = profile_samples(expression, np.ones(9, bool))
    unit = profiles.of_transform(kind)
    r = unit @ unit.T
    for a, b in combinations(range(9), 2):
        assert r[a, b] == pytest.approx(oracle(expression[a], expression[b]).statistic, abs=1e-5)


@pytest.mark.parametrize("kind", ["pearson", "spearman"])
@pytest.mark.parametrize("count", [1, 3, 5])
def test_components_are_removed_as_principal_component_analysis_finds_them(expression, kind, count):
    present = np.arange(9) != 4
    profiles = profile_samples(expression, present)
    unit = profiles.of_transform(kind).astype(float)
    axes = PCA(count, svd_solver="full").fit(unit[present]).components_
    expected = unit_length(unit[present] - unit[present] @ axes.T @ axes)
    found = profiles.of_transform(f"{kind}, {count} components removed")
    assert found[present] == pytest.approx(expected, abs=1e-5)
    assert not found[4].any()


def test_few_samples_keep_two_dimensions(expression):
    profiles = profile_samples(expression[:, :5], np.ones(9, bool))
    unit = dict(zip(profiles.transforms, profiles.unit, strict=True))
    assert SAMPLES.recipe.components == (1, 3, 5, 10)
    for count in (3, 5, 10):
        assert np.array_equal(unit[f"pearson, {count} components removed"], unit["pearson, 3 components removed"])
    assert np.linalg.matrix_rank(unit["pearson, 10 components removed"], tol=1e-4) == 2


def test_absent_and_constant_genes_are_zero_and_change_no_other(expression):
    present = np.arange(9) != 2
    expected = profile_samples(expression, present)
    changed = expression.copy()
    changed[2] = np.nan
    found = profile_samples(changed, present)
    for name in ("unit", "background", "level"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))
        assert np.isfinite(getattr(found, name)).all()
    assert not found.unit[:, found.row[2]].any()
    assert found.row.tolist() == [0, 1, 8, 2, 3, 4, 5, 6, 7]
    assert found.unit[:, found.row[3]].any()
    assert not found.level[2].any()

    changed[5] = 0.1
    constant = profile_samples(changed, present)
    assert not constant.unit[0, constant.row[5]].any()
    assert constant.level[5, 40:42] == pytest.approx([0.1, 0.0], abs=1e-7)


def test_levels_are_backgrounds_then_mean_and_deviation_then_principal_coordinates(expression):
    profiles = profile_samples(expression, np.ones(9, bool))
    assert profiles.level.shape == (9, 50)  # 9 genes have 8 principal axes
    assert np.array_equal(profiles.level[:, :40], profiles.background.reshape(40, 9).T)
    assert profiles.level[:, 40] == pytest.approx(expression.mean(axis=1), abs=1e-5)
    assert profiles.level[:, 41] == pytest.approx(expression.std(axis=1), abs=1e-5)
    z = (expression - expression.mean(axis=1, keepdims=True)) / expression.std(axis=1, keepdims=True)
    expected = PCA(8).fit_transform(z)
    assert np.abs(profiles.level[:, 42:]) == pytest.approx(np.abs(expected), abs=1e-4)


@pytest.mark.parametrize(("block", "reference"), [(1024, 4096), (4, 4096), (1, 5), (7, 3), (1024, 1)])
def test_backgrounds_are_those_of_the_full_matrix(expression, monkeypatch, block, reference):
    monkeypatch.setattr(module, "BLOCK_GENES", block)
    monkeypatch.setattr(module, "REFERENCE_GENES", reference)
    unit = np.stack([unit_length(expression), unit_length(expression**2)]).astype(np.float32)
    unit[:, 3] = 0
    chosen = np.arange(9)[:: -(-9 // reference)] if reference < 9 else np.arange(9)
    assert len(chosen) <= reference
    found = measure_background(unit)
    assert found.shape == (4, 2, 9)
    assert found.dtype == np.float32
    for transform, rows in enumerate(unit):
        r = (rows @ rows.T)[:, chosen]
        expected = [r.mean(1), r.std(1), np.abs(r).mean(1), np.abs(r).std(1)]
        assert found[:, transform] == pytest.approx(np.array(expected), abs=1e-6)
    assert not found[:, :, 3].any()


def test_nobody_present_gives_zeros(expression):
    for profiles in (profile_samples(expression, np.zeros(9, bool)),):
        assert profiles.unit.shape[1:] == (1, 16)
        assert profiles.row.tolist() == [0] * 9
        for name in ("unit", "background", "level"):
            assert not getattr(profiles, name).any()
        assert profiles.background.shape[2] == profiles.level.shape[0] == 9


def test_axes_of_many_genes_are_those_of_few(expression, monkeypatch):
    expected = profile_samples(expression, np.ones(9, bool))
    monkeypatch.setattr(module, "LARGEST_SVD", 0)
    found = profile_samples(expression, np.ones(9, bool))
    assert found.unit == pytest.approx(expected.unit, abs=1e-5)
    assert found.level == pytest.approx(expected.level, abs=1e-4)


def oracle_of_pair(profiles, a, b):
    """Return r and its z-scores, transform by transform, in the order that ContextTable promises."""
    values = []
    units = [profiles.of_transform(name) for name in profiles.transforms]
    for unit, background in zip(units, profiles.background.transpose(1, 0, 2), strict=True):
        r = float(unit[a] @ unit[b])
        values.append(r)
        for gene in (a, b):
            mean, deviation, size_mean, size_deviation = background[:, gene]
            values.append(np.clip((r - mean) / max(deviation, 1e-6), -50, 50))
            values.append(np.clip((abs(r) - size_mean) / max(size_deviation, 1e-6), -50, 50))
    return values


def test_a_list_of_pairs_and_a_block_give_the_same_features(patchy_features):
    tf, target = torch.tensor([4, 0, 3, 9, 1]), torch.tensor([5, 13, 4, 2, 0, 4, 7])
    for profiles in patchy_features.profiles:
        table = ContextTable.from_profiles(profiles, CPU)
        strip = table.strip(tf, target)
        planes = torch.cat([strip.features(slice(0, 2)), strip.features(slice(2, 5))], dim=1)
        assert planes.shape == (profiles.n_pair_features, 5, 7)
        pairs = table.of_pairs(tf.repeat_interleave(7), target.repeat(5))
        assert torch.allclose(planes.flatten(1).T, pairs, atol=1e-5)
        for row, (a, b) in enumerate((a, b) for a in tf.tolist() for b in target.tolist()):
            assert pairs[row].numpy() == pytest.approx(oracle_of_pair(profiles, a, b), abs=2e-4)


def test_features_of_a_pair_and_its_reverse_swap_the_backgrounds(patchy_features):
    table = ContextTable.from_profiles(patchy_features.profiles[0], CPU)
    ahead = table.of_pairs(torch.tensor([4]), torch.tensor([5])).view(-1, 5)
    back = table.of_pairs(torch.tensor([5]), torch.tensor([4])).view(-1, 5)
    assert torch.equal(ahead[:, [0, 3, 4, 1, 2]], back)
    assert not torch.equal(ahead, back)


def test_a_background_without_spread_gives_bounded_scores():
    table = ContextTable(torch.ones(1, 2, 1), torch.arange(2), torch.zeros(4, 1, 2), torch.ones(2, dtype=torch.bool))
    assert table.of_pairs(torch.tensor([0]), torch.tensor([1])).tolist() == [[1.0, 50.0, 50.0, 50.0, 50.0]]


def test_tables_are_those_of_the_modality(patchy_features):
    assert list(context_tables(patchy_features, "rna", CPU)) == ["expression"]
    assert list(context_tables(patchy_features, "image", CPU)) == ["dorsal", "ventral"]
    assert list(context_tables(patchy_features, "fused", CPU)) == ["expression", "dorsal", "ventral"]


def test_correlations_are_nan_without_expression(expression):
    present = np.arange(9) != 7
    features = features_of(profile_samples(expression, present), 9)
    pairs = PairIndex(np.array([0, 7, 3, 1]), np.array([1, 2, 7, 0]))
    pearson, spearman = correlations(features, pairs)
    assert (pearson.dtype, spearman.dtype) == (np.float64, np.float64)
    assert np.isnan(pearson).tolist() == [False, True, True, False]
    assert np.isnan(spearman).tolist() == [False, True, True, False]
    assert pearson[0] == pytest.approx(pearsonr(expression[0], expression[1]).statistic, abs=1e-6)
    assert spearman[3] == pytest.approx(spearmanr(expression[0], expression[1]).statistic, abs=1e-6)


def test_correlations_are_nan_where_there_is_no_expression_at_all():
    profiles = profile_pictures(
        "lateral", np.random.default_rng(0).random((3, 4, 4)).astype(np.float32), np.ones(3, bool)
    )
    pearson, spearman = correlations(features_of(profiles, 3), PairIndex(np.array([0, 1]), np.array([1, 2])))
    assert np.isnan(pearson).all()
    assert np.isnan(spearman).all()
    assert pearson is not spearman
