// The network of the page, as its scripts see it: filled once by loadNetwork(), read by all others.

import { range } from "./lists.js";
import { findExtent, placeSegments } from "./geometry.js";

/** @type {Sign[]} */
export const SIGNS = ["activation", "repression", "unknown"];
/** @type {Holder[]} */
export const HOLDERS = ["first", "second", "both"];
/** @type {Kind[]} */
export const KINDS = ["known", "novel"];

export const nodes = /** @type {Nodes} */ ({});
export const edges = /** @type {Edges} */ ({});
export const network = /** @type {Network} */ ({});

/**
 * Take the network that the page shows.
 * @param {PageData} data
 */
export function loadNetwork(data) {
  Object.assign(nodes, data.nodes);
  Object.assign(edges, data.edges);
  const nNodes = nodes.symbol.length, nEdges = edges.tf.length;
  const edgeOf = new Map(range(nEdges).map((e) => [pairKey(edges.tf[e], edges.target[e]), e]));
  const communities = data.communities ?? [];
  Object.assign(network, {
    nNodes, nEdges, ...linkGenes(nNodes, nEdges), edgeOf, communities,
    evidence: data.evidence ?? null, summary: data.summary ?? {}, report: data.report ?? null,
    sentences: data.words ?? {}, labels: data.labels ?? [], threshold: data.threshold ?? 0,
    rowOf: new Map(nodes.symbol.map((symbol, i) => [symbol, i])),
    segments: nodes.x ? placeSegments(nodes, edges, edgeOf) : { x0: [], y0: [], x1: [], y1: [] },
    extent: { x: findExtent(communities, "x"), y: findExtent(communities, "y") },
    levels: [0.5, 0.85].map((share) => edges.probability[Math.min(nEdges - 1, Math.floor(nEdges * (1 - share)))]),
    geneSets: data.gene_sets ?? null, compared: data.compared ?? null,
    steps: [...new Set(edges.probability)].sort((a, b) => a - b),
  });
  network.home = nodes.x ? { x: nodes.x, y: nodes.y, segments: network.segments, extent: network.extent, communities } : null;
}

/** Edges in and out of every gene, most probable first, as rows of `edges` (which come in that order).
 * @type {(nNodes: number, nEdges: number) => { regulatorsOf: number[][], targetsOf: number[][] }} */
function linkGenes(nNodes, nEdges) {
  /** @type {number[][][]} */
  const [regulatorsOf, targetsOf] = [range(nNodes).map(() => []), range(nNodes).map(() => [])];
  for (const e of range(nEdges)) {
    targetsOf[edges.tf[e]].push(e);
    regulatorsOf[edges.target[e]].push(e);
  }
  return { regulatorsOf, targetsOf };
}

/** @type {(tf: number | undefined, target: number | undefined) => string} */
const pairKey = (tf, target) => `${tf} ${target}`;

/**
 * The edge between two genes that are named.
 * @param {string | null} tf
 * @param {string | null} target
 */
export const findEdge = (tf, target) => network.edgeOf.get(pairKey(rowOf(tf), rowOf(target)));

/**
 * What an edge is coloured by: who keeps it where two networks are compared, else its sign.
 * @param {number} e
 * @returns {Tone}
 */
export const toneOf = (e) => network.compared?.held[e] ?? edges.sign[e];

/** Who keeps an edge, in words. @param {Holder} holder */
export const nameOfHolder = (holder) => {
  const [first, second] = network.compared?.names ?? ["", ""];
  return { first: `only ${first}`, second: `only ${second}`, both: "both networks" }[holder];
};

/** @param {string | null} symbol */
export const rowOf = (symbol) => (symbol === null ? undefined : network.rowOf.get(symbol));

/** @type {(e: number, i: number | null) => boolean} */
export const touches = (e, i) => i !== null && (edges.tf[e] === i || edges.target[e] === i);
