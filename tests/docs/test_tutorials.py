"""Every tutorial is run, cell by cell, and shows what its text speaks of."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from tutorial_pages import Shown, read_cells, read_shell_commands, run_cells

FOLDER = Path(__file__).parents[2] / "docs/tutorials"
NOTEBOOKS = ("cells", "cytoscape", "grnboost2", "known_edges", "own_files", "spots")
FRONT_MATTER = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"


def page_of(name: str) -> Path:
    return FOLDER / f"{name}.md"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_tutorial_is_a_notebook_of_text(name):
    text = page_of(name).read_text(encoding="utf-8")
    assert text.startswith(FRONT_MATTER)
    assert text.count("```{code-cell} ipython3\n") == len(read_cells(page_of(name)))
    first = read_cells(page_of(name))[0]
    assert first.tags == ("remove-cell",)
    assert "os.chdir(folder.name)" in first.source, "a tutorial works in a folder of its own"
    assert re.search(r"takes about \d+ seconds on one core", text), "the page says how long it takes"


def test_every_notebook_is_listed_here():
    found = {page.stem for page in FOLDER.glob("*.md") if page.read_text(encoding="utf-8").startswith("---\n")}
    assert found == set(NOTEBOOKS)


def test_cells_and_commands_are_read(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# Title\n\n```{code-cell} ipython3\n:tags: [remove-cell, hide-input]\n\n%matplotlib inline\nsize = 2\n```\n\n"
        "grnet is text here.\n\n```{code-cell} ipython3\n%%bash\ngrnet prepare a \\\n    -o b 2>&1 || true\n```\n\n"
        "```bash\ngrnet view c  # a remark\n```\n\n```{code-cell} ipython3\nprint(size)\nsize + 1\n```\n"
    )
    assert [cell.tags for cell in read_cells(page)] == [("remove-cell", "hide-input"), (), ()]
    assert [cell.is_shell for cell in read_cells(page)] == [False, True, False]
    assert read_shell_commands(page, "grnet") == [["prepare", "a", "-o", "b"], ["view", "c"]]
    page.write_text(page.read_text().replace("grnet prepare a \\\n    -o b", "echo said"))
    shown = run_cells(page)
    assert (shown.text, shown.values, shown.names["size"]) == ("said\n2\n3\n", [3], 2)


def test_a_cell_that_fails_is_an_error(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```{code-cell} ipython3\n%%bash\ngrnet view nothing\necho on\n```\n")
    with pytest.raises(AssertionError, match="exit code 2 of"):
        run_cells(page)


@pytest.fixture(scope="module")
def shown(request) -> Shown:
    """What the tutorial of this name showed."""
    if request.param == "cells":
        pytest.importorskip("scanpy")
    return run_cells(page_of(request.param))


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["own_files"], indirect=True)
def test_your_own_files(shown):
    assert "the column 'Bound' has yes, no: does no say that a pair is no edge?" in shown.text
    assert "did you mean: --alias Duzukrou=duzukrou" in shown.text
    assert "252 (126 positive, 126 negative)" in shown.text
    reasons = shown.names["rejected"].groupby(shown.names["rejected"]["reason"].str.partition(":")[0]).size()
    assert reasons.to_dict() == {"repeated pair": 1, "unknown gene": 32}
    assert "degree only" in shown.text
    assert "The network keeps the 100 most probable of 1,840 candidates" in " ".join(shown.text.split())
    assert shown.names["why"].pair.label is None


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["cells"], indirect=True)
def test_single_cells(shown):
    net, activities = shown.names["net"], shown.names["activities"]
    assert list(net.columns) == ["source", "target", "weight"]
    assert activities.shape[0] == 700
    assert {"SPI1", "POU2AF1", "GATA3"} <= set(activities.var_names)
    means = activities.to_df().groupby(activities.obs["bulk_labels"], observed=True).mean()
    assert means["SPI1"].idxmax() in ("CD14+ Monocyte", "Dendritic")
    assert means["POU2AF1"].idxmax() == "CD19+ B"
    assert means.loc["CD4+/CD25 T Reg", "GATA3"] > means.loc[["CD14+ Monocyte", "CD19+ B"], "GATA3"].max()
    stored = shown.names["together"].obsm["grnet_score_ulm"]
    assert stored["SPI1"].to_numpy() == pytest.approx(activities.to_df()["SPI1"].to_numpy(), abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["spots"], indirect=True)
def test_spots(shown):
    assert "1,008 spots" in " ".join(shown.text.split())
    assert "(fused) against" in " ".join(shown.text.split()), "the ablation is shown"
    assert "spots" in [entry.name for entry in shown.names["why"].evidence.measurements]
    assert shown.names["spots"].n_obs == 1008


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["known_edges"], indirect=True)
def test_known_edges(shown):
    assert "ourdb:embryo: 126 known edges of 16 TFs" in shown.text
    good, bad = (shown.names[name].card for name in ("trained", "bad"))
    assert good.model.figures["auroc"].low > 0.5
    assert good.model.figures["concordance_within_tfs"].value > bad.model.figures["concordance_within_tfs"].value + 0.1
    assert next(warning.kind for warning in bad.warnings) == "no-better-than-chance"
    assert "no better than chance" in " ".join(shown.text.split())


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["grnboost2"], indirect=True)
def test_grnboost2(shown):
    assert list(shown.names["grnboost2"].columns) == ["TF", "target", "importance"]
    genes = set(shown.names["dataset"].genes.symbols)
    assert set(shown.names["grnboost2"]["TF"]) | set(shown.names["grnboost2"]["target"]) <= genes
    assert "GRNBoost2" in shown.text
    found, ranked = shown.names["is_edge"], shown.names["ranked"]
    best = {name: int(found[ranked[name].nlargest(100).index].sum()) for name in ranked}
    assert best["grnet"] > best["GRNBoost2"]


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["cytoscape"], indirect=True)
def test_cytoscape(shown):
    graph, places = shown.names["graph"], shown.names["places"]
    assert graph.number_of_edges() == 60
    assert set(places) == set(graph)
    assert list(shown.names["COLOURS"]) == ["activation", "repression", "unknown"]
    assert len(shown.names["axes"].texts) == len(graph), "each gene has its name"


def test_the_shipped_list_of_grnboost2_is_small_and_explained():
    file = FOLDER / "data/grnboost2.tsv"
    assert file.stat().st_size < 150_000
    table = pd.read_csv(file, sep="\t")
    assert list(table.columns) == ["TF", "target", "importance"]
    assert table["importance"].is_monotonic_decreasing
    assert "grnboost2.tsv" in (FOLDER / "data/README.md").read_text(encoding="utf-8")
