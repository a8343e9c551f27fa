"""The page of a network compared with known edges: what counts, what was promised and what came true."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from candidate_streams import as_stream

from grnet.evaluation.network_evaluation import evaluate_scores
from grnet.reports.evaluation_page import write_evaluation_report

NASTY = "</script><img src=x onerror=alert(1)>"


class Cells(HTMLParser):
    """Collects table rows and headings as text, and every address that the page would load."""

    def __init__(self):
        super().__init__()
        self.rows, self.headings, self.loaded, self._inside = [], [], [], None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.loaded += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "tr":
            self.rows.append([])
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


@pytest.fixture
def candidates():
    rng = np.random.default_rng(0)
    pairs = [(f"T{tf}", f"g{target}") for tf in range(4) for target in range(30)]
    table = pd.DataFrame(pairs, columns=["tf", "target"])
    table["score"] = rng.normal(size=120)
    table["probability"] = 1 / (1 + np.exp(-table["score"]))
    return table.assign(correlation=rng.uniform(-1, 1, 120), label=None)


@pytest.fixture
def known():
    return pd.DataFrame({"tf": ["T0", "T1", "T2", NASTY], "target": ["g1", "g2", "g3", "g4"], "label": 1})


def test_the_page_states_the_universe_and_lists_edges_without_a_score(candidates, known, tmp_path):
    evaluation = evaluate_scores(as_stream(candidates), known, universe="all", ks=(10, 50))
    path = tmp_path / "evaluation.html"
    write_evaluation_report(path, evaluation, title="Check", settings={"universe": "all"})
    page, text = read(path), path.read_text(encoding="utf-8")
    assert "Counted is every candidate; pairs that the known edges do not list count as negatives." in text
    assert "120 pairs, 3 of them positive: a base rate of 0.0250." in text
    assert page.headings == [
        "Check",
        "Figures",
        "Curves",
        "Expected and observed precision",
        "Known edges",
        "Settings",
    ]
    columns = ["AUROC", "AUPRC", "AUPRC / base", "early precision", "EP / base", "best 10", "best 50"]
    assert page.rows[0][1:] == columns
    assert [row[0] for row in page.rows[1:4]] == ["model", "|correlation|", "random"]
    assert page.rows[1][1] == f"{evaluation.model.auroc:.3f}"
    assert [NASTY, "g4", "1", "its TF is not among the scored TFs"] in page.rows
    assert page.loaded == ["data:,"]
    assert "onerror=alert(1)>" not in text


def test_the_page_puts_expected_beside_observed_and_says_how_to_read_it(candidates, known, tmp_path):
    candidates["kept"] = candidates["probability"] > 0.6
    evaluation = evaluate_scores(as_stream(candidates), known, universe="all", prior=0.02)
    write_evaluation_report(tmp_path / "report.html", evaluation, title="Check")
    page, text = read(tmp_path / "report.html"), (tmp_path / "report.html").read_text(encoding="utf-8")
    above = candidates[candidates["probability"] > 0.6]
    observed = above.merge(known, on=["tf", "target"])
    row = [str(len(above)), f"{above['probability'].mean():.3f}", f"{len(observed) / len(above):.3f}"]
    assert ["edges of the network", *row] in page.rows
    assert [row[0] for row in page.rows if row and row[0].startswith("probability ")] == [
        "probability 0.5 and above",
        "probability 0.8 and above",
        "probability 0.9 and above",
    ]
    assumed = "Probabilities assume that 2 % of the candidates without a label are edges. Of the counted pairs 2.5 % "
    assert assumed in text
    assert "unless every true edge is listed, the observed precision is a lower bound" in text
    assert "ranking" not in text


def test_the_same_evaluation_gives_the_same_bytes(candidates, known, tmp_path):
    evaluation = evaluate_scores(as_stream(candidates), known, universe="all")
    for name in ("one.html", "two.html"):
        write_evaluation_report(tmp_path / name, evaluation, title="Check")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
