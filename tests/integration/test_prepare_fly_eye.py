"""The real fly data gives the numbers that are known about it."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest
from PIL import Image

from grnet.dataset.directory import load_dataset
from grnet.dataset.labelled_rows import restore_rows
from grnet.workflow.prepare import prepare

pytestmark = pytest.mark.realdata


def prepare_fly(folder, out, **options):
    return prepare(
        out,
        expression=[folder / "tf_dataset.xlsx", folder / "gene_dataset.xlsx"],
        tfs=folder / "tf_dataset.xlsx",
        known_edges=folder / "new_benchmark_dataset.xlsx",
        images=folder / "images.csv",
        **options,
    )


@pytest.fixture(scope="module")
def fly(real_data):
    return real_data / "fly-eye"


@pytest.fixture(scope="module")
def prepared(fly, tmp_path_factory):
    out = tmp_path_factory.mktemp("fly") / "eye"
    return prepare_fly(fly, out, aliases={"Dp": "Dp2"}), load_dataset(out)


def test_counts(prepared):
    summary, _ = prepared
    assert (summary.n_genes, summary.n_tfs, summary.n_samples) == (1246, 96, 72)
    assert (summary.n_images, summary.n_genes_with_images, summary.n_tfs_with_images) == (683, 270, 42)
    assert summary.images_by_view == {"lateral": 683}
    assert (summary.n_known, summary.n_positive, summary.n_negative) == (5365, 2737, 2628)
    assert summary.n_known_with_images == 507
    assert summary.n_rejected_by_reason == {"gene without expression": 957, "self pair": 47, "repeated pair": 154}
    assert summary.alias_suggestions == ()


def test_images_join_by_id_and_stay_pixel_for_pixel(prepared, fly):
    _, dataset = prepared
    by_id = dataset.image_table[dataset.image_table["source"] == "images/0633.png"].iloc[0]
    assert by_id["symbol"] == "nerfin-1"
    assert dataset.image_size == (16, 32)
    for row in range(0, 683, 97):
        with Image.open(fly / dataset.image_table["source"][row]) as image:
            assert np.array_equal(dataset.images[row], np.asarray(image))


def test_the_rows_of_the_paper_can_be_rebuilt(prepared, fly):
    _, dataset = prepared
    book = openpyxl.load_workbook(fly / "new_benchmark_dataset.xlsx", read_only=True)
    names = {"Dp": "Dp2"}
    rows = [
        (names.get(tf, tf), names.get(target, target), label, row)
        for row, (tf, target, label) in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
    ]
    restored = restore_rows(dataset.labelled_pairs, dataset.rejected, self_pairs=True)
    assert list(restored.itertuples(index=False, name=None)) == rows


def test_all_genes_are_kept_on_request(fly, tmp_path):
    summary = prepare_fly(fly, tmp_path / "eye", genes="all", aliases={"Dp": "Dp2"})
    assert (summary.n_genes, summary.n_without_expression) == (1688, 442)
    assert (summary.n_images, summary.n_genes_with_images) == (1640, 712)


def test_the_alias_is_suggested(fly, tmp_path):
    summary = prepare_fly(fly, tmp_path / "eye")
    assert summary.alias_suggestions[0] == ("Dp", "Dp2")
    assert summary.n_rejected_by_reason["unknown gene"] == 68


def test_a_spatial_table_of_cells_is_transposed(real_data, tmp_path):
    tfs = tmp_path / "tfs.txt"
    tfs.write_text("eve\nftz\nkni\n")
    summary = prepare(tmp_path / "out", expression=real_data / "fly-bdtnp" / "dge.txt", tfs=tfs, transpose=True)
    assert (summary.n_genes, summary.n_tfs, summary.n_samples) == (84, 3, 3039)
