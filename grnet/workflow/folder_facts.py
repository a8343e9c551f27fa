"""Kinds of folders that grnet writes, and the few facts of each that a description of methods needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.folder_kinds import CROSSVAL_FILE, DATASET_FILE, EVALUATION_FILE, KINDS, RUN_FILE
from grnet.schema.network_folder import SUMMARY_FILE
from grnet.schema.tables import LABEL
from grnet.storage.documents import read_json, read_toml
from grnet.storage.read_limits import reading

DIGITS = 12
"""Of a checksum that is shown; all 64 are in `dataset.toml` and `provenance.json`."""


def find_marker(folder: Path) -> str | None:
    """Return the file that tells the kind of a folder; None where grnet did not write it."""
    return next((name for name in KINDS if (folder / name).is_file()), None)


def take_folder(folder: Path) -> str:
    """Return the marker of a folder that the user named.

    Raises
    ------
    MissingInputError
        There is no such folder.
    FormatError
        It is no folder that grnet wrote.
    """
    if not folder.is_dir():
        raise MissingInputError(f"{folder}: no such folder; expected one that grnet wrote")
    marker = find_marker(folder)
    if marker is None:
        raise FormatError(f"{folder}: not a folder that grnet wrote; expected one of {', '.join(KINDS)} in it")
    return marker


def find_kind(folder: Path) -> str:
    """Return what the kind of a folder is called; "" where grnet did not write it."""
    marker = find_marker(folder)
    return "" if marker is None else KINDS[marker]


def gather_facts(folder: Path) -> dict[str, Any]:
    """Return the facts of a folder, as JSON values; none of a kind that needs none.

    Raises
    ------
    FormatError
        A file of it is damaged.
    """
    marker = find_marker(folder) or ""
    gather = _GATHERERS.get(marker)
    if gather is None:
        return {}
    with reading(folder / marker, "a file that grnet wrote", mend=f"see grnet check {folder}", error=FormatError):
        return gather(folder)


def _gather_of_dataset(folder: Path) -> dict[str, Any]:
    """Return names, counts, measurements and inputs of a dataset directory."""
    settings = read_toml(folder / DATASET_FILE)
    facts = {name: settings.get(name) for name in ("name", "organism", "units", "normalised", "inputs")}
    facts |= {name: settings.get("counts", {}).get(name) for name in ("genes", "tfs", "images", "rejected")}
    facts["measurements"] = [
        {
            "name": entry.get("name"),
            "kind": entry.get("kind"),
            "places": _count_places(folder / str(entry.get("file", ""))),
        }
        for entry in settings.get("measurements", ())
    ]
    edges = folder / "known_edges.parquet"
    if edges.is_file():
        labels = pq.read_table(edges, columns=[LABEL])[LABEL]
        facts |= {"labelled_pairs": len(labels), "known_edges": int(pc.sum(pc.equal(labels, 1)).as_py() or 0)}
    return {name: value for name, value in facts.items() if value not in (None, "")}


def name_inputs(folder: Path) -> list[str]:
    """Return the files that a dataset directory was made from, each with the beginning of its checksum."""
    told = read_toml(folder / DATASET_FILE).get("inputs", ())
    shown = {
        str(entry.get("resource") or entry.get("file")): str(entry.get("sha256") or entry.get("images_sha256") or "")
        for entry in told
    }
    return [f"{name} (SHA-256 {digest[:DIGITS]}…)" if digest else name for name, digest in shown.items()]


def _count_places(table: Path) -> int | None:
    """Return how many places a measurement has: the rows of the table beside its own."""
    places = table.with_name(f"{table.stem}.places.parquet")
    return pq.read_metadata(places).num_rows if places.is_file() else None


def _gather_of_run(folder: Path) -> dict[str, Any]:
    return _gather_of_training(folder, RUN_FILE)


def _gather_of_crossval(folder: Path) -> dict[str, Any]:
    return _gather_of_training(folder, CROSSVAL_FILE)


def _gather_of_training(folder: Path, file: str) -> dict[str, Any]:
    """Return architecture, settings and out-of-fold figures of a run folder, or of a cross-validation."""
    settings = read_toml(folder / file)
    train = settings.get("train", {})
    facts = {
        "architecture": settings.get("architecture"),
        "modality": train.get("model", {}).get("modality"),
        **{
            name: train.get(name)
            for name in ("seed", "folds", "seeds", "without", "negatives", "negatives_per_positive", "device")
        },
    }
    if (folder / "metrics.json").is_file():
        facts["splits"] = [
            {"split": name, "pairs": split.get("n"), "auroc": {row["name"]: row["auroc"] for row in split["rows"]}}
            for name, split in read_json(folder / "metrics.json").get("splits", {}).items()
            if isinstance(split.get("rows"), list)
        ]
    return {name: value for name, value in facts.items() if value is not None}


def _gather_of_evaluation(folder: Path) -> dict[str, Any]:
    """Return counts, and the rankings of the model and of its baselines, of an evaluation."""
    figures = read_json(folder / EVALUATION_FILE)
    rows = [{name: row[name] for name in ("name", "auroc", "auprc")} for row in figures["rankings"]]
    return {**{name: figures[name] for name in ("universe", "n_pairs", "n_positives")}, "rankings": rows}


def _gather_of_network(folder: Path) -> dict[str, Any]:
    """Return counts, the prior, and what was kept of a network folder."""
    summary = read_json(folder / SUMMARY_FILE)
    names = (
        "name",
        "candidates",
        "edges",
        "known",
        "novel",
        "genes",
        "prior",
        "ranking_only",
        "statement",
        "settings",
        "versions",
    )
    return {name: summary[name] for name in names if name in summary}


_GATHERERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    DATASET_FILE: _gather_of_dataset,
    RUN_FILE: _gather_of_run,
    CROSSVAL_FILE: _gather_of_crossval,
    SUMMARY_FILE: _gather_of_network,
    EVALUATION_FILE: _gather_of_evaluation,
}
"""Marker of a kind → what finds its facts."""
