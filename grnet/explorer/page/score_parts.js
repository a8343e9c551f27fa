// What adds up to a score: bars that each begin where the one before ended; the last is the sum, from 0.

import { make } from "./elements.js";
import { roundToSum } from "./lists.js";
import { showSigned } from "./text.js";

/** @typedef {{ name: string, value: number, from: number, to: number, kind: string }} Bar */

/**
 * What adds up to a score: the baseline, RNA, images, and what else models of this kind have.
 * @param {Pick<EdgeEvidence, "baseline" | "rna" | "image" | "interaction" | "network" | "method">} found
 * @returns {Pair<string | number>[]} names and values
 */
export function listParts({ baseline, rna, image, interaction, network, method }) {
  /** @type {Pair<string | number>[]} */
  const parts = [["baseline", baseline], ["RNA", rna], ["images", image]];
  if (method === "shapley" || interaction) parts.push(["both together", interaction]);
  if (method === "exact" || network) parts.push(["known network", network]);
  return parts;
}

/**
 * The bars of a score's parts and of their sum, the parts rounded so that they add up as they are shown.
 * @param {Pair<string | number>[]} parts names and values
 * @param {string} total name of the sum
 * @param {number} sum
 * @returns {Bar[]}
 */
export function stackParts(parts, total, sum) {
  const shown = roundToSum(parts.map(([, value]) => Number(value)), sum);
  let from = 0;
  const bars = shown.map((value, k) => {
    const bar = { name: String(parts[k][0]), value, from, to: from + value, kind: value < 0 ? "against" : "for" };
    from = bar.to;
    return bar;
  });
  return [...bars, { name: total, value: sum, from: 0, to: sum, kind: "total" }];
}

/**
 * @param {string} caption
 * @param {Pair<string | number>[]} parts
 * @param {string} total
 * @param {number} sum
 */
export function showParts(caption, parts, total, sum) {
  const bars = stackParts(parts, total, sum), reach = bars.flatMap(({ from, to }) => [from, to]);
  const low = Math.min(0, ...reach), high = Math.max(0, ...reach);
  /** @param {number} value */
  const at = (value) => (100 * (value - low)) / (high - low || 1);
  return make("table", { class: "parts" }, make("caption", { class: "unseen" }, caption),
    make("tbody", {}, bars.map(({ name, value, from, to, kind }) => make("tr", { class: kind === "total" ? "total" : from === to ? "nought" : null },
      make("th", { scope: "row" }, name),
      make("td", { class: "bar" },
        make("i", { class: "zero", style: { left: `${at(0)}%` } }),
        make("i", { class: `fill ${kind}`, style: { left: `${at(Math.min(from, to))}%`, width: `${Math.abs(at(to) - at(from))}%` } })),
      make("td", { class: "number" }, showSigned(value))))));
}
