import json
from dataclasses import replace

import numpy as np
import pytest
from made_cards import N_GENES, by_chance, by_own_rule, by_tf, by_threshold, make_card_inputs, refold

from grnet.division.given_negatives import GivenNegatives
from grnet.evaluation import cautions
from grnet.evaluation.bootstrap import Estimate
from grnet.evaluation.fold_figures import fold_table
from grnet.evaluation.report_card import make_card
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex

BASELINES = [
    "|Pearson|",
    "|Spearman|",
    "degree only",
    "known degrees",
    "expression neighbour",
    "gradient boosting on context",
    "random",
]


def kinds(card):
    return [warning.kind for warning in card.warnings]


def text_of(card, kind):
    return next(warning.text for warning in card.warnings if warning.kind == kind)


@pytest.fixture(scope="module")
def good():
    return make_card(make_card_inputs(by_own_rule))


def test_a_card_has_the_model_first_then_every_baseline_on_the_same_pairs(good):
    assert [row.name for row in good.rows] == ["model", *BASELINES]
    assert [row.is_baseline for row in good.rows] == [False] + [True] * 7
    assert (good.n, good.title, good.model.name) == (1000, "new pairs", "model")
    table = fold_table(good.inputs.labels, good.inputs.models["model"], good.inputs.folds).set_index("fold").loc["mean"]
    for figure in ("accuracy", "f1", "auroc", "auprc", "brier"):
        assert good.model.figures[figure].value == pytest.approx(table[figure])
    for row in good.rows:
        for name, estimate in row.figures.items():
            assert estimate.low <= estimate.value <= estimate.high, (row.name, name)


def test_a_model_that_knows_more_than_correlation_is_told_so(good):
    assert good.beyond.adds is True
    couples = good.beyond.matched[0]
    assert good.verdict.startswith("model separates positives from negatives beyond correlation: ")
    assert good.verdict.endswith(
        f"among {couples.n_couples} positives and as many negatives of the "
        f"same |r| (within 0.02) its AUROC is {good.beyond.matched[0].auroc['model'].value:.3f} (95 % interval "
        f"{couples.auroc['model'].low:.3f} to {couples.auroc['model'].high:.3f}), that of |Pearson| "
        f"{couples.auroc['|Pearson|'].value:.3f}; it adds {couples.gain.value:+.3f} (95 % interval "
        f"{couples.gain.low:+.3f} to {couples.gain.high:+.3f})."
    )
    assert couples.n_couples > 300
    assert couples.auroc["|Pearson|"].value == pytest.approx(0.5, abs=0.02)
    assert kinds(good) == []


def test_json_of_a_card_is_complete_and_has_no_nan(good):
    plain = json.loads(json.dumps(good.to_json(), allow_nan=False))
    assert {"split", "model", "n", "n_positives", "n_folds", "base_rate", "rows", "verdict"} <= set(plain)
    assert plain["split"] == "pair"
    row = plain["rows"][0]
    assert row["name"] == "model"
    assert set(row["auroc"]) == {"mean", "low", "high"}
    assert row["median_within_tf"]["n_tfs"] == 20
    assert [one["matched_on"] for one in plain["beyond_correlation"]["matched"]] == ["|r|", "|r| and degrees"]
    assert plain["ablation"] is None


@pytest.mark.parametrize("split", ["pair", "tf", "target"])
def test_shuffled_labels_are_chance_and_said_to_be(split):
    inputs = make_card_inputs(by_chance, split=split, fidelity=0)
    card = make_card(inputs)
    for row in card.rows:
        assert row.figures["auroc"].value == pytest.approx(0.5, abs=0.07), row.name
    assert kinds(card) == [cautions.NO_BETTER_THAN_CHANCE, cautions.BASELINE_AS_GOOD, *kinds(card)[2:]]
    assert set(kinds(card)[2:]) <= {cautions.REPEATS_ACROSS_FOLDS}
    area = card.model.figures["auroc"]
    assert text_of(card, cautions.NO_BETTER_THAN_CHANCE).startswith(
        f"model is no better than chance here: its AUROC is {area.value:.3f} (95 % interval {area.low:.3f} to "
    )
    assert card.beyond.adds is False
    assert card.verdict.startswith("model adds nothing useful beyond correlation")


@pytest.mark.parametrize(("spread", "words"), [(0.012, "no"), (0.006, "hardly"), (0.0, "hardly")])
def test_an_area_near_one_half_is_no_or_hardly_better_than_chance(spread, words):
    """An interval of ± 1.96 spread counts 1.5 times for five folds."""
    draws = 0.52 + spread * np.linspace(-1.96, 1.96, 1001) / 0.95
    figures = {"model": {"auroc": Estimate(0.52, draws)}}
    (warning,) = cautions.warn_of_chance("model", figures, n_folds=5)
    assert warning.text.startswith(f"model is {words} better than chance here: its AUROC is 0.520 (95 % interval 0.")
    figures = {"model": {"auroc": Estimate(0.6, draws + 0.08)}}
    assert cautions.warn_of_chance("model", figures, n_folds=5) == []


def test_the_chance_of_a_wide_interval_is_told_whatever_the_mean():
    figures = {"model": {"auroc": Estimate(0.7, np.linspace(0.55, 0.85, 1001))}}
    assert len(cautions.warn_of_chance("model", figures, n_folds=5)) == 1


def test_labels_that_are_a_threshold_on_correlation_are_called_that():
    inputs = make_card_inputs(by_threshold, fidelity=1)
    card = make_card(replace(inputs, models={"model": inputs.baselines["|Pearson|"]}))
    assert text_of(card, cautions.LABELS_ARE_CORRELATION).startswith(
        "The labels are a threshold on |r|, or nearly: |r| alone has AUROC 1.0000."
    )
    assert cautions.BASELINE_AS_GOOD in kinds(card)
    assert "|Pearson|, +0.000 (95 % interval +0.000 to +0.000)" in text_of(card, cautions.BASELINE_AS_GOOD)
    assert card.beyond.adds is not True


def test_a_model_below_correlation_on_matched_pairs_is_said_to_be():
    inputs = make_card_inputs(by_threshold, n=2000)
    rng = np.random.default_rng(0)
    blurred = np.clip(np.abs(inputs.correlation) + rng.normal(0, 0.02, 2000), 0, 1)
    card = make_card(replace(inputs, models={"model": blurred}))
    gain = card.beyond.matched[0].gain
    assert gain.high < 0
    assert card.verdict.endswith(f"that of |Pearson| 1.000, which is better by {-gain.value:.3f}.")


def test_labels_that_follow_correlation_are_said_to():
    inputs = make_card_inputs(lambda rng, pairs, r: 1 / (1 + np.exp(10 - 40 * np.abs(r))))
    card = make_card(inputs)
    assert "The labels follow |r|: |r| alone, without any training, has AUROC 0.9" in text_of(
        card, cautions.LABELS_FOLLOW_CORRELATION
    )
    assert cautions.LABELS_ARE_CORRELATION not in kinds(card)


def test_a_pair_without_expression_has_no_part_in_what_labels_follow():
    inputs = make_card_inputs(by_threshold)
    r = inputs.correlation.copy()
    r[::5] = np.nan
    labels = np.where(np.isnan(r), 1 - inputs.labels, inputs.labels).astype(np.int8)
    card = make_card(replace(inputs, correlation=r, labels=labels))
    assert cautions.LABELS_ARE_CORRELATION in kinds(card)


def test_repeats_and_reversed_twins_across_folds_are_counted():
    inputs = make_card_inputs(by_own_rule, with_baselines=False)
    pairs = PairIndex(
        np.r_[inputs.pairs.tf, inputs.pairs.tf[:30]], np.r_[inputs.pairs.target, inputs.pairs.target[:30]]
    )
    tf, target = pairs.tf.copy(), pairs.target.copy()
    tf[-10:], target[-10:] = pairs.target[-10:], pairs.tf[-10:]
    rows = np.r_[np.arange(1000), np.arange(30)]
    planted = replace(
        inputs,
        pairs=PairIndex(tf, target),
        labels=inputs.labels[rows],
        folds=np.r_[inputs.folds, (inputs.folds[:30] + 1) % 5].astype(np.int8),
        models={"model": inputs.models["model"][rows]},
        correlation=None,
        with_images=inputs.with_images[rows],
    )
    keys = inputs.pairs.unordered_keys(N_GENES)
    n = int(np.isin(keys, keys[:30]).sum()) + 30
    text = text_of(make_card(planted), cautions.REPEATS_ACROSS_FOLDS)
    assert text.startswith(f"{n} of 1,030 pairs ({n / 1030:.1%}) have a repeat or their reverse in another fold")
    assert "; without these pairs 0." in text
    together = refold(planted, np.r_[inputs.folds, inputs.folds[:30]])
    assert cautions.REPEATS_ACROSS_FOLDS not in kinds(make_card(together))


def test_only_what_a_model_learnt_from_is_a_leak():
    keys = np.array([7, 7, 8, 8, 9, 9, 6])
    folds = np.array([0, 1, 0, 0, 1, -1, 1])
    assert cautions.find_repeats(keys, folds).tolist() == [True, True, False, False, True, False, False]
    train = np.array([[0, 0, 0, 0, 1, 1, 1], [1, 0, 1, 1, 0, 0, 0]], dtype=bool)
    assert cautions.find_repeats(keys, folds, train).tolist() == [False, True, False, False, False, False, False]
    inputs = make_card_inputs(by_own_rule, with_baselines=False, n=300)
    repeated = np.arange(300) < 12
    text = text_of(make_card(replace(inputs, repeated=repeated)), cautions.REPEATS_ACROSS_FOLDS)
    assert text.startswith("12 of 300 pairs (4.0%) have a repeat or their reverse in another fold")
    assert cautions.REPEATS_ACROSS_FOLDS not in kinds(make_card(replace(inputs, repeated=~repeated & repeated)))


def test_degrees_that_predict_are_warned_of():
    card = make_card(make_card_inputs(by_tf))
    area = card.row("degree only").figures["auroc"].value
    assert f"“degree only” has AUROC {area:.3f}" in text_of(card, cautions.DEGREE_PREDICTS)
    assert card.model.tf_medians.auroc < 0.6 < 0.85 < card.model.figures["auroc"].value


def test_few_positives_are_warned_of_and_intervals_are_noted_as_rough():
    inputs = make_card_inputs(by_own_rule, with_baselines=False, n=60)
    card = make_card(inputs)
    n = int(inputs.labels.sum())
    assert text_of(card, cautions.FEW_POSITIVES).startswith(f"Only {n} of 60 tested pairs are positive")
    few_tfs = replace(inputs, split="tf", folds=(inputs.pairs.tf % 5).astype(np.int8))
    assert any("TFs to draw from: the intervals are rough" in note for note in make_card(few_tfs).notes)


def test_draws_of_one_label_are_told():
    inputs = make_card_inputs(by_own_rule, with_baselines=False, n=60)
    labels = np.zeros(60, np.int8)
    labels[[np.flatnonzero(inputs.folds == fold)[0] for fold in range(5)]] = 1
    notes = make_card(replace(inputs, labels=labels, correlation=None)).notes
    assert any(note.endswith("so the intervals of AUROC, AUPRC and early precision are rough") for note in notes)


def test_a_baseline_within_the_interval_is_named():
    inputs = make_card_inputs(by_own_rule)
    rng = np.random.default_rng(0)
    near = np.clip(inputs.models["model"] + rng.normal(0, 0.02, 1000), 0, 1)
    card = make_card(replace(inputs, baselines={**inputs.baselines, "degree only": near}))
    text = text_of(card, cautions.BASELINE_AS_GOOD)
    assert text.startswith("A simple baseline performs as well as model")
    assert ": degree only, " in text
    assert "|Pearson|" not in text


def test_without_expression_the_verdict_says_that_nothing_can_be_said():
    inputs = make_card_inputs(by_own_rule, with_baselines=False)
    for correlation in (None, np.full(1000, np.nan)):
        card = make_card(replace(inputs, correlation=correlation))
        assert card.beyond is None
        assert card.verdict.startswith("There is no expression")


def test_images_that_add_do_so_on_the_pairs_that_have_them():
    inputs = make_card_inputs(by_own_rule, with_baselines=False)
    rng = np.random.default_rng(0)
    both = inputs.models["model"]
    rna = 1 / (1 + np.exp(-(np.log(both / (1 - both)) + rng.normal(0, 6, 1000))))
    images = np.where(inputs.with_images, rng.random(1000), np.nan)
    entries = {"images alone": images, "RNA alone": rna, "fused": both}
    ablation = make_card(replace(inputs, ablation=entries)).ablation
    whole, some = ablation.parts
    n = int(inputs.with_images.sum())
    assert (whole.n, some.n) == (1000, n)
    assert list(whole.figures) == ["RNA alone", "fused"]
    assert list(some.figures) == ["images alone", "RNA alone", "fused"]
    assert list(some.gains) == ["images alone", "RNA alone"]
    assert some.gains["RNA alone"]["auroc"].low > 0
    assert ablation.images_add is True
    assert ablation.verdict.startswith(
        f"Images improve on RNA alone on the {n} pairs with images of both genes: AUROC "
    )


def test_images_that_add_nothing_and_images_that_harm():
    inputs = make_card_inputs(by_own_rule, with_baselines=False)
    rng = np.random.default_rng(0)
    rna, n = inputs.models["model"], int(inputs.with_images.sum())
    near = np.clip(rna + rng.normal(0, 0.01, 1000), 0, 1)
    told = (
        (near, "Images do not improve significantly on RNA alone"),
        (rna, "Images add nothing to RNA"),
        (rng.random(1000), "Images make the ranking worse"),
    )
    for fused, text in told:
        ablation = make_card(replace(inputs, ablation={"RNA alone": rna, "fused": fused})).ablation
        assert ablation.images_add is False
        assert ablation.verdict.startswith(f"{text} on the {n} pairs with images of both genes: ")


def test_whether_images_add_is_open_where_too_few_pairs_have_both_labels():
    inputs = make_card_inputs(by_own_rule, with_baselines=False, n=60)
    p = inputs.models["model"]
    few = replace(inputs, labels=np.ones(60, np.int8), ablation={"RNA alone": p, "fused": p})
    ablation = make_card(few).ablation
    assert ablation.images_add is None
    assert ablation.verdict.startswith("It is unknown whether images")
    assert "all 60 pairs" in ablation.verdict


def test_the_same_inputs_in_another_order_give_the_same_card():
    inputs = make_card_inputs(by_own_rule, with_baselines=False, n=300)
    order = np.random.default_rng(0).permutation(300)
    shuffled = replace(
        inputs,
        pairs=inputs.pairs.take(order),
        labels=inputs.labels[order],
        folds=inputs.folds[order],
        models={"model": inputs.models["model"][order]},
        correlation=inputs.correlation[order],
        with_images=inputs.with_images[order],
    )
    one, two = make_card(inputs), make_card(shuffled)
    for name, estimate in one.model.figures.items():
        assert estimate.interval == pytest.approx(two.model.figures[name].interval)
    assert one.verdict == two.verdict


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"split": "gene"}, "the split is one of pair, tf, target, both, paper, got 'gene'"),
        ({"models": {}}, "a report card needs the probabilities of a model, got baselines only"),
        ({"with_images": np.zeros(3, bool)}, r"with_images: expected a value for each of 60 pairs, got shape \(3,\)"),
        ({"models": {"model": np.full(60, np.nan)}}, "scores are finite, got nan in row 0"),
    ],
)
def test_impossible_inputs_are_refused(changes, text):
    inputs = make_card_inputs(by_own_rule, with_baselines=False, n=60)
    with pytest.raises(InputError, match=text):
        make_card(replace(inputs, **changes))


def test_negatives_that_differ_from_the_candidates_are_warned_of(good):
    differ = GivenNegatives(
        balanced_by_tf=True,
        tf_distance=0.3,
        target_distance=0.0,
        on_known_targets=0.5,
        candidates_on_known_targets=0.5,
        negatives_per_positive=1.0,
    )
    card = make_card(replace(good.inputs, negatives=differ))
    assert kinds(card) == [cautions.NEGATIVES_DIFFER]
    assert text_of(card, cautions.NEGATIVES_DIFFER) == (
        "The negatives are balanced by TF: each TF has about as many as positives. Candidates are not: every TF has as "
        "many of them. So figures on these pairs do not say how well candidates are ranked: for that, compare the "
        "network with edges that it was not trained on (grnet evaluate --universe tested --novel-only)."
    )
    assert kinds(make_card(replace(good.inputs, negatives=replace(differ, tf_distance=0.05)))) == []


def test_known_degrees_that_predict_are_warned_of():
    area = {"auroc": Estimate(0.9, np.full(9, 0.9))}
    (warning,) = cautions.warn_of_degree(
        {"degree only": {"auroc": Estimate(0.8, np.full(9, 0.8))}, "known degrees": area}
    )
    assert "“known degrees” has AUROC 0.900" in warning.text
    assert cautions.warn_of_degree({"random": area}) == []
