"""Where the concordance decides, and what is said then."""

import json
from dataclasses import replace

import numpy as np
import pytest
from made_cards import by_own_rule, by_tf, make_card_inputs

from grnet.evaluation.bootstrap import format_estimate
from grnet.evaluation.report_card import make_card


def balance_by(inputs, genes):
    """Return the inputs with labels that are half positive for each gene, and a model that knows them a little."""
    rng = np.random.default_rng(0)
    labels = np.zeros(len(genes), np.int8)
    for gene in np.unique(genes):
        rows = rng.permutation(np.flatnonzero(genes == gene))
        labels[rows[: len(rows) // 2]] = 1
    values = {"model": np.clip(0.5 + 0.3 * (labels - 0.5) + 0.3 * rng.normal(size=len(labels)), 0, 1)}
    return replace(inputs, labels=labels, models=values)


def test_labels_balanced_by_tf_are_judged_within_tfs():
    inputs = make_card_inputs(by_own_rule)
    card = make_card(balance_by(inputs, inputs.pairs.tf))
    said = card.by_concordance
    others = {
        row.name: row.figures["concordance_within_tfs"] for row in card.rows if row.name not in ("model", "random")
    }
    best = max(others, key=lambda name: others[name].value)
    own = card.model.figures["concordance_within_tfs"]
    assert (said.reason, said.baseline) == ("balanced labels", best)
    assert said.text == (
        "Labels are balanced by TF: each TF has about the same fraction of positives. So compare the concordance "
        f"within TFs: model has {format_estimate(own)}, the best baseline, “{best}”, {others[best].value:.3f}. model "
        f"is better, by {format_estimate(own.minus(others[best]), sign=True)}."
    )
    assert card.verdict == f"{said.text} {card.beyond.verdict}"
    plain = json.loads(json.dumps(card.to_json(), allow_nan=False))["by_concordance"]
    assert plain["model_minus_baseline"]["mean"] == pytest.approx(own.value - others[best].value)
    assert plain["verdict"] == said.text


def test_for_new_tfs_labels_balanced_by_target_are_judged_within_targets():
    inputs = make_card_inputs(by_own_rule, split="tf")
    card = make_card(balance_by(inputs, inputs.pairs.target))
    assert card.by_concordance.text.startswith("Labels are balanced by target: ")
    assert "So compare the concordance within targets: model has " in card.by_concordance.text


def test_where_degrees_tell_most_the_baseline_may_be_better():
    """Labels follow the TF; the model knows that much and nothing else, and |Pearson| the labels."""
    inputs = make_card_inputs(by_tf)
    rate = np.where(inputs.pairs.tf % 2 == 0, 0.9, 0.1)
    oracle = np.where(inputs.labels == 1, 0.8, 0.2)
    card = make_card(replace(inputs, models={"model": rate}, baselines={**inputs.baselines, "|Pearson|": oracle}))
    said = card.by_concordance
    degree = card.row("degree only").figures["auroc"].value
    assert (said.reason, said.baseline) == ("degrees", "|Pearson|")
    assert said.text.startswith(
        f"Degrees alone predict most of the labels: “degree only” has AUROC {degree:.3f}, model "
        f"{card.model.figures['auroc'].value:.3f}. So compare the concordance within TFs: model has 0.500 "
    )
    assert said.text.endswith("“|Pearson|” is better: the difference is -0.500 (95 % interval -0.500 to -0.500).")


def test_a_lead_that_may_be_chance_is_said_to_be():
    inputs = make_card_inputs(by_tf)
    twin = {"|Pearson|": np.roll(inputs.models["model"], 1), "random": inputs.baselines["random"]}
    twin["degree only"] = inputs.baselines["degree only"]
    card = make_card(replace(inputs, models={"model": inputs.baselines["random"]}, baselines=twin))
    assert card.by_concordance.text.endswith(") may be chance.")


def test_elsewhere_the_concordance_does_not_decide():
    card = make_card(make_card_inputs(by_own_rule))
    assert card.by_concordance is None
    assert card.to_json()["by_concordance"] is None
    assert make_card(make_card_inputs(by_own_rule, n=100, with_baselines=False)).by_concordance is None
