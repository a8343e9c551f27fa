// What is shown, as the fragment of the page's address: written as one works, read at the start and when it changes.
function writeLink() {
  const link = new URLSearchParams(), { selection, view } = state;
  if (state.tab !== "network") link.set("tab", state.tab);
  if (state.threshold !== data.threshold) link.set("p", state.threshold);
  if (state.hidden.size) link.set("hide", [...state.hidden].join(","));
  if (state.only.size) link.set("only", [...state.only].join(","));
  if (selection?.gene !== undefined) link.set("gene", nodes.symbol[selection.gene]);
  if (selection?.edge !== undefined) {
    link.set("tf", nodes.symbol[edges.tf[selection.edge]]);
    link.set("target", nodes.symbol[edges.target[selection.edge]]);
  }
  if (view) link.set("view", [view.x, view.y, view.span].map((value) => value.toFixed(2)).join(","));
  if (state.theme) link.set("theme", state.theme);
  if (askedDrawing) link.set("draw", askedDrawing);
  return link.toString();
}

// What cannot be read is left as it is at first.
function readLink(text) {
  const link = new URLSearchParams(text), update = {};
  const among = (name, known) => new Set((link.get(name) || "").split(",").filter((key) => known.includes(key)));
  const p = Number(link.get("p"));
  update.threshold = link.get("p") && p >= 0 && p <= 1 ? p : data.threshold;
  update.hidden = among("hide", [...SIGNS, ...KINDS]);
  update.only = among("only", ONLY);
  const gene = nodeOf.get(link.get("gene"));
  const edge = edgeOf.get(`${nodeOf.get(link.get("tf"))} ${nodeOf.get(link.get("target"))}`);
  update.selection = gene !== undefined ? { gene } : edge !== undefined ? { edge } : null;
  update.context = gene ?? null;
  const view = (link.get("view") || "").split(",").map(Number);
  update.view = view.length === 3 && view.every(Number.isFinite) && view[2] > 0 ? { x: view[0], y: view[1], span: view[2] } : null;
  update.tab = TABS.includes(link.get("tab")) ? link.get("tab") : "network";
  update.theme = ["light", "dark"].includes(link.get("theme")) ? link.get("theme") : null;
  return update;
}

let written = null; // the fragment that this page wrote last
const address = (text) => (text ? `#${text}` : location.pathname + location.search);
function keepLink(push) {
  const text = writeLink();
  if (text === written) return;
  written = text;
  history[push ? "pushState" : "replaceState"](null, "", address(text));
}
const keepLinkLater = afterQuiet(() => keepLink(false), 250); // browsers limit how often
onChange(["threshold", "hidden", "only", "view", "tab", "theme"], keepLinkLater);
onChange(["selection"], () => { // so that the browser's back button goes to the selection before
  if (restoring) return;
  keepLinkLater.cancel();
  keepLink(true);
});

let restoring = false;
function restore() {
  const text = location.hash.slice(1);
  if (text === written) return;
  restoring = true;
  change(readLink(text));
  restoring = false;
  written = text;
}
window.addEventListener("hashchange", restore);
window.addEventListener("popstate", restore);
byId("copy-link").addEventListener("click", () => {
  keepLink(false);
  copyText(location.href, "Link copied");
});
