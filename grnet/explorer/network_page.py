"""The network as one page that opens offline in any browser: `network.html`.

The page is put together from the files in `page/` (structure, looks, scripts), plotly.js, and the network as JSON.
Everything is inside the file, and its content security policy forbids the browser to fetch anything. The scripts read
the JSON alone: what is drawn, listed and explained is chosen in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from grnet.explorer.network_json import describe_network
from grnet.explorer.page_files import fill_page, read_page_files
from grnet.explorer.page_sentences import words_of
from grnet.network.network import Network
from grnet.network.wording import describe_settings, explain_probability, state_expectation, state_range
from grnet.schema.evidence import Evidence
from grnet.storage.documents import drop_nan
from grnet.storage.files import replace_file

STYLES = ("theme.css", "explorer.css", "panels.css")
SCRIPTS = (
    "model.js",
    "panel_charts.js",
    "panel_images.js",
    "evidence_panel.js",
    "gene_panel.js",
    "figures_tab.js",
    "state.js",
    "theme.js",
    "view.js",
    "drawing.js",
    "overlay.js",
    "pointer.js",
    "table.js",
    "saving.js",
    "search.js",
    "panel.js",
    "controls.js",
    "permalink.js",
    "start.js",
)
"""In the order in which they are put together: what one declares is known to those after it."""


def write_page(
    path: Path,
    network: Network,
    *,
    evidence: Evidence | None = None,
    report: Mapping[str, Any] | None = None,
    max_edges: int = 5000,
) -> None:
    """Write the explorer page, atomically.

    Parameters
    ----------
    path : Path
        The HTML file.
    network : Network
    evidence : Evidence or None
        What speaks for the edges; as much of it as fits into `MAX_BYTES`. None: the page shows the columns alone.
    report : mapping or None
        How good the model is, for the figures tab.
    max_edges : int
        The page holds at most so many edges, the strongest, and says so where there are more.
    """
    from plotly.offline import get_plotlyjs

    summary, shown = network.summary, network.strongest(max_edges)
    data = describe_network(shown.edges, shown.nodes, shown.layout)
    data |= {"summary": drop_nan(summary), "report": drop_nan(report), "words": words_of(summary)}
    fields = {
        **_describe(summary),
        "style": read_page_files(STYLES),
        "notice": _notice(summary, len(shown.edges), len(shown.nodes), len(network.nodes)),
        "plotly": get_plotlyjs(),
        "script": read_page_files(SCRIPTS),
    }
    speaks = None if evidence is None else (evidence, shown.edges, shown.nodes)
    page = fill_page("explorer.html", fields, data, speaks)
    with replace_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")


def _describe(summary: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of the template that the summary fills."""
    name = str(summary.get("name") or "")
    return {
        "title": escape(f"{name}: gene regulatory network" if name else "Gene regulatory network"),
        "version": escape(str(summary.get("versions", {}).get("grnet", ""))),
        "counts": _counts(summary),
        "kept": _kept(summary) if summary["edges"] else "",
        "probability": escape(explain_probability(summary)),
        "settings": _settings(summary),
    }


def _counts(summary: Mapping[str, Any]) -> str:
    """Return the figures of the whole network as HTML list items."""
    edge = "edge" if summary["edges"] == 1 else "edges"
    counts = (
        (f"{summary['edges']:,}", f"{edge}, of {summary['candidates']:,} candidates"),
        *(
            (f"{count:,}", one if count == 1 else many)
            for count, one, many in (
                (summary["known"], "known edge", "known edges"),
                (summary["novel"], "novel edge", "novel edges"),
                (summary["tfs"], "transcription factor", "transcription factors"),
                (summary["targets"], "target", "targets"),
                (len(summary["communities"]), "community", "communities"),
            )
        ),
        (
            state_range(summary["probability"]["lowest"], summary["probability"]["highest"]),
            "probability (a ranking)" if summary.get("ranking_only") else "probability",
        ),
        *state_expectation(summary),
    )
    return "\n".join(f"<li><b>{escape(value)}</b> <span>{escape(name)}</span></li>" for value, name in counts)


def _kept(summary: Mapping[str, Any]) -> str:
    """Return the sentences that say what was kept, as HTML; options are code, which is not broken at hyphens."""
    return re.sub(r"(--[a-z-]+)", r"<code>\1</code>", escape(" ".join(summary.get("statement", []))))


def _notice(summary: Mapping[str, Any], shown: int, drawn: int, nodes: int) -> str:
    """Return a paragraph where not everything is in the page or nothing is there, else ""."""
    edges = int(summary["edges"])
    if edges == 0:
        return f'<p class="notice">{_kept(summary) or "No candidate passed the limits."}</p>'
    if shown == edges:
        return ""
    return (
        f'<p class="notice">This page holds the {shown:,} strongest of {edges:,} edges, with {drawn:,} of {nodes:,} '
        "genes. <code>grnet export</code>, with the same limits, writes all of them.</p>"
    )


def _settings(summary: Mapping[str, Any]) -> str:
    """Return the settings and versions as the items of an HTML description list."""
    return "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in describe_settings(summary))
