"""All files of a network folder but the scores: tables, exports, page and summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grnet.explorer.network_page import write_page
from grnet.exporters.registry import find_exporter
from grnet.network.network import Network
from grnet.network.regulon_sets import RegulonSets
from grnet.schema.errors import ConfigError
from grnet.schema.evidence import Evidence
from grnet.schema.network_folder import EDGES_FILE, GENE_SETS_FILE, NODES_FILE, PAGE_FILE, REPORT_FILE, SUMMARY_FILE
from grnet.schema.network_formats import EXPORT_FORMATS, NETWORK_FORMATS
from grnet.schema.tables import EDGES, NODES
from grnet.storage.documents import write_json
from grnet.storage.files import replace_file
from grnet.storage.tables import write_table


def write_network_files(
    folder: Path,
    network: Network,
    *,
    formats: Sequence[str] = (),
    report: Mapping[str, Any] | None = None,
    evidence: Evidence | None = None,
    enriched: RegulonSets | None = None,
) -> None:
    """Write the tables, the summary, the exports of every folder, those in `formats`, and the page.

    The same network gives the same bytes in every file.

    Parameters
    ----------
    folder : Path
        Exists; usually the temporary one of :func:`grnet.storage.folders.new_folder`.
    network : Network
    formats : sequence of str
        Further formats, of `EXPORT_FORMATS`.
    report : mapping or None
        How the models did in training: kept as `report.json`, and shown on the page.
    evidence : Evidence or None
        For the strongest edges, for the page.
    enriched : RegulonSets or None
        Gene sets of the targets of TFs: kept as `gene_sets.csv`, and shown on the page.

    Raises
    ------
    ConfigError
        A format has no exporter; nothing was written.
    """
    unknown = [name for name in formats if name not in EXPORT_FORMATS]
    if unknown:
        raise ConfigError(f"--format is one of {', '.join(EXPORT_FORMATS)}, got {', '.join(unknown)}")
    write_table(network.edges, folder / EDGES_FILE, EDGES)
    write_table(network.nodes, folder / NODES_FILE, NODES)
    write_json(network.summary, folder / SUMMARY_FILE)
    for entry in NETWORK_FORMATS:
        if entry.in_every_folder or entry.name in formats:
            find_exporter(entry.name)(network, folder / entry.file_name)
    if report is not None:
        write_json(report, folder / REPORT_FILE)
    if enriched is not None:
        with replace_file(folder / GENE_SETS_FILE) as temporary:
            enriched.table.to_csv(temporary, index=False)
    write_page(folder / PAGE_FILE, network, evidence=evidence, report=report, enriched=enriched)
