"""Small files as tools and databases write them, each read as its owner means it: values, genes, samples, TFs and
edges.

`tests/data/lab_files/base` is the lab: 32 genes, 12 samples, 8 TFs, 64 edges. Every other folder holds the same lab
in the form of some tool; a file that a folder lacks is that of `base`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.directory import load_dataset
from grnet.dataset.scored_edges import read_scored_edges
from grnet.schema.errors import InputError
from grnet.workflow.prepare import prepare

FILES = Path(__file__).parents[1] / "data/lab_files"
EXPRESSION = {
    "biotype-as-symbol": "expr.tsv",
    "de-table": "deseq2_norm.csv",
    "description-as-symbol": "expr.tsv",
    "ensembl-version": "expr.tsv",
    "entrez-column": "data_mrna_seq.txt",
    "entrez-rownames": "expr.csv",
    "enc-utf16-nobom": "expr.csv",
    "featurecounts": "counts.txt",
    "featurecounts-nocomment": "counts.txt",
    "gct": "expr.gct expr.txt",
    "compressed": "expr.csv.bz2 expr.csv.xz expr.csv.zip expr.zip gz_as_txt.txt plain.csv.gz",
    "cells-genes-metadata": "cells.csv cells_text.csv",
    "lone-quotes": "expr.tsv",
    "nfcore-dup-symbol": "salmon.merged.gene_tpm.tsv",
    "numeric-cells-gene_short": "expr.csv",
    "numeric-cells-index": "expr.csv",
    "numeric-cells-unnamed": "expr.csv",
    "old-row-index": "filtered.csv resaved.csv",
    "r-write-table": "expr.txt",
    "second-header-row": "expr.tsv",
    "semicolon-comma-noheader": "expr.csv",
    "thousands": "counts.tsv",
    "xls-text": "gene_fpkm.xls",
    "xlsx-title-rows": "expr.xlsx sheets.xlsx",
}
EDGES = {
    "adjacency-rows": "net.tsv net2.tsv",
    "edges-comment-lines": "net.tsv",
    "effect-zero-unknown": "database.csv",
    "effect-zero-weight": "net.csv",
    "genie3-linklist": "links.csv links3.csv",
    "interaction-col": "net.tsv",
    "merged-tf-cells": "tableS3.xlsx",
    "omnipath-uniprot": "omnipath.tsv",
    "prior-matrix": "prior.tsv",
    "regnetwork": "net.csv",
    "regulon-gmt": "regulons.gmt regulons.tsv",
    "sif-known": "net.sif",
    "string-space": "links.txt links.tsv string_interactions.tsv",
    "yeast-matrix": "m.csv m2.csv",
    "compare-r-short-header": "pairs.tsv",
}
TFS = {
    "tf-inline-comment": ("tfs.txt", ["SOX2", "POU5F1", "GATA1", "SPI1"]),
    "tf-zero-width": ("tfs.txt", ["SOX2", "POU5F1", "NANOG", "MYC", "TP53"]),
    "tf-one-line": ("tfs.txt tfs2.txt tfs3.txt", None),
    "tf-lambert": ("DatabaseExtract.csv noindex.csv", None),
}


@pytest.fixture(scope="module")
def base() -> pd.DataFrame:
    return pd.read_csv(FILES / "base/expr.csv", index_col=0)


def lab_of(case: str, folder: Path) -> Path:
    """Make a folder with the files of a case, and of the lab where the case has no other."""
    for source in (FILES / "base", FILES / case):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    return folder


def cases(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(case, file) for case, files in table.items() for file in files.split()]


def read(lab: Path, **files: str):
    names = {"expression": "expr.csv", "tfs": "tfs.txt", "known_edges": "edges.csv"} | files
    prepare(lab / "out", **{role: lab / name for role, name in names.items()})
    return load_dataset(lab / "out")


def check_lab(dataset, base: pd.DataFrame, *, extra: int = 0) -> None:
    assert (len(dataset.genes), len(dataset.samples)) == (32 + extra, 12)
    assert int(dataset.genes.is_tf.sum()) == 8
    assert dataset.labelled_pairs["label"].tolist() == [1] * 64
    own = [symbol for symbol in dataset.genes.symbols if symbol in base.index]
    position = dataset.genes.position
    for symbol in own:
        values = dataset.expression[position[symbol]]
        assert np.corrcoef(values, base.loc[symbol])[0, 1] > 0.999, symbol
    if not own:  # by identifiers, in the order of the lab
        for values, expected in zip(dataset.expression, base.to_numpy(), strict=True):
            assert np.corrcoef(values, expected)[0, 1] > 0.999


@pytest.mark.parametrize(("case", "file"), cases(EXPRESSION))
def test_expression_tables(tmp_path, base, case, file):
    dataset = read(lab_of(case, tmp_path), expression=file)
    check_lab(dataset, base, extra=len(dataset.genes) - 32 if case == "nfcore-dup-symbol" else 0)


@pytest.mark.parametrize(("case", "file"), cases(EDGES))
def test_tables_of_edges(tmp_path, base, case, file):
    check_lab(read(lab_of(case, tmp_path), known_edges=file), base)


def test_known_in_a_table_of_grnet_is_no_label(tmp_path):
    labels = read(lab_of("own-csv-as-known", tmp_path), known_edges="published_edges.csv").labelled_pairs["label"]
    assert labels.tolist() == [1] * 120


@pytest.mark.parametrize(
    ("case", "file", "expected"),
    [(case, file, names) for case, (files, names) in TFS.items() for file in files.split()],
)
def test_lists_of_tfs(tmp_path, base, case, file, expected):
    dataset = read(lab_of(case, tmp_path), tfs=file)
    names = {symbol for symbol, is_tf in zip(dataset.genes.symbols, dataset.genes.is_tf, strict=True) if is_tf}
    assert names == set(expected or (FILES / "base/tfs.txt").read_text().split())


def test_a_file_of_one_sample_is_one_sample(tmp_path):
    lab = lab_of("rsem-genes-results", tmp_path)
    shutil.copy(lab / "S1.genes.results", lab / "S2.genes.results")
    dataset = load_dataset(prepare_several(lab, ["S1.genes.results", "S2.genes.results"]))
    assert dataset.samples == ("S1", "S2")
    assert dataset.expression[dataset.genes.position["SOX2"]].tolist() == pytest.approx([5.464, 5.464])


def prepare_several(lab: Path, files: list[str]) -> Path:
    prepare(lab / "out", expression=[lab / file for file in files], tfs=lab / "tfs.txt", known_edges=lab / "edges.csv")
    return lab / "out"


@pytest.mark.parametrize(
    ("case", "file", "words"),
    [
        ("dates-edges", "edges.csv", "names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: '9-Mar'"),
        ("dates-text", "expr.csv", "'44441', '9-Mar', '2-Sep', '2-Mar', '2023-09-02' and 6 more"),
    ],
)
def test_dates_are_said(tmp_path, case, file, words):
    lab = lab_of(case, tmp_path)
    role = "expression" if file == "expr.csv" else "known_edges"
    assert any(words in note for note in read(lab, **{role: file}).settings["notes"])


@pytest.mark.parametrize(
    ("case", "file", "score", "notes"),
    [
        ("compare-celloracle", "links_ESC.csv", 0.3702, ()),
        ("compare-scenic-r", "1.4_GENIE3_linkList.txt", 0.8702, ()),
        ("compare-scenic-r", "linkList.tsv", 0.8702, ()),
        ("compare-scenicplus", "eRegulon_direct.tsv", 0.870, ()),
        ("compare-other-tools", "net.csv", 0.8702, ()),
        ("compare-other-tools", "fromto.csv", 0.8702, ()),
        ("compare-other-tools", "aracne.txt", 0.8702, ()),
        ("compare-pvalue-unnamed3", "three.csv", -np.log10(0.1298), ("three.csv: pvalue: the smaller, the stronger",)),
        (
            "compare-r-short-header",
            "pairs.tsv",
            1.0,
            ("pairs.tsv: has no scores, so all its edges get the same score",),
        ),
    ],
)
def test_scores_of_other_tools(case, file, score, notes):
    edges = read_scored_edges(FILES / case / file)
    pairs = dict(zip(zip(edges.tfs, edges.targets, strict=True), edges.scores, strict=True))
    assert len(pairs) == 64
    assert pairs["SOX2", "TP53"] == pytest.approx(score)
    assert edges.notes == notes


def test_an_edge_of_graphml_without_a_weight_is_last():
    edges = read_scored_edges(FILES / "compare-graphml-first-edge/net.graphml")
    assert edges.scores[0] == 0.0
    assert edges.notes == ("net.graphml: 1 edges lack 'weight' and are placed last",)


def test_the_plan_is_kept_and_shown(tmp_path):
    dataset = read(lab_of("featurecounts", tmp_path), expression="counts.txt")
    plan = dataset.settings["reading"][0]
    assert plan["description"] == (
        "expression counts.txt: line 1 skipped: comments; symbol = Geneid; 12 samples S1 … S12; "
        "raw "
        "counts (whole numbers up to 2,321); set aside: Chr, Start, End, Strand, Length (annotation)"
    )
    roles = {column["name"]: column["role"] for column in plan["columns"]}
    assert roles == {"Geneid": "symbol"} | dict.fromkeys(["Chr", "Start", "End", "Strand", "Length"], "set-aside")
    assert dataset.samples[:2] == ("S1", "S2")


def test_columns_override_the_plan(tmp_path):
    lab = lab_of("de-table", tmp_path)
    out = lab / "out"
    files = {"expression": lab / "deseq2_norm.csv", "tfs": lab / "tfs.txt", "known_edges": lab / "edges.csv"}
    prepare(out, **files, columns=["samples=S[1-3]", "known-edges:tf=target,target=tf"])
    dataset = load_dataset(out)
    assert dataset.samples == ("S1", "S2", "S3")
    assert "SOX2" in set(dataset.labelled_pairs["target"])
    with pytest.raises(
        InputError, match=r"--columns symbol=nothing: no such column; its columns are 'gene', 'baseMean'"
    ):
        prepare(lab / "other", **files, columns=["symbol=nothing"])
