"""Datasets, runs and networks under mutation: bytes, entries of documents, columns and values of tables.

Sealed folders have a record of checksums: what was changed must not be read. Open ones have none, as those of earlier
versions: what can still be read is other data, and must cause no fault.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tomli_w
import torch
from fuzzing import INPUTS, FuzzTarget, mutate_bytes, run_target

from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.dataset.summary import summarise
from grnet.features.build import build_features
from grnet.network.wording import describe_settings, state_expectation
from grnet.probability.prior_fit import read_prior_fit
from grnet.scores.pair_scores import GeneNames, read_pairs
from grnet.scores.reader import read_shards
from grnet.workflow.network_lines import describe_network
from grnet.workflow.network_report import read_report, report_of
from grnet.workflow.reselection import load_catalogue, load_selected
from grnet.workflow.trained_run import place_of_run, precision_of

ODD_VALUES = (
    *(0, -1, 1, 2**31, 2**63, -(2**63), 10**17, 0.5, -0.0, 1e-320, 1e308, True, "", "\0", "../..", "nan", "x" * 3000),
    *([], {}, [[]], {"a": {"b": {"c": 1}}}, ["x"], [1, 2, 3], None, float("nan"), float("inf")),
)


def mutate_documents(dice: random.Random, folder: Path) -> None:
    """Delete an entry of a JSON or TOML file, replace it by an odd value, or add one."""
    file = dice.choice(sorted([*folder.rglob("*.json"), *folder.rglob("*.toml")]))
    text = file.read_text(encoding="utf-8")
    document = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    for _ in range(dice.choice((1, 1, 2))):
        _mutate_entry(dice, document)
    if file.suffix == ".json":
        file.write_text(json.dumps(document), encoding="utf-8")
    else:
        file.write_text(tomli_w.dumps(_without_null(document)), encoding="utf-8")


def _mutate_entry(dice: random.Random, document: object) -> None:
    while True:
        keys = list(document) if isinstance(document, dict) else list(range(len(document)))
        if not keys:
            return
        key = dice.choice(keys)
        if isinstance(document[key], dict | list) and document[key] and dice.random() < 0.8:
            document = document[key]
            continue
        if dice.random() < 0.3:
            del document[key]
        else:
            document[key] = dice.choice(ODD_VALUES)
        return


def _without_null(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_null(entry) for key, entry in value.items() if entry is not None}
    return [_without_null(entry) for entry in value if entry is not None] if isinstance(value, list) else value


def mutate_tables(dice: random.Random, folder: Path) -> None:
    """Change a column of a Parquet file: its type, some of its values, its name; or drop rows, or repeat them."""
    file = dice.choice(sorted(folder.rglob("*.parquet")))
    frame = pq.read_table(file).to_pandas()
    name = dice.choice(list(frame.columns))
    odd = dice.choice((None, np.nan, np.inf, -1, 5, 2**40, 1e300, "", "no gene", "\0", True, pd.NaT))
    kind = dice.choice(("all", "value", "type", "drop", "rename", "rows", "twice"))
    if kind == "all":
        frame[name] = odd
    elif kind == "value" and len(frame):
        column = frame[name].astype(object)
        column.iloc[dice.randrange(len(frame))] = odd
        frame[name] = column
    elif kind == "type":
        frame[name] = frame[name].astype(dice.choice(("str", "object", "category")))
    elif kind == "drop":
        frame = frame.drop(columns=name)
    elif kind == "rename":
        frame = frame.rename(columns={name: dice.choice(("x", "", "tf", "symbol"))})
    elif kind == "rows":
        frame = frame.head(dice.randrange(len(frame) + 1))
    else:
        frame = pd.concat([frame, frame.head(2)], ignore_index=dice.random() < 0.5)
    with_index = dice.random() < 0.2
    try:
        frame = frame.set_index(list(frame.columns[:2])) if with_index else frame
        pq.write_table(pa.Table.from_pandas(frame), file)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):  # pandas itself cannot write that
        mutate_bytes(dice, file)


def digest(*values: object) -> str:
    """Return a checksum of tables, arrays and plain values."""
    found = hashlib.sha256()
    for value in values:
        if isinstance(value, pd.DataFrame):
            found.update(value.to_csv(index=False).encode())
        elif isinstance(value, np.ndarray | np.generic):
            found.update(np.ascontiguousarray(value).tobytes())
        else:
            found.update(repr(value).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def read_dataset(folder: Path) -> str:
    dataset = load_dataset(folder)
    features = build_features(dataset) if INPUTS > 100 else None  # takes longer than all the rest
    measured = [part for entry in dataset.measurements for part in (entry.values, entry.gene, entry.places)]
    tables = (dataset.genes.to_frame(), dataset.image_table, dataset.labelled_pairs, dataset.rejected)
    names = [entry.place_names for entry in dataset.measurements], dataset.samples, dataset.image_size
    return digest(*tables, *measured, dataset.images, dataset.image_gene, names, summarise(dataset), features is None)


def read_run(folder: Path) -> str:
    run = load_run(folder)
    models = run.load_models(torch.device("cpu"))
    weights = [value.numpy() for model in models for value in model.state_dict().values()]
    return digest(*weights, run.out_of_fold, run.model_config, run.shape, run.dataset_path.name, report_of(run))


def read_network(folder: Path) -> str:
    network = load_selected(folder)
    again = load_selected(folder, top=5)
    names, fit, report = GeneNames(), read_prior_fit(folder / "scores/calibration.json"), read_report(folder)
    pairs = [part for pairs in read_pairs(read_shards(folder), names) for part in (pairs.tf, pairs.score, pairs.label)]
    said = [*describe_network(network.summary, folder=Path("net")), *describe_settings(network.summary)]
    said += state_expectation(network.summary)
    origin = place_of_run(folder), precision_of(folder)
    tables = network.edges, network.nodes, again.edges, load_catalogue(folder).to_frame()
    return digest(*tables, *pairs, said, fit.to_json(), report, origin, network.summary["settings"])


READERS = {"dataset": read_dataset, "run": read_run, "network": read_network}
MUTATIONS = {"bytes": mutate_bytes, "entries": mutate_documents, "tables": mutate_tables}


@pytest.mark.parametrize(
    ("state", "mutation"), [("sealed", "bytes"), ("open", "bytes"), ("open", "entries"), ("open", "tables")]
)
@pytest.mark.parametrize("kind", READERS)
def test_folders_come_back_or_are_refused(small_folders, tmp_path, kind, state, mutation):
    source, read = small_folders / state / kind, READERS[kind]
    expected = read(source)

    def copy(dice: random.Random, place: Path) -> tuple[Path, object]:
        return shutil.copytree(source, place / kind), expected

    name = f"{kind} folder, {state}, {mutation}"
    target = FuzzTarget(name, copy, read, checked=state == "sealed", mutate=MUTATIONS[mutation])
    assert run_target(target, tmp_path).failures == []
