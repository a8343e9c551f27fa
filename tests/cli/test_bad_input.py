"""Wrong files and options of `grnet prepare`: one line says what, where and how to mend it; nothing is written."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from grnet.dataset.directory import load_dataset

TABLES = ["--expression", "genes.csv", "--tfs", "tfs.txt"]
PREPARE = ["prepare", "out", *TABLES]
WITH_EDGES = [*PREPARE, "--known-edges", "edges.csv"]
GENES = "gene,a,b,c\ntin,1,2,3\neve,3,2,1\nftz,1,0,1\nhb,5,4,5\n"

pytestmark = pytest.mark.usefixtures("lab")


def test_the_lab_itself_is_fine(accepted):
    assert "4, of which 2 TFs" in accepted(*WITH_EDGES, "--images", "images.csv")


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        ("genes.csv", "genes.csv: no such file; expected a table"),
        ("tfs.txt", "tfs.txt: no such file; expected a table"),
        ("edges.csv", "edges.csv: no such file; expected a table"),
        (
            "images.csv",
            "images.csv: no such file; expected a manifest (gene, path, …) or a folder of images",
        ),
    ],
)
def test_a_missing_file(refused, gone, message):
    Path(gone).unlink()
    assert refused(*WITH_EDGES, "--images", "images.csv") == message


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("genes.csv", "", "genes.csv: the file is empty; expected a table"),
        ("genes.csv", ",,\n,,\n", "genes.csv: the table is empty; expected at least one row"),
        ("genes.csv", "gene,a,b\n", "genes.csv: a header and no rows; expected a row for each gene"),
        ("tfs.txt", "", "tfs.txt: the file is empty; expected a table"),
        ("tfs.txt", "# none yet\n", "tfs.txt: the table is empty; expected at least one row"),
        ("edges.csv", "", "edges.csv: the file is empty; expected a table"),
        (
            "edges.csv",
            "tf,target,label\n",
            "edges.csv: a header and no rows; expected a row for each known edge",
        ),
        ("edges.csv", "tf\ntin\n", "edges.csv: one column; expected TF, target and optionally a label and a source"),
    ],
)
def test_an_empty_table(refused, file, text, message):
    Path(file).write_text(text)
    assert refused(*WITH_EDGES) == message


def test_genes_in_the_columns_are_noticed(accepted):
    Path("genes.csv").write_text("sample,tin,eve,ftz\na,1,2,3\nb,2,1,4\n")
    assert "expression genes.csv: genes in columns; 3 genes tin … ftz; name = sample" in accepted(*PREPARE)
    dataset = load_dataset(Path("out"))
    assert dataset.genes.symbols == ("tin", "eve", "ftz")
    assert dataset.expression.tolist() == [[1, 2], [2, 1], [3, 4]]


def test_transposing_what_was_right(refused):
    assert refused(*PREPARE, "--transpose").endswith("known edges, the header 0; leave out --transpose")


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("1_000", "the text '1_000' among the numbers; expected a number; mend the cell"),
        ("high", "the text 'high' among the numbers; expected a number; mend the cell"),
        ("NaN", "the value is missing ('NaN'); expected a number; fill it in or leave the gene out"),
        ("NA", "the value is missing ('NA'); expected a number; fill it in or leave the gene out"),
        ("", "the value is missing (''); expected a number; fill it in or leave the gene out"),
        (
            "inf",
            "the value 'inf' is infinite or too large; expected a finite number; mend it or leave the gene out",
        ),
        (
            "1e99",
            "the value '1e99' is infinite or too large; expected a finite number; mend it or leave the gene out",
        ),
    ],
)
def test_a_cell_that_is_no_number(refused, cell, complaint):
    Path("genes.csv").write_text(GENES.replace("eve,3,2,1", f"eve,3,{cell},1"))
    assert refused(*PREPARE) == f"genes.csv:3, column 3 (gene 'eve', sample 'b'): {complaint}"


def test_a_constant_gene_is_kept_with_a_word(accepted):
    Path("genes.csv").write_text(GENES.replace("eve,3,2,1", "eve,3,3,3"))
    shown = accepted(*PREPARE)
    assert re.search(r"note: constant expression.*: 1 genes \('eve'\)", shown)
    assert load_dataset(Path("out")).expression.tolist()[1] == [3, 3, 3]


def test_repeated_names(refused, accepted):
    Path("genes.csv").write_text(GENES.replace("a,b,c", "a,b,a"))
    assert refused(*PREPARE) == "genes.csv: samples of the same name: 'a'; give each sample its own name"
    Path("genes.csv").write_text(GENES + "tin,1,2,4\n")
    assert refused(*PREPARE) == (
        "rows of one gene with different values: 'tin' (genes.csv:2 and genes.csv:6); expected one row for each gene: "
        "keep one of them, or their mean"
    )
    Path("genes.csv").write_text(GENES + "tin,1,2,3\n")
    assert "note: rows of one gene with equal values, merged: 1 genes ('tin')" in accepted(*PREPARE)


def test_no_tf_among_the_genes(refused):
    Path("tfs.txt").write_text("who\nwhat\n")
    assert refused(*PREPARE) == (
        "tfs.txt: none of its 2 names ('who', 'what') is a gene of the expression tables ('eve', 'ftz', 'hb' and 1 "
        "more); expected names of the same kind; --aliases translates names"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "tf,target\nwho,what\n",
            "edges.csv: none of its 1 pairs can be used (unknown gene); its names are such as 'who', those of the "
            "genes 'eve', 'ftz', 'hb' and 1 more; --aliases translates names",
        ),
        (
            "tf,target,label\ntin,eve,1\ntin,eve,0\n",
            "edges.csv: none of its 2 pairs can be used (contradicting labels); its names are such as 'tin', those of "
            "the genes 'eve', 'ftz', 'hb' and 1 more; --aliases translates names",
        ),
        (
            "tf,target,label\ntin,eve,0\n",
            "edges.csv: all 1 usable pairs have the label 0; expected some edges with label 1",
        ),
        (
            "tf,target,label\ntin,eve,1\neve,ftz,maybe\n",
            "edges.csv:3, column 3: the label 'maybe'; expected one of 1/0, true/false, yes/no, +/-, "
            "activation/repression",
        ),
        (
            "tf,target,label\ntin,eve,1\neve,ftz,\n",
            "edges.csv:3, column 3: no label; expected one of 1/0, true/false, yes/no, +/-, activation/repression",
        ),
    ],
)
def test_known_edges_that_cannot_be_used(refused, text, message):
    Path("edges.csv").write_text(text)
    assert refused(*WITH_EDGES) == message


def test_contradicting_labels_are_refused_row_by_row(accepted):
    Path("edges.csv").write_text("tf,target,label\ntin,eve,1\ntin,eve,0\neve,ftz,1\n")
    assert "note: pairs with both labels, refused: 1 ('tin -> eve')" in accepted(*WITH_EDGES)
    rejected = pd.read_parquet("out/rejected.parquet")
    assert rejected.to_dict("list") == {
        "file": ["edges.csv"] * 2,
        "row": [2, 3],
        "name": ["tin -> eve"] * 2,
        "reason": ["contradicting labels: label 1", "contradicting labels: label 0"],
    }


def test_positives_alone_are_taken_with_a_word(accepted):
    Path("edges.csv").write_text("tf,target\ntin,eve\n")
    assert "note: all labels are positive" in accepted(*WITH_EDGES)
    assert load_dataset(Path("out")).labelled_pairs["label"].tolist() == [1]


def test_an_alias_to_an_unknown_symbol_is_told(accepted):
    shown = accepted(*PREPARE, "--alias", "foo=nobody")
    assert "note: aliases to a symbol that no gene has: 'foo=nobody'" in shown


def test_suggested_aliases_come_with_a_warning(accepted):
    caution = "names that almost match; check each, similar names may be different genes:"
    Path("edges.csv").write_text("tf,target,label\ntin,eve,1\neve,ftz,0\nTIN,hb,1\n")
    lines = accepted(*WITH_EDGES).splitlines()
    assert lines[lines.index(caution) + 1] == "did you mean: --alias TIN=tin"
    Path("edges.csv").write_text("tf,target,label\ntin,eve,1\neve,ftz,0\n")
    assert caution not in accepted(*WITH_EDGES, "--overwrite")


@pytest.mark.parametrize("option", ["--expression", "--tfs", "--known-edges", "--aliases"])
def test_a_folder_in_the_place_of_a_table(refused, option):
    assert refused(*PREPARE, option, "pictures") == "pictures: is a folder; expected a table"


def test_a_pipe_in_the_place_of_a_table(refused):
    os.mkfifo("pipe.csv")
    expected = "pipe.csv: is a pipe or a device, not a file; expected a table, or a file of cells or spots"
    assert refused(*PREPARE, "--expression", "pipe.csv") == expected


def test_few_samples_are_taken_with_a_word(accepted):
    Path("genes.csv").write_text("gene,a,b\ntin,1,2\neve,3,2\n")
    assert "note: samples: 2; correlations need at least 3" in accepted(*PREPARE)


def test_a_terminal_without_the_letters_is_no_error():
    Path("genes.csv").write_text(GENES.replace("tin,1,2,3", "名前,2,2,2"))
    done = subprocess.run(
        [sys.executable, "-m", "grnet", *PREPARE, "--quiet"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"1 genes ('??')" in done.stdout


def test_files_that_are_not_what_their_names_say(refused):
    binary = "not readable as a table of text (it has zero bytes); expected CSV, TSV, XLSX or Parquet"
    reasons = {
        "bytes.csv": binary,
        "nul.csv": binary,
        "cut.csv.gz": "not readable as gzip (Compressed file ended before the end-of-stream marker was reached); "
        "copy or "
        "download the file again",
        "old.xls": "is an old Excel file (.xls) or one with a password, which is not read as a table; "
        "save it as XLSX or CSV, without one",
    }
    Path("nul.csv").write_bytes(b"\0" * 5000)
    Path("old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    Path("bytes.csv").write_bytes(bytes(range(256)) * 20)
    packed = gzip.compress(GENES.encode() * 100)
    Path("cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    for name, reason in reasons.items():
        assert refused(*PREPARE, "--expression", name) == f"{name}: {reason}"


def test_text_is_told_by_content_not_by_name(accepted):
    Path("plain.tsv.gz").write_text(GENES)
    accepted("prepare", "plain", "--expression", "plain.tsv.gz", "--tfs", "tfs.txt")
    Path("old.xls").write_text(GENES.replace(",", "\t"))
    accepted("prepare", "old", "--expression", "old.xls", "--tfs", "tfs.txt")
    Path("packed.txt").write_bytes(gzip.compress(GENES.encode()))
    shown = accepted("prepare", "packed", "--expression", "packed.txt", "--tfs", "tfs.txt")
    assert "expression packed.txt: gzip; symbol = gene" in shown
    tables = [load_dataset(Path(name)).expression.tolist() for name in ("plain", "old", "packed")]
    assert tables[0] == tables[1] == tables[2]


def test_a_corrupt_spreadsheet(refused):
    book = openpyxl.Workbook()
    book.active.append(["gene", "a"])
    book.save("whole.xlsx")
    Path("cut.xlsx").write_bytes(Path("whole.xlsx").read_bytes()[:2000])
    with zipfile.ZipFile("other.xlsx", "w") as other:
        other.writestr("hello.txt", "no spreadsheet")
    for name in ("cut.xlsx", "other.xlsx"):
        message = refused(*PREPARE, "--expression", name)
        assert message.startswith(f"{name}: not readable as an XLSX file (")
        assert message.endswith("; save it anew from the spreadsheet")


def test_spreadsheet_cells_that_are_no_numbers(refused):
    book = openpyxl.Workbook()
    for row in (["gene", "a", "b"], ["tin", 1, 2], ["eve", True, 4]):
        book.active.append(row)
    book.save("genes.xlsx")
    assert refused("prepare", "out", "--expression", "genes.xlsx", "--tfs", "tfs.txt") == (
        "genes.xlsx:3, column 2 (gene 'eve', sample 'a'): the text 'True' among the numbers; expected a number; mend "
        "the cell"
    )


def test_parquet_cells_that_are_lists(refused):
    pd.DataFrame({"gene": ["tin", "eve"], "a": [[1.0], [2.0]]}).to_parquet("lists.parquet")
    assert refused(*PREPARE, "--expression", "lists.parquet") == (
        "lists.parquet: the column 'a' holds lists; expected one text or number in each cell"
    )


@pytest.mark.parametrize(
    "text",
    [
        "tf,target,label\ntin,eve,1\neve,ftz,0\n",
        "tf,target\ntin,eve,1\neve,ftz,0\n",
        '"tf","target","label"\n"1","tin","eve",1\n"2","eve","ftz",0\n',
    ],
)
def test_a_header_with_one_name_too_few(accepted, text):
    Path("edges.csv").write_text(text)
    assert "not used" not in accepted(*WITH_EDGES)
    known = load_dataset(Path("out")).labelled_pairs
    assert known[["tf", "target", "label"]].to_numpy().tolist() == [["tin", "eve", 1], ["eve", "ftz", 0]]


def test_a_corrupt_parquet_file(refused):
    pd.DataFrame({"gene": ["tin"], "a": np.ones(1)}).to_parquet("whole.parquet")
    whole = Path("whole.parquet").read_bytes()
    for name, content in (("cut.parquet", whole[: len(whole) // 2]), ("junk.parquet", b"PAR1 no PAR1")):
        Path(name).write_bytes(content)
        assert refused(*PREPARE, "--expression", name).startswith(f"{name}: not readable as a Parquet file (")


def test_an_output_that_exists_is_left_as_it_is(refused):
    Path("out").mkdir()
    expected = "out: already exists and is left as it is; choose another name or add --overwrite to replace it"
    assert refused(*PREPARE) == expected
    Path("out").rmdir()
    Path("out").symlink_to("nowhere")
    assert refused(*PREPARE) == expected
    Path("out").unlink()
    Path("out").write_text("mine")
    assert refused(*PREPARE) == expected
    assert refused(*PREPARE, "--overwrite") == "out: is a file; expected the name of a folder to write"


def test_overwrite_replaces_datasets_and_nothing_else(refused, accepted):
    for folder in (".", "pictures"):
        assert refused("prepare", folder, *TABLES, "--overwrite") == (
            f"{folder}: holds other files and no dataset.toml, so --overwrite leaves it as it is; choose another name"
        )
    Path("out").mkdir()
    accepted(*PREPARE, "--overwrite")
    accepted(*PREPARE, "--overwrite")
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


def test_an_output_below_a_file(refused):
    for out in ("tfs.txt/out", "tfs.txt/more/out"):
        assert refused("prepare", out, *TABLES) == (
            f"{out}: cannot be made, since tfs.txt is a file; choose another name"
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["prepare", "out", "--expression", "genes.csv"],
            "prepare needs the TFs: give --tfs FILE, or --known-edges FILE (its regulators are then the TFs)",
        ),
        (
            [*PREPARE, "--alias", "foo"],
            "Invalid value for --alias: 'foo': expected NAME=SYMBOL, such as Dp=Dp2; see grnet prepare --help",
        ),
        (
            [*PREPARE, "--alias", "a=x", "--alias", "a=y"],
            "Invalid value for --alias: 'a' stands for 'x' and for 'y'; keep one of them; see grnet prepare --help",
        ),
        ([*PREPARE, "--image-size", "4x4"], "--image-size: both sides lie in 8..2048, got (4, 4)"),
        (
            [*PREPARE, "--image-size", "²x³"],
            "Invalid value for --image-size: '²x³': expected HEIGHTxWIDTH in pixels, such as 32x64; "
            "see grnet prepare --help",
        ),
        (
            [*PREPARE, "--genes", "some"],
            "Invalid value for '--genes': 'some' is not one of 'expression', 'all'; see grnet prepare --help",
        ),
        (["prepare", "out"], "Missing option '--expression'; see grnet prepare --help"),
        (["prepar"], "no such command 'prepar'; did you mean prepare? see grnet --help"),
        ([*PREPARE, "--nope\n"], "no such option --nope"),
    ],
)
def test_options_that_are_wrong(refused, arguments, message):
    assert refused(*arguments).startswith(message)


def test_a_table_that_takes_more_memory_than_it_may(refused, accepted):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "gene", 1
    book.save("far.xlsx")
    assert refused(*PREPARE, "--expression", "far.xlsx", "--memory", "100MB") == (
        "far.xlsx: the sheet 'Sheet' of 1,048,576 rows × 16,384 columns and more would take about 384 GB of memory, "
        "and 100 MB may be taken; check that the file is what you think, or raise --memory"
    )
    assert refused(*PREPARE, "--memory", "much") == (
        "--memory: 'much' is no size; expected a number and a unit, such as 800MB or 2GB"
    )
    accepted(*PREPARE, "--memory", "100MB")


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="needs files of a Linux kernel")
@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--expression", "a table, or a file of cells or spots"),
        ("--tfs", "a table"),
        ("--known-edges", "a table"),
        ("--aliases", "a table"),
        ("--images", "a manifest (gene, path, …) or a folder of images"),
    ],
)
def test_a_file_of_the_kernel_is_not_opened(refused, option, expected):
    message = f"/proc/kmsg: is a pipe or a device, not a file; expected {expected}"
    assert refused(*PREPARE, option, "/proc/kmsg") == message


def test_lists_to_compare_that_take_more_memory_than_they_may(refused):
    for name in ("a.sif", "b.sif"):
        Path(name).write_text("tin\tpp\teve\n" * 1000)
    assert refused("compare", "a.sif", "b.sif", "--memory", "100KB") == (
        "a.sif: its lines would take about 215 KB of memory, and 100 KB may be taken; check that the file is what you "
        "think, or raise --memory"
    )
