"""Folders whose files can be read and hold what they must not: one line for each, where they are opened.

They have no record of checksums, as those of earlier versions, so that damage is not found by that first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tomli_w
import torch
from safetensors.torch import load_file, save_file

from grnet.storage.checksums import RECORD_FILE
from grnet.storage.documents import read_toml

pytestmark = pytest.mark.usefixtures("without_records")
INFER, INSPECT = ["infer-network", "run", "-o", "out"], ["inspect", "data"]
VIEW, EVALUATE = ["view", "net", "--top", "3", "-o", "page.html"], ["evaluate", "net", "--known", "edges.csv"]
PREPARE, TRAIN = "make one with: grnet prepare", "train the run anew with: grnet train"
ANEW = "infer the network anew with: grnet infer-network"


@pytest.fixture
def without_records(trained: Path) -> None:
    for file in trained.rglob(RECORD_FILE):
        file.unlink()


def change_json(file: str, *path: str, value: Any = None) -> Callable[[], None]:
    """Return a function that replaces an entry of a JSON file; None deletes it."""

    def change() -> None:
        document = json.loads(Path(file).read_text(encoding="utf-8"))
        table = document
        for name in path[:-1]:
            table = table[name]
        if value is None:
            del table[path[-1]]
        else:
            table[path[-1]] = value
        Path(file).write_text(json.dumps(document), encoding="utf-8")

    return change


def change_dataset(**entries: Any) -> Callable[[], None]:
    """Return a function that replaces entries of `dataset.toml`."""

    def change() -> None:
        settings = read_toml(Path("data/dataset.toml"))
        Path("data/dataset.toml").write_text(tomli_w.dumps({**settings, **entries}), encoding="utf-8")

    return change


def change_column(file: str, column: str, first: Any, kind: pa.DataType | None = None) -> Callable[[], None]:
    """Return a function that replaces the first value of a column of a Parquet file, and perhaps its type."""

    def change() -> None:
        table = pq.read_table(file)
        kind_of = kind or table.schema.field(column).type
        rest = [str(value) if kind == pa.string() else value for value in table[column].to_pylist()[1:]]
        place = table.column_names.index(column)
        pq.write_table(table.set_column(place, column, pa.array([first, *rest], kind_of)), file)

    return change


def change_images(write: Callable[[np.ndarray], None]) -> Callable[[], None]:
    """Return a function that writes the images of the dataset in another way."""
    return lambda: write(np.load("data/images.npy"))


def save_as_archive(images: np.ndarray) -> None:
    with Path("data/images.npy").open("wb") as file:
        np.savez(file, images=images)


def flip_order(images: np.ndarray) -> None:
    content = Path("data/images.npy").read_bytes()
    Path("data/images.npy").write_bytes(content.replace(b"'fortran_order': False", b"'fortran_order': True "))


def change_weight(name: str, value: float) -> Callable[[], None]:
    """Return a function that sets one number of a model's weights."""

    def change() -> None:
        file = "run/fold-1/weights.safetensors"
        weights = load_file(file)
        weights[name].view(-1)[0] = value
        save_file(weights, file)

    return change


NOT_NUMPY = "data/images.npy: not readable as a NumPy file"
CASES = {
    "archive of images": (
        change_images(save_as_archive),
        INSPECT,
        f"{NOT_NUMPY} (it is an archive of several); {PREPARE}",
    ),
    "order of images": (
        change_images(flip_order),
        INSPECT,
        f"data/images.npy: its header does not fit its length, or has the wrong order; {PREPARE}",
    ),
    "type of images": (
        change_images(lambda images: np.save("data/images.npy", images.astype(np.float32))),
        INSPECT,
        f"data/images.npy: got float32 [22, 16, 32], expected uint8 [22, height, width]; {PREPARE}",
    ),
    "expression": (
        change_column("data/expression.parquet", "s3", float("nan")),
        INSPECT,
        "data/expression.parquet: holds values that are missing or infinite; make the dataset anew with: grnet prepare",
    ),
    "expression of text": (
        change_column("data/expression.parquet", "s3", "x", pa.string()),
        INSPECT,
        "data/expression.parquet: not readable as a Parquet file (Failed to parse string: 'x' as a scalar of type "
        "float); make the dataset anew with: grnet prepare",
    ),
    "label": (
        change_column("data/known_edges.parquet", "label", 5),
        INSPECT,
        f"data/known_edges.parquet: the column label holds 5, expected 0..1; {PREPARE}",
    ),
    "gene": (
        change_column("data/genes.parquet", "symbol", None),
        INSPECT,
        f"data/genes.parquet: 1 values of the column symbol are missing; {PREPARE}",
    ),
    "genes that repeat": (
        change_column("data/genes.parquet", "symbol", "tf1"),
        INSPECT,
        f"data/genes.parquet: not readable as a list of genes (a gene catalogue needs distinct symbols); {PREPARE}",
    ),
    "notes of a dataset": (
        change_dataset(notes=3),
        INSPECT,
        f"data/dataset.toml: the entry notes is 3, expected a list; {PREPARE}",
    ),
    "measurements of a dataset": (
        change_dataset(measurements=[{"kind": "samples"}]),
        INSPECT,
        f"data/dataset.toml: lacks the entry measurements[0].name; {PREPARE}",
    ),
    "weights": (
        change_weight("base", float("nan")),
        INFER,
        f"run/fold-1/weights.safetensors: base holds a number that is not finite; {TRAIN}",
    ),
    "labelled pairs of a model": (
        change_weight("labelled_tf", 40),
        INFER,
        f"data: a model was trained on genes with numbers that this dataset does not have; {TRAIN}",
    ),
    "metrics": (
        change_json("run/metrics.json", "splits", "pair", "n"),
        INFER,
        f"run/metrics.json: lacks the entry splits.pair.n; {TRAIN}",
    ),
    "fold": (
        change_column("run/out_of_fold.parquet", "fold", 2),
        INFER,
        f"run/out_of_fold.parquet: expected labelled pairs, each in a fold 0..1; {TRAIN}",
    ),
    "summary without edges": (
        change_json("net/summary.json", "edges"),
        VIEW,
        f"net/summary.json: lacks the entry edges; {ANEW}",
    ),
    "summary of other edges": (
        change_json("net/summary.json", "edges", value=3),
        VIEW,
        f"net/summary.json: its figures are not those of the 50 edges; {ANEW}",
    ),
    "summary with another probability": (
        change_json("net/summary.json", "probability", "lowest", value="high"),
        VIEW,
        f"net/summary.json: the entry probability.lowest is 'high', expected a number in 0..1; {ANEW}",
    ),
    "prior of a summary": (
        change_json("net/summary.json", "prior", "value", value=2),
        EVALUATE,
        f"net/summary.json: the entry prior.value is 2, expected a number in 0..1; {ANEW}",
    ),
    "calibration": (
        change_json("net/scores/calibration.json", "curve", "knots", value=[2, 1]),
        VIEW,
        None,
    ),
    "report": (
        change_json("net/report.json", "measures", value=[1]),
        VIEW,
        f"net/report.json: the entry measures[0] is 1, expected text; {ANEW}",
    ),
    "manifest": (
        change_json("net/scores/manifest.json", "shards", value="all"),
        EVALUATE,
        "net/scores/manifest.json: the entry shards is 'all', expected a list; infer the network anew to score all "
        "candidates",
    ),
    "sign of an edge": (
        change_column("net/edges.parquet", "sign", "both"),
        VIEW,
        f"net/edges.parquet: the sign 'both', expected one of activation, repression, unknown; {ANEW}",
    ),
    "probability of an edge": (
        change_column("net/edges.parquet", "probability", 7.0),
        VIEW,
        f"net/edges.parquet: the column probability holds 7, expected 0..1; {ANEW}",
    ),
    "type of a column": (
        change_column("net/nodes.parquet", "n_images", "x", pa.string()),
        VIEW,
        f"net/nodes.parquet: the column n_images holds values of the type string, expected int32; {ANEW}",
    ),
}


@pytest.mark.parametrize(("damage", "command", "told"), CASES.values(), ids=CASES)
def test_what_a_folder_must_not_hold_is_told(refused, damage, command, told):
    damage()
    message = refused(*command)
    if told is None:
        assert message.startswith("net/scores/calibration.json: a calibration needs ")
        assert message.endswith(f"; {ANEW}")
    else:
        assert message.removeprefix(f"{Path.cwd()}/") == told


def test_sizes_that_do_not_fit_the_weights_take_no_memory(refused):
    settings = read_toml(Path("run/run.toml"))
    settings["train"]["model"]["hidden"] = 2**30
    Path("run/run.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
    message = refused(*INFER)
    assert message.startswith("run/fold-0/weights.safetensors: towers.")
    assert f"by run.toml it has the shape [{2**30}" in message
    assert message.endswith(f"; {TRAIN}")
    assert torch.get_default_device() == torch.device("cpu")
