"""Figures of results hold the numbers of the results."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from candidate_streams import as_stream
from made_cards import by_own_rule, make_card_inputs
from made_evidence import make_evidence
from made_networks import HOSTILE, hostile_network, large_network
from sklearn.metrics import auc, roc_auc_score

import grnet
from grnet import plots
from grnet.evaluation.curves import calibration_curve
from grnet.evaluation.network_comparison import Comparison
from grnet.evaluation.network_evaluation import evaluate_scores
from grnet.evaluation.report_card import make_card
from grnet.network.network import Network
from grnet.schema.errors import InputError


@pytest.fixture(scope="module")
def card():
    return make_card(make_card_inputs(by_own_rule, n=300))


@pytest.fixture(scope="module")
def evaluation():
    rng = np.random.default_rng(3)
    pairs = [(f"T{i}", f"g{j}") for i in range(4) for j in range(30)]
    table = pd.DataFrame(pairs, columns=["tf", "target"])
    table["score"] = rng.normal(size=len(table))
    table["probability"] = 1 / (1 + np.exp(-table["score"]))
    table["correlation"], table["label"] = rng.uniform(-1, 1, len(table)), -1
    known = table[["tf", "target"]].iloc[::7].assign(label=1)
    return evaluate_scores(as_stream(table), known, universe="all")


def lines_of(figure):
    return {trace.name: trace for trace in figure.data}


def test_plots_come_with_the_package():
    assert grnet.plots is plots
    assert "plots" in dir(grnet)


def test_roc_holds_the_area_of_each_predictor(card):
    lines = lines_of(plots.roc(SimpleNamespace(card=card)))
    assert set(lines) == {"chance", *card.inputs.predictors}
    for name, values in card.inputs.predictors.items():
        area = auc(lines[name].x, lines[name].y)
        assert area == pytest.approx(roc_auc_score(card.inputs.labels, values), abs=5e-3)


def test_precision_recall_ends_at_the_base_rate(card, evaluation):
    lines = lines_of(plots.precision_recall(card))
    assert lines["base rate"].y == pytest.approx([card.base_rate] * 2)
    assert lines["model"].y[-1] == pytest.approx(card.base_rate, abs=1e-5)
    assert lines_of(plots.precision_recall(evaluation))["base rate"].y == pytest.approx([evaluation.base_rate] * 2)


def test_an_evaluation_has_the_curves_of_its_report(evaluation):
    lines = lines_of(plots.roc(evaluation))
    assert set(lines) == {"chance", *evaluation.roc}
    np.testing.assert_allclose(lines["model"].x, evaluation.roc["model"].x, atol=1e-5)


def test_calibration_holds_observed_rates(card, evaluation):
    line = lines_of(plots.calibration(card))["model"]
    expected = calibration_curve(card.inputs.labels, card.inputs.models["model"])
    np.testing.assert_allclose(line.y, expected.observed)
    assert [count for count, *_ in line.customdata] == expected.count.tolist()
    np.testing.assert_allclose(lines_of(plots.calibration(evaluation))["model"].x, evaluation.calibration.mean)


def test_probabilities_count_each_tested_pair(card):
    bars = lines_of(plots.probabilities(card))
    positives = int(card.inputs.labels.sum())
    assert (sum(bars["label 1"].y), sum(bars["label 0"].y)) == (positives, 300 - positives)


def test_intervals_hold_the_figures_of_the_card(card):
    figure = plots.intervals(card, "accuracy")
    assert {trace.y[0]: trace.x[0] for trace in figure.data} == {
        row.name: round(row.figures["accuracy"].value, 5) for row in card.rows
    }
    with pytest.raises(InputError, match="there is no figure 'auc'; expected one of accuracy, "):
        plots.intervals(card, "auc")


def test_a_comparison_without_known_edges_has_no_curves():
    with pytest.raises(InputError) as caught:
        plots.roc(Comparison(1, (), (), None, ()))
    assert str(caught.value) == (
        "the networks were compared without known edges: grnet.compare(…, known=…) gives curves"
    )


def test_a_network_is_drawn_with_its_best_edges_and_their_signs():
    edges, nodes = large_network(400)
    drawn = Network(edges, nodes, {"name": "fly <i>"})
    figure = plots.network(drawn, edges=50)
    lines = {trace.name.split(" (")[0]: trace for trace in figure.data}
    signs = edges["sign"].head(50).value_counts()
    assert {name: np.isfinite(np.array(lines[name].x, float)).sum() // 2 for name in signs.index} == signs.to_dict()
    shown = {*edges["tf"].head(50), *edges["target"].head(50)}
    assert {*lines["TFs"].hovertext, *lines["other genes"].hovertext} == shown
    assert figure.layout.title.text == "fly &lt;i&gt;"


def test_names_in_a_drawn_network_are_text():
    edges, nodes, _ = hostile_network()
    names = [name for trace in plots.network(Network(edges, nodes)).data[-2:] for name in trace.hovertext]
    assert len(names) == len(nodes)
    assert not any("<" in name for name in names)
    assert any("<" in name for name in HOSTILE)


def test_evidence_is_the_picture_of_the_pair():
    edges, nodes = large_network(6)
    nodes = nodes[nodes["symbol"].isin({*edges["tf"], *edges["target"]})].reset_index(drop=True)
    evidence = make_evidence(edges, nodes)
    pair = next(iter(evidence.pairs.values()))
    figure = plots.evidence(SimpleNamespace(evidence=evidence, pair=pair))
    texts = [text.get_text() for text in figure.texts]
    assert any(pair.tf in text and pair.target in text for text in texts)
    assert {"Images", "Expression", "What adds up to the score", "Probability"} <= set(texts)
