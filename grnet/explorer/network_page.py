"""The network as one page that opens offline in any browser: `network.html`.

The page is put together from the files in `page/` (structure, looks, scripts), plotly.js, and the network as JSON.
Everything is inside the file. Its content security policy lets the browser run these scripts alone and fetch nothing.
The scripts read the JSON alone: what is drawn, listed and explained is chosen in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grnet.explorer.gene_sets_json import describe_gene_sets
from grnet.explorer.network_json import describe_network, describe_two
from grnet.explorer.page_files import read_code, render_page
from grnet.explorer.page_sentences import words_of
from grnet.network.network import Network
from grnet.network.regulon_sets import RegulonSets
from grnet.network.two_networks import TwoNetworks
from grnet.network.wording import describe_settings, explain_probability, explain_two, state_expectation, state_range
from grnet.schema.evidence import Evidence
from grnet.storage.documents import drop_nan
from grnet.storage.files import replace_file

STYLES = ("theme.css", "explorer.css", "panels.css")
EARLY, ENTRY = "theme_of_link.js", "start.js"


def write_page(
    path: Path,
    network: Network,
    *,
    evidence: Evidence | None = None,
    report: Mapping[str, Any] | None = None,
    enriched: RegulonSets | None = None,
    two: TwoNetworks | None = None,
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
    enriched : RegulonSets or None
        Which gene sets the targets of TFs are rich in, for the panel of a gene.
    two : TwoNetworks or None
        Where `network` is made of two: edges are coloured by who keeps them.
    max_edges : int
        The page holds at most so many edges, the strongest, and says so where there are more.
    """
    summary, shown = network.summary, network.strongest(max_edges)
    data = describe_network(shown.edges, shown.nodes, shown.layout)
    data |= {"summary": drop_nan(summary), "report": drop_nan(report), "words": words_of(summary)}
    if two is not None:
        data["compared"] = describe_two(two.strongest(max_edges))
        data["words"]["probability"] = explain_two(summary)
    if enriched is not None:
        data["gene_sets"] = describe_gene_sets(enriched, shown.nodes)
    fields = {
        **_describe(summary),
        **{"shown": len(shown.edges), "drawn": len(shown.nodes), "genes": len(network.nodes)},
        **read_code(early=EARLY, entry=ENTRY, styles=STYLES, draws=True),
    }
    speaks = None if evidence is None else (evidence, shown.edges, shown.nodes)
    page = render_page("explorer.html", fields, data, speaks)
    with replace_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")


def _describe(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the template that the summary fills, as text and numbers."""
    name = str(summary.get("name") or "")
    return {
        "title": f"{name}: gene regulatory network" if name else "Gene regulatory network",
        "version": str(summary.get("versions", {}).get("grnet", "")),
        "edges": int(summary["edges"]),
        "kept": " ".join(summary.get("statement", [])),
        "counts": _count(summary),
        "probability": explain_two(summary) if summary["candidates"] is None else explain_probability(summary),
        "settings": describe_settings(summary),
        "compared": summary["candidates"] is None,
    }


def _count(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the figures of the whole network, each with its name."""
    edge = "edge" if summary["edges"] == 1 else "edges"
    return [
        (f"{summary['edges']:,}", f"{edge}{_say_candidates(summary)}"),
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
    ]


def _say_candidates(summary: Mapping[str, Any]) -> str:
    """Return of how many candidates the edges are; nothing where two networks have candidates of their own."""
    return "" if summary["candidates"] is None else f", of {summary['candidates']:,} candidates"
