"""Lists of TFs: lines, rows, catalogues with a column of yes and no, and what programs put around names."""

from __future__ import annotations

import pytest

from grnet.dataset.reading.overrides import ColumnChoices
from grnet.dataset.reading.plan import TableKind
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.tf_list import read_tf_list
from grnet.schema.errors import InputError

GENES = ("tin", "eve", "ftz", "run", "dl")
TFS = ("tin", "eve", "ftz")
IDS = {name: f"FBgn000000{number}" for number, name in enumerate(GENES)}


def read(tmp_path, text, *, columns=(), name="tfs.txt"):
    path = tmp_path / name
    path.write_text(text)
    raw = read_table(path, fits=is_name_sheet, ragged=True, long_text=1 << 62)
    choices = ColumnChoices.parse(columns).of_table(TableKind.TFS, path)
    return read_tf_list(raw, genes=frozenset({*GENES, *IDS.values()}), choices=choices)


def catalogue(header, yes, no, *, separator=","):
    rows = [header] if header else []
    rows += [separator.join([name, yes if name in TFS else no]) for name in GENES]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("tin\neve\nftz\n", "no header; tf = column 1"),
        ("TF\ntin\neve\nftz\n", "tf = TF"),
        ("tin,\neve,\nftz,\n", "no header; tf = column 1"),
        ("# ours\ntin # core\neve\n\nftz\n", "line 1 skipped: comments; no header; tf = column 1"),
        ("tin, eve, ftz\n", "all names in one line"),
        ("['tin', 'eve', 'ftz']\n", "all names in one line"),
        ('c("tin", "eve", "ftz")\n', "all names in one line"),
        ("TFs: tin, eve, ftz\n", "all names in one line"),
        ("tin(+)\neve(+)\nftz(-)\n", "no header; tf = column 1"),
        (
            "tin (heart)\neve (stripes)\nftz (stripes)\n",
            "separated by spaces; no header; tf = column 1; set aside: column 2",
        ),
        ("TF\tSpecies\ntin, eve\tfly\nftz\tfly\n", "tf = TF; set aside: Species (not used)"),
        ("1\ttin\n2\teve\n3\tftz\n", "no header; tf = column 2; set aside: column 1 (not used)"),
        ("FBgn0000000\ttin\nFBgn0000001\teve\nFBgn0000002\tftz\n", "no header; tf = column 1; set aside: column 2"),
        (
            "Species\tSymbol\tFamily\nfly\ttin\tHD\nfly\teve\tHD\nfly\tftz\tHD\n",
            "tf = Symbol; set aside: Species, Family",
        ),
        ("TF,target\ntin,run\neve,dl\nftz,eve\n", "tf = TF; set aside: target (not used)"),
        (catalogue("gene,Is TF?", "Yes", "No"), "tf = gene; is-tf = Is TF?"),
        (catalogue("gene,TF", "TRUE", "FALSE"), "tf = gene; is-tf = TF"),
        (catalogue("gene,tf", "1", "0"), "tf = gene; is-tf = tf"),
        (catalogue("gene,is_regulator", "y", "n"), "tf = gene; is-tf = is_regulator"),
        (catalogue("gene,TF", "x", ""), "tf = gene; is-tf = TF"),
        (catalogue("gene,type", "TF", "enzyme"), "tf = gene; is-tf = type"),
        (
            "Gene Information,,\n" + catalogue("Name,Is TF?,DBD", "Yes,HD", "No,"),
            "tf = Name; is-tf = Is TF?; set aside: DBD (not used)",
        ),
    ],
)
def test_the_tfs_are_found(tmp_path, text, described):
    tfs = read(tmp_path, text)
    names = {name: symbol for symbol, name in IDS.items()}
    assert tuple(names.get(name, name) for name in tfs.names) == TFS
    assert tfs.plan.describe().startswith(f"tfs tfs.txt: {described}")
    assert len(tfs.rows) == len(TFS)


@pytest.mark.parametrize("text", ["tin, eve\nftz, run, dl\n", "tin,eve,ftz\nrun,dl,tin\n", "tin eve\nftz run dl\n"])
def test_several_names_in_each_row(tmp_path, text):
    tfs = read(tmp_path, text)
    assert set(tfs.names) == set(GENES)
    assert tfs.plan.describe().startswith("tfs tfs.txt: names in all columns")


def test_rows_that_say_no_are_kept_apart(tmp_path):
    tfs = read(tmp_path, catalogue("gene,Is TF?", "Yes", "No"))
    assert (tfs.rows, tfs.refused) == ((2, 3, 4), ((5, "run"), (6, "dl")))


@pytest.mark.parametrize(("header", "name", "handle"), [("gene,curated", "curated", "curated"), ("", "column 2", "#2")])
def test_a_column_of_yes_and_no_under_another_name_is_asked(tmp_path, header, name, handle):
    text = catalogue(header, "yes", "no")
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == (
        f"{tmp_path / 'tfs.txt'}: the column '{name}' has yes and no in some spelling: does it say which rows are TFs? "
        f"Say so with --columns 'tfs:is-tf={handle}', or leave it out with --columns 'tfs:set-aside={handle}'"
    )
    assert read(tmp_path, text, columns=[f"tfs:is-tf={handle}"]).names == TFS
    assert read(tmp_path, text, columns=[f"tfs:set-aside={handle}"]).names == GENES


def test_a_list_of_edges_without_a_header_is_asked(tmp_path):
    text = "tin,run\neve,dl\nftz,run\n"
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == (
        f"{tmp_path / 'tfs.txt'}: 2 columns hold names of genes; which holds the TFs? Say so with --columns "
        "'tfs:tf=#1' or --columns 'tfs:tf=#2'"
    )
    assert read(tmp_path, text, columns=["tfs:tf=#1"]).names == TFS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("TF\n", "{path}: names no transcription factor; expected one on each line"),
        ("TF\n#NAME?\n#REF!\n", "{path}: names no transcription factor; expected one on each line"),
        (
            catalogue("gene,Is TF?", "Yes", "perhaps"),
            "{path}:5, column 2: the column 'Is TF?' says 'perhaps'; expected yes or no for each TF; mend the cell, or "
            "leave the column out with --columns 'tfs:set-aside=Is TF?'",
        ),
    ],
)
def test_unusable_lists_are_said_in_one_line(tmp_path, text, message):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == message.format(path=tmp_path / "tfs.txt")
