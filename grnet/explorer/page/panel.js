// The panel at the side: what is selected, filled by the panels' own scripts, or where to begin.
const panel = byId("panel"), panelBody = byId("panel-body");

function fillPanel() {
  const { selection } = state;
  byId("intro").hidden = selection !== null;
  byId("panel-tools").hidden = selection === null;
  byId("panel-hint").hidden = true;
  const hadFocus = panelBody.contains(document.activeElement);
  panelBody.replaceChildren();
  if (hadFocus) panelBody.focus(); // the link that was followed is gone
  if (!selection) return;
  if (selection.gene !== undefined) {
    fillWith(typeof showGene === "function" ? showGene : null, selection.gene, describeGene);
    if (!shown.genes[selection.gene]) hintAt(bestEdgeOf(selection.gene), "No edge of this gene passes the threshold and filters.");
  } else {
    fillWith(typeof showEdgeEvidence === "function" ? showEdgeEvidence : null, selection.edge, describeEdge);
    if (!passes(selection.edge)) hintAt(selection.edge, "This edge does not pass the threshold and filters.");
  }
  panel.scrollTop = 0;
}
function fillWith(show, row, describe) {
  if (show) return show(panelBody, row, actions);
  const [title, ...others] = describe(row);
  return panelBody.append(make("h2", { class: "gene" }, title), ...others.map((line) => make("p", {}, line)));
}
// Say that something is not drawn, and offer the threshold that shows it.
function hintAt(e, text) {
  const hint = byId("panel-hint"), lower = () => change({ threshold: Math.min(state.threshold, edges.probability[e]), hidden: new Set(), only: new Set() });
  hint.replaceChildren(text, " ", make("button", { type: "button", onclick: lower }, "Show it"));
  hint.hidden = false;
}
const bestEdgeOf = (i) => Math.min(...targetsOf[i], ...regulatorsOf[i]);

function sayContent() {
  const { selection } = state;
  if (!selection) return;
  const name = selection.gene !== undefined ? words(nodes.symbol[selection.gene]) : edgeName(selection.edge);
  say(`${name} selected`);
}

// In a narrow window the panel is below the drawing: let its beginning be seen.
function revealPanel() {
  const top = panel.getBoundingClientRect().top, wanted = window.innerHeight * 0.6;
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (state.selection && top > wanted) window.scrollBy({ top: top - wanted, behavior: smooth ? "smooth" : "auto" });
}

// Bring what is selected into the drawing's view.
function showSelection() {
  const bright = highlighted();
  if (state.tab === "network" && bright) bringIntoView(state.selection.gene === undefined ? [...bright.genes] : [state.selection.gene]);
}

// ---- stepping: through the edges of the gene that was selected last, else through the table
function step(by) {
  const rows = state.context !== null ? edgesOf(state.context) : listing.rows;
  if (!rows.length) return;
  const now = state.selection?.edge === undefined ? -1 : rows.indexOf(state.selection.edge);
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : (now + by + rows.length) % rows.length;
  selectEdge(rows[next]);
  showSelection();
}

byId("step-on").addEventListener("click", () => step(1));
byId("step-back").addEventListener("click", () => step(-1));
byId("panel-close").addEventListener("click", () => { clearSelection(); (state.tab === "table" ? table : surface).focus(); });
byId("panel-show").addEventListener("click", () => { showTab("network"); showSelection(); });
byId("panel-wide").addEventListener("click", ({ target }) => {
  target.setAttribute("aria-pressed", String(panel.classList.toggle("wide")));
  target.textContent = panel.classList.contains("wide") ? "Narrow" : "Widen";
  showSelection();
  redrawPanels();
});
function redrawPanels() { if (typeof redrawPanelPlots === "function") redrawPanelPlots(); }

byId("hubs").append(...data.labels.slice(0, 10).map((i) => make("li", {}, make(
  "button", { type: "button", onclick: () => { selectGene(i); showSelection(); } },
  make("span", { class: "gene" }, words(nodes.symbol[i])), make("span", { class: "soft" }, showCount(nodes.out_degree[i]))))));
byId("hubs").previousElementSibling.hidden = !data.labels.length;

onChange(["selection"], () => { fillPanel(); sayContent(); revealPanel(); });
onChange(["threshold", "hidden", "only"], afterQuiet(() => { if (state.selection) fillPanel(); }, 120));
onChange(["theme"], redrawPanels);
