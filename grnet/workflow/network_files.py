"""All files of a network folder but the scores: tables, exports, page and summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from grnet.explorer.network_page import write_page
from grnet.export.registry import DEFAULT_FORMATS, EXPORTERS
from grnet.network.folder import EDGES_FILE, NODES_FILE, PAGE_FILE, REPORT_FILE, SUMMARY_FILE
from grnet.schema.errors import ConfigError
from grnet.schema.evidence import Evidence
from grnet.schema.tables import EDGES, NODES
from grnet.storage.documents import write_json
from grnet.storage.tables import write_table


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
        Exists; usually the temporary one of :func:`grnet.storage.folders.new_folder`.
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
