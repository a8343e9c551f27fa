from __future__ import annotations

from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from grnet.dataset.reading.overrides import ColumnChoices
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
    assert edges.notes == ("a.sif: has no scores, so all its edges get the same score",)


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


ENDS = [("x", "a"), ("x", "b"), ("y", "a")]


def write_scores(path, header, *columns, separator=","):
    rows = [*([header] if header else [])]
    rows += [separator.join([*pair, *(str(column[row]) for column in columns)]) for row, pair in enumerate(ENDS)]
    path.write_text("\n".join(rows) + "\n")
    return read_scored_edges(path)


@pytest.mark.parametrize(
    ("name", "values", "scores", "said"),
    [
        ("coef_abs", (3, 2, 1), [3, 2, 1], ""),
        ("-logp", (3, 2, 1), [3, 2, 1], ""),
        ("-log10(p-value)", (30, 20, 1), [30, 20, 1], ""),
        ("neg_log10_padj", (3, 2, 1), [3, 2, 1], ""),
        ("log10_pvalue", (-3, -2, -1), [3, 2, 1], "the smaller, the stronger"),
        ("p", (0.001, 0.01, 0.1), [3, 2, 1], "the smaller, the stronger"),
        ("p_val_adj", (0.001, 0.01, 0.1), [3, 2, 1], "the smaller, the stronger"),
        ("P-value (permutation)", (0.001, 0.01, 0.1), [3, 2, 1], "the smaller, the stronger"),
        ("FDR", (0, 0.01, 0.1), [300, 2, 1], "the smaller, the stronger"),
        ("rank", (1, 2, 3), [1, 1 / 2, 1 / 3], "the smaller, the stronger"),
        ("triplet_rank", (0, 1, 2), [1, 1 / 2, 1 / 3], "the smaller, the stronger"),
        ("distance", (5, 6, 7), [1, 1 / 2, 1 / 3], "the smaller, the stronger"),
        ("MI", (0.9, 0.5, 0.1), [0.9, 0.5, 0.1], ""),
        ("auc", (0.9, 0.5, 0.1), [0.9, 0.5, 0.1], "taken as the score: the larger, the stronger"),
    ],
)
def test_which_way_a_score_goes(tmp_path, name, values, scores, said):
    edges = write_scores(tmp_path / "a.csv", f"TF,target,{name}", values)
    assert edges.scores.tolist() == pytest.approx(scores)
    assert edges.notes == ((f"a.csv: {name}: {said}",) if said else ())
    assert edges.plan is not None
    assert edges.plan.describe() == f"scores a.csv: tf = TF; target = target; score = {name}"


@pytest.mark.parametrize(
    ("header", "columns", "score"),
    [
        ("source,target,coef_mean,coef_abs,p,-logp", ((-3, 2, 1), (3, 2, 1), (0.3, 0.2, 0.1), (1, 2, 3)), "coef_abs"),
        ("Regulator,Target,MI,pvalue", ((3, 2, 1), (0.3, 0.2, 0.1)), "MI"),
        ("Gene1,Gene2,corVal,pValue", ((3, 2, 1), (0.3, 0.2, 0.1)), "corVal"),
        ("TF,target,label,score", ((0, 1, 0), (3, 2, 1)), "score"),
        ("TF,target,known,strange", ((0, 1, 0), (3, 2, 1)), "strange"),
        ("", ((0, 1, 0), (3, 2, 1)), "column 4"),
    ],
)
def test_which_of_several_columns_is_the_score(tmp_path, header, columns, score):
    edges = write_scores(tmp_path / "a.csv", header, *columns)
    assert as_rows(edges) == [(*pair, value) for pair, value in zip(ENDS, (3.0, 2.0, 1.0), strict=True)]
    assert edges.plan is not None
    assert f"score = {score}" in edges.plan.describe()


def test_sincerities_has_its_score_in_interaction_and_its_sign_in_edges(tmp_path):
    header = "SourceGENES,TargetGENES,Interaction,Edges"
    edges = write_scores(tmp_path / "a.csv", header, (0.9, 0.5, 0.1), ("activation", "repression", "no regulation"))
    assert (edges.scores.tolist(), edges.signs.tolist()) == ([0.9, 0.5, 0.1], [1, -1, 0])
    assert edges.plan is not None
    assert edges.plan.describe() == (
        "scores a.csv: tf = SourceGENES; target = TargetGENES; sign = Edges; score = Interaction"
    )


def test_row_names_of_r_are_no_genes(tmp_path):
    rows = [f'"{number}" "{a}" "{b}" {4 - number}\n' for number, (a, b) in enumerate(ENDS, start=1)]
    (tmp_path / "a.txt").write_text('"TF" "Target" "weight"\n' + "".join(rows))
    edges = read_scored_edges(tmp_path / "a.txt")
    assert as_rows(edges) == [(*pair, value) for pair, value in zip(ENDS, (3.0, 2.0, 1.0), strict=True)]


def test_decimal_commas(tmp_path):
    edges = write_scores(tmp_path / "a.csv", "TF;target;weight", ("0,5", "0,25", "1"), separator=";")
    assert edges.scores.tolist() == [0.5, 0.25, 1.0]
    assert edges.plan is not None
    assert "decimal commas" in edges.plan.describe()


def test_graphml_whose_first_edge_lacks_the_weight(tmp_path):
    graph = nx.DiGraph()
    graph.add_edge("x", "a")
    graph.add_edge("x", "b", weight=0.5)
    graph.add_edge("y", "a", weight=-0.75)
    nx.write_graphml(graph, tmp_path / "a.graphml")
    edges = read_scored_edges(tmp_path / "a.graphml")
    assert as_rows(edges) == [("x", "a", 0.0), ("x", "b", 0.5), ("y", "a", 0.75)]
    assert edges.signs.tolist() == [0, 1, -1]
    assert edges.notes[0] == "a.graphml: 1 edges lack 'weight' and are placed last"


def test_rows_of_aracne_and_matrices_have_scores(tmp_path):
    (tmp_path / "a.adj").write_text("x\ta\t0.9\tb\t0.5\ny\ta\t0.1\n")
    scored = [("x", "a", 0.9), ("x", "b", 0.5), ("y", "a", 0.1)]
    assert as_rows(read_scored_edges(tmp_path / "a.adj")) == scored
    (tmp_path / "m.csv").write_text(",a,b,c\nx,0.9,0.5,0\ny,0.1,0,0\n")
    choices = ColumnChoices.parse(["m.csv:tf=rows"])
    edges = read_scored_edges(tmp_path / "m.csv", genes=frozenset("xyabc"), choices=choices)
    assert sorted(as_rows(edges)) == scored


@pytest.mark.parametrize(
    ("header", "columns", "message"),
    [
        (
            "TF,target,auc,loss",
            ((3, 2, 5), (1, 2, 7)),
            "2 columns of numbers may be the score ('auc', 'loss'); say which: --columns 'scores:score=auc'",
        ),
        (
            "TF,target,pvalue",
            ((0.5, 2, 12), (1, 2, 7)),
            "the column 'pvalue' has values from 0.5 to 12; expected p-values from 0 to 1; call the column -log10(p) "
            "if the larger are stronger",
        ),
        (
            "TF,target,log10p",
            ((-0.5, 2, 12), (1, 2, 7)),
            "the column 'log10p' has positive and negative logarithms of p-values; expected one sign; name another "
            "column with --columns 'scores:score=NAME'",
        ),
    ],
)
def test_scores_that_may_be_read_in_two_ways(tmp_path, header, columns, message):
    with pytest.raises(InputError) as caught:
        write_scores(tmp_path / "a.csv", header, *columns[: header.count(",") - 1])
    assert str(caught.value) == f"{tmp_path / 'a.csv'}: {message}"


GRAPHML = (
    '<?xml version="1.0" encoding="{}"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="w" for="edge" '
    'attr.name="weight" attr.type="double"/><graph edgedefault="directed"><node id="a"/><node id="b"/>'
    '<edge source="a" target="b"><data key="w">{}</data></edge></graph></graphml>'
)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.graphml", GRAPHML.format("utf-8", "1_0"), "an edge has the score '1_0'; expected a number for each edge"),
        ("a.graphml", GRAPHML.format("utf-8", "9" * 5000), "an edge has the score '99999"),
        ("a.graphml", GRAPHML.format("nope", "1"), "not readable as GraphML (unknown encoding: nope); write it again"),
        ("a.graphml", GRAPHML.format("utf-16", "1"), "not readable as GraphML (encoding specified in XML declaration"),
        ("a.graphml", "<graphml>" * 10_000, "not readable as GraphML (no element found: line 1, column 90000)"),
        ("a.graphml", "<graphml/>", "not readable as GraphML (StopIteration); write it again"),
        (
            "a.tsv",
            "tf\ttarget\tscore\na\tb\t1_0\nb\tc\t2\n",
            "2, column 3: the score '1_0'; expected a number for each",
        ),
        ("a.sif", "a\tpp\tb\nc pp\td\n", "2: 'c pp?d'; expected a TF, an interaction and targets, all of them divided"),
        ("a.sif", "a\tb\n", "1: 'a?b'; expected a TF, an interaction and targets, all of them divided"),
    ],
)
def test_scores_and_lines_that_mean_something_else_are_refused(tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_scored_edges(tmp_path / name)
    assert str(caught.value).removeprefix(f"{tmp_path / name}:").lstrip().startswith(said)


@pytest.mark.parametrize("name", ["a.sif", "a.tsv"])
def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path, name):
    (tmp_path / name).write_bytes(
        b"\xef\xbb\xbfa\tpp\tb\nb\tpp\tc\n" if name == "a.sif" else b"\xef\xbb\xbfa\tb\t1\nb\tc\t2\n"
    )
    assert read_scored_edges(tmp_path / name).tfs == ("a", "b")


def test_lines_of_sif_may_be_divided_by_tabs_or_by_spaces(tmp_path):
    (tmp_path / "a.sif").write_text("a pp b\n\nc\tpp\td\te\nalone\n")
    edges = read_scored_edges(tmp_path / "a.sif")
    assert list(zip(edges.tfs, edges.targets, strict=True)) == [("a", "b"), ("c", "d"), ("c", "e")]


def test_an_edge_with_an_unreadable_score_is_no_header(tmp_path):
    (tmp_path / "edges.tsv").write_text("tin\teve\t1_0\neve\tftz\t0.5\ntin\tftz\t0.25\n")
    with pytest.raises(InputError, match=r"edges.tsv:1, column 3: the score '1_0'; expected a number"):
        read_scored_edges(tmp_path / "edges.tsv")
