// How edges look: by sign, kind, class of probability, and whether they link two communities.

import { KINDS, SIGNS, edges, network, nodes } from "./network.js";
import { shown } from "./state.js";

/** @param {Look} look */
export const keyOf = ({ sign, kind, level, between }) => `${sign} ${kind} ${level} ${between}`;

/** @param {Look} look */
const strengthOf = ({ kind, level, between }) => level + (kind === "known" ? 4 : 0) - (between ? 8 : 0);

/** All looks, faint ones first, so that the strong lie on top.
 * @type {Look[]} */
export const LOOKS = SIGNS.flatMap((sign) => KINDS.flatMap((kind) => [0, 1, 2].flatMap((level) => [true, false].map(
  (between) => ({ sign, kind, level, between }))))).sort((a, b) => strengthOf(a) - strengthOf(b));

/** @param {number} e */
export const levelOf = (e) => network.levels.filter((limit) => edges.probability[e] > limit).length;

/** @param {number} e @returns {Look} */
export const lookOf = (e) => ({
  sign: edges.sign[e], kind: edges.known[e] ? "known" : "novel", level: levelOf(e),
  between: nodes.community[edges.tf[e]] !== nodes.community[edges.target[e]],
});

/** @param {Look} look */
export const lineWidth = ({ level, kind }) =>
  [0.9, 1.4, 2.1][level] * (kind === "known" ? 1.3 : 1) * (shown.crowded ? 0.8 : 1);

/**
 * Lines are fainter where there are many, less so as one comes closer.
 * @param {Look} look
 * @param {View} view
 */
export function lineAlpha({ level, kind, between }, view) {
  const closer = view.k / view.fit;
  const fade = Math.min(1, Math.max(0.3, Math.sqrt(150 / Math.max(1, shown.rows.length))) * Math.max(1, closer) ** 0.4);
  return Math.min(0.95, fade * [0.55, 0.78, 1][level] * (kind === "known" ? 1.5 : 1) * (between ? 0.5 : 1));
}

/** @param {Look} look */
export const isDashed = ({ kind }) => kind === "novel" && !shown.crowded;

/**
 * Width of an edge that the selection lights up: thinner where they are many and far.
 * @param {number} e
 * @param {number} many
 * @param {View} view
 */
export const brightWidth = (e, many, view) =>
  [1.3, 1.9, 2.6][levelOf(e)] * Math.min(1, Math.max(0.45, Math.sqrt(12 / many) * (view.k / view.fit) ** 0.5));
