// The view of the drawing, how it moves, and what lies under the pointer.

import { byId } from "./elements.js";
import { distanceTo, frameAll, frameAt, fromX, fromY, sizeOf, toX, toY, viewOf, zoomAround } from "./geometry.js";
import { network, nodes } from "./network.js";
import { change, chosenGenes, highlighted, shown, state } from "./state.js";

export const surface = () => byId("surface");

export function currentView() {
  const { clientWidth, clientHeight } = surface();
  return viewOf(network.extent, state.view, clientWidth, clientHeight);
}

/** @type {(x: number, y: number, k: number) => void} */
const setView = (x, y, k) => change({ view: frameAt(network.extent, currentView(), x, y, k) });

/** @type {(dx: number, dy: number) => void} */
export function panBy(dx, dy) {
  const { x, y, k } = currentView();
  setView(x - dx / k, y + dy / k, k);
}

/**
 * Zoom so that the place at pixel (px, py) stays there.
 * @type {(factor: number, px: number, py: number) => void}
 */
export function zoomBy(factor, px, py) {
  const { x, y, k } = zoomAround(currentView(), factor, px, py);
  setView(x, y, k);
}

/** Bring what is selected into the drawing's view. */
export function showSelection() {
  const bright = highlighted();
  if (state.tab !== "network" || !bright) return;
  const genes = chosenGenes(bright);
  const at = frameAll(currentView(), genes.map((i) => nodes.x[i]), genes.map((i) => nodes.y[i]));
  if (at) setView(at.x, at.y, at.k);
}

/** @type {(i: number, k: number) => number} */
export const geneSize = (i, k) => sizeOf(nodes, i, k);

/**
 * What is under the pixel (px, py); `reach` in pixels.
 * @type {(px: number, py: number, reach?: number) => Chosen | null}
 */
export function findAt(px, py, reach = 6) {
  const view = currentView(), bright = highlighted();
  let best = null, least = Infinity;
  for (let i = 0; i < network.nNodes; i++) {
    if (!shown.genes[i] && !bright?.genes.has(i)) continue;
    const distance = Math.hypot(toX(view, nodes.x[i]) - px, toY(view, nodes.y[i]) - py);
    const within = Math.max(geneSize(i, view.k) / 2 + 3, reach + 1);
    if (distance <= within && distance < least) [best, least] = [{ gene: i }, distance];
  }
  return best ?? findEdgeAt(view, px, py, reach, bright);
}

/** @type {(view: View, px: number, py: number, reach: number, bright: Bright | null) => Chosen | null} */
function findEdgeAt(view, px, py, reach, bright) {
  const x = fromX(view, px), y = fromY(view, py);
  /** @type {Chosen | null} */
  let best = null;
  let least = Infinity;
  /** @type {(e: number, bonus: number) => void} */
  const look = (e, bonus) => {
    const distance = distanceTo(network.segments, e, x, y) * view.k;
    if (distance <= reach && distance - bonus < least) [best, least] = [{ edge: e }, distance - bonus];
  };
  for (const e of shown.rows) look(e, 0);
  for (const e of bright?.edges ?? []) look(e, reach); // what is faded comes after what is not
  return best;
}
