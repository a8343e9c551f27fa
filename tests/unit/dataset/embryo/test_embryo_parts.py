"""The parts of the synthetic embryo against short oracles."""

from __future__ import annotations

import numpy as np
import pytest

from grnet.dataset.embryo.conditions import draw_conditions
from grnet.dataset.embryo.expression import hill, solve_expression
from grnet.dataset.embryo.images import VIEWS, photograph, stain
from grnet.dataset.embryo.known import KnownPairs, correlation_auroc, draw_known_pairs
from grnet.dataset.embryo.network import build_network
from grnet.dataset.embryo.rnaseq import DISPERSION, sequence_samples
from grnet.dataset.embryo.streams import stream
from grnet.dataset.embryo.surface import GRADIENTS, build_surface, maternal_gradients, smooth_fields


def test_hill_matches_its_formula() -> None:
    levels = np.array([0.0, 0.25, 0.5, 1.0, 8.0])
    expected = [x**3 / (0.5**3 + x**3) for x in levels]
    np.testing.assert_allclose(hill(levels, 0.5, 3.0), expected)
    assert hill(np.array([0.7]), 0.7, 2.3)[0] == pytest.approx(0.5)


def test_area_integrates_over_the_ellipsoid() -> None:
    surface = build_surface()
    u = np.linspace(-1, 1, 200_001)
    strip = np.sqrt(1 - u**2 + 0.42**2 * u**2)
    assert surface.area.sum() == pytest.approx(1)
    assert surface.area @ surface.ap**2 == pytest.approx((strip * u**2).sum() / strip.sum(), abs=2e-3)


def test_gradients_fall_from_their_sources() -> None:
    surface = build_surface()
    fields = dict(zip(GRADIENTS, maternal_gradients(surface), strict=True))
    assert surface.ap[fields["anterior"].argmax()] == surface.ap.min()
    assert surface.ap[fields["posterior"].argmax()] == surface.ap.max()
    assert surface.angle[fields["dorsal"].argmax()] == surface.angle.min()
    assert surface.angle[fields["ventral"].argmax()] == surface.angle.max()


def test_smooth_fields_are_standardised() -> None:
    surface = build_surface()
    fields = smooth_fields(surface, 5, np.random.default_rng(0))
    np.testing.assert_allclose(fields @ surface.area, 0, atol=1e-12)
    np.testing.assert_allclose(fields**2 @ surface.area, 1)


def test_network_has_no_loops_and_known_pairs_hold() -> None:
    network = build_network(20, 60, np.random.default_rng(1))
    among_tfs = network.target < network.n_tfs
    assert (network.layer[network.tf[among_tfs]] < network.layer[network.target[among_tfs]]).all()
    for gene in range(network.n_genes):
        assert (network.target[network.edges_into(gene)] == gene).all()
    assert sum(len(network.edges_into(gene)) for gene in range(network.n_genes)) == len(network.tf)
    pairs = draw_known_pairs(network, np.random.default_rng(2))
    keys = set((network.tf * network.n_genes + network.target).tolist())
    assert [key in keys for key in (pairs.tf * network.n_genes + pairs.target).tolist()] == (pairs.label == 1).tolist()


def test_activation_raises_and_repression_lowers_the_target() -> None:
    network = build_network(12, 60, np.random.default_rng(5))
    surface = build_surface()
    conditions = draw_conditions(network, 30, np.random.default_rng(6))
    expression = solve_expression(network, surface, conditions, np.random.default_rng(7))
    assert expression.pattern.shape == (72, len(surface.ap))
    assert expression.bulk.shape == (72, 30)
    assert expression.pattern.min() >= 0
    single = [e for e in range(len(network.tf)) if len(network.edges_into(int(network.target[e]))) == 1]
    assert single
    for edge in single:
        tf, target = network.tf[edge], network.target[edge]
        if network.kind[tf] == "patterned":
            r = np.corrcoef(np.log(expression.pattern[tf]), np.log(expression.pattern[target]))[0, 1]
            assert np.sign(r) == network.sign[edge]


def test_counts_have_the_stated_mean_and_dispersion() -> None:
    measured = sequence_samples(np.ones((400, 500)), np.random.default_rng(0))
    cpm = 2**measured - 1
    relative = (cpm.var(axis=1) / cpm.mean(axis=1) ** 2)[cpm.mean(axis=1) > 100]
    assert np.median(relative) == pytest.approx(DISPERSION, rel=0.15)
    assert np.median(cpm.mean(axis=1)) == pytest.approx(60, rel=0.15)


def test_correlation_auroc_counts_ties_at_half() -> None:
    expression = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [1.0, 5.0, 1.0]])
    pairs = KnownPairs(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([1, 0, 0]))
    assert correlation_auroc(expression, pairs) == pytest.approx(0.75)


def test_stain_saturates_and_keeps_the_order() -> None:
    pattern = np.linspace(0, 1, 500)
    dark = stain(pattern)
    assert dark.min() == 0
    assert dark.max() == 1
    assert (np.diff(dark) >= 0).all()


def test_views_show_the_sides_that_they_face() -> None:
    surface = build_surface()
    dorsal_half = np.where(surface.angle < np.pi / 2, 1.0, 0.02)
    images = {
        view: np.mean(
            [photograph(dorsal_half, surface, view, (32, 64), stream(seed, "images")) for seed in range(4)], axis=0
        )
        for view in VIEWS
    }
    middle = {view: image[8:24, 16:48] for view, image in images.items()}
    assert middle["dorsal"].mean() > 2 * middle["ventral"].mean()
    assert middle["lateral"][:8].mean() > 2 * middle["lateral"][-8:].mean()


def test_anterior_lies_left() -> None:
    surface = build_surface()
    head = np.where(surface.ap < 0, 1.0, 0.02)
    for view in VIEWS:
        image = photograph(head, surface, view, (32, 64), np.random.default_rng(0)).astype(float)
        assert image[:, :32].mean() > 2 * image[:, 32:].mean()
