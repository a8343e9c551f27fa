"""Pages that hold one panel alone, filled by its own function, for tests in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from grnet.explorer import evidence_page
from grnet.explorer.evidence_json import encode_evidence
from grnet.explorer.network_json import describe_network
from grnet.explorer.page_files import as_script_json, fill_template
from grnet.explorer.page_sentences import words_of
from grnet.storage.documents import drop_nan

SCRIPTS = ("model.js", "panel_charts.js", "panel_images.js", "evidence_panel.js", "gene_panel.js", "figures_tab.js")
CALLER = """
const place = document.getElementById("edges");
window.asked = [];
const ask = (kind) => (row) => asked.push([kind, row]);
const actions = { selectGene: ask("gene"), selectEdge: ask("edge"), showTab() {} };
window.panels = { showEdgeEvidence, showGene, showFigures, redrawPanelPlots };
window.fill = (name, row) => panels[name](...(row === null ? [place] : [place, row, actions]));
document.documentElement.dataset.ready = "true";
"""


def write_panel_page(path: Path, edges, nodes, *, evidence=None, summary=None, report=None, budget=20_000_000) -> None:
    """Write a page in which `fill("showGene", 3)` shows a panel and `asked` lists what was chosen in it."""
    data: dict[str, Any] = describe_network(edges, nodes, np.zeros((len(nodes), 2)))
    data |= {"summary": drop_nan(summary or {}), "words": words_of(summary or {}), "report": report, "evidence": None}
    if evidence is not None:
        data["evidence"] = encode_evidence(evidence, edges, nodes, budget=budget)
    folder = Path(evidence_page.__file__).parent / "page"
    fields = {
        "title": "Panels",
        "about": "",
        "style": "\n".join((folder / name).read_text() for name in evidence_page.STYLES),
        "script": "\n".join((folder / name).read_text() for name in SCRIPTS) + CALLER,
        "data": as_script_json(data),
    }
    path.write_text(fill_template((folder / "evidence.html").read_text(), fields))
