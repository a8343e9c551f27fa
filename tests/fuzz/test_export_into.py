"""A user's h5ad under mutation, into which a network is written: all is there after, or nothing is written."""

from __future__ import annotations

import random
import warnings
from pathlib import Path

import annotated_files as files
import h5py
import numpy as np
import pandas as pd
import pytest
from anndata.io import read_elem
from fuzzing import FuzzTarget, run_target
from mutated_hdf5 import mutate_hdf5

from grnet.exporters.anndata_file import PROBABILITY_KEY, add_to_anndata
from grnet.network.network import Network
from grnet.schema.tables import EDGES, NODES

TFS, TARGETS_OF_TFS = files.SYMBOLS[:2], files.SYMBOLS[2:9]


def make_network() -> Network:
    """Return a network of two TFs with enough targets for activities."""
    pairs = [(tf, target) for tf in TFS for target in TARGETS_OF_TFS]
    edges = pd.DataFrame(pairs, columns=["tf", "target"]).reindex(columns=EDGES.names)
    numbers = ["probability", "spread", "seed_spread", "score", "correlation"]
    for name in numbers:
        edges[name] = np.linspace(0.9, 0.5, len(edges), dtype=np.float32)
    edges["rank"], edges["sign"], edges["known"] = np.arange(1, len(edges) + 1), "activation", False
    nodes = pd.DataFrame({"symbol": [*TFS, *TARGETS_OF_TFS], "id": ""}).reindex(columns=NODES.names)
    nodes["is_tf"] = nodes["symbol"].isin(TFS)
    for name in NODES.names[3:]:
        nodes[name] = np.int32(1)
    return Network(edges, nodes)


def target_of(form: str) -> FuzzTarget:
    """Return the target of a form of h5ad."""

    def write(dice: random.Random, folder: Path) -> tuple[Path, object]:
        return files.WRITERS[form](folder), (files.SYMBOLS, files.CELLS, 2 * len(TARGETS_OF_TFS))

    return FuzzTarget(f"export into {form}", write, read, mutate=mutate_hdf5)


def read(path: Path) -> object:
    """Write a copy with the network; return what anndata reads of what is promised."""
    before, out = path.read_bytes(), path.with_name("out.h5ad")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            add_to_anndata(make_network(), out, into=path)
        finally:
            assert path.read_bytes() == before
            assert {file.name for file in path.parent.iterdir()} <= {path.name, out.name}
        with h5py.File(out) as file:  # what else is in the file is the user's, and may be damaged
            genes, cells, added = (read_elem(file[name]) for name in ("var", "obs", f"varp/{PROBABILITY_KEY}"))
    return tuple(genes.index), tuple(cells.index), added.nnz


TARGETS = tuple(target_of(form) for form in ("h5ad", "csc h5ad", "dense h5ad", "h5ad of anndata before 0.7"))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_inputs_come_back_or_are_refused(target, tmp_path):
    assert run_target(target, tmp_path).failures == []
