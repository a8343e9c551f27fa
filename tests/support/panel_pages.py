"""Pages that hold one panel alone, filled by its own function, for tests in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from grnet.explorer import evidence_page
from grnet.explorer.evidence_json import encode_evidence
from grnet.explorer.network_json import describe_network
from grnet.explorer.page_files import list_code, read_page_file, render_template
from grnet.explorer.page_sentences import words_of
from grnet.explorer.script_bundle import bundle_scripts
from grnet.pages.page_parts import as_script_json
from grnet.storage.documents import drop_nan

CALLER = """
import { byId } from "./elements.js";
import { showEdgeEvidence } from "./evidence_panel.js";
import { showFigures } from "./figures_tab.js";
import { showGene } from "./gene_panel.js";
import { readPageData } from "./page_data.js";
import { redrawPanelPlots } from "./panel_charts.js";

readPageData();
const place = byId("edges");
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
    data |= {"summary": drop_nan(summary or {}), "words": words_of(summary or {}), "report": report}
    found = None if evidence is None else encode_evidence(evidence, edges, nodes, budget=budget)
    scripts = bundle_scripts("caller.js", lambda name: CALLER if name == "caller.js" else read_page_file(name))
    fields = {
        "title": "Panels",
        "about": "",
        **list_code(
            {"early": Markup(read_page_file(evidence_page.EARLY)), "script": Markup(scripts)}, evidence_page.STYLES
        ),
    }
    path.write_text(render_template("evidence.html", {**fields, "data": as_script_json(data | {"evidence": found})}))
