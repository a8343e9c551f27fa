"""The network in an AnnData file (h5ad), alone or beside a user's own data, for scanpy and its relatives.

Enter: a network, and perhaps a user's h5ad. Leaves: an h5ad file that holds, for the
genes among its `var_names`, sparse matrices gene × gene in `.varp` (a row regulates a column), the columns of the nodes
in `.var`, and in `.uns["grnet"]` all edges as a table, the settings, and the summary as JSON. A user's file also gets
the activities of TFs in its cells (:mod:`grnet.exporters.tf_activities`). It is copied, never changed.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from grnet.exporters.anndata_settings import list_settings
from grnet.exporters.anndata_source import EXPECTED, MEND, convert_old_file, read_variables
from grnet.exporters.cell_values import find_cell_values
from grnet.exporters.tf_activities import ADJUSTED_KEY, SCORE_KEY, Activities, add_activities, import_decoupler
from grnet.network.graph import end_points
from grnet.network.network import Network
from grnet.schema.arrays import Indices, Int8
from grnet.schema.errors import ConfigError, InputError, TooLittleMemoryError
from grnet.schema.progress import SILENT, Progress
from grnet.schema.tables import (
    ACTIVATION,
    EDGES,
    NODES,
    PROBABILITY,
    REPRESSION,
    SIGN,
    SYMBOL,
    TARGET,
    TF,
)
from grnet.storage.files import replace_file
from grnet.storage.read_limits import reading

if TYPE_CHECKING:
    import h5py

log = logging.getLogger(__name__)

KEY = "grnet"
PROBABILITY_KEY, SIGN_KEY = f"{KEY}_probability", f"{KEY}_sign"
_SHOWN = 3


@dataclass(frozen=True)
class Placed:
    """How much of a network found its place in an AnnData file.

    Attributes
    ----------
    genes, n_genes : int
        Genes of the network that are among the `var_names`, and all of them.
    edges, n_edges : int
        Edges with both genes there, and all of them.
    activities : Activities or None
        For which TFs and cells there are activities; None where there are none, and a warning says why.
    """

    genes: int
    n_genes: int
    edges: int
    n_edges: int
    activities: Activities | None


def export_anndata(network: Network, path: Path) -> None:
    """Write an h5ad whose variables are the genes of the network, without observations.

    Raises
    ------
    ConfigError
        The package anndata is not installed.
    """
    anndata = import_anndata()
    _check_names(network.nodes)
    with replace_file(path) as temporary:
        index = pd.Index(network.nodes[SYMBOL].tolist(), dtype=object)
        rows = pd.DataFrame(index=pd.Index([], dtype=object))
        anndata.AnnData(obs=rows, var=pd.DataFrame(index=index)).write_h5ad(temporary)
        _add_network(temporary, network, index)


def add_to_anndata(
    network: Network, path: Path, *, into: Path, layer: str | None = None, progress: Progress = SILENT
) -> Placed:
    """Write a copy of the h5ad `into` that holds the network as well, matched by `var_names`, and TF activities.

    Parameters
    ----------
    network : Network
    path : Path
        The copy.
    into : Path
    layer : str or None
        The matrix that activities are computed from: see :func:`~grnet.exporters.cell_values.find_cell_values`.
    progress : Progress

    Raises
    ------
    ConfigError
        The package anndata is not installed, or there is no matrix of the name `layer`.
    MissingInputError
        `into` is not there.
    InputError
        It is no h5ad, is damaged, holds links or data of other files, its `var_names` repeat one, or none of them is a
        gene of the network.
    TooLittleMemoryError
        What is read whole takes too much memory.
    """
    import_anndata()
    nodes = network.nodes
    _check_names(nodes)
    with replace_file(path) as temporary:
        is_written = convert_old_file(into, temporary)
        variables = read_variables(temporary if is_written else into, name=into, layer=layer)
        there = variables.get_indexer(pd.Index(nodes[SYMBOL])) >= 0
        if len(nodes) and not there.any():
            raise InputError(
                f"{into}: none of its var_names is a gene of the network; they are such as {_few(variables)}, its "
                f"genes such as {_few(nodes[SYMBOL])}; set var_names to the symbols that the network has"
            )
        if not is_written:
            shutil.copyfile(into, temporary)
        with reading(into, EXPECTED, mend=MEND):
            n_edges = _add_network(temporary, network, variables)
            activities = _add_activities(temporary, network, layer, progress, source=into)
    return Placed(int(there.sum()), len(nodes), n_edges, len(network.edges), activities)


def import_anndata() -> Any:
    """Return the module anndata.

    Raises
    ------
    ConfigError
        It is not installed.
    """
    try:
        import anndata
    except ImportError as error:
        raise ConfigError("h5ad files need the package anndata; install it: pip install 'grnet[anndata]'") from error
    return anndata


def _add_activities(
    path: Path, network: Network, layer: str | None, progress: Progress, *, source: Path
) -> Activities | None:
    """Add TF activities to a copy of `source`, instead of those of an earlier network; warn where there can be none."""
    import h5py
    from anndata.io import write_elem

    with h5py.File(path, "r+") as file:
        _remove_activities(file)
        try:
            import_decoupler()
            with reading(source, "cells × genes", mend=MEND):
                values = find_cell_values(file, layer=layer, progress=progress, source=source)
                activities = add_activities(file, network, values, progress=progress)
        except (ConfigError, InputError, TooLittleMemoryError) as error:
            _remove_activities(file)
            log.warning("no TF activities are written, all else is: %s", error)
            return None
        write_elem(file, f"uns/{KEY}/activities", activities.settings)
    return activities


def _remove_activities(file: h5py.File) -> None:
    """Delete the activities in an h5ad, if any."""
    for key in (SCORE_KEY, ADJUSTED_KEY):
        if f"obsm/{key}" in file:
            del file[f"obsm/{key}"]


def _add_network(path: Path, network: Network, variables: pd.Index[Any]) -> int:
    """Add a network to the h5ad at `path`, in place; return how many edges are in its matrices."""
    import h5py
    from anndata.io import read_elem, write_elem

    edges, nodes = network.edges, network.nodes
    source, target = end_points(edges, nodes)
    place = variables.get_indexer(pd.Index(nodes[SYMBOL])).astype(np.int64)
    row, column = place[source], place[target]
    inside = (row >= 0) & (column >= 0)
    shape = (len(variables), len(variables))
    where = (row[inside], column[inside])
    probability = edges[PROBABILITY].to_numpy(np.float32)[inside]
    sign: Int8 = (edges[SIGN] == ACTIVATION).to_numpy(np.int8) - (edges[SIGN] == REPRESSION).to_numpy(np.int8)
    signed = sp.csr_matrix((sign[inside], where), shape=shape)
    signed.eliminate_zeros()
    with h5py.File(path, "r+") as file:
        frame = read_elem(file["var"])
        _replace(file, "var", _with_nodes(frame, nodes, variables), write_elem)
        _replace(file, f"varp/{PROBABILITY_KEY}", sp.csr_matrix((probability, where), shape=shape), write_elem)
        _replace(file, f"varp/{SIGN_KEY}", signed, write_elem)
        kept = {
            "edges": _as_table(edges, nodes, source, target),
            "settings": list_settings(network),
            "summary": json.dumps(network.summary, ensure_ascii=False),
        }
        _replace(file, f"uns/{KEY}", kept, write_elem)
    return int(inside.sum())


def _replace(file: h5py.File, key: str, value: Any, write: Any) -> None:
    """Write an element, where there is one already instead of it."""
    if key in file:
        if key.startswith("uns/"):
            log.warning("%s was there already and is replaced in the copy", key)
        del file[key]
    folder = key.rpartition("/")[0]
    if folder and folder not in file:
        write(file, folder, {})
    write(file, key, value)


def _with_nodes(frame: pd.DataFrame, nodes: pd.DataFrame, variables: pd.Index[Any]) -> pd.DataFrame:
    """Return `.var` with a column `grnet_…` for each of the nodes; genes that are no node have 0, False or ""."""
    frame = frame.copy()
    frame.index = variables  # text of any other type has no place in a file of each version of anndata
    row = pd.Index(nodes[SYMBOL]).get_indexer(variables)
    there = row >= 0
    for name in NODES.names[1:]:
        values = nodes[name].to_numpy()
        kind = object if nodes[name].dtype == "str" or values.dtype == object else values.dtype
        column = np.full(len(variables), "" if kind is object else 0, dtype=kind)
        column[there] = values[row[there]]
        frame[f"{KEY}_{name}"] = pd.Series(column, index=variables, dtype=kind)
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype):
            frame[name] = frame[name].astype(object)
    return frame


def _as_table(edges: pd.DataFrame, nodes: pd.DataFrame, source: Indices, target: Indices) -> pd.DataFrame:
    """Return the edges with genes and signs as categories, each name held once."""
    symbols = pd.Index(nodes[SYMBOL].tolist(), dtype=object)
    columns = {name: edges[name].to_numpy() for name in EDGES.names if name not in (TF, TARGET, SIGN)}
    table = pd.DataFrame(columns, index=pd.Index([str(row) for row in range(len(edges))], dtype=object))
    for name, codes in ((TF, source), (TARGET, target)):
        table[name] = pd.Categorical.from_codes(codes.tolist(), categories=symbols)
    kinds = pd.Index(sorted(edges[SIGN].unique()), dtype=object)
    table[SIGN] = pd.Categorical.from_codes(kinds.get_indexer(edges[SIGN]).tolist(), categories=kinds)
    return table[list(EDGES.names)]


def _check_names(nodes: pd.DataFrame) -> None:
    """Raise InputError for a name that HDF5 cannot hold."""
    wrong = [name for name in nodes[SYMBOL] if "\x00" in name]
    if wrong:
        raise InputError(f"h5ad cannot hold the name {wrong[0]!r}, which has a NUL character; rename the gene")


def _few(names: pd.Series | pd.Index[Any]) -> str:
    return ", ".join(repr(str(name)[:40]) for name in names[:_SHOWN])
