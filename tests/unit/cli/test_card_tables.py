from dataclasses import replace

import numpy as np
import pytest
from made_cards import by_chance, by_own_rule, make_card_inputs

from grnet.cli.tables import show_cards
from grnet.evaluation.report_card import make_card


@pytest.fixture(scope="module")
def cards():
    one = make_card_inputs(by_own_rule, n=400)
    one = replace(one, ablation={"RNA alone": one.models["model"], "fused": one.models["model"]})
    return make_card(one), make_card(make_card_inputs(by_chance, split="tf", n=400, fidelity=0, with_baselines=False))


def test_the_screen_shows_figures_with_intervals_then_what_they_say(cards, capsys):
    show_cards(cards)
    lines = capsys.readouterr().out.splitlines()
    first = cards[0]
    assert lines[0].startswith(
        f"new pairs: 400 pairs, {first.base_rate:.1%} positive; mean over folds and 95 % interval"
    )
    assert lines[1].split("  ")[0] == "out of fold"
    model = next(line for line in lines if line.startswith("model"))
    for figure, digits in (
        ("accuracy", 3),
        ("auroc", 3),
        ("concordance_within_tfs", 3),
        ("auprc_ratio", 2),
        ("calibration_error", 3),
    ):
        estimate = first.model.figures[figure]
        low, high = (f"{value:.{digits}f}".removeprefix("0") for value in estimate.interval)
        assert f"{estimate.value:.{digits}f} {low}–{high}" in model
    assert max(map(len, lines[1:9])) <= 120
    assert lines[1].split()[4:8] == ["AUROC", "within", "TFs", "AUPRC"]
    comparisons = first.comparisons
    assert any(
        line.endswith(f"over {comparisons.n.sum():,} comparisons in {len(comparisons.gene)} TFs") for line in lines
    )
    medians = first.model.tf_medians
    assert any(
        line.startswith(
            f"within one TF at a time (median of {medians.n_tfs} TFs): AUROC {medians.auroc:.3f} (|Pearson| 0"
        )
        for line in lines
    )
    assert first.verdict in lines
    assert first.ablation.verdict in lines


def test_notes_and_warnings_follow_and_cards_are_apart(cards, capsys):
    show_cards(cards)
    lines = capsys.readouterr().out.splitlines()
    second = cards[1]
    within = second.comparisons
    assert any(line.endswith(f"over {within.n.sum():,} comparisons in {len(within.gene)} targets") for line in lines)
    assert [f"warning: {warning.text}" for warning in second.warnings] == lines[-len(second.warnings) :]
    assert f"note: {second.notes[0]}" in lines
    title = next(place for place, line in enumerate(lines) if line.startswith("new TFs: 400 pairs"))
    assert lines[title - 1] == ""


def test_figures_that_are_unknown_are_a_dash(capsys):
    inputs = make_card_inputs(by_own_rule, n=60, with_baselines=False)
    show_cards([make_card(replace(inputs, labels=np.ones(60, np.int8)))])
    model = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("model"))
    assert model.count(" – ") == 4
