// How edges look: by tone (sign, or who keeps them), kind, class of probability, and whether they link two communities.

import { HOLDERS, KINDS, SIGNS, edges, network, nodes, toneOf } from "./network.js";
import { shown } from "./state.js";

/** @param {Look} look */
export const keyOf = ({ tone, kind, level, between }) => `${tone} ${kind} ${level} ${between}`;

/** Whether one of two networks keeps an edge alone: that is what a comparison is about. @param {Look} look */
const differs = ({ tone }) => tone === "first" || tone === "second";

/** @param {Look} look */
const strengthOf = (look) => look.level + (look.kind === "known" ? 4 : 0) - (look.between ? 8 : 0) + (differs(look) ? 16 : 0);

/** @param {Tone[]} tones @returns {Look[]} */
const listLooks = (tones) => tones.flatMap((tone) => KINDS.flatMap((kind) => [0, 1, 2].flatMap((level) => [true, false].map(
  (between) => ({ tone, kind, level, between }))))).sort((a, b) => strengthOf(a) - strengthOf(b));

const SIGNED = listLooks(SIGNS), HELD = listLooks(HOLDERS);

/** All looks, faint ones first, so that the strong lie on top. */
export const allLooks = () => (network.compared ? HELD : SIGNED);

/** @param {number} e */
export const levelOf = (e) => network.levels.filter((limit) => edges.probability[e] > limit).length;

/** @param {number} e @returns {Look} */
export const lookOf = (e) => ({
  tone: toneOf(e), kind: edges.known[e] ? "known" : "novel", level: levelOf(e),
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
export function lineAlpha(look, view) {
  const { level, kind, between } = look;
  const closer = view.k / view.fit, most = kind === "novel" && shown.crowded ? 0.6 : 0.95; // novel ones stay paler where they are not dashed
  const fade = Math.min(1, Math.max(0.3, Math.sqrt(150 / Math.max(1, shown.rows.length))) * Math.max(1, closer) ** 0.4);
  return Math.min(most, fade * [0.55, 0.78, 1][level] * (kind === "known" ? 1.5 : 1) * (between ? 0.5 : 1)
    * (network.compared ? (differs(look) ? 1.8 : 0.55) : 1));
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
