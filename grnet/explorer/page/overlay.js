// What lies over plotly's drawing: arrowheads, names, and what the selection lights up while the rest is faded. It is SVG
// of a few hundred shapes at most, so it follows every frame of a move.

import { TONE_COLOURS, colourOf } from "./colours.js";
import { DASHES, endsOf, headSize, partsOf } from "./edge_ends.js";
import { brightWidth, keyOf, levelOf, lineAlpha, lookOf } from "./edge_looks.js";
import { byId, shape } from "./elements.js";
import { toX, toY } from "./geometry.js";
import { groupBy } from "./lists.js";
import { chooseLabels } from "./name_labels.js";
import { edges, network, nodes, toneOf } from "./network.js";
import { chosenGenes, highlighted, shown } from "./state.js";
import { currentView, geneSize } from "./view.js";

const MOST_ARROWS = 420;
const LEAST_ROOM = 5; // pixels between two genes for a head

/**
 * What the overlay shows.
 * @type {Scene}
 */
export const scene = { edges: [], arrows: [], bright: null, labels: [] };

/** @type {Record<string, SVGElement>} */
const layers = {};

export function setUpOverlay() {
  for (const name of ["edges", "arrows", "genes", "labels"]) layers[name] = shape("g");
  byId("overlay").append(...Object.values(layers));
}

/** Draw the overlay; `fresh`: what is in it is chosen anew, too. */
export function drawOverlay({ fresh = false }) {
  const view = currentView();
  if (!view.w || !view.h) return;
  if (fresh) {
    const bright = highlighted();
    byId("network").classList.toggle("faded", bright !== null);
    byId("nothing").hidden = shown.rows.length > 0 || network.nEdges === 0;
    Object.assign(scene, { bright, edges: bright?.edges ?? [], arrows: chooseArrows(view, bright), labels: chooseLabels(view, bright) });
  }
  layers.edges.replaceChildren(...brightEdges(view));
  layers.arrows.replaceChildren(...arrowheads(view));
  layers.genes.replaceChildren(...brightGenes(view));
  if (fresh) layers.labels.replaceChildren(...scene.labels.map(labelElement));
  scene.labels.forEach((label, k) => placeLabel(layers.labels.children[k], label, view));
}

const ringedGenes = () => (scene.bright ? chosenGenes(scene.bright) : []);

// ---- edges that the selection lights up
/** @param {number[]} rows */
export const groupByLook = (rows) => groupBy(rows, (e) => `${toneOf(e)} ${edges.known[e]} ${levelOf(e)}`);

/** @param {View} view */
function brightEdges(view) {
  const rings = ringedGenes();
  return groupByLook(scene.edges).map((rows) => shape("path", {
    d: rows.map((e) => pathOf(e, view, rings)).join(""), fill: "none", stroke: TONE_COLOURS[toneOf(rows[0])],
    "stroke-width": brightWidth(rows[0], scene.edges.length, view) + (scene.edges.length === 1 ? 1.2 : 0), "stroke-opacity": 0.9,
    "stroke-dasharray": edges.known[rows[0]] ? "none" : DASHES,
  }));
}

/** @param {number} value */
const at = (value) => value.toFixed(1);

/** @type {(e: number, view: View, rings: number[]) => string} */
function pathOf(e, view, rings) {
  const { x, y, ux, uy, long } = endsOf(e, view);
  /** @param {number} part */
  const point = (part) => `${at(x + part * long * ux)} ${at(y + part * long * uy)}`;
  return partsOf(e, view, !edges.known[e], { rings }).map(([from, to]) => `M${point(from)}L${point(to)}`).join("");
}

// ---- heads: an arrow for activation, a bar for repression, an open arrow where the sign is unknown
/** @type {(view: View, bright: Bright | null) => number[]} */
function chooseArrows(view, bright) {
  const rows = bright?.edges ?? shown.rows.filter((e) => {
    const { x, y } = headPlace(e, view);
    return x >= 0 && y >= 0 && x <= view.w && y <= view.h;
  });
  return rows.length <= MOST_ARROWS ? rows : [];
}

/**
 * Where the head of an edge is, which way it points, its size, and whether there is room for it.
 * @type {(e: number, view: View, most?: number) => { x: number, y: number, ux: number, uy: number, size: number, room: boolean }}
 */
export function headPlace(e, view, most = headSize(view)) {
  const { x, y, ux, uy, seen, head: { at: along, size } } = endsOf(e, view, { size: most, rings: ringedGenes() });
  return { x: x + along * ux, y: y + along * uy, ux, uy, size, room: seen >= LEAST_ROOM };
}

/** @type {(e: number, view: View, most: number) => string} */
function headPath(e, view, most) {
  const { x, y, ux, uy, size, room } = headPlace(e, view, most);
  if (!room) return "";
  /** @type {(along: number, across: number) => string} */
  const point = (along, across) => `${at(x + along * ux - across * uy)} ${at(y + along * uy + across * ux)}`;
  if (edges.sign[e] === "repression") return `M${point(0, -size * 0.75)}L${point(0, size * 0.75)}`;
  const head = `M${point(-size, -size * 0.6)}L${point(size * 0.5, 0)}L${point(-size, size * 0.6)}`;
  return edges.sign[e] === "activation" ? `${head}Z` : head;
}

/**
 * One path for heads that look the same; as strong as their lines.
 * @param {View} view
 */
function arrowheads(view) {
  const most = scene.arrows.length === 1 ? 9 : headSize(view);
  return groupBy(scene.arrows, (e) => `${keyOf(lookOf(e))} ${edges.sign[e]}`).map((rows) => {
    const look = lookOf(rows[0]), colour = TONE_COLOURS[look.tone], sign = edges.sign[rows[0]], filled = sign === "activation";
    return shape("path", {
      d: rows.map((e) => headPath(e, view, most)).join(""), fill: filled ? colour : "none", stroke: colour,
      "stroke-width": filled ? 0 : sign === "repression" ? 2.6 : 1.8,
      opacity: scene.bright ? 1 : Math.min(1, lineAlpha(look, view) + 0.2), class: "heads",
    });
  });
}

// ---- genes that the selection lights up
/** @type {(i: number, view: View, more?: number) => string} */
function outlineOf(i, view, more = 0) {
  const [x, y, r] = [toX(view, nodes.x[i]), toY(view, nodes.y[i]), geneSize(i, view.k) / 2 + more];
  if (nodes.is_tf[i]) return `M${at(x)} ${at(y - r * 1.3)}L${at(x + r * 1.3)} ${at(y)}L${at(x)} ${at(y + r * 1.3)}L${at(x - r * 1.3)} ${at(y)}Z`;
  return `M${at(x - r)} ${at(y)}a${at(r)} ${at(r)} 0 1 0 ${at(2 * r)} 0a${at(r)} ${at(r)} 0 1 0 ${at(-2 * r)} 0Z`;
}

/** @param {View} view */
function brightGenes(view) {
  if (!scene.bright) return [];
  const genes = [...scene.bright.genes];
  /** @type {(rows: number[], more: number) => string} */
  const pathsOf = (rows, more) => rows.map((i) => outlineOf(i, view, more)).join("");
  return [
    ...[false, true].map((isTf) => shape("path", {
      d: pathsOf(genes.filter((i) => nodes.is_tf[i] === isTf), 0.5), fill: colourOf(isTf ? "tf" : "target"),
      stroke: colourOf(isTf ? "tf-line" : "target-line"), "stroke-width": isTf ? 1 : 0.7,
    })),
    shape("path", { d: pathsOf(chosenGenes(scene.bright), 4), fill: "none", stroke: colourOf("accent"), "stroke-width": 2.5, class: "chosen" }),
  ];
}

// ---- names
/** @param {NameLabel} label */
function labelElement({ text, bold, size }) {
  return shape("text", { "font-size": size, "font-weight": bold ? 700 : 400 }, text);
}

/** @type {(element: Element, label: NameLabel, view: View) => void} */
function placeLabel(element, { i, dx, dy }, view) {
  element.setAttribute("x", at(toX(view, nodes.x[i]) + dx));
  element.setAttribute("y", at(toY(view, nodes.y[i]) + dy));
}
