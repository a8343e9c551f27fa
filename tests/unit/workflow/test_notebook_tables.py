"""Report cards, evaluations and the results that hold them, as a notebook shows them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from candidate_streams import as_stream
from made_cards import by_own_rule, make_card_inputs

from grnet.evaluation.network_evaluation import evaluate_scores
from grnet.evaluation.report_card import make_card
from grnet.network.network import Network
from grnet.workflow.cross_validation import CrossvalResult
from grnet.workflow.explain import PairExplanation
from grnet.workflow.infer_network import InferenceResult
from grnet.workflow.training_report import TrainingResult

HOSTILE, SAFE = "<b>eve</b>", "&lt;b&gt;eve&lt;/b&gt;"


@pytest.fixture(scope="module")
def card():
    inputs = make_card_inputs(by_own_rule, n=300, with_baselines=False)
    return make_card(replace(inputs, models={HOSTILE: inputs.models["model"]}, baselines={"random": np.full(300, 0.5)}))


def test_a_card_shows_figures_models_in_bold_and_the_verdict(card):
    shown = card._repr_html_()
    assert shown.startswith(f"<div><b>new pairs: 300 pairs, {card.base_rate:.1%} positive; means over folds</b>")
    names = ("accuracy", "f1", "auroc")
    cells = "".join(f"<td>{card.model.figures[name].value:.3f}</td>" for name in names)
    assert f"<tr style='font-weight:bold'><td style='text-align:left'>{SAFE}</td>{cells}" in shown
    assert "<tr><td style='text-align:left'>random</td>" in shown
    assert HOSTILE not in shown


def test_results_show_each_of_their_cards_and_their_notes(card):
    notes = (f"{HOSTILE} was left out",)
    cards = {"pair": card, "tf": card}
    for title, result in (
        ("Trained model", TrainingResult(cards, notes)),
        ("Cross-validation", CrossvalResult(cards, {}, None, notes)),
    ):
        shown = result._repr_html_()
        assert shown.startswith(f"<div><b>{title}</b>{card._repr_html_()}{card._repr_html_()}")
        assert shown.endswith(f"<ul><li>note: {SAFE} was left out</li></ul></div>")


def test_an_evaluation_shows_rankings_and_what_has_no_score():
    rng = np.random.default_rng(3)
    table = pd.DataFrame([(f"T{i}", f"g{j}") for i in range(3) for j in range(20)], columns=["tf", "target"])
    table["score"] = rng.normal(size=60)
    table["probability"] = 1 / (1 + np.exp(-table["score"]))
    table["correlation"], table["label"] = rng.uniform(-1, 1, 60), -1
    known = pd.DataFrame({"tf": ["T0", "T1", HOSTILE], "target": ["g1", "g2", "g3"], "label": 1})
    result = evaluate_scores(as_stream(table), known, universe="all")
    shown = result._repr_html_()
    assert shown.startswith("<div><b>Known edges: 60 pairs, 2 positive</b>")
    areas = f"<td>{result.model.auroc:.3f}</td><td>{result.model.auprc:.3f}</td>"
    assert f"<tr style='font-weight:bold'><td style='text-align:left'>model</td>{areas}" in shown
    assert "<li>1 known edges without a score: its TF is not among the scored TFs</li>" in shown


def test_an_inference_shows_its_network_and_an_explanation_its_pair():
    edges = pd.DataFrame({"tf": ["a"], "target": [HOSTILE], "probability": [0.5], "correlation": [0.25]})
    network = Network(edges, pd.DataFrame({"symbol": ["a", HOSTILE]}), {"name": "fly"})
    shown = InferenceResult(network, None, 1.0)._repr_html_()
    assert shown == network._repr_html_()
    assert f"<td style='text-align:left'>a</td><td>{SAFE}</td><td>0.500</td><td>0.250</td>" in shown
    pair = SimpleNamespace(_repr_html_=lambda: "the pair")
    assert PairExplanation(SimpleNamespace(pairs={0: pair}), None, None, ())._repr_html_() == "the pair"
