// Mouse, fingers and keys on the drawing: move, zoom, point, select.
const pointers = new Map(); // those that hold the drawing, by id: where they are
let pressed = null; // where a press began, until it has moved far enough to be a move
const FAR = 4, tip = byId("tip");

const placeIn = (event) => {
  const box = surface.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

surface.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
  pressed = pointers.size === 1 ? [event.clientX, event.clientY] : null;
  surface.setPointerCapture(event.pointerId);
  hideTip();
});
surface.addEventListener("pointermove", (event) => {
  if (!pointers.has(event.pointerId)) return pointers.size ? undefined : pointLater(event);
  const [x, y] = [event.clientX, event.clientY];
  if (pressed && Math.hypot(x - pressed[0], y - pressed[1]) < FAR) return undefined;
  pressed = null;
  return hold(event.pointerId, x, y);
});
function hold(id, x, y) {
  const [px, py] = pointers.get(id), others = [...pointers].filter(([other]) => other !== id);
  moving = true;
  surface.classList.add("moving");
  pointers.set(id, [x, y]);
  if (!others.length) return panBy(x - px, y - py);
  const [ox, oy] = others[0][1], box = surface.getBoundingClientRect(); // two fingers
  panBy((x - px) / 2, (y - py) / 2);
  const before = Math.hypot(px - ox, py - oy), after = Math.hypot(x - ox, y - oy);
  if (before > 0) zoomBy(after / before, (x + ox) / 2 - box.left, (y + oy) / 2 - box.top);
  return undefined;
}
function release(event) {
  if (!pointers.delete(event.pointerId) || pointers.size) return;
  surface.classList.remove("moving");
  if (moving) { moving = false; renderAtRest(); }
  if (pressed && event.type === "pointerup") choose(findAt(...placeIn(event), event.pointerType === "touch" ? 12 : 6));
  pressed = null;
}
surface.addEventListener("pointerup", release);
surface.addEventListener("pointercancel", release);
surface.addEventListener("lostpointercapture", release);

function choose(found) {
  if (!found) clearSelection();
  else if (found.gene !== undefined) selectGene(found.gene);
  else selectEdge(found.edge);
}

surface.addEventListener("wheel", (event) => {
  event.preventDefault();
  const lineHeight = event.deltaMode === 1 ? 16 : 1;
  zoomBy(Math.exp(-event.deltaY * lineHeight * (event.ctrlKey ? 0.01 : 0.0016)), ...placeIn(event));
  hideTip();
}, { passive: false });

// ---- what the pointer is on
let pointedAt = null;
const point = oncePerFrame(() => {
  if (!pointedAt || pointers.size) return;
  const found = findAt(...placeIn(pointedAt));
  surface.classList.toggle("pointing", found !== null);
  if (!found) return hideTip();
  showTip(found.gene !== undefined ? describeGene(found.gene) : describeEdge(found.edge), pointedAt);
});
function pointLater(event) {
  if (event.pointerType === "touch") return;
  pointedAt = event;
  point();
}
surface.addEventListener("pointerleave", () => { pointedAt = null; hideTip(); });
function hideTip() { tip.hidden = true; }
function showTip([title, ...others], { clientX, clientY }) {
  tip.replaceChildren(make("b", { class: "gene" }, title), ...others.map((line) => make("div", {}, line)));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = clientX + 14 + width > innerWidth ? clientX - width - 10 : clientX + 14;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, Math.min(clientY + 14, innerHeight - height - 4))}px`;
}

// ---- in words: a title and the lines below it
const idOf = (i) => (nodes.id[i] && nodes.id[i] !== nodes.symbol[i] ? ` (${words(nodes.id[i])})` : "");
function describeGene(i) {
  return [
    words(nodes.symbol[i]) + idOf(i), nodes.is_tf[i] ? "transcription factor" : "target",
    `regulates ${plural(nodes.out_degree[i], "gene", "genes")}, regulated by ${showCount(nodes.in_degree[i])}`,
    `${plural(nodes.n_images[i], "image", "images")}, community ${nodes.community[i]}`,
  ];
}
function describeEdge(e) {
  const between = isMissing(edges.seed_spread[e]) ? "" : `, between seeds ${showNumber(edges.seed_spread[e])}`;
  return [
    edgeName(e), `probability ${showProbability(edges.probability[e])}, spread ${showNumber(edges.spread[e])}${between}`,
    `rank ${showCount(edges.rank[e])}, r = ${showSigned(edges.correlation[e])}`,
    `${edges.sign[e] === "unknown" ? "sign unknown" : edges.sign[e]}, ${edges.known[e] ? "known" : "novel"} edge`,
  ];
}

// ---- keys
const inView = () => { const { w, h } = currentView(); return [w / 2, h / 2]; };
const SURFACE_KEYS = {
  ArrowLeft: () => panBy(60, 0), ArrowRight: () => panBy(-60, 0), ArrowUp: () => panBy(0, 60), ArrowDown: () => panBy(0, -60),
  "+": () => zoomBy(1.3, ...inView()), "=": () => zoomBy(1.3, ...inView()), "-": () => zoomBy(1 / 1.3, ...inView()),
  0: () => change({ view: null }),
};
surface.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in SURFACE_KEYS)) return;
  event.preventDefault();
  SURFACE_KEYS[event.key]();
});
byId("zoom-in").addEventListener("click", () => zoomBy(1.4, ...inView()));
byId("zoom-out").addEventListener("click", () => zoomBy(1 / 1.4, ...inView()));
byId("zoom-fit").addEventListener("click", () => change({ view: null }));
