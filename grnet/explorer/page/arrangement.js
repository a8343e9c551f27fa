// Where genes lie: as in the whole network, around one gene, or in layers where only TFs are shown.

import { findBounds, placeSegments } from "./geometry.js";
import { placeInLayers } from "./layers.js";
import { edges, network, nodes } from "./network.js";

const SPAN = 2.5; // radians that a fan opens
const FIRST = 7, STEP = 4; // units from the gene to the first ring of a fan, and from ring to ring
const [NEAR, FAR] = [1.3, 2.4]; // units between neighbours in a ring, at least and at most

/**
 * Place the genes that are shown.
 * @param {State} state
 * @param {Shown} shown
 */
export function arrange({ focus, only }, shown) {
  if (!network.home) return; // the page draws no network
  if (focus !== null) place(placeAround(focus, shown.rows));
  else if (only.has("tfs")) place(placeInLayers(shown.rows));
  else if (nodes.x !== network.home.x) {
    const { x, y, segments, extent, communities } = network.home;
    Object.assign(nodes, { x, y });
    Object.assign(network, { segments, extent, communities });
  }
}

/** @param {Map<number, Pair<number>>} places */
function place(places) {
  const points = [...places.values()], lowest = Math.min(0, ...points.map(([, y]) => y));
  // what does not pass may be selected all the same: it lies below, TFs apart from targets
  const at = nodes.symbol.map((_, i) => places.get(i) ?? [nodes.is_tf[i] ? -3 : 3, lowest - 2]);
  nodes.x = at.map(([x]) => x);
  nodes.y = at.map(([, y]) => y);
  network.segments = placeSegments(nodes, edges, network.edgeOf);
  network.extent = { x: findBounds(points.map(([x]) => x)), y: findBounds(points.map(([, y]) => y)) };
  network.communities = [];
}

/**
 * A gene with its regulators on the left and its targets on the right, the most probable nearest.
 * @param {number} focus
 * @param {number[]} rows edges of the gene, the most probable first
 */
export function placeAround(focus, rows) {
  /** @type {Map<number, Pair<number>>} */
  const places = new Map([[focus, [0, 0]]]);
  const regulators = rows.filter((e) => edges.target[e] === focus).map((e) => edges.tf[e]);
  const targets = rows.filter((e) => edges.tf[e] === focus).map((e) => edges.target[e]).filter((i) => !regulators.includes(i));
  for (const [genes, side] of /** @type {[number[], number][]} */ ([[regulators, -1], [targets, 1]])) {
    fanOut(genes.length).forEach(([x, y], k) => places.set(genes[k], [side * x, y]));
  }
  return places;
}

/**
 * Places of `n` genes in a fan that opens to the right, ring by ring, each from the top down.
 * @param {number} n
 * @returns {Pair<number>[]}
 */
export function fanOut(n) {
  const places = [];
  for (let radius = FIRST, left = n; left > 0; radius += STEP) {
    const here = Math.min(left, 1 + Math.floor(SPAN * radius / NEAR));
    const open = Math.min(SPAN, (here - 1) * FAR / radius);
    for (let k = 0; k < here; k++) {
      const angle = here === 1 ? 0 : open * (0.5 - k / (here - 1));
      places.push(/** @type {Pair<number>} */ ([radius * Math.cos(angle), radius * Math.sin(angle)]));
    }
    left -= here;
  }
  return places;
}
