"""What each column of an expression table is taken for, said in a line or refused in one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grnet.dataset.expression import read_expression
from grnet.dataset.expression_table import ExpressionOptions
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError

RNG = np.random.default_rng(5)
GENES = [f"GEN{number}" for number in range(30)]
LEVEL = RNG.normal(6, 2, (30, 1)) + RNG.normal(0, 0.3, (30, 4))
BASE = pd.DataFrame(np.round(np.maximum(LEVEL, 0) + 0.001, 3), index=GENES, columns=["wt", "heat", "cold", "dry"])


def read(path, frame, **options):
    frame.to_csv(path, sep="\t", **options)
    return read_expression(
        (path,), {}, known_names=set(GENES[:6]), options=ExpressionOptions(normalise="none"), findings=Findings()
    )


def with_columns(place=4, **columns):
    frame = BASE.rename_axis("gene").copy()
    for name, column in columns.items():
        frame.insert(place, name, column)
    return frame


@pytest.mark.parametrize(
    ("columns", "aside"),
    [
        ({"length": RNG.integers(200, 9000, 30)}, "length (annotation)"),
        ({"class": RNG.integers(1, 9, 30)}, "class (whole numbers, where the samples have fractions"),
        ({"padj": RNG.random(30)}, "padj (statistics)"),
        ({"total": BASE.sum(axis=1)}, "total (sum of the samples)"),
    ],
)
def test_columns_beside_samples_are_set_aside(tmp_path, columns, aside):
    table = read(tmp_path / "t.tsv", with_columns(**columns))
    assert table.samples == ("wt", "heat", "cold", "dry")
    assert f"set aside: {aside}" in table.plans[0].describe()
    np.testing.assert_array_equal(table.values, BASE.to_numpy(np.float32))


@pytest.mark.parametrize("name", ["ko", "class", "T", "F"])
def test_samples_named_as_annotation_are_samples(tmp_path, name):
    table = read(tmp_path / "t.tsv", BASE.rename(columns={"heat": name}))
    assert table.samples == ("wt", name, "cold", "dry")


def test_a_length_that_resembles_samples_is_asked_about(tmp_path):
    path = tmp_path / "t.tsv"
    with pytest.raises(InputError) as caught:
        read(path, BASE.rename(columns={"heat": "length"}))
    assert str(caught.value) == (
        f"{path}: the column 'length' does not look like the other samples: a sample, or a column beside the samples; "
        "say what it is: --columns 'set-aside=length' if it is no sample, --columns 'samples=length,…' with all "
        "samples if it is"
    )


def test_columns_of_limma_are_statistics(tmp_path):
    names = ["logFC", "AveExpr", "t", "P.Value", "adj.P.Val", "B"]
    table = read(tmp_path / "t.tsv", with_columns(0, **{name: RNG.random(30) for name in reversed(names)}))
    assert table.samples == ("wt", "heat", "cold", "dry")


@pytest.mark.parametrize(
    ("name", "shown", "handle"), [("odd", "odd", "odd"), ("odd, low", "odd, low", "#4"), ("", "column 4", "#4")]
)
def test_numbers_and_text_in_a_column_are_asked_about(tmp_path, name, shown, handle):
    path = tmp_path / "t.tsv"
    with pytest.raises(InputError) as caught:
        read(path, with_columns(2, **{name: ["low"] * 20 + ["1.5"] * 10}))
    assert str(caught.value) == (
        f"{path}: the column '{shown}' holds numbers and text such as 'low'; mend its cells if it is a sample, or say "
        f"that it is none: --columns 'set-aside={handle}'"
    )


def test_several_measures_are_a_choice(tmp_path):
    path = tmp_path / "t.tsv"
    with pytest.raises(InputError) as caught:
        read(path, pd.concat([BASE.add_prefix("abundance."), BASE.add_prefix("counts.")], axis=1))
    assert str(caught.value) == (
        f"{path}: holds several measures of each sample (abundance, counts); choose one: --columns "
        "'samples=abundance.*' or --columns 'samples=counts.*'"
    )


def test_limits_of_confidence_are_set_aside(tmp_path):
    frame = pd.concat([BASE.add_suffix("_FPKM"), (BASE * 1.2).add_suffix("_conf_hi")], axis=1)
    assert read(tmp_path / "t.tsv", frame).samples == ("wt_FPKM", "heat_FPKM", "cold_FPKM", "dry_FPKM")


def test_strands_of_star_are_a_choice(tmp_path):
    path = tmp_path / "S1ReadsPerGene.out.tab"
    rows = [("N_unmapped", 5, 5, 5), ("N_noFeature", 9, 8, 3), *[(gene, 9, 4, 5) for gene in GENES]]
    with pytest.raises(InputError, match="counts of STAR, once without and once for either strand"):
        read(path, pd.DataFrame(rows), header=False, index=False)


def test_names_with_identifiers_are_taken_apart(tmp_path):
    table = read(tmp_path / "t.tsv", BASE.set_axis([f"{gene}|{place}" for place, gene in enumerate(GENES)]))
    assert table.symbols == tuple(GENES)
    assert table.ids == tuple(map(str, range(30)))


def test_columns_of_cells_among_genes_are_asked_about(tmp_path):
    path = tmp_path / "t.tsv"
    frame = BASE.T
    frame["kmeans"] = [1, 2, 1, 2]
    with pytest.raises(InputError) as caught:
        read(path, frame)
    assert str(caught.value) == (
        f"{path}: the column 'kmeans' does not look like the other genes; does it describe the cells? Say so with "
        "--columns 'set-aside=kmeans', or with --columns 'samples=kmeans' if it is a gene"
    )


def test_rows_of_means_and_of_cells_below_the_genes_are_no_genes(tmp_path):
    frame = BASE.copy()
    frame.loc["Mean"] = BASE.mean()
    frame.loc["cluster"] = [1, 2, 1, 2]
    assert read(tmp_path / "t.tsv", frame).symbols == tuple(GENES)


DATES, WORDS = ("1-Mar", "2-Apr", "3-May", "4-Jun", "5-Jul"), ("high", "low", "faint", "dim", "pale")


@pytest.mark.parametrize(
    ("header", "changed", "said"),
    [
        ("gene,S1,S2,S3", DATES, "'S2' holds dates such as '1-Mar', which spreadsheets make of numbers"),
        ("gene,wt,heat,cold", DATES, "'heat' holds dates such as '1-Mar', which spreadsheets make of numbers"),
        ("", DATES, "'column 3' holds dates such as '1-Mar', which spreadsheets make of numbers"),
        ("gene,S1,S2,S3", WORDS, "'S2' holds text such as 'high', and is called like the samples"),
        ("gene,wt,heat,cold", (*WORDS[:4], "3.5"), "'heat' holds numbers and text such as 'high'"),
        ("", (*DATES[:3], "2.5", "0.5"), "'column 3' holds numbers and text such as '1-Mar'"),
    ],
)
def test_a_sample_whose_numbers_became_text_is_no_identifier(tmp_path, header, changed, said):
    rows = [f"g{number}x,{number}.5,{cell},{number}.25" for number, cell in enumerate(changed)]
    (tmp_path / "x.csv").write_text("\n".join([header, *rows] if header else rows) + "\n")
    with pytest.raises(InputError) as caught:
        read_expression([tmp_path / "x.csv"], {}, known_names=frozenset(), findings=Findings())
    column = "S2" if "S2" in header else "heat" if header else "#3"
    assert str(caught.value) == (
        f"{tmp_path / 'x.csv'}: the column {said}; mend its cells if it is a sample, or say that it is none: --columns "
        f"'set-aside={column}'"
    )


def test_annotation_between_numbers_is_still_set_aside(tmp_path):
    rows = [f"g{number}x,{number}00,chr{number},{number}.5,{number}.25" for number in range(5)]
    (tmp_path / "x.csv").write_text("gene,length,chrom,S1,S2\n" + "\n".join(rows) + "\n")
    table = read_expression([tmp_path / "x.csv"], {}, known_names=frozenset(), findings=Findings())
    assert table.samples == ("S1", "S2")
