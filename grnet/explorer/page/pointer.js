// Mouse, fingers and keys on the drawing: move, zoom, point, select.

import { holdDrawing, releaseDrawing } from "./drawing.js";
import { byId, make } from "./elements.js";
import { describeEdge, describeGene } from "./gene_words.js";
import { change, clearSelection, focusGene, selectEdge, selectGene } from "./state.js";
import { oncePerFrame } from "./timing.js";
import { currentView, findAt, panBy, surface, zoomBy } from "./view.js";

const FAR = 4; // pixels from which a press is a move

/** @type {Map<number, Pair<number>>} */
const pointers = new Map(); // those that hold the drawing, by id: where they are
const now = {
  pressed: /** @type {Pair<number> | null} */ (null), // where a press began, until it has moved far enough to be a move
  pointedAt: /** @type {PointerEvent | null} */ (null),
  clicked: /** @type {Pair<number | null>} */ ([null, null]), // genes of the last two clicks
};

/** @param {MouseEvent} event @returns {Pair<number>} */
const placeIn = (event) => {
  const box = surface().getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

/** @param {PointerEvent} event */
function press(event) {
  if (event.button !== 0) return;
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
  now.pressed = pointers.size === 1 ? [event.clientX, event.clientY] : null;
  surface().setPointerCapture(event.pointerId);
  hideTip();
}

/** @param {PointerEvent} event */
function move(event) {
  const before = pointers.get(event.pointerId);
  if (!before) {
    if (!pointers.size) pointLater(event);
    return;
  }
  const [x, y] = [event.clientX, event.clientY];
  if (now.pressed && Math.hypot(x - now.pressed[0], y - now.pressed[1]) < FAR) return;
  now.pressed = null;
  drag(event.pointerId, before, [x, y]);
}

/** @type {(id: number, before: Pair<number>, after: Pair<number>) => void} */
function drag(id, [px, py], [x, y]) {
  const others = [...pointers].filter(([other]) => other !== id);
  holdDrawing();
  surface().classList.add("moving");
  pointers.set(id, [x, y]);
  if (!others.length) {
    panBy(x - px, y - py);
    return;
  }
  const [ox, oy] = others[0][1], box = surface().getBoundingClientRect(); // two fingers
  panBy((x - px) / 2, (y - py) / 2);
  const before = Math.hypot(px - ox, py - oy), after = Math.hypot(x - ox, y - oy);
  if (before > 0) zoomBy(after / before, (x + ox) / 2 - box.left, (y + oy) / 2 - box.top);
}

/** @param {PointerEvent} event */
function release(event) {
  if (!pointers.delete(event.pointerId) || pointers.size) return;
  surface().classList.remove("moving");
  releaseDrawing();
  if (now.pressed && event.type === "pointerup") choose(findAt(...placeIn(event), event.pointerType === "touch" ? 12 : 6));
  now.pressed = null;
}

/** @param {Chosen | null} found */
function choose(found) {
  now.clicked = [now.clicked[1], found?.gene ?? null];
  if (!found) clearSelection();
  else if (found.gene !== undefined) selectGene(found.gene);
  else selectEdge(found.edge);
}

/** @param {WheelEvent} event */
function scroll(event) {
  event.preventDefault();
  const lineHeight = event.deltaMode === 1 ? 16 : 1;
  zoomBy(Math.exp(-event.deltaY * lineHeight * (event.ctrlKey ? 0.01 : 0.0016)), ...placeIn(event));
  hideTip();
}

// ---- what the pointer is on
const point = oncePerFrame(() => {
  if (!now.pointedAt || pointers.size) return;
  const found = findAt(...placeIn(now.pointedAt));
  surface().classList.toggle("pointing", found !== null);
  if (!found) hideTip();
  else showTip(found.gene !== undefined ? describeGene(found.gene) : describeEdge(found.edge), now.pointedAt);
});

/** @param {PointerEvent} event */
function pointLater(event) {
  if (event.pointerType === "touch") return;
  now.pointedAt = event;
  point();
}

function hideTip() { byId("tip").hidden = true; }

/** @type {(lines: string[], place: MouseEvent) => void} */
function showTip([title, ...others], { clientX, clientY }) {
  const tip = byId("tip");
  tip.replaceChildren(make("b", { class: "gene" }, title), ...others.map((line) => make("div", {}, line)));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = clientX + 14 + width > innerWidth ? clientX - width - 10 : clientX + 14;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, Math.min(clientY + 14, innerHeight - height - 4))}px`;
}

// ---- keys and buttons
/** @param {number} factor */
const zoomMiddle = (factor) => {
  const { w, h } = currentView();
  zoomBy(factor, w / 2, h / 2);
};

/** @type {Record<string, () => void>} */
const SURFACE_KEYS = {
  ArrowLeft: () => panBy(60, 0), ArrowRight: () => panBy(-60, 0), ArrowUp: () => panBy(0, 60), ArrowDown: () => panBy(0, -60),
  "+": () => zoomMiddle(1.3), "=": () => zoomMiddle(1.3), "-": () => zoomMiddle(1 / 1.3), 0: () => change({ view: null }),
};

/** @param {KeyboardEvent} event */
function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in SURFACE_KEYS)) return;
  event.preventDefault();
  SURFACE_KEYS[event.key]();
}

export function setUpPointer() {
  const drawing = surface();
  drawing.addEventListener("pointerdown", press);
  drawing.addEventListener("pointermove", move);
  for (const end of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) drawing.addEventListener(end, release);
  drawing.addEventListener("wheel", scroll, { passive: false });
  drawing.addEventListener("pointerleave", () => { now.pointedAt = null; hideTip(); });
  drawing.addEventListener("keydown", pressKey);
  drawing.addEventListener("dblclick", () => { // of a gene that both clicks met: the first may have changed the drawing
    const [first, second] = now.clicked;
    if (first !== null && first === second) focusGene(first);
  });
  byId("zoom-in").addEventListener("click", () => zoomMiddle(1.4));
  byId("zoom-out").addEventListener("click", () => zoomMiddle(1 / 1.4));
  byId("zoom-fit").addEventListener("click", () => change({ view: null }));
}
