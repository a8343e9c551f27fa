"""The formats that a network is written in: the one registry of exporters.

Each format is one line of `NETWORK_FORMATS`. The command line offers what is listed here, a network folder counts the
files named here among its own, and :func:`grnet.exporters.registry.find_exporter` imports the function.
"""

from __future__ import annotations

from dataclasses import dataclass

from grnet.schema.network_folder import EDGES_FILE


@dataclass(frozen=True)
class NetworkFormat:
    """A format of networks.

    Attributes
    ----------
    name : str
        What `grnet export --to` calls it.
    file_name : str
        The usual name of the file, in a network folder and elsewhere.
    exporter : str
        "package.module:function", imported when it is first used; a :class:`grnet.exporters.registry.Exporter`.
    in_every_folder : bool
        Each inference writes it.
    is_option : bool
        `grnet infer-network --format` offers it.
    spelling : str
        "package.module:function" that returns a gene's name as the format holds it; "" where that is the name itself.
    """

    name: str
    file_name: str
    exporter: str
    in_every_folder: bool = False
    is_option: bool = False
    spelling: str = ""


NETWORK_FORMATS = (
    NetworkFormat(
        "graphml",
        "network.graphml",
        "grnet.exporters.graphml:export_graphml",
        in_every_folder=True,
        spelling="grnet.exporters.graphml:replace_controls",
    ),
    NetworkFormat("cx2", "network.cx2", "grnet.exporters.cx2:export_cx2", in_every_folder=True),
    NetworkFormat(
        "sif",
        "network.sif",
        "grnet.exporters.sif:export_sif",
        is_option=True,
        spelling="grnet.schema.sif_names:write_sif_name",
    ),
    NetworkFormat("decoupler", "edges.decoupler.csv", "grnet.exporters.edge_lists:export_decoupler", is_option=True),
    NetworkFormat("arboreto", "adjacencies.tsv", "grnet.exporters.edge_lists:export_arboreto", is_option=True),
    NetworkFormat("beeline", "rankedEdges.csv", "grnet.exporters.edge_lists:export_beeline", is_option=True),
    NetworkFormat("anndata", "network.h5ad", "grnet.exporters.anndata_file:export_anndata"),
    NetworkFormat("csv", "edges.csv", "grnet.exporters.edge_lists:export_csv"),
    NetworkFormat("parquet", EDGES_FILE, "grnet.exporters.edge_lists:export_parquet"),
)
"""The registry, in the order in which formats are offered."""
EXPORT_FORMATS = tuple(entry.name for entry in NETWORK_FORMATS)
"""Names of all formats."""
EDGE_FORMATS = tuple(entry.name for entry in NETWORK_FORMATS if entry.is_option)
"""Names of the edge lists that an inference can write beside the files of every network folder."""


def find_format(name: str) -> NetworkFormat:
    """Return the format of a name.

    Raises
    ------
    KeyError
        There is none of this name.
    """
    return {entry.name: entry for entry in NETWORK_FORMATS}[name]
