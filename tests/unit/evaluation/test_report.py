import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from grnet.evaluation.network_evaluation import evaluate_scores
from grnet.evaluation.page import format_mean, format_number, format_setting
from grnet.evaluation.plots import plot_history, style_names
from grnet.evaluation.report import TrainingReport, write_evaluation_report, write_report
from grnet.schema.errors import InputError

NASTY = "</script><img src=x onerror=alert(1)>"


class Cells(HTMLParser):
    """Collects table rows and headings as text, and every address that the page would load."""

    def __init__(self):
        super().__init__()
        self.rows, self.headings, self.plots, self.loaded, self._inside = [], [], [], [], None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.loaded += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "tr":
            self.rows.append([])
        if tag == "div" and attributes.get("id", "").startswith("plot-"):
            self.plots.append(attributes["id"])
        if tag in ("td", "th", "h1", "h2"):
            self._inside = tag
            (self.headings if tag[0] == "h" else self.rows[-1]).append("") if tag != "th" else self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data):
        if self._inside in ("td", "th"):
            self.rows[-1][-1] += data
        elif self._inside:
            self.headings[-1] += data


def read(path):
    cells = Cells()
    cells.feed(path.read_text(encoding="utf-8"))
    return cells


def make_report(**changes):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 200)
    p = np.clip(0.4 * labels + 0.6 * rng.random(200), 0, 1)
    values = {
        "title": f"Run {NASTY}",
        "labels": labels,
        "folds": np.arange(200) % 2,
        "probabilities": {"|Pearson|": rng.random(200), NASTY: p, "random": np.full(200, 0.5)},
        "settings": {"seed": 3, "model": {"channels": (16, 24), "name": NASTY, "fused": True}},
        "history": {
            "RNA": {"fold 0": [(1, 0.7, 0.8), (2, 0.5, float("nan"))], NASTY: []},
            "Images": {NASTY: [(1, 0.9, 0.8), (2, 0.5, 0.6), (3, 0.4, 0.7)]},
        },
        "correlation": rng.uniform(-1, 1, 200),
    }
    return TrainingReport(**{**values, **changes})


def test_training_report_shows_models_first_with_their_figures_and_escapes_names(tmp_path):
    path = tmp_path / "report.html"
    write_report(path, make_report())
    page = read(path)
    assert page.headings == [
        f"Run {NASTY}",
        "Figures",
        "Curves",
        "Beyond correlation",
        "Folds",
        "Training history",
        "Settings",
    ]
    first = [row[0] for row in page.rows]
    assert first[1:4] == [NASTY, "|Pearson|", "random"]
    assert re.fullmatch(r"0\.\d{3} ± 0\.\d{3}", page.rows[1][1])
    assert ["model.channels", "16, 24"] in page.rows
    assert ["model.fused", "yes"] in page.rows
    assert page.plots == [f"plot-{number}" for number in range(1, 7)]
    assert "onerror=alert(1)>" not in path.read_text(encoding="utf-8")


def test_the_page_loads_nothing_from_elsewhere_and_has_the_same_bytes_each_time(tmp_path):
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    write_report(one, make_report())
    write_report(two, make_report())
    assert read(one).loaded == []
    assert one.read_bytes() == two.read_bytes()
    assert sorted(tmp_path.iterdir()) == [one, two]


def test_labels_of_one_class_still_give_a_report(tmp_path):
    write_report(tmp_path / "report.html", make_report(labels=np.ones(200, dtype=int), history={}))
    page = read(tmp_path / "report.html")
    assert page.rows[1][3] == "–"
    assert "Training history" not in page.headings


def test_a_report_needs_a_model():
    with pytest.raises(InputError, match="needs the probabilities of a model, got baselines only"):
        make_report(probabilities={"random": np.full(200, 0.5)})


def test_evaluation_report_states_the_universe_and_lists_edges_without_a_score(tmp_path):
    rng = np.random.default_rng(0)
    pairs = [(f"T{tf}", f"g{target}") for tf in range(4) for target in range(30)]
    candidates = pd.DataFrame(pairs, columns=["tf", "target"])
    candidates["score"] = rng.normal(size=120)
    candidates["probability"] = 1 / (1 + np.exp(-candidates["score"]))
    candidates["correlation"], candidates["label"] = rng.uniform(-1, 1, 120), None
    known = pd.DataFrame({"tf": ["T0", "T1", "T2", NASTY], "target": ["g1", "g2", "g3", "g4"], "label": 1})
    evaluation = evaluate_scores(candidates, known, universe="all", ks=(10, 50))
    path = tmp_path / "evaluation.html"
    write_evaluation_report(path, evaluation, title="Check", settings={"universe": "all"})
    page = read(path)
    text = path.read_text(encoding="utf-8")
    assert "Counted is every candidate; pairs that the known edges do not list count as negatives." in text
    assert "120 pairs, 3 of them positive: a base rate of 0.0250." in text
    assert page.headings == ["Check", "Figures", "Curves", "Stated and observed precision", "Known edges", "Settings"]
    assert page.rows[0][1:] == [
        "AUROC",
        "AUPRC",
        "AUPRC ratio",
        "early precision",
        "early ratio",
        "best 10",
        "best 50",
    ]
    assert [row[0] for row in page.rows[1:4]] == ["model", "|correlation|", "random"]
    assert page.rows[1][1] == f"{evaluation.model.auroc:.3f}"
    assert [NASTY, "g4", "1", "its TF is not among the scored TFs"] in page.rows
    assert page.loaded == []
    assert "onerror=alert(1)>" not in text


def make_candidates(n_trained_positive):
    """120 candidates with probabilities about 0.75; the first 20 were trained on, so many of them as edges."""
    rng = np.random.default_rng(0)
    pairs = [(f"T{tf}", f"g{target}") for tf in range(4) for target in range(30)]
    candidates = pd.DataFrame(pairs, columns=["tf", "target"])
    candidates["probability"] = rng.uniform(0.5, 1, 120)
    candidates["score"] = np.log(candidates["probability"] / (1 - candidates["probability"]))
    candidates["correlation"] = 0.5
    candidates["label"] = [1.0] * n_trained_positive + [0.0] * (20 - n_trained_positive) + [None] * 100
    return candidates


@pytest.mark.parametrize(("n_trained_positive", "told"), [(12, True), (0, False)])
def test_evaluation_report_says_why_stated_is_not_observed(tmp_path, n_trained_positive, told):
    known = pd.DataFrame({"tf": ["T0", "T1", "T2"], "target": ["g1", "g2", "g3"], "label": 1})
    evaluation = evaluate_scores(make_candidates(n_trained_positive), known, universe="all", ks=(10,))
    assert evaluation.trained_base_rate == n_trained_positive / 20
    write_evaluation_report(tmp_path / "report.html", evaluation, title="Check")
    sentence = (
        "Observed lies below stated because probabilities are calibrated on the labelled pairs, where the base rate is "
        "0.600; the base rate of this universe is 0.0250, so fewer pairs of a given probability are edges."
    )
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (sentence in text) == told
    assert ("Observed lies below" in text) == told


def test_a_model_trained_on_none_of_the_candidates_has_no_base_rate():
    known = pd.DataFrame({"tf": ["T0"], "target": ["g1"], "label": 1})
    evaluation = evaluate_scores(make_candidates(0).assign(label=None), known, universe="all")
    assert np.isnan(evaluation.trained_base_rate)


@pytest.mark.parametrize("below", [True, False])
def test_report_explains_degrees_below_chance(tmp_path, below):
    labels = np.arange(200) // 2 % 2
    degree = 1 - labels if below else labels
    probabilities = {"fused": np.full(200, 0.5), "degree only": 0.25 + 0.5 * degree}
    write_report(tmp_path / "report.html", make_report(labels=labels, probabilities=probabilities))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    sentence = (
        "“degree only” falls below 0.5 where genes are balanced between the labels: what is held out is missing from "
        "the rest, so a gene with a held-out edge shows fewer edges there."
    )
    assert (sentence in text) == below


def test_history_has_a_plot_for_each_stage_and_a_colour_for_each_fold(tmp_path):
    folds = ["fold 0", "fold 1"]
    rna = plot_history("RNA", {"fold 0": [(1, 0.7, 0.8), (2, 0.6, float("nan"))], "fold 1": []}, folds=folds)
    images = plot_history("Images", {"fold 1": [(1, 0.9, 0.8), (2, 0.5, 0.6), (3, 0.4, 0.7)]}, folds=folds)
    assert (rna.layout.title.text, images.layout.title.text) == ("RNA", "Images")
    assert [trace.name for trace in rna.data if trace.showlegend] == folds
    validation, training, best = images.data
    assert (best.x, best.y) == ((2,), (0.6,))
    assert (training.y, training.line.dash) == ((0.9, 0.5, 0.4), "dot")
    assert (validation.y, validation.line.dash) == ((0.8, 0.6, 0.7), None)
    assert (rna.data[2].x, rna.data[2].y) == ((1,), (0.8,))
    colours = [trace.line.color or trace.marker.color for trace in (*rna.data, *images.data)]
    assert colours == [colours[0]] * 3 + [colours[3]] * 6
    assert colours[0] != colours[3]
    write_report(tmp_path / "report.html", make_report())
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "A colour for each fold. Each stage has a loss of its own; they do not compare." in text


def test_numbers_means_and_settings_read_well():
    assert format_number(float("nan")) == "–"
    assert format_mean(0.5, float("nan")) == "0.500"
    assert format_mean(0.5, 0.01) == "0.500 ± 0.010"
    assert format_setting([True, 1, "x"]) == "yes, 1, x"


def test_names_keep_their_colours_whatever_else_is_drawn():
    some, more = style_names(["fused", "random"]), style_names(["fused", "rna", "|Pearson|", "random"])
    assert some["fused"] == more["fused"]
    assert some["random"] == more["random"]
    assert len({style.colour for style in more.values()}) == 4
