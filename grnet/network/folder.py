"""A network folder: what inference leaves behind, written and loaded back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from grnet.network.explorer import write_page
from grnet.network.exporters import DEFAULT_FORMATS, EXPORTERS
from grnet.network.graph import build_graph
from grnet.network.shards import read_shards
from grnet.network.summary import FORMAT, FORMAT_VERSION
from grnet.schema.errors import ConfigError, FormatError, MissingInputError
from grnet.schema.evidence import Evidence
from grnet.schema.storage import read_json, write_json
from grnet.schema.tables import EDGES, NODES, SCORES, SYMBOL, TARGET, TF, read_table, write_table

if TYPE_CHECKING:
    import networkx as nx

EDGES_FILE, NODES_FILE, SUMMARY_FILE = "edges.parquet", "nodes.parquet", "summary.json"
GENES_FILE, REPORT_FILE, ORIGIN_FILE = "genes.parquet", "report.json", "origin.json"
PAGE_FILE = "network.html"


@dataclass(frozen=True)
class Network:
    """An inferred network.

    Attributes
    ----------
    path : Path
        Its folder.
    edges, nodes : DataFrame
        Columns of `EDGES` (best first) and `NODES`.
    summary : dict
        What :func:`grnet.network.summary.summarise` returned.
    """

    path: Path
    edges: pd.DataFrame
    nodes: pd.DataFrame
    summary: dict[str, Any]

    @property
    def graph(self) -> nx.DiGraph[str]:
        """The network as a new `networkx.DiGraph`; node key = symbol."""
        return build_graph(self.edges, self.nodes)

    def scores(self) -> Iterator[pd.DataFrame]:
        """Yield the score shards, every candidate in the columns of `SCORES`: see :func:`read_shards`."""
        for table in read_shards(self.path):
            yield table.cast(SCORES).to_pandas()


def load_network(path: str | Path) -> Network:
    """Load the network in the folder `path`.

    Raises
    ------
    MissingInputError
        The folder is not there.
    FormatError
        It is no network folder, is damaged, or was written by another format version.
    """
    path = Path(path)
    if not path.exists():
        raise MissingInputError(
            f"{path}: no such folder; expected a network folder, as `grnet infer-network` writes it"
        )
    missing = [name for name in (EDGES_FILE, NODES_FILE, SUMMARY_FILE) if not (path / name).is_file()]
    if missing:
        raise FormatError(
            f"{path}: not a network folder (lacks {', '.join(missing)}); expected what `grnet infer-network` writes"
        )
    summary = read_json(path / SUMMARY_FILE)
    found = (summary.get("format"), summary.get("format_version"))
    if found != (FORMAT, FORMAT_VERSION):
        raise FormatError(
            f"{path / SUMMARY_FILE}: format {found[0]!r} version {found[1]!r}, expected {FORMAT!r} version "
            f"{FORMAT_VERSION}; infer the network anew with this version of grnet"
        )
    edges, nodes = read_table(path / EDGES_FILE, EDGES), read_table(path / NODES_FILE, NODES)
    _check_tables(path, edges, nodes)
    return Network(path, edges, nodes, summary)


def _check_tables(path: Path, edges: pd.DataFrame, nodes: pd.DataFrame) -> None:
    """Raise FormatError where the two tables do not belong together."""
    repeated = nodes[SYMBOL][nodes[SYMBOL].duplicated()]
    if len(repeated):
        raise FormatError(f"{path / NODES_FILE}: the gene {repeated.iloc[0]!r} occurs twice; infer the network anew")
    lacking = sorted({*edges[TF], *edges[TARGET]} - set(nodes[SYMBOL]))
    if lacking:
        raise FormatError(
            f"{path / EDGES_FILE}: {len(lacking)} genes are not in {NODES_FILE}, the first is {lacking[0]!r}; "
            "infer the network anew"
        )


def write_network_files(
    folder: Path,
    edges: pd.DataFrame,
    nodes: pd.DataFrame,
    summary: Mapping[str, Any],
    *,
    formats: Sequence[str] = (),
    seed: int,
    report: Mapping[str, Any] | None = None,
    evidence: Evidence | None = None,
) -> None:
    """Write the tables, GraphML, CX2, page, summary and the edge lists in `formats` into an existing folder.

    Same tables, summary and seed: the same bytes in every file.

    Parameters
    ----------
    folder : Path
        Exists; usually the temporary one of :func:`grnet.schema.storage.new_folder`.
    edges, nodes : DataFrame
        Columns of `EDGES` and `NODES`.
    summary : mapping
        From :func:`grnet.network.summary.summarise`.
    formats : sequence of str
        Further edge lists, names in `EXPORTERS`.
    seed : int
        Of the layout on the page.
    report : mapping or None
        How the models did in training: kept as `report.json`, and shown on the page.
    evidence : Evidence or None
        For the strongest edges, for the page.

    Raises
    ------
    ConfigError
        A format has no exporter; nothing was written.
    """
    unknown = [name for name in formats if name not in EXPORTERS]
    if unknown:
        raise ConfigError(f"--format is one of {', '.join(EXPORTERS)}, got {', '.join(unknown)}")
    write_table(edges, folder / EDGES_FILE, EDGES)
    write_table(nodes, folder / NODES_FILE, NODES)
    write_json(summary, folder / SUMMARY_FILE)
    for name in dict.fromkeys((*DEFAULT_FORMATS, *formats)):
        file_name, export = EXPORTERS[name]
        export(edges, nodes, folder / file_name, summary=summary)
    if report is not None:
        write_json(report, folder / REPORT_FILE)
    write_page(folder / PAGE_FILE, edges, nodes, summary, seed=seed, evidence=evidence, report=report)
