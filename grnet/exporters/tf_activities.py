"""TF activities of cells: decoupler's univariate linear model (ULM) on the edges of a network.

Enter: an open h5ad, the expression in it and a network. Leave: two tables cells × TFs in its `.obsm`. decoupler is
asked for a block of cells at a time, which is written at once; each cell has a model of its own, so blocks change
nothing.

Badia-i-Mompel et al., decoupleR (2022), https://doi.org/10.1093/bioadv/vbac016
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from grnet.exporters.cell_values import CellValues
from grnet.exporters.edge_lists import weigh_edges
from grnet.network.network import Network
from grnet.schema.arrays import Bools
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.progress import SILENT, Progress

if TYPE_CHECKING:
    import h5py

SCORE_KEY, ADJUSTED_KEY = "grnet_score_ulm", "grnet_padj_ulm"
"""decoupler's names behind the prefix of grnet, so that the scores of other networks in a file stay."""
MIN_TARGETS = 5
"""decoupler's own limit."""
MAX_TFS = 4000
"""An HDF5 attribute holds 64 KiB, and the names of all columns are in one."""
_RESULTS = {SCORE_KEY: "score_ulm", ADJUSTED_KEY: "padj_ulm"}
_DENSE_BLOCK = 1 << 23
"""Values that decoupler makes dense at a time."""
_FAILURES = (AssertionError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True)
class Activities:
    """For which TFs and cells of an AnnData file there are activities.

    Attributes
    ----------
    tfs, n_tfs : int
        TFs that have activities, and all TFs of the network.
    few_targets, unwritable : int
        TFs with fewer than `MIN_TARGETS` targets among the genes with values; TFs whose name HDF5 takes for a path.
    cells, n_cells : int
        Cells that have activities, and all; the others have the same value in all genes and get NaN.
    values : str
        Which values were used, and their scale.
    """

    tfs: int
    n_tfs: int
    few_targets: int
    unwritable: int
    cells: int
    n_cells: int
    values: str

    def describe(self) -> list[str]:
        """Return sentences that say what was computed and what was left out."""
        lines = [
            f"TF activities (ULM) of {self.tfs:,} of {self.n_tfs:,} TFs in {self.cells:,} of {self.n_cells:,} cells, "
            f"from {self.values}, are in .obsm[{SCORE_KEY!r}] and .obsm[{ADJUSTED_KEY!r}]"
        ]
        if self.few_targets:
            lines.append(
                f"TFs without activity: {self.few_targets:,} have fewer than {MIN_TARGETS} targets among its genes"
            )
        if self.unwritable:
            lines.append(f"TFs without activity: {self.unwritable:,} have names that HDF5 takes for paths")
        if self.cells < self.n_cells:
            lines.append(
                f"cells without activity (NaN): {self.n_cells - self.cells:,} have the same value in all genes"
            )
        return lines

    @property
    def settings(self) -> dict[str, str | int]:
        """How the activities were computed, for `.uns`."""
        return {
            "method": "ulm",
            "decoupler": version("decoupler"),
            "values": self.values,
            "min_targets": MIN_TARGETS,
            "tfs": self.tfs,
            "tfs_left_out": self.few_targets + self.unwritable,
        }


def import_decoupler() -> Any:
    """Return the module decoupler.

    Raises
    ------
    ConfigError
        It is not installed, or older than version 2.
    """
    try:
        import decoupler
    except ImportError as error:
        raise ConfigError("TF activities need the package decoupler; install it: pip install decoupler") from error
    if not hasattr(decoupler, "mt"):
        raise ConfigError("TF activities need decoupler 2 or newer; upgrade it: pip install -U decoupler")
    return decoupler


def add_activities(file: h5py.File, network: Network, values: CellValues, *, progress: Progress = SILENT) -> Activities:
    """Write the t-values of ULM and their p-values, adjusted within each cell, into `.obsm` of an open h5ad.

    Raises
    ------
    ConfigError
        decoupler is not installed.
    InputError
        No TF has enough targets among the genes with values, or decoupler fails.
    """
    decoupler = import_decoupler()
    net = pd.DataFrame(weigh_edges(network.edges))
    n_tfs = net["source"].nunique()
    counts = net[net["target"].isin(values.genes) & (net["weight"] != 0)].groupby("source").size()
    enough = counts.index[counts >= MIN_TARGETS]
    tfs = [name for name in enough if "/" not in name and name not in (".", "_index")]
    if not tfs:
        raise InputError(f"no TF has {MIN_TARGETS} targets among the {len(values.genes):,} genes of {values.place}")
    if len(tfs) > MAX_TFS:
        raise InputError(
            f"{len(tfs):,} TFs are more than the {MAX_TFS:,} columns that h5ad can hold; export fewer edges"
        )
    net = net[net["source"].isin(tfs) & (net["weight"] != 0)]
    tables = [_make_table(file, key, tfs) for key in _RESULTS]
    cells = 0
    with progress.track("TF activities", values.matrix.n_cells, "cells") as advance:
        for start, block in values.blocks():
            varied = _find_varied(block)
            cells += int(varied.sum())
            for table, found in zip(tables, _ask(decoupler, block[varied], values, net), strict=True):
                _fill(table, start, varied, found)
            advance(block.shape[0])
    return Activities(
        len(tfs), n_tfs, n_tfs - len(enough), len(enough) - len(tfs), cells, values.matrix.n_cells, values.description
    )


def _ask(decoupler: Any, block: sp.csr_matrix, values: CellValues, net: pd.DataFrame) -> list[pd.DataFrame]:
    """Return decoupler's scores and adjusted p-values of a block of cells, each [cells, TFs]."""
    import anndata

    if not block.shape[0]:
        return [pd.DataFrame(columns=sorted(net["source"].unique())) for _ in _RESULTS]
    names = pd.Index([str(row) for row in range(block.shape[0])], dtype=object)
    data = anndata.AnnData(block, obs=pd.DataFrame(index=names), var=pd.DataFrame(index=values.genes))
    bsize = max(1, _DENSE_BLOCK // len(values.genes))
    try:
        # Genes that are 0 in this block alone count, as they do in other blocks: empty=True would drop them.
        # The number of threads comes back: decoupler changes that of the whole process. It refuses NaN itself.
        with threadpool_limits(), np.errstate(divide="ignore", invalid="ignore"):
            decoupler.mt.ulm(data=data, net=net, tmin=MIN_TARGETS, empty=False, bsize=bsize)
    except _FAILURES as error:
        raise InputError(f"decoupler.mt.ulm failed: {type(error).__name__}: {' '.join(str(error).split())}") from error
    return [data.obsm[key] for key in _RESULTS.values()]


def _find_varied(block: sp.csr_matrix) -> Bools:
    """Return which cells have more than one value; a model of the others has no slope."""
    highest, lowest = (extreme(axis=1).toarray().ravel() for extreme in (block.max, block.min))
    varied: Bools = highest > lowest
    return varied


def _make_table(file: h5py.File, key: str, tfs: list[str]) -> h5py.Group:
    """Make a DataFrame of NaN in `.obsm`, columns as float32, that is filled block by block."""
    from anndata.io import read_elem, write_elem

    index: pd.Index[Any] = pd.Index(read_elem(file["obs"]).index.astype(str), dtype=object)
    if "obsm" not in file:
        write_elem(file, "obsm", {})
    write_elem(file, f"obsm/{key}", pd.DataFrame(index=index))
    group = file[f"obsm/{key}"]
    group.attrs["column-order"] = np.array(tfs, dtype=object)
    for tf in tfs:
        column = group.create_dataset(tf, shape=(len(index),), dtype=np.float32, fillvalue=np.nan)
        column.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
    return group


def _fill(table: h5py.Group, start: int, varied: Bools, found: pd.DataFrame) -> None:
    """Write a block of cells into all columns."""
    for tf in found.columns:
        column = np.full(len(varied), np.nan, dtype=np.float32)
        column[varied] = found[tf].to_numpy()
        table[tf][start : start + len(varied)] = column
