// What is drawn now, beside the whole network: counts, what the novel edges are worth, and the TFs with most targets.

import { byId, make } from "./elements.js";
import { expectationOf } from "./expectation.js";
import { geneName } from "./gene_words.js";
import { range } from "./lists.js";
import { edges, network, nodes } from "./network.js";
import { CHOOSING, focusGene, onChange, shown } from "./state.js";
import { plural, showCount, showNumber } from "./text.js";
import { afterQuiet } from "./timing.js";

const N_HUBS = 10;

/** The TFs with most targets among the edges that are shown: [gene, targets], the largest first.
 * @returns {Pair<number>[]} */
export function hubsOf(rows = shown.rows) {
  const targets = new Map();
  for (const e of rows) targets.set(edges.tf[e], (targets.get(edges.tf[e]) ?? 0) + 1);
  return [...targets].sort(([i, a], [j, b]) => b - a || nodes.symbol[i].localeCompare(nodes.symbol[j])).slice(0, N_HUBS);
}

/** What the novel edges that are shown are worth: a line, and the same at length; "" where there are none.
 * @param {number[]} rows
 * @returns {Pair<string>} */
export function sayExpectation(rows) {
  if (network.compared) return ["", ""];
  const found = expectationOf(rows);
  if (!found && network.sentences.ranking && rows.some((e) => !edges.known[e])) {
    return ["expected precision unknown", "The data cannot tell how many of the novel edges are true: read their order as a ranking"];
  }
  if (!found) return ["", ""];
  const ends = [found.mean, found.low, found.high];
  const [mean, low, high] = ends.map((value) => showNumber(value, 2)), percent = ends.map((value) => `${showNumber(100 * value, 0)} %`);
  return [
    `expected precision ${mean} (${low} to ${high})`,
    `Of ${plural(found.n, "novel edge", "novel edges")} without a label, ${percent[0]} are expected to be true (95 % interval ${percent[1]} to ${percent[2]})`,
  ];
}

function sayWorth() {
  const [text, title] = sayExpectation(shown.rows);
  Object.assign(byId("expects"), { textContent: text, title });
}

function countDrawn() {
  const { rows } = shown, nKnown = rows.filter((e) => edges.known[e]).length;
  const genes = range(network.nNodes).filter((i) => shown.genes[i]), regulates = new Set(rows.map((e) => edges.tf[e]));
  const targets = new Set(rows.map((e) => edges.target[e]));
  /** @type {[number, string, string][]} */
  const counts = [
    [rows.length, "edge", "edges"], [nKnown, "of them known", "of them known"], [rows.length - nKnown, "novel", "novel"],
    [genes.length, "gene", "genes"], [regulates.size, "TF that regulates", "TFs that regulate"], [targets.size, "target", "targets"],
  ];
  byId("drawn-counts").replaceChildren(...counts.map(([value, one, many]) =>
    make("li", {}, make("b", {}, showCount(value)), ` ${value === 1 ? one : many}`)));
  byId("drawn").hidden = rows.length === network.nEdges;
}

function listHubs() {
  const hubs = hubsOf();
  byId("hubs").replaceChildren(...hubs.map(([i, n]) => make("li", {}, make(
    "button", { type: "button", title: `Lay out ${geneName(i)} with its targets`, onclick: () => focusGene(i) },
    make("span", { class: "gene" }, geneName(i)), make("span", { class: "soft" }, showCount(n))))));
  byId("hubs-title").hidden = !hubs.length;
}

export function setUpDrawnNow() {
  onChange(CHOOSING, sayWorth);
  onChange(CHOOSING, afterQuiet(() => { countDrawn(); listHubs(); }, 60));
}
