// Where things are, without a page: from places in the layout to pixels of a drawing and back, and what a move makes of
// a view. A view is its centre, k = pixels for a unit, the size of the drawing in pixels, and the k that shows all.

const MARGIN = 1, CLOSEST = 60; // units of the layout around everything; pixels of a unit at the closest look

/** @type {(value: number, limits: Pair<number>) => number} */
const clamp = (value, [low, high]) => Math.min(high, Math.max(low, value));

/**
 * The ends of the layout along an axis, with some room around.
 * @param {Community[]} communities
 * @param {"x" | "y"} axis
 * @returns {Pair<number>}
 */
export function findExtent(communities, axis) {
  const low = communities.map((circle) => circle[axis] - circle.radius);
  const high = communities.map((circle) => circle[axis] + circle.radius);
  return low.length ? [Math.min(...low) - MARGIN, Math.max(...high) + MARGIN] : [-1, 1];
}

/**
 * The ends of some places along an axis, with room for names around.
 * @param {number[]} places
 * @returns {Pair<number>}
 */
export const findBounds = (places) => (places.length ? [Math.min(...places) - 3 * MARGIN, Math.max(...places) + 3 * MARGIN] : [-1, 1]);

/**
 * The view of a drawing of w × h pixels, of what `frame` says or of everything.
 * @param {Network["extent"]} extent
 * @param {Frame | null} frame
 * @param {number} w
 * @param {number} h
 * @returns {View}
 */
export function viewOf({ x, y }, frame, w, h) {
  const fit = Math.min(w / (x[1] - x[0]), h / (y[1] - y[0]));
  if (frame) return { x: frame.x, y: frame.y, k: w / frame.span, w, h, fit };
  return { x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2, k: Math.min(fit, CLOSEST), w, h, fit };
}

/** @type {(view: View, x: number) => number} */
export const toX = (view, x) => view.w / 2 + (x - view.x) * view.k;
/** @type {(view: View, y: number) => number} */
export const toY = (view, y) => view.h / 2 - (y - view.y) * view.k;
/** @type {(view: View, px: number) => number} */
export const fromX = (view, px) => view.x + (px - view.w / 2) / view.k;
/** @type {(view: View, py: number) => number} */
export const fromY = (view, py) => view.y - (py - view.h / 2) / view.k;

/** @param {View} view @param {number} k */
const limitScale = ({ fit }, k) => Math.min(Math.max(k, fit * 0.5), Math.max(CLOSEST, fit));

/**
 * The frame around a place that lies inside the layout, neither too close nor too far.
 * @param {Network["extent"]} extent
 * @param {View} view
 * @param {number} x
 * @param {number} y
 * @param {number} k
 * @returns {Frame}
 */
export function frameAt(extent, view, x, y, k) {
  return { x: clamp(x, extent.x), y: clamp(y, extent.y), span: view.w / limitScale(view, k) };
}

/**
 * The place and scale after a zoom that leaves what is at pixel (px, py) there.
 * @param {View} view
 * @param {number} factor
 * @param {number} px
 * @param {number} py
 */
export function zoomAround(view, factor, px, py) {
  const k = limitScale(view, view.k * factor);
  return { x: fromX(view, px) - (px - view.w / 2) / k, y: fromY(view, py) + (py - view.h / 2) / k, k };
}

/**
 * The place and scale that bring genes into view, zoomed out where they need it; null where all are in view.
 * @param {View} view
 * @param {number[]} xs
 * @param {number[]} ys
 */
export function frameAll(view, xs, ys, pad = 40) {
  const within = xs.every((x, k) => {
    const [px, py] = [toX(view, x), toY(view, ys[k])];
    return px >= pad && py >= pad && px <= view.w - pad && py <= view.h - pad;
  });
  if (within) return null;
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const most = Math.min((view.w - 2 * pad) / Math.max(x1 - x0, 1e-6), (view.h - 2 * pad) / Math.max(y1 - y0, 1e-6));
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, k: Math.min(view.k, most) };
}

/**
 * Edges as lines: an edge and its reverse lie side by side.
 * @param {Nodes} nodes
 * @param {Edges} edges
 * @param {Map<string, number>} edgeOf
 * @returns {Segments}
 */
export function placeSegments(nodes, edges, edgeOf) {
  /** @type {Segments} */
  const lines = { x0: [], y0: [], x1: [], y1: [] };
  edges.tf.forEach((a, e) => {
    const b = edges.target[e];
    const dx = nodes.x[b] - nodes.x[a], dy = nodes.y[b] - nodes.y[a], long = Math.hypot(dx, dy) || 1;
    const aside = edgeOf.has(`${b} ${a}`) ? 0.11 / long : 0;
    lines.x0.push(nodes.x[a] - dy * aside); lines.y0.push(nodes.y[a] + dx * aside);
    lines.x1.push(nodes.x[b] - dy * aside); lines.y1.push(nodes.y[b] + dx * aside);
  });
  return lines;
}

/**
 * How far a place is from a line, in units of the layout.
 * @param {Segments} lines
 * @param {number} e
 * @param {number} x
 * @param {number} y
 */
export function distanceTo(lines, e, x, y) {
  const dx = lines.x1[e] - lines.x0[e], dy = lines.y1[e] - lines.y0[e];
  const t = ((x - lines.x0[e]) * dx + (y - lines.y0[e]) * dy) / (dx * dx + dy * dy || 1);
  const at = clamp(t, [0, 1]);
  return Math.hypot(lines.x0[e] + at * dx - x, lines.y0[e] + at * dy - y);
}

/**
 * Sizes in pixels: genes grow as one comes closer.
 * @param {number} k
 */
export const baseSize = (k) => Math.min(14, Math.max(3, k * 0.45));

/** @param {Nodes} nodes @param {number} i @param {number} k */
export const sizeOf = (nodes, i, k) =>
  (nodes.is_tf[i] ? baseSize(k) * (1.5 + Math.min(1, 0.12 * Math.sqrt(nodes.out_degree[i]))) : baseSize(k));

/** @type {(a: Box, b: Box) => boolean} */
export const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
