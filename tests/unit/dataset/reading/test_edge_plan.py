"""Tables of edges: which columns are TF and target, what the others say, and what has to be asked."""

from __future__ import annotations

import pytest

from grnet.dataset.known_edges import read_edge_list
from grnet.dataset.reading.overrides import ColumnChoices
from grnet.schema.errors import InputError

TFS = ("tin", "eve")
GENES = frozenset({*TFS, "ftz", "Dp2", "run", "dl"})
PAIRS = [("tin", "ftz"), ("tin", "run"), ("eve", "ftz"), ("eve", "dl")]
LABELS = ["1", "0", "1", "0"]


def read(tmp_path, text, *, columns=(), genes=GENES, tfs=TFS, name="e.csv"):
    path = tmp_path / name
    path.write_text(text)
    return read_edge_list(path, genes=genes, tfs=frozenset(tfs), choices=ColumnChoices.parse(columns))


def table(header, *columns):
    """Return a text of a header and columns of a value, or four values, for each of PAIRS."""
    rows = [header] if header else []
    cells = [column if isinstance(column, list) else [column] * 4 for column in columns]
    for row, (tf, target) in enumerate(PAIRS):
        values = {"TF": tf, "TG": target}
        rows.append(",".join(values.get(column[row], column[row]) for column in cells))
    return "\n".join(rows) + "\n"


def pairs_of(edges):
    return list(zip(edges.tfs, edges.targets, strict=True))


@pytest.mark.parametrize(
    ("header", "columns", "described"),
    [
        (
            "TF,target,mode,PMID",
            ("TF", "TG", "Activation", "12"),
            "tf = TF; target = target; sign = mode; source = PMID",
        ),
        (
            "1)tfId,2)tfName,4)geneId,5)geneName,6)function",
            ("T1", "TF", "G1", "TG", ["+", "-", "?", "+"]),
            "tf = 2)tfName; target = 5)geneName; sign = 6)function; set aside: 1)tfId, 4)geneId (identifiers)",
        ),
        (
            "UniprotID.TF,UniprotID.Target,Name.TF,Name.Target",
            ("P1", "P2", "TF", "TG"),
            "tf = Name.TF; target = Name.Target; set aside: UniprotID.TF, UniprotID.Target (identifiers)",
        ),
        (
            "tf,confidence,target,mor",
            ("TF", "A", "TG", ["1", "-1", "1", "0"]),
            "tf = tf; target = target; sign = mor; set aside: confidence (weights)",
        ),
        ("Target,Source", ("TG", "TF"), "tf = Source; target = Target"),
        ("gene,Bound by", ("TG", "TF"), "tf = Bound by; target = gene"),
        ("first,second", ("TG", "TF"), "tf = second; target = first"),
        ("", ("TG", "TF"), "no header; tf = column 2; target = column 1"),
        (
            "",
            ("TF", "12", "TG", "34"),
            "no header; tf = column 1; target = column 3; set aside: column 2, column 4 (weights)",
        ),
        ("", ("TF", "TG", ["+", "-", "+", "NA"]), "no header; tf = column 1; target = column 2; sign = column 3"),
        ("TF,Gene,is_regulated", ("TF", "TG", "TRUE"), "tf = TF; target = Gene; label = is_regulated"),
        (
            "TF,target,importance,regulation",
            ("TF", "TG", ["3", "2", "1.5", "1"], ["1", "0", "-1", "1"]),
            "tf = TF; target = target; sign = regulation; set aside: importance (weights)",
        ),
    ],
)
def test_columns_are_told_and_all_pairs_are_edges(tmp_path, header, columns, described):
    edges = read(tmp_path, table(header, *columns))
    assert pairs_of(edges) == PAIRS
    assert edges.labels == (1, 1, 1, 1)
    assert edges.plan.describe().startswith(f"known-edges e.csv: {described}")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("tf,target,label", ("TF", "TG", ["TRUE", "FALSE", "TRUE", "FALSE"])),
        ("tf,target,label", ("TF", "TG", ["1.00", "0.00", "1.00", "0.00"])),
        ("tf,target,known", ("TF", "TG", ["yes", "no", "yes", "no"])),
        ("tf,target,class", ("TF", "TG", ["positive", "negative", "positive", "negative"])),
        ("tf,target,regulation", ("TF", "TG", ["yes", "no", "yes", "no"])),
        ("tf,target,effect", ("TF", "TG", ["activation", "no effect", "repression", "no effect"])),
        ("here,there,seen", ("TF", "TG", ["T", "F", "T", "F"])),
        ("", ("TF", "TG", LABELS, ["0.3", "0.2", "0.1", "0.4"])),
        ("label,tf,target", (LABELS, "TF", "TG")),
    ],
)
def test_pairs_that_are_no_edges_keep_their_label(tmp_path, header, columns):
    edges = read(tmp_path, table(header, *columns))
    assert pairs_of(edges) == PAIRS
    assert edges.labels == (1, 0, 1, 0)


DOES_0 = (
    "{path}: the column '{name}' has {values}: does {no} say that a pair is no edge? Say so with --columns "
    "'known-edges:label={handle}', or leave it out with --columns 'known-edges:set-aside={handle}'"
)
WHICH = (
    "{path}: the column '{name}' has {values}: labels (edge, no edge) or signs (activation, repression, unknown)? Say "
    "which: --columns 'known-edges:label={handle}' or --columns 'known-edges:sign={handle}'"
)


@pytest.mark.parametrize(
    ("header", "columns", "text", "named"),
    [
        ("tf,target,chip", ("TF", "TG", LABELS), DOES_0, ("chip", "1 and 0", "0", "chip")),
        ("tf,target,chip", ("TF", "TG", ["yes", "no", "yes", "no"]), DOES_0, ("chip", "yes, no", "no", "chip")),
        ("tf,target,weight", ("TF", "TG", LABELS), DOES_0, ("weight", "1 and 0", "0", "weight")),
        ("tf,target,evidence", ("TF", "TG", LABELS), DOES_0, ("evidence", "1 and 0", "0", "evidence")),
        ("", ("TF", "TG", "ChIP", LABELS), DOES_0, ("column 4", "1 and 0", "0", "#4")),
        ("tf,target,type", ("TF", "TG", LABELS), WHICH, ("type", "1 and 0", "", "type")),
        ("tf,target,type", ("TF", "TG", ["1", "0", "-1", "0"]), WHICH, ("type", "1, 0, -1", "", "type")),
        ("tf,target,type", ("TF", "TG", ["up", "none", "up", "up"]), WHICH, ("type", "up, none", "", "type")),
        ("tf,target,seen", ("TF", "TG", ["1", "-1", "1", "1"]), WHICH, ("seen", "1, -1", "", "seen")),
        ("", ("TF", "TG", ["positive", "negative"] * 2), WHICH, ("column 3", "positive, negative", "", "#3")),
    ],
)
def test_what_may_deny_an_edge_is_asked(tmp_path, header, columns, text, named):
    given = table(header, *columns)
    name, values, no, handle = named
    with pytest.raises(InputError) as caught:
        read(tmp_path, given)
    assert str(caught.value) == text.format(path=tmp_path / "e.csv", name=name, values=values, no=no, handle=handle)
    assert pairs_of(read(tmp_path, given, columns=[f"known-edges:label={handle}"])) == PAIRS
    assert 0 in read(tmp_path, given, columns=[f"known-edges:label={handle}"]).labels
    other = "sign" if text is WHICH else "set-aside"
    assert read(tmp_path, given, columns=[f"known-edges:{other}={handle}"]).labels == (1, 1, 1, 1)


def test_weights_of_0_are_asked(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, table("tf,target,weight", "TF", "TG", ["0.5", "0", "0.25", "0"]))
    assert str(caught.value) == (
        f"{tmp_path / 'e.csv'}: the column 'weight' is 0 in 2 rows: are these pairs no edges? Then delete these rows, "
        "or replace the column by labels 1 and 0; if they are edges, leave the column out with --columns "
        "'known-edges:set-aside=weight'"
    )


def test_names_of_columns_that_contradict_the_list_of_tfs_are_asked(tmp_path):
    given = table("source,target", "TG", "TF")
    with pytest.raises(InputError) as caught:
        read(tmp_path, given)
    assert str(caught.value) == (
        f"{tmp_path / 'e.csv'}: the column 'target' should be the targets, but its genes are in the list of TFs, and "
        "most of 'source' are not; which are the TFs? Say so with --columns 'known-edges:tf=target,target=source' or "
        "--columns 'known-edges:tf=source,target=target'"
    )
    assert pairs_of(read(tmp_path, given, columns=["known-edges:tf=target,target=source"])) == PAIRS
    assert pairs_of(read(tmp_path, given, tfs=()))[0] == ("ftz", "tin")


@pytest.mark.parametrize(
    ("header", "names", "handles"),
    [
        ("TF1,TF2,target", "'TF1', 'TF2', 'target'", "TF1,target=TF2"),
        ("", "'column 1', 'column 2', 'column 3'", "#1,target=#2"),
    ],
)
def test_three_columns_of_genes_are_asked(tmp_path, header, names, handles):
    with pytest.raises(InputError) as caught:
        read(tmp_path, table(header, "TF", ["eve", "eve", "tin", "tin"], "TG"))
    assert str(caught.value) == (
        f"{tmp_path / 'e.csv'}: 3 columns hold names of genes ({names}); say which are TF and target: --columns "
        f"'known-edges:tf={handles}'"
    )


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "tf,target\ntin,ftz\n,run\neve,ftz\n,dl\n",
            "2 rows without a TF were given that of the row above, as in merged cells",
        ),
        ('tf,target\ntin,"ftz, run"\neve,"ftz, dl"\n', "cells that name several targets were divided: 4 pairs"),
        ("tf,target\ntin,ftz / run\neve,ftz / dl\n", "cells that name several targets were divided: 4 pairs"),
        ("tf,target\ntin,ftz run\neve,ftz dl\n", "cells that name several targets were divided: 4 pairs"),
        (
            "tf,target\ntin,\"['ftz', 'run']\"\neve,\"['ftz', 'dl']\"\n",
            "cells that name several targets were divided: 4 pairs",
        ),
        (
            "tf,target\ntin(+),ftz\ntin,run\neve,ftz\neve,dl\n",
            "names were translated to those of known genes: 'tin(+) = tin'",
        ),
    ],
)
def test_cells_that_hold_more_or_less_than_a_name(tmp_path, text, note):
    edges = read(tmp_path, text)
    assert pairs_of(edges) == PAIRS
    assert edges.notes == (f"e.csv: {note}",)


def test_several_tfs_in_a_cell(tmp_path):
    assert pairs_of(read(tmp_path, 'tf,target\n"tin, eve",ftz\n')) == [("tin", "ftz"), ("eve", "ftz")]


def test_networks_without_directions_are_told(tmp_path):
    genes = [f"g{number}" for number in range(8)]
    ends = [(a, b) for a in genes[:2] for b in genes[2:]]
    text = "protein1,protein2,combined_score\n" + "".join(f"{a},{b},700\n{b},{a},700\n" for a, b in ends)
    assert read(tmp_path, text, genes=frozenset(genes), tfs=()).notes == (
        "e.csv: most pairs occur in both directions, as in an undirected network. Two linked TFs count as regulators "
        "of each other",
    )


def test_numeric_identifiers_on_both_sides(tmp_path):
    edges = read(tmp_path, "7157,1026\n7157,581\n", genes=frozenset({"7157", "1026", "581"}), tfs=("7157",))
    assert pairs_of(edges) == [("7157", "1026"), ("7157", "581")]
    with pytest.raises(InputError, match=r"e\.csv: no two columns of names; expected TF and target$"):
        read(tmp_path, "pair,score\ntin->ftz,3\ntin->run,4\n")
