// The panel at the side: what is selected, or where to begin.

import { byId, make } from "./elements.js";
import { showEdgeEvidence } from "./evidence_panel.js";
import { showGene } from "./gene_panel.js";
import { edgeName, geneName } from "./gene_words.js";
import { edges, nodes, touches } from "./network.js";
import { redrawPanelPlots } from "./panel_charts.js";
import { say } from "./saving.js";
import {
  CHOOSING, bestEdgeOf, change, clearSelection, edgesOf, focusGene, leaveFocus, onChange, passes, rowAfter, selectEdge,
  selectGene, showTab, shown, state,
} from "./state.js";
import { listing } from "./table.js";
import { afterQuiet } from "./timing.js";
import { showSelection, surface } from "./view.js";

const actions = { selectGene, selectEdge, showTab };
const panel = () => byId("panel");

function fillPanel() {
  const { selection } = state, body = byId("panel-body");
  byId("intro").hidden = selection !== null;
  byId("panel-tools").hidden = selection === null;
  byId("panel-hint").hidden = true;
  const hadFocus = body.contains(document.activeElement);
  body.replaceChildren();
  if (hadFocus) body.focus(); // the link that was followed is gone
  if (!selection) return;
  if (selection.gene !== undefined) {
    showGene(body, selection.gene, actions);
    if (!shown.genes[selection.gene]) hintAt(bestEdgeOf(selection.gene), "No edge of this gene passes the threshold and filters.");
  } else {
    showEdgeEvidence(body, selection.edge, actions);
    if (!passes(selection.edge)) hintAt(selection.edge, "This edge does not pass the threshold and filters.");
  }
  panel().scrollTop = 0;
}

/**
 * Say that something is not drawn, and offer the threshold that shows it.
 * @param {number} e
 * @param {string} text
 */
function hintAt(e, text) {
  const hint = byId("panel-hint");
  const lower = () => change({ threshold: Math.min(state.threshold, edges.probability[e]), hidden: new Set(), only: new Set(), ...(touches(e, state.focus) ? {} : { focus: null }) });
  hint.replaceChildren(text, " ", make("button", { type: "button", onclick: lower }, "Show it"));
  hint.hidden = false;
}

function sayContent() {
  const { selection } = state;
  if (selection) say(`${selection.gene !== undefined ? geneName(selection.gene) : edgeName(selection.edge)} selected`);
}

// In a narrow window the panel covers the lower part of it: let what was selected be seen above.
function makeRoom() {
  document.body.classList.toggle("selecting", state.selection !== null && state.tab !== "figures");
  if (!state.selection || getComputedStyle(panel()).position !== "fixed") return;
  const { top, bottom } = byId(state.tab === "table" ? "listing" : "drawing").getBoundingClientRect();
  if (bottom > panel().getBoundingClientRect().top) window.scrollBy({ top: Math.max(0, top - 8) });
}

/**
 * Step through the edges of the gene that was selected last, else through the table.
 * @param {number} by
 */
export function step(by) {
  const rows = state.context !== null ? edgesOf(state.context) : listing.rows;
  if (!rows.length) return;
  selectEdge(rowAfter(rows, by));
  showSelection();
}

function widenPanel() {
  const wide = panel().classList.toggle("wide");
  byId("panel-wide").setAttribute("aria-pressed", String(wide));
  byId("panel-wide").textContent = wide ? "Reduce" : "Enlarge";
  showSelection();
  redrawPanelPlots();
}

// One button: a gene gets the drawing for itself or gives it back, an edge comes into view.
function sayWhatIsShown() {
  const gene = state.selection?.gene, button = byId("panel-show"), alone = gene !== undefined && gene === state.focus;
  button.textContent = gene === undefined ? "Show" : alone ? "Whole network" : nodes.is_tf[gene] ? "Regulon" : "Regulators";
  button.title = gene === undefined ? "Show it in the drawing" : alone ? "Show all genes again"
    : "Lay out this gene alone with its regulators and targets";
}

function showSelected() {
  const gene = state.selection?.gene;
  showTab("network");
  if (gene === undefined) showSelection();
  else if (gene === state.focus) leaveFocus();
  else focusGene(gene);
}

export function setUpPanel() {
  byId("step-on").addEventListener("click", () => step(1));
  byId("step-back").addEventListener("click", () => step(-1));
  byId("panel-close").addEventListener("click", () => {
    clearSelection();
    (state.tab === "table" ? byId("edges") : surface()).focus();
  });
  byId("panel-show").addEventListener("click", showSelected);
  byId("panel-wide").addEventListener("click", widenPanel);
  onChange(["selection"], () => { fillPanel(); sayContent(); makeRoom(); });
  onChange(["tab"], makeRoom);
  onChange(["selection", "focus"], sayWhatIsShown);
  onChange(CHOOSING, afterQuiet(() => { if (state.selection) fillPanel(); }, 120));
  onChange(["theme"], redrawPanelPlots);
}
