"""What grnet writes into each kind of folder; anything else there is someone's own, and is never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeAlias

from grnet.schema.folder_kinds import COMPARISON_FILE, CROSSVAL_FILE, DATASET_FILE, EVALUATION_FILE, RUN_FILE
from grnet.schema.network_folder import (
    CALIBRATION_FILE,
    EDGES_FILE,
    GENE_SETS_FILE,
    GENES_FILE,
    MANIFEST_FILE,
    NODES_FILE,
    ORIGIN_FILE,
    PAGE_FILE,
    REPORT_FILE,
    SCORES_FOLDER,
    SHARD_PATTERN,
    SUMMARY_FILE,
)
from grnet.schema.network_formats import NETWORK_FORMATS
from grnet.schema.provenance import CALL_FILES
from grnet.storage.checksums import DEEPEST, RECORD_FILE

Layout: TypeAlias = "Mapping[str, Layout | None]"
"""Glob pattern of a name → None for a file, the layout of what is below for a folder."""

_OF_EACH: Layout = dict.fromkeys((RECORD_FILE, *CALL_FILES))
_DATASET: Layout = {
    **_OF_EACH,
    DATASET_FILE: None,
    "genes.parquet": None,
    "expression.parquet": None,
    "expression-[0-9]*.parquet": None,
    "pictures.parquet": None,
    "pictures-[0-9]*.parquet": None,
    "expression.places.parquet": None,
    "expression-[0-9]*.places.parquet": None,
    "pictures.places.parquet": None,
    "pictures-[0-9]*.places.parquet": None,
    "images.parquet": None,
    "images.npy": None,
    "known_edges.parquet": None,
    "rejected.parquet": None,
}
_FOLD: Layout = {"weights.safetensors": None, "history.json": None, "held_out.parquet": None}
_FOLDS: Layout = {"fold-[0-9]*": _FOLD, "seed-[0-9]*": {"fold-[0-9]*": _FOLD}}
_SPLITS: Layout = {"pair": _FOLDS, "tf": _FOLDS, "target": _FOLDS, "both": _FOLDS, "paper": _FOLDS}
_RUN: Layout = {
    **_OF_EACH,
    RUN_FILE: None,
    **_FOLDS,
    **_SPLITS,
    "out_of_fold.parquet": None,
    "calibration.json": None,  # until 0.1.0
    "metrics.json": None,
    "report.html": None,
}
_CROSSVAL: Layout = {
    **_OF_EACH,
    CROSSVAL_FILE: None,
    **_SPLITS,
    "out_of_fold.parquet": None,
    "metrics.json": None,
    "report.html": None,
}
_NETWORK: Layout = {
    **_OF_EACH,
    **dict.fromkeys((EDGES_FILE, NODES_FILE, GENES_FILE, SUMMARY_FILE, REPORT_FILE, ORIGIN_FILE, PAGE_FILE)),
    GENE_SETS_FILE: None,
    **dict.fromkeys(entry.file_name for entry in NETWORK_FORMATS),
    "edges.arboreto.csv": None,  # until 0.1.0
    "edges.beeline.csv": None,  # until 0.1.0
    SCORES_FOLDER: dict.fromkeys((SHARD_PATTERN, MANIFEST_FILE, CALIBRATION_FILE)),
}
_EVALUATION: Layout = {**_OF_EACH, EVALUATION_FILE: None, "report.html": None}
_COMPARISON: Layout = {
    **_OF_EACH,
    COMPARISON_FILE: None,
    "report.html": None,
    "edges.parquet": None,
    PAGE_FILE: None,
}
_LAB: Layout = {
    "truth.parquet": None,
    "expression_tfs.csv": None,
    "expression_genes.tsv.gz": None,
    "tfs.txt": None,
    "known_edges.csv": None,
    "README.txt": None,
    "images": {"*": {"*": {"[0-9]*.png": None}}},
}
_DEMO: Layout = {"lab": _LAB, "dataset": _DATASET, "run-*": _RUN, "network": _NETWORK, "evaluation": _EVALUATION}
RESOURCE_FILE = "resource.toml"
"""Marker of a fetched resource in the cache."""
_RESOURCE: Layout = {RESOURCE_FILE: None, "*-*.download": None, "*-*.csv": None, "*-*.tfs.txt": None}
LAYOUTS: Mapping[str, Layout] = {
    DATASET_FILE: _DATASET,
    RUN_FILE: _RUN,
    CROSSVAL_FILE: _CROSSVAL,
    SUMMARY_FILE: _NETWORK,
    EVALUATION_FILE: _EVALUATION,
    COMPARISON_FILE: _COMPARISON,
    "truth.parquet": _LAB,
    "lab/truth.parquet": _DEMO,
    RESOURCE_FILE: _RESOURCE,
}
"""Marker of a kind of folder → all that grnet writes into it. What is not listed is someone's own and is never deleted;
so names are as narrow as they can be: a session `network.cys` beside `network.graphml` is not grnet's."""
RECORDED = frozenset(LAYOUTS) - {"truth.parquet", "lab/truth.parquet", RESOURCE_FILE}
"""Markers of the kinds of folders that have a record of checksums, see :mod:`grnet.storage.checksums`."""


def find_owner(file: Path) -> Path | None:
    """Return the folder written by grnet that a file is a part of, by its name; None where it is in none."""
    for folder in file.absolute().parents[:DEEPEST]:
        parts = file.absolute().relative_to(folder).parts
        for marker, layout in LAYOUTS.items():
            if (folder / marker).is_file() and _names(layout, parts):
                return folder
    return None


def _names(layout: Layout, parts: Sequence[str]) -> bool:
    """Return whether a layout names a file by the parts of its path."""
    for pattern, below in layout.items():
        if fnmatchcase(parts[0], pattern):
            return len(parts) == 1 if below is None else len(parts) > 1 and _names(below, parts[1:])
    return False
