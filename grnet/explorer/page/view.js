// Where things are: from places in the layout to pixels of the drawing and back, and what lies under the pointer.
const surface = byId("surface"), place = byId("network"), overlay = byId("overlay");
const MARGIN = 1, CLOSEST = 60; // units of the layout around everything; pixels of a unit at the closest look

const extent = (axis) => {
  const low = data.communities.map((circle) => circle[axis] - circle.radius);
  const high = data.communities.map((circle) => circle[axis] + circle.radius);
  return low.length ? [Math.min(...low) - MARGIN, Math.max(...high) + MARGIN] : [-1, 1];
};
const [xExtent, yExtent] = [extent("x"), extent("y")];

// The view as its centre, k = pixels for a unit, and the size of the drawing in pixels.
function currentView() {
  const w = surface.clientWidth, h = surface.clientHeight;
  const fit = Math.min(w / (xExtent[1] - xExtent[0]), h / (yExtent[1] - yExtent[0]));
  if (state.view) return { x: state.view.x, y: state.view.y, k: w / state.view.span, w, h, fit };
  return { x: (xExtent[0] + xExtent[1]) / 2, y: (yExtent[0] + yExtent[1]) / 2, k: Math.min(fit, CLOSEST), w, h, fit };
}
const toX = (view, x) => view.w / 2 + (x - view.x) * view.k;
const toY = (view, y) => view.h / 2 - (y - view.y) * view.k;

function setView(x, y, k) {
  const { w, fit } = currentView();
  const inside = (value, [low, high]) => Math.min(high, Math.max(low, value));
  const scale = Math.min(Math.max(k, fit * 0.5), Math.max(CLOSEST, fit));
  change({ view: { x: inside(x, xExtent), y: inside(y, yExtent), span: w / scale } });
}
function panBy(dx, dy) {
  const { x, y, k } = currentView();
  setView(x - dx / k, y + dy / k, k);
}
// Zoom so that the place at pixel (px, py) stays there.
function zoomBy(factor, px, py) {
  const view = currentView();
  const [atX, atY] = [view.x + (px - view.w / 2) / view.k, view.y - (py - view.h / 2) / view.k];
  const k = Math.min(Math.max(view.k * factor, view.fit * 0.5), Math.max(CLOSEST, view.fit));
  setView(atX - (px - view.w / 2) / k, atY + (py - view.h / 2) / k, k);
}
// Move so that genes are in view, and zoom out where they need it.
function bringIntoView(genes) {
  const view = currentView(), pad = 40;
  const inView = (i) => {
    const [x, y] = [toX(view, nodes.x[i]), toY(view, nodes.y[i])];
    return x >= pad && y >= pad && x <= view.w - pad && y <= view.h - pad;
  };
  if (genes.every(inView)) return;
  const [xs, ys] = [genes.map((i) => nodes.x[i]), genes.map((i) => nodes.y[i])];
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const most = Math.min((view.w - 2 * pad) / Math.max(x1 - x0, 1e-6), (view.h - 2 * pad) / Math.max(y1 - y0, 1e-6));
  setView((x0 + x1) / 2, (y0 + y1) / 2, Math.min(view.k, most));
}

// ---- edges as lines: an edge and its reverse lie side by side
const lines = { x0: [], y0: [], x1: [], y1: [] };
for (const e of range(nEdges)) {
  const a = edges.tf[e], b = edges.target[e];
  const dx = nodes.x[b] - nodes.x[a], dy = nodes.y[b] - nodes.y[a], long = Math.hypot(dx, dy) || 1;
  const aside = edgeOf.has(`${b} ${a}`) ? 0.11 / long : 0;
  lines.x0.push(nodes.x[a] - dy * aside); lines.y0.push(nodes.y[a] + dx * aside);
  lines.x1.push(nodes.x[b] - dy * aside); lines.y1.push(nodes.y[b] + dx * aside);
}
const isBetween = range(nEdges).map((e) => nodes.community[edges.tf[e]] !== nodes.community[edges.target[e]]);

// ---- sizes in pixels: genes grow as one comes closer
const baseSize = (k) => Math.min(14, Math.max(3, k * 0.45));
function geneSize(i, k) {
  return nodes.is_tf[i] ? baseSize(k) * (1.5 + Math.min(1, 0.12 * Math.sqrt(nodes.out_degree[i]))) : baseSize(k);
}

// ---- what is under the pixel (px, py): { gene }, { edge } or null; `reach` in pixels
function findAt(px, py, reach = 6) {
  const view = currentView(), bright = highlighted();
  let best = null, least = Infinity;
  for (let i = 0; i < nNodes; i++) {
    if (!shown.genes[i] && !(bright && bright.genes.has(i))) continue;
    const distance = Math.hypot(toX(view, nodes.x[i]) - px, toY(view, nodes.y[i]) - py);
    const within = Math.max(geneSize(i, view.k) / 2 + 3, reach + 1);
    if (distance <= within && distance < least) [best, least] = [{ gene: i }, distance];
  }
  return best || findEdgeAt(view, px, py, reach, bright);
}

function findEdgeAt(view, px, py, reach, bright) {
  const x = view.x + (px - view.w / 2) / view.k, y = view.y - (py - view.h / 2) / view.k;
  let best = null, least = Infinity;
  const look = (e, bonus) => {
    const dx = lines.x1[e] - lines.x0[e], dy = lines.y1[e] - lines.y0[e];
    const t = ((x - lines.x0[e]) * dx + (y - lines.y0[e]) * dy) / (dx * dx + dy * dy || 1);
    const at = Math.min(1, Math.max(0, t));
    const distance = Math.hypot(lines.x0[e] + at * dx - x, lines.y0[e] + at * dy - y) * view.k;
    if (distance <= reach && distance - bonus < least) [best, least] = [{ edge: e }, distance - bonus];
  };
  for (const e of shown.rows) look(e, 0);
  if (bright) for (const e of bright.edges) look(e, reach); // what is faded comes after what is not
  return best;
}

// ---- what the selection lights up: null, or its genes and edges
function highlighted() {
  const { selection } = state;
  if (!selection) return null;
  if (selection.edge !== undefined) {
    const e = selection.edge;
    return { edges: [e], genes: new Set([edges.tf[e], edges.target[e]]) };
  }
  const rows = edgesOf(selection.gene);
  return { edges: rows, genes: new Set([selection.gene, ...rows.flatMap((e) => [edges.tf[e], edges.target[e]])]) };
}
