"""What grnet writes into each kind of folder; anything else there is someone's own, and is never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Layout: TypeAlias = "Mapping[str, Layout | None]"
"""Glob pattern of a name → None for a file, the layout of what is below for a folder."""

_DATASET: Layout = {
    "dataset.toml": None,
    "genes.parquet": None,
    "expression.parquet": None,
    "images.parquet": None,
    "images.npy": None,
    "known_edges.parquet": None,
    "rejected.parquet": None,
}
_FOLD: Layout = {"weights.safetensors": None, "history.json": None, "held_out.parquet": None}
_FOLDS: Layout = {"fold-[0-9]*": _FOLD, "seed-[0-9]*": {"fold-[0-9]*": _FOLD}}
_SPLITS: Layout = {"pair": _FOLDS, "tf": _FOLDS, "target": _FOLDS, "both": _FOLDS, "paper": _FOLDS}
_RUN: Layout = {
    "run.toml": None,
    **_FOLDS,
    **_SPLITS,
    "out_of_fold.parquet": None,
    "calibration.json": None,
    "metrics.json": None,
    "report.html": None,
}
_CROSSVAL: Layout = {
    "crossval.toml": None,
    **_SPLITS,
    "out_of_fold.parquet": None,
    "metrics.json": None,
    "report.html": None,
}
_NETWORK: Layout = {
    "summary.json": None,
    "edges.parquet": None,
    "nodes.parquet": None,
    "genes.parquet": None,
    "report.json": None,
    "origin.json": None,
    "network.graphml": None,
    "network.html": None,
    "network.cx2": None,
    "network.sif": None,
    "network.h5ad": None,
    "adjacencies.tsv": None,
    "rankedEdges.csv": None,
    "edges.decoupler.csv": None,
    "edges.arboreto.csv": None,  # until 0.1.0
    "edges.beeline.csv": None,  # until 0.1.0
    "scores": {"part-*.parquet": None, "manifest.json": None, "calibration.json": None},
}
_EVALUATION: Layout = {"evaluation.json": None, "report.html": None}
_COMPARISON: Layout = {"comparison.json": None, "report.html": None, "edges.parquet": None}
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
LAYOUTS: Mapping[str, Layout] = {
    "dataset.toml": _DATASET,
    "run.toml": _RUN,
    "crossval.toml": _CROSSVAL,
    "summary.json": _NETWORK,
    "evaluation.json": _EVALUATION,
    "comparison.json": _COMPARISON,
    "truth.parquet": _LAB,
    "lab/truth.parquet": _DEMO,
}
"""Marker of a kind of folder → all that grnet writes into it. What is not listed is someone's own and is never deleted;
so names are as narrow as they can be: a session `network.cys` beside `network.graphml` is not grnet's."""
