"""`grnet view --gene-sets`: the table beside the page, what the page shows, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from explorer_pages import needs_chromium

import grnet
from grnet.schema.errors import InputError, OutputExistsError


@pytest.fixture
def gmt(fused_network, tmp_path):
    """A file with a set of what the largest hub regulates, and one of nothing that is there."""
    edges = grnet.load_network(fused_network).edges
    hub = edges["tf"].value_counts().index[0]
    targets = edges.loc[edges["tf"] == hub, "target"]
    file = tmp_path / "sets.gmt"
    file.write_text("\t".join(["what it <regulates>", "made up", *targets]) + "\nabsent\t\tnobody\n", encoding="utf-8")
    return file, hub, len(targets)


def test_the_table_beside_the_page(gmt, fused_network, tmp_path):
    file, hub, n = gmt
    said = []
    progress = type("Said", (grnet.schema.progress.Progress,), {"say": lambda _, text: said.append(text)})()
    grnet.view(fused_network, tmp_path / "page.html", gene_sets=[file], progress=progress)
    table = pd.read_csv(tmp_path / "page.gene_sets.csv")
    first = table.iloc[0]
    assert (first["tf"], first["gene_set"], first["targets_in_set"]) == (hub, "what it <regulates>", n)
    (line,) = [text for text in said if text.startswith("gene sets: ")]
    assert line.endswith(f"; {n} of {n + 1} genes of the sets are among them, and 1 of 2 sets have none there")
    with pytest.raises(OutputExistsError):
        grnet.view(fused_network, tmp_path / "page.html", gene_sets=[file])


def test_sets_that_cannot_be_used_are_refused_before_anything_is_written(gmt, fused_network, tmp_path):
    file, _, _ = gmt
    other = tmp_path / "other.gmt"
    other.write_text("absent\t\tnobody\n", encoding="utf-8")
    blank = tmp_path / "blank.gmt"
    blank.write_text("\n\n", encoding="utf-8")
    bare = tmp_path / "bare.gmt"
    bare.write_text(file.read_text(encoding="utf-8").split("\n")[0].replace("made up\t", ""), encoding="utf-8")
    for sets, told in (
        ([bare], "the second cell of 1 of 1 gene sets is a gene"),
        ([blank], "blank.gmt: holds no sets; expected GMT"),
        ([other], "no set has a gene of this network's dataset"),
        ([file, other], "'absent' is in another"),
    ):
        with pytest.raises(InputError, match=told):
            grnet.view(fused_network, tmp_path / "page.html", gene_sets=sets)
    assert not (tmp_path / "page.html").exists()


@needs_chromium[0]
@needs_chromium[1]
def test_the_panel_of_a_tf_lists_them(gmt, fused_network, tmp_path, visit):
    file, hub, n = gmt
    page_file, _ = grnet.view(fused_network, tmp_path / "page.html", gene_sets=[file])
    page = visit(page_file, f"gene={hub}")
    cells = page.locator(".sets tbody tr").first.locator("td").all_inner_texts()
    assert cells[:2] == ["what it <regulates>", f"{n} of {n}"]
    assert float(cells[3]) < 0.05


def test_a_network_is_inferred_with_its_gene_sets(gmt, fused_run, tmp_path):
    file, _, _ = gmt
    result = grnet.infer_network(fused_run, tmp_path / "network", top=60, gene_sets=[file])
    edges, table = result.network.edges, pd.read_csv(tmp_path / "network/gene_sets.csv")
    assert set(table["gene_set"]) == {"what it <regulates>"}
    for row in table.itertuples():
        shared = set(row.genes.split())
        assert shared <= set(edges.loc[edges["tf"] == row.tf, "target"])
        assert len(shared) == row.targets_in_set
    assert "what it" in (tmp_path / "network/network.html").read_text(encoding="utf-8")
    assert len(grnet.load_network(tmp_path / "network").edges) == 60


def test_sets_of_other_genes_are_refused_before_any_pair_is_scored(fused_run, tmp_path):
    other = tmp_path / "other.gmt"
    other.write_text("absent\t\tnobody\n", encoding="utf-8")
    with pytest.raises(InputError, match="no set has a gene of this network's dataset"):
        grnet.infer_network(fused_run, tmp_path / "network", gene_sets=[other])
    assert list(tmp_path.iterdir()) == [other]
