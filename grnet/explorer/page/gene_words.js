// Genes and edges in words: a title and the lines below it, for tooltips and announcements.

import { edges, nameOfHolder, network, nodes } from "./network.js";
import { shown, state } from "./state.js";
import { isMissing, onOneLine, plural, showCount, showNumber, showProbability, showSigned, showThreshold } from "./text.js";

/** @type {Record<Sign, string>} */
export const SIGN_WORDS = { activation: "activation (r > 0)", repression: "repression (r < 0)", unknown: "sign unknown" };

/** @param {number} e */
export const hasSign = (e) => edges.sign[e] === "activation" || edges.sign[e] === "repression";

/** @param {number} i */
export const geneName = (i) => onOneLine(nodes.symbol[i]);

/** @param {number} e */
export const edgeName = (e) => `${geneName(edges.tf[e])} → ${geneName(edges.target[e])}`;

/** @param {number} i */
export function describeGene(i) {
  const id = nodes.id[i] && nodes.id[i] !== nodes.symbol[i] ? ` (${onOneLine(nodes.id[i])})` : "";
  return [
    geneName(i) + id, nodes.is_tf[i] ? "transcription factor" : "target",
    `regulates ${plural(nodes.out_degree[i], "gene", "genes")}, regulated by ${showCount(nodes.in_degree[i])}`,
    `${plural(nodes.n_images[i], "image", "images")}, community ${nodes.community[i]}`,
  ];
}

/** @param {number} e */
export function describeEdge(e) {
  const between = isMissing(edges.seed_spread[e]) ? "" : `, between seeds ${showNumber(edges.seed_spread[e])}`;
  return [
    edgeName(e), `probability ${showProbability(edges.probability[e])}, spread ${showNumber(edges.spread[e])}${between}`,
    `rank ${showCount(edges.rank[e])}, r = ${showSigned(edges.correlation[e])}`,
    `${edges.sign[e] === "unknown" ? "sign unknown" : edges.sign[e]}, ${edges.known[e] ? "known" : "novel"} edge`,
    ...sayCompared(e),
  ];
}

/**
 * Who keeps an edge, and its probability in both networks; nothing where the page shows one.
 * @param {number} e
 */
export function sayCompared(e) {
  const { compared } = network;
  if (!compared) return [];
  const each = compared.names.map((name, k) => `${onOneLine(name)} ${isMissing(compared.probability[k][e]) ? "no score" : showProbability(Number(compared.probability[k][e]))}`);
  return [`kept by ${onOneLine(nameOfHolder(compared.held[e]))}: ${each.join(", ")}`];
}

export const sayShown = () =>
  `≥ ${showThreshold(state.threshold)} · ${showCount(shown.rows.length)} of ${plural(network.nEdges, "edge", "edges")}`;
