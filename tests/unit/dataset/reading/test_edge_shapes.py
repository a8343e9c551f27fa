"""Edges that are not one pair a row."""

from __future__ import annotations

import pytest

from grnet.dataset.known_edges import read_edge_list
from grnet.dataset.reading.overrides import ColumnChoices
from grnet.schema.errors import InputError

TFS = frozenset({"tin", "eve", "ftz"})
TARGETS = {"tin": ["run", "dl", "hb"], "eve": ["run", "kni", "hb"], "ftz": ["dl", "gt", "kni"]}
GENES = TFS | {"run", "dl", "hb", "kni", "gt"}
OTHERS = tuple(sorted(GENES - TFS))
PAIRS = {(tf, target) for tf, targets in TARGETS.items() for target in targets}


def read(path, text, *, columns=(), tfs=TFS):
    path.write_text(text)
    return read_edge_list(path, genes=GENES, tfs=tfs, choices=ColumnChoices.parse(columns))


def rows(name="{}", between="\t", targets="{}"):
    return "".join(
        between.join([*name.format(tf).split("|"), *(targets.format(target) for target in TARGETS[tf])]) + "\n"
        for tf in TARGETS
    )


def matrix(*, corner="", mark="1", none="0", over=OTHERS, beside=tuple(TARGETS)):
    lines = [",".join([corner, *over])]
    for name in beside:
        held = [mark if (name, other) in PAIRS or (other, name) in PAIRS else none for other in over]
        lines.append(",".join([name, *held]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "text", "shape"),
    [
        ("a.sif", rows("{}|pd"), "SIF"),
        ("a.txt", "".join(f"{tf} activates {target}\n" for tf, target in sorted(PAIRS)), "SIF; separated by spaces"),
        ("a.gmt", rows("{}(+)|na"), "gene sets (GMT)"),
        ("a.gmt", rows("{}(+)|"), "gene sets (GMT)"),
        ("a.gmt", rows("{}|"), "gene sets (GMT)"),
        ("a.gmt", rows("{} 20726797 ChIP-Seq MESC Mouse|"), "gene sets (GMT)"),
        ("a.gmt", rows("{} K562 hg19|", targets="{},1.0"), "gene sets (GMT)"),
        ("a.gmt", rows("{}_TARGET_GENES|http://x"), "gene sets (GMT)"),
        ("a.gmt", rows("GTRD_{}_Q2|http://x"), "gene sets (GMT)"),
        ("a.tsv", rows(), "a TF and its targets in each row"),
        ("a.txt", rows("{}:", " "), "a TF and its targets in each row; separated by spaces"),
        ("a.adj", rows(targets="{}\t0.5"), "a TF, then targets and scores in turn, in each row"),
        (
            "a.tsv",
            "\t".join(TARGETS) + "\n" + "".join("\t".join(row) + "\n" for row in zip(*TARGETS.values(), strict=True)),
            "a TF and its targets in each column",
        ),
        (
            "a.csv",
            matrix(),
            "a matrix of TFs (its rows) × targets, 0 = not known to be an edge; tf = column 1",
        ),
        (
            "a.csv",
            matrix(corner="gene", mark="TRUE", none="FALSE", over=tuple(TARGETS), beside=OTHERS),
            "a matrix of TFs (its columns) × targets, 0 = not known to be an edge; target = gene",
        ),
        (
            "a.csv",
            matrix(mark="x", none=""),
            "a matrix of TFs (its rows) × targets, 0 = not known to be an edge; tf = column 1",
        ),
        (
            "a.csv",
            matrix(none="NA"),
            "a matrix of TFs (its rows) × targets, 0 = not known to be an edge; tf = column 1",
        ),
    ],
)
def test_each_shape_gives_all_pairs(tmp_path, name, text, shape):
    edges = read(tmp_path / name, text)
    assert set(zip(edges.tfs, edges.targets, strict=True)) == PAIRS
    assert len(edges.tfs) == len(PAIRS)
    assert set(edges.labels) == {1}
    assert edges.plan.describe() == f"known-edges {name}: {shape}"


def test_a_matrix_beside_other_columns_counts_each_pair_once(tmp_path):
    text = ",peak_id,gene_short_name,tin,eve,ftz\n0,chr1_5,run,1,0,0\n1,chr1_9,run,1,1,0\n2,chr2_1,gt,0,0,1\n"
    edges = read(tmp_path / "base.csv", text)
    assert list(zip(edges.tfs, edges.targets, edges.rows, strict=True)) == [
        ("tin", "run", 2),
        ("eve", "run", 3),
        ("ftz", "gt", 4),
    ]
    assert edges.plan.describe() == (
        "known-edges base.csv: a matrix of TFs (its columns) × targets, 0 = not known to be an edge; "
        "target = gene_short_name; set aside: column 1, peak_id (not used)"
    )


WHICH = "Say which: --columns 'm.csv:tf=rows' or --columns 'm.csv:tf=columns'"


@pytest.mark.parametrize(
    ("text", "tfs", "message"),
    [
        (matrix(), frozenset(), f"a matrix of genes: are the TFs its rows or its columns? {WHICH}"),
        (
            matrix(corner="cols regulators"),
            TFS,
            "a matrix of genes: its first cell says that the columns are regulators, but the rows are in the list of "
            f"TFs; which are they? {WHICH}",
        ),
        (
            matrix(mark="0.7", none="0.1"),
            TFS,
            "a matrix of weights, most of them not 0, does not tell which pairs are edges; give a list of edges, or "
            "set to 0 what is none",
        ),
    ],
)
def test_matrices_that_do_not_tell_are_refused(tmp_path, text, tfs, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path / "m.csv", text, tfs=tfs)
    assert str(caught.value) == f"{tmp_path / 'm.csv'}: {message}"


def test_the_direction_of_a_matrix_can_be_chosen(tmp_path):
    edges = read(tmp_path / "m.csv", matrix(), tfs=frozenset(), columns=["m.csv:tf=rows"])
    assert set(zip(edges.tfs, edges.targets, strict=True)) == PAIRS
    edges = read(tmp_path / "m.csv", matrix(), tfs=frozenset(), columns=["m.csv:tf=columns"])
    assert set(zip(edges.targets, edges.tfs, strict=True)) == PAIRS


def test_a_score_that_is_none_in_rows_of_scores(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path / "a.adj", "tin\trun\t0.5\tdl\t0.2\n" * 301 + "tin\tgt\thigh\n")
    assert (
        str(caught.value)
        == f"{tmp_path / 'a.adj'}:302: after the target 'gt' stands 'high'; expected its score, a number"
    )
