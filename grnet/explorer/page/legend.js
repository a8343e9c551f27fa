// The legend of the drawing, and the samples of colour beside the filters.

import { TONE_COLOURS, colourOf } from "./colours.js";
import { DASHES } from "./edge_ends.js";
import { byId, make, shape } from "./elements.js";
import { SIGN_WORDS } from "./gene_words.js";
import { HOLDERS, SIGNS, edges, nameOfHolder, network } from "./network.js";
import { CHOOSING, onChange, shown, state } from "./state.js";
import { showThreshold } from "./text.js";

/** @param {SVGElement[]} shapes */
const sample = (shapes, width = 34) =>
  shape("svg", { viewBox: `${17 - width / 2} 0 ${width} 16`, width, height: 16, "aria-hidden": "true" }, shapes);

/** @param {Sign} sign */
export function swatch(sign) {
  const d = { activation: "M17 3L26 8L17 13Z", repression: "M24 2V14", unknown: "M17 3L26 8L17 13" }[sign];
  const stroke = network.compared ? "currentColor" : TONE_COLOURS[sign], filled = sign === "activation";
  return sample([
    shape("path", { d: "M1 8H33", class: "swatch", stroke, "stroke-width": 2.5 }),
    shape("path", { d, fill: filled ? stroke : "none", stroke, "stroke-width": filled ? 0 : 2.5 }),
  ], 30);
}

/** @param {Record<string, string | number>} look */
const line = (look) => sample([shape("path", { d: "M1 8H33", stroke: "currentColor", ...look })], 24);

/** @param {Holder} holder */
export const sampleOf = (holder) => sample([shape("path", { d: "M1 8H33", class: "swatch", stroke: TONE_COLOURS[holder], "stroke-width": 3 })], 24);

/** @type {(d: string, name: string) => SVGElement} */
const gene = (d, name) => sample([shape("path", { d, fill: colourOf(name), stroke: colourOf(`${name}-line`) })], 18);

function drawLegend() {
  const { levels: [low, high], nEdges } = network;
  const pale = shown.crowded && state.selection === null; // what a selection lights up is dashed however many edges there are
  /** @type {Record<string, string | number>} */
  const novel = pale ? { "stroke-width": 2, "stroke-opacity": 0.35 } : { "stroke-width": 2, "stroke-dasharray": DASHES };
  /** @type {[SVGElement, string][]} */
  const entries = [
    [gene("M17 0L25 8L17 16L9 8Z", "tf"), "TF (larger: more targets)"], [gene("M11 8a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z", "target"), "target"],
  ];
  if (network.compared) for (const holder of HOLDERS) entries.push([sampleOf(holder), nameOfHolder(holder)]);
  for (const sign of SIGNS) if (edges.sign.includes(sign)) entries.push([swatch(sign), SIGN_WORDS[sign]]);
  entries.push([line({ "stroke-width": 2 }), "known"], [line(novel), pale ? "novel (paler)" : "novel (dashed)"]);
  if (nEdges && high > low) {
    entries.push([line({ "stroke-width": 3 }), `probability > ${showThreshold(high)}`], [line({ "stroke-width": 1 }), `≤ ${showThreshold(low)}`]);
  }
  byId("legend").replaceChildren(...entries.map(([shown, text]) => make("div", {}, shown, text)));
}

export const setUpLegend = () => onChange([...CHOOSING, "theme", "selection"], drawLegend);
