import numpy as np
import pytest

from grnet.evaluation import bootstrap
from grnet.evaluation.bootstrap import FIGURES, Estimate, Resampling, estimate_figures
from grnet.evaluation.metrics import (
    auprc_ratio,
    auroc,
    calibration_error,
    classification_metrics,
    early_precision_ratio,
)
from grnet.schema.errors import InputError


def make_sample(n=200, *, n_folds=4, n_draws=50, seed=0, group_size=1, decimals=8, rate=0.5):
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < rate).astype(np.int8)
    p = np.clip(0.7 * rng.random(n) + 0.3 * labels, 0, 1).round(decimals)
    folds = rng.integers(0, n_folds, n).astype(np.int8)
    return Resampling(labels, folds, np.arange(n) // group_size, 0, n_draws), p


def figures_of(labels, p):
    known = classification_metrics(labels, p)
    return {
        **{name: getattr(known, name) for name in ("accuracy", "f1", "auroc", "auprc", "brier")},
        "auprc_ratio": auprc_ratio(labels, p),
        "early_precision_ratio": early_precision_ratio(labels, p),
    }


def mean_over_folds(parts):
    rows = [figures_of(labels, p) for labels, p in parts]
    return {name: np.mean([row[name] for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("decimals", [8, 1])
def test_a_figure_is_the_mean_over_folds_and_the_calibration_error_is_over_all_pairs(decimals):
    sample, p = make_sample(decimals=decimals)
    found = estimate_figures(sample, {"model": p})["model"]
    expected = mean_over_folds((sample.labels[rows], p[rows]) for rows in sample.rows_of_folds())
    expected["calibration_error"] = calibration_error(sample.labels, p)
    assert list(found) == list(FIGURES)
    assert {name: estimate.value for name, estimate in found.items()} == pytest.approx(expected)


def test_a_draw_is_the_figures_of_the_drawn_pairs():
    sample, p = make_sample(group_size=2, decimals=1)
    found = estimate_figures(sample, {"model": p})["model"]
    drawn = [[] for _ in range(sample.n_draws)]
    for place, weights in sample.draw():
        for rows, weight in zip(sample.rows_of_folds(), weights, strict=True):
            n_groups = len(np.unique(sample.groups[rows]))
            counts = np.rint(weight * (n_groups - 1) / n_groups).astype(int)
            for draw, repeats in zip(range(place.start, place.stop), counts, strict=True):
                drawn[draw].append((np.repeat(sample.labels[rows], repeats), np.repeat(p[rows], repeats)))
    for draw in range(sample.n_draws):
        expected = mean_over_folds(drawn[draw])
        assert {name: found[name].draws[draw] for name in expected} == pytest.approx(expected)


def test_what_is_drawn_is_whole_groups_one_less_than_the_fold_has():
    sample, _ = make_sample(group_size=3)
    for _, weights in sample.draw():
        for rows, counts in zip(sample.rows_of_folds(), weights, strict=True):
            groups, first, member = np.unique(sample.groups[rows], return_index=True, return_inverse=True)
            np.testing.assert_array_equal(counts, counts[:, first][:, member])
            drawn = counts[:, first] * (len(groups) - 1) / len(groups)
            np.testing.assert_allclose(drawn, np.rint(drawn), atol=1e-9)
            np.testing.assert_allclose(drawn.sum(axis=1), len(groups) - 1)


def test_few_groups_do_not_make_intervals_too_narrow():
    """A mean of few groups: the spread of the draws is the standard error, not (G - 1) / G of it."""
    right = np.array([1, 0, 0, 0] * 5)
    folds = np.repeat(np.arange(5), 4).astype(np.int8)
    sample = Resampling(np.ones(20, np.int8), folds, np.arange(20), 0, 4000)
    accuracy = estimate_figures(sample, {"m": right.astype(float)})["m"]["accuracy"]
    standard_error = np.sqrt(np.var([1, 0, 0, 0], ddof=1) / 4 / 5)
    assert np.std(accuracy.draws) == pytest.approx(standard_error, rel=0.03)


def test_a_fold_of_one_group_stays_as_it_is():
    sample = Resampling(np.array([1, 0], np.int8), np.zeros(2, np.int8), np.zeros(2, np.int64), 0, 10)
    assert estimate_figures(sample, {"m": np.array([0.9, 0.1])})["m"]["auroc"].interval == (1, 1)


def test_intervals_are_as_wide_as_figures_of_fresh_samples_are_spread():
    areas = [auroc(s.labels, p) for s, p in (make_sample(150, n_folds=1, seed=seed) for seed in range(400))]
    sample, p = make_sample(150, n_folds=1, n_draws=1000)
    assert np.std(estimate_figures(sample, {"m": p})["m"]["auroc"].draws) == pytest.approx(np.std(areas), rel=0.2)


def test_repeats_of_a_pair_in_one_group_narrow_nothing():
    sample, p = make_sample(150, n_folds=1, n_draws=1000)
    tiled = Resampling(np.tile(sample.labels, 4), np.tile(sample.folds, 4), np.tile(sample.groups, 4), 0, 1000)
    once, four = (estimate_figures(s, {"m": q})["m"]["auroc"] for s, q in ((sample, p), (tiled, np.tile(p, 4))))
    assert four.value == pytest.approx(once.value)
    assert four.interval == pytest.approx(once.interval)


def test_neither_the_block_nor_the_order_of_rows_nor_company_changes_an_interval(monkeypatch):
    sample, p = make_sample(decimals=1)
    whole = estimate_figures(sample, {"model": p})["model"]
    order = np.random.default_rng(5).permutation(len(p))
    shuffled = Resampling(sample.labels[order], sample.folds[order], sample.groups[order], 0, sample.n_draws)
    monkeypatch.setattr(bootstrap, "_BLOCK_CELLS", 7 * len(p))
    beside = estimate_figures(shuffled, {"other": 1 - p[order], "model": p[order]})["model"]
    for name in FIGURES:
        np.testing.assert_allclose(whole[name].draws, beside[name].draws, rtol=1e-12)


def test_a_difference_is_paired():
    sample, p = make_sample(n_draws=200)
    found = estimate_figures(sample, {"model": p, "same": p / 2, "worse": np.random.default_rng(1).random(len(p))})
    same = found["model"]["auroc"].minus(found["same"]["auroc"])
    assert (same.value, same.interval) == (0, (0, 0))
    lead = found["model"]["auroc"].minus(found["worse"]["auroc"])
    assert lead.value == found["model"]["auroc"].value - found["worse"]["auroc"].value
    assert lead.low > 0


def test_draws_of_one_label_are_left_out_and_counted():
    labels = np.array([1, 0, 0, 0, 1, 0, 0, 1], dtype=np.int8)
    folds = np.repeat([0, 1], 4).astype(np.int8)
    found = estimate_figures(Resampling(labels, folds, np.arange(8), 0, 9000), {"m": np.linspace(0.1, 0.9, 8)})["m"]
    area = found["auroc"]
    assert area.lost == pytest.approx(1 - (1 - 0.75**3 - 0.25**3) * 0.75, abs=0.02)
    assert area.lost == np.mean(np.isnan(area.draws))
    assert np.isfinite(area.interval).all()
    assert found["accuracy"].lost == 0


def test_folds_of_one_label_have_no_part_in_the_areas():
    labels = np.array([1, 0, 1, 0, 1, 1, 1], dtype=np.int8)
    folds = np.array([0, 0, 0, 0, 1, 1, 1], dtype=np.int8)
    p = np.array([0.9, 0.2, 0.4, 0.6, 0.7, 0.1, 0.8])
    found = estimate_figures(Resampling(labels, folds, np.arange(7), 0, 20), {"m": p})["m"]
    assert found["auroc"].value == auroc(labels[:4], p[:4])
    assert found["accuracy"].value == pytest.approx((0.5 + 2 / 3) / 2)


def test_one_label_alone_leaves_no_area():
    sample = Resampling(np.ones(6, np.int8), np.zeros(6, np.int8), np.arange(6), 0, 20)
    area = estimate_figures(sample, {"m": np.linspace(0, 1, 6)})["m"]["auroc"]
    assert area.to_json() == {"mean": None, "low": None, "high": None}
    assert area.lost == 1


def test_the_interval_of_the_calibration_error_lies_around_it():
    rng = np.random.default_rng(0)
    p = rng.random(4000)
    labels = (rng.random(4000) < p).astype(np.int8)
    found = estimate_figures(Resampling(labels, np.zeros(4000, np.int8), np.arange(4000), 0, 300), {"m": p})["m"]
    error = found["calibration_error"]
    assert error.value == pytest.approx(calibration_error(labels, p))
    assert error.low < error.value < error.high < 0.03
    assert error.draws.mean() == pytest.approx(error.value, abs=1e-3)


def test_intervals_are_percentiles():
    estimate = Estimate(0.5, np.append(np.arange(101) / 100, np.nan))
    assert estimate.interval == pytest.approx((0.025, 0.975))
    assert estimate.to_json() == pytest.approx({"mean": 0.5, "low": 0.025, "high": 0.975})


def test_arrays_that_do_not_align_are_refused():
    with pytest.raises(InputError, match="groups: expected a value for each of 3 pairs"):
        Resampling(np.zeros(3, np.int8), np.zeros(3, np.int8), np.zeros(2, np.int64), 0)
