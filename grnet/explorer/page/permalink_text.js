// What is shown, as the fragment of the page's address, and back.

import { HOLDERS, KINDS, SIGNS, edges, findEdge, network, nodes, rowOf, touches } from "./network.js";
import { ONLY, TABS, state } from "./state.js";

/** @param {Drawing | null} drawing */
export function writeLink(drawing = null) {
  const link = new URLSearchParams(), { selection, view } = state;
  if (state.tab !== "network") link.set("tab", state.tab);
  if (state.threshold !== network.threshold) link.set("p", String(state.threshold));
  if (state.hidden.size) link.set("hide", [...state.hidden].join(","));
  if (state.only.size) link.set("only", [...state.only].join(","));
  if (state.focus !== null) link.set("focus", nodes.symbol[state.focus]);
  if (selection?.gene !== undefined) link.set("gene", nodes.symbol[selection.gene]);
  if (selection?.edge !== undefined) {
    link.set("tf", nodes.symbol[edges.tf[selection.edge]]);
    link.set("target", nodes.symbol[edges.target[selection.edge]]);
  }
  if (view) link.set("view", [view.x, view.y, view.span].map((value) => value.toFixed(2)).join(","));
  if (state.theme) link.set("theme", state.theme);
  if (drawing) link.set("draw", drawing);
  return link.toString();
}

/**
 * What a fragment says; what cannot be read is left as it is at first.
 * @param {string} text
 * @returns {State}
 */
export function readLink(text) {
  const link = new URLSearchParams(text);
  /** @type {(name: string, known: string[]) => Set<string>} */
  const among = (name, known) => new Set((link.get(name) ?? "").split(",").filter((key) => known.includes(key)));
  const p = Number(link.get("p"));
  const focus = rowOf(link.get("focus")) ?? null, gene = rowOf(link.get("gene")), edge = findEdge(link.get("tf"), link.get("target"));
  return {
    threshold: link.get("p") && p >= 0 && p <= 1 ? p : network.threshold,
    hidden: among("hide", [...SIGNS, ...KINDS, ...HOLDERS]),
    only: among("only", ONLY),
    focus: gene === undefined && edge !== undefined && !touches(edge, focus) ? null : focus,
    selection: gene !== undefined ? { gene } : edge !== undefined ? { edge } : null,
    context: gene ?? null,
    view: readFrame(link.get("view")),
    tab: TABS.find((tab) => tab === link.get("tab")) ?? "network",
    theme: /** @type {Theme[]} */ (["light", "dark"]).find((theme) => theme === link.get("theme")) ?? null,
  };
}

/**
 * @param {string | null} text
 * @returns {Frame | null}
 */
function readFrame(text) {
  const [x, y, span, ...more] = (text ?? "").split(",").map(Number);
  return [x, y, span].every(Number.isFinite) && span > 0 && !more.length ? { x, y, span } : null;
}

/**
 * Which drawing a fragment asks for, null where it leaves that to the page.
 * @param {string} text
 * @returns {Drawing | null}
 */
export const readDrawing = (text) =>
  /** @type {Drawing[]} */ (["webgl", "svg"]).find((name) => name === new URLSearchParams(text).get("draw")) ?? null;
