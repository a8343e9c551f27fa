from __future__ import annotations

from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from grnet.dataset.scored_edges import read_scored_edges
from grnet.schema.errors import InputError, MissingInputError

ROWS = [("tin", "eve", 0.9), ("eve", "ftz", 0.5), ("tin", "ftz", 2e-3)]
HEADERS = [
    ("source", "target", "weight"),
    ("TF", "target", "importance"),
    ("Gene1", "Gene2", "EdgeWeight"),
    ("tf", "target", "probability"),
    ("regulator", "gene", "score"),
]


def as_rows(edges) -> list[tuple[str, str, float]]:
    return list(zip(edges.tfs, edges.targets, edges.scores.tolist(), strict=True))


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(("suffix", "separator"), [("csv", ","), ("tsv", "\t"), ("csv", "\t"), ("txt", " \t")])
def test_headers_of_other_tools(tmp_path, header, suffix, separator):
    path = tmp_path / f"edges.{suffix}"
    separator = separator.strip() or "\t"
    pd.DataFrame(ROWS, columns=header).to_csv(path, sep=separator, index=False)
    assert as_rows(read_scored_edges(path)) == ROWS


def test_columns_in_another_order_and_the_surest_score(tmp_path):
    table = pd.DataFrame({"score": [9.0, 8.0], "probability": [0.9, 0.8], "target": ["a", "b"], "tf": ["x", "y"]})
    table.to_csv(tmp_path / "edges.csv", index=False)
    assert as_rows(read_scored_edges(tmp_path / "edges.csv")) == [("x", "a", 0.9), ("y", "b", 0.8)]
    table.to_parquet(tmp_path / "edges.parquet")
    assert as_rows(read_scored_edges(tmp_path / "edges.parquet")) == [("x", "a", 0.9), ("y", "b", 0.8)]


@pytest.mark.parametrize("first", ["", "from here,to there,how much\n"])
def test_three_columns_without_known_names(tmp_path, first):
    (tmp_path / "edges.csv").write_text(first + "".join(f"{a},{b},{c}\n" for a, b, c in ROWS))
    assert as_rows(read_scored_edges(tmp_path / "edges.csv")) == ROWS


def test_signs_by_a_column_and_by_the_score(tmp_path):
    (tmp_path / "a.csv").write_text("tf,target,weight,sign\nx,a,1,activation\nx,b,1,repression\nx,c,1,unknown\n")
    assert read_scored_edges(tmp_path / "a.csv").signs.tolist() == [1, -1, 0]
    (tmp_path / "b.csv").write_text("source,target,weight\nx,a,0.5\nx,b,-0.7\n")
    edges = read_scored_edges(tmp_path / "b.csv")
    assert (edges.scores.tolist(), edges.signs.tolist()) == ([0.5, 0.7], [1, -1])
    assert edges.notes == ("b.csv: negative scores count as repression, and their size as the score",)


def test_repeats_and_self_pairs_are_said(tmp_path):
    (tmp_path / "a.csv").write_text("tf,target,weight\nx,a,1\nx,x,9\nx,a,3\nx,b,2\n")
    edges = read_scored_edges(tmp_path / "a.csv")
    assert as_rows(edges) == [("x", "a", 3.0), ("x", "b", 2.0)]
    assert edges.notes == (
        "a.csv: 1 edges of a gene with itself are left out",
        "a.csv: 1 rows repeat a pair; the surest of each is taken",
    )


def test_sif(tmp_path):
    (tmp_path / "a.sif").write_text("x\tactivates\ta\ty\\\\z\ny\trepresses\ttwo\\nlines\nlonely\n")
    edges = read_scored_edges(tmp_path / "a.sif")
    assert as_rows(edges) == [("x", "a", 1.0), ("x", "y\\z", 1.0), ("y", "two\nlines", 1.0)]
    assert edges.signs.tolist() == [1, 1, -1]
    assert edges.notes == ("a.sif: has no scores, so its edges count as equally sure",)


def test_rows_without_a_name_are_left_out_and_said(tmp_path):
    (tmp_path / "a.csv").write_text("tf,target,weight\nx,,1\n,a,2\nx,a,3\n")
    edges = read_scored_edges(tmp_path / "a.csv")
    assert as_rows(edges) == [("x", "a", 3.0)]
    assert edges.notes == ("a.csv: 2 rows lack the name of a gene and are left out",)


def test_a_graph_without_directions_says_which_gene_counts_as_tf(tmp_path):
    nx.write_graphml(nx.Graph([("x", "a", {"weight": 0.5})]), tmp_path / "a.graphml")
    edges = read_scored_edges(tmp_path / "a.graphml")
    assert as_rows(edges) == [("x", "a", 0.5)]
    assert edges.notes == ("a.graphml: is not directed, so the first gene of each edge counts as its TF",)


def test_graphml(tmp_path):
    graph = nx.DiGraph()
    graph.add_node("n0", name="tin")
    graph.add_edge("n0", "eve", weight=0.25, sign="repression")
    nx.write_graphml(graph, tmp_path / "a.graphml")
    edges = read_scored_edges(tmp_path / "a.graphml")
    assert (as_rows(edges), edges.signs.tolist()) == ([("tin", "eve", 0.25)], [-1])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "tf,target,weight\nx,a,high\n", r"a.csv:2, column 3: the score 'high'; expected a number"),
        ("a.csv", "tf,target,weight\nx,a,\n", r"a.csv:2, column 3: the score ''; expected a number"),
        ("a.csv", "tf,target,weight\nx,a,inf\n", r"the score 'inf'; expected a number"),
        ("a.csv", "w,x,y,z\n1,2,3,4\n", r"a.csv: the columns 'w', 'x', 'y', 'z' are not known; expected TF, target"),
        ("a.csv", "tf,target,weight\nx,x,1\n", r"a.csv: holds no edge between two genes; expected TF"),
        ("a.sif", "", r"a.sif: holds no edges; expected TF"),
        ("a.graphml", "<graphml", r"a.graphml: not readable as GraphML \("),
    ],
)
def test_says_what_is_wrong(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        read_scored_edges(tmp_path / name)


@pytest.mark.parametrize("name", ["a.csv", "a.sif", "a.graphml"])
def test_a_missing_file(name):
    with pytest.raises(MissingInputError, match=f"{name}: no such file"):
        read_scored_edges(Path(name))
