"""Known edges: columns, labels, and where every row ends."""

from __future__ import annotations

import pytest

from grnet.dataset.findings import Findings, Reason
from grnet.dataset.known_edges import join_edges, read_edge_list
from grnet.dataset.labelled_rows import restore_rows
from grnet.dataset.names import NameBook
from grnet.schema.errors import InputError

BOOK = NameBook.build(["tin", "eve", "ftz", "Dp2"], ["F1", "", "", ""], {"Dp": "Dp2"})


def write(tmp_path, text):
    path = tmp_path / "edges.csv"
    path.write_text(text)
    return path


def join(path, tfs=None):
    findings = Findings()
    return join_edges(read_edge_list(path), BOOK, tfs, refusal=Reason.UNKNOWN_GENE, findings=findings), findings


@pytest.mark.parametrize(
    ("text", "labels", "sources"),
    [
        ("tin,eve\neve,ftz\n", (1, 1), ("edges.csv", "edges.csv")),
        ("TF,target\ntin,eve\neve,ftz\n", (1, 1), ("edges.csv", "edges.csv")),
        ("tin,eve,1\neve,ftz,0\n", (1, 0), ("edges.csv", "edges.csv")),
        ("tin,eve,1.0,ChIP\neve,ftz,0.0,\n", (1, 0), ("ChIP", "edges.csv")),
        ("tf,target,label,source\ntin,eve,TRUE,ChIP\neve,ftz,False,x\n", (1, 0), ("ChIP", "x")),
        ("Source,Target\ntin,eve\neve,ftz\n", (1, 1), ("edges.csv", "edges.csv")),
        ("Gene1,Gene2,Type\ntin,eve,+\neve,ftz,-\n", (1, 1), ("edges.csv", "edges.csv")),
        ("regulator,gene,class\ntin,eve,+\neve,ftz,-\n", (1, 0), ("edges.csv", "edges.csv")),
        ("regulator,gene,label\ntin,eve,1\neve,ftz,-1\n", (1, 0), ("edges.csv", "edges.csv")),
        ("regulator,gene,effect\ntin,eve,activation\neve,ftz,Repression\n", (1, 1), ("edges.csv", "edges.csv")),
        ("target,label,TF\neve,yes,tin\nftz,no,eve\n", (1, 0), ("edges.csv", "edges.csv")),
        ("source,target,weight\ntin,eve,0.3\neve,ftz,0.9\n", (1, 1), ("edges.csv", "edges.csv")),
        ("factor A,locus,bound\ntin,eve,1\neve,ftz,0\n", (1, 0), ("edges.csv", "edges.csv")),
        ("tf,target,database\ntin,eve,ChIP\neve,ftz,Y1H\n", (1, 1), ("ChIP", "Y1H")),
    ],
)
def test_columns_are_told_by_header_or_place(tmp_path, text, labels, sources):
    edges = read_edge_list(write(tmp_path, text))
    assert edges.tfs == ("tin", "eve")
    assert edges.targets == ("eve", "ftz")
    assert edges.labels == labels
    assert edges.sources == sources


def test_a_minus_as_repression_is_told(tmp_path):
    edges = read_edge_list(write(tmp_path, "tin,eve,+\neve,ftz,-\n"))
    assert edges.notes == ("edges.csv: - and -1 were read as repression, which is an edge; write 0 for no edge",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "tin,eve,1\neve,ftz,maybe\n",
            "{path}:2, column 3: the label 'maybe'; expected one of "
            "1/0, true/false, yes/no, +/-, activation/repression",
        ),
        (
            "tf,target,label\ntin,eve,1\neve,ftz,\n",
            "{path}:3, column 3: no label; expected one of 1/0, true/false, yes/no, +/-, activation/repression",
        ),
        ("tin\neve\n", "{path}: one column; expected TF, target and optionally a label and a source"),
        ("tf,target\n", "{path}: a header and no rows; expected a row for each known edge"),
    ],
)
def test_unusable_files_are_said_in_one_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_edge_list(path)
    assert str(caught.value) == message.format(path=path)


def test_every_row_ends_in_the_table_or_among_the_refused(tmp_path):
    text = (
        "tin,eve,1\ntin,eve,1\ntin,tin,1\nDp,eve,0\nF1,ftz,1\nghost,eve,1\neve,ftz,1\nftz,eve,1\nftz,eve,0\nftz,eve,1\n"
    )
    known, findings = join(write(tmp_path, text), frozenset({"tin", "Dp2", "ftz"}))
    assert known.to_dict("list") == {
        "tf": ["tin", "Dp2", "tin"],
        "target": ["eve", "eve", "ftz"],
        "label": [1, 0, 1],
        "source": ["edges.csv"] * 3,
        "row": [1, 4, 5],
    }
    assert findings.rejected == [
        ("edges.csv", 2, "tin -> eve", "repeated pair: label 1, first in row 1"),
        ("edges.csv", 3, "tin -> tin", "self pair: label 1"),
        ("edges.csv", 6, "ghost -> eve", "unknown gene: ghost"),
        ("edges.csv", 7, "eve -> ftz", "regulator not in the TF list: label 1"),
        ("edges.csv", 8, "ftz -> eve", "contradicting labels: label 1"),
        ("edges.csv", 9, "ftz -> eve", "contradicting labels: label 0"),
        ("edges.csv", 10, "ftz -> eve", "contradicting labels: label 1"),
    ]
    assert findings.notes == ["pairs with both labels, refused: 1 ('ftz -> eve')"]
    assert findings.unmatched == {"ghost": ""}
    rejected = findings.rejected_table()
    assert restore_rows(known, rejected)["row"].tolist() == [1, 2, 4, 5]
    whole = restore_rows(known, rejected, self_pairs=True)
    assert whole.to_dict("list") == {
        "tf": ["tin", "tin", "tin", "Dp2", "tin"],
        "target": ["eve", "eve", "tin", "eve", "ftz"],
        "label": [1, 1, 1, 0, 1],
        "row": [1, 2, 3, 4, 5],
    }


def test_positives_only_are_accepted_with_a_word(tmp_path):
    known, findings = join(write(tmp_path, "tin,eve\neve,ftz\n"))
    assert known["label"].tolist() == [1, 1]
    assert findings.notes == ["all labels are positive: training will sample negatives"]
    assert restore_rows(known, findings.rejected_table())["row"].tolist() == [1, 2]


def test_edges_that_join_nothing_or_are_all_negative_are_errors(tmp_path):
    path = write(tmp_path, "a,b,1\nc,d,0\ntin,tin,1\n")
    with pytest.raises(InputError) as caught:
        join(path)
    assert str(caught.value) == (
        f"{path}: none of its 3 pairs can be used (unknown gene, self pair); its names are such as 'a', 'c', 'tin', "
        "those of the genes 'Dp2', 'eve', 'ftz' and 1 more; --aliases translates names"
    )
    path = write(tmp_path, "tin,eve,0\n")
    with pytest.raises(InputError) as caught:
        join(path)
    assert str(caught.value) == f"{path}: all 1 usable pairs have the label 0; expected some edges with label 1"
