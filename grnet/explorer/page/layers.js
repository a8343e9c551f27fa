// TFs in layers: who regulates lies above whom it regulates, as far as there are no circles.

import { edges } from "./network.js";

const DOWN = 5, ACROSS = 5, ROW = 2.2; // units between layers, between genes, and between the rows of a wide layer
const SWEEPS = 6;

/**
 * Places of the genes of some edges.
 * @param {number[]} rows
 */
export function placeInLayers(rows) {
  const genes = [...new Set(rows.flatMap((e) => [edges.tf[e], edges.target[e]]))];
  const layers = untangle(layersOf(genes, rows), rows), width = Math.max(6, Math.ceil(2 * Math.sqrt(genes.length)));
  /** @type {Map<number, Pair<number>>} */
  const places = new Map();
  let y = 0;
  for (const layer of layers) {
    const nRows = Math.ceil(layer.length / width), inRow = Math.ceil(layer.length / nRows);
    layer.forEach((gene, k) => {
      const row = Math.floor(k / inRow), last = Math.min(inRow, layer.length - row * inRow);
      const x = (k % inRow - (last - 1) / 2) * ACROSS + (row % 2 ? ACROSS / 2 : 0);
      places.set(gene, [x, y - row * ROW]);
    });
    y -= DOWN + (nRows - 1) * ROW;
  }
  return places;
}

/**
 * Genes by layer, each below all that regulate it; edges that would close a circle do not count.
 * @param {number[]} genes
 * @param {number[]} rows
 */
function layersOf(genes, rows) {
  const place = new Map(orderOf(genes, rows).map((gene, k) => [gene, k]));
  /** @param {number} i */
  const placeOf = (i) => place.get(i) ?? 0;
  const down = rows.filter((e) => placeOf(edges.tf[e]) < placeOf(edges.target[e]));
  down.sort((a, b) => placeOf(edges.tf[a]) - placeOf(edges.tf[b]));
  const depth = new Map(genes.map((gene) => [gene, 0]));
  for (const e of down) {
    depth.set(edges.target[e], Math.max(depth.get(edges.target[e]) ?? 0, (depth.get(edges.tf[e]) ?? 0) + 1));
  }
  /** @type {number[][]} */
  const layers = [];
  for (const [gene, at] of depth) (layers[at] ??= []).push(gene);
  return layers;
}

/**
 * Genes from those that regulate to those that are regulated, few edges pointing back (Eades, Lin & Smyth 1993,
 * doi:10.1016/0020-0190(93)90079-O): sinks go last, sources first, and then whoever regulates most more than it is regulated.
 * @param {number[]} genes
 * @param {number[]} rows
 */
function orderOf(genes, rows) {
  const left = new Set(genes);
  /** @type {number[]} */
  const first = [];
  /** @type {number[]} */
  const last = [];
  const out = new Map(genes.map((gene) => [gene, 0])), into = new Map(out);
  /** @type {(counts: Map<number, number>, gene: number, by: number) => void} */
  const add = (counts, gene, by) => { counts.set(gene, (counts.get(gene) ?? 0) + by); };
  for (const e of rows) { add(out, edges.tf[e], 1); add(into, edges.target[e], 1); }
  /** @type {(gene: number, where: number[]) => void} */
  const take = (gene, where) => {
    where.push(gene);
    left.delete(gene);
    for (const e of rows) {
      if (edges.tf[e] === gene) add(into, edges.target[e], -1);
      if (edges.target[e] === gene) add(out, edges.tf[e], -1);
    }
  };
  while (left.size) {
    const sink = [...left].find((gene) => !out.get(gene)), source = [...left].find((gene) => !into.get(gene));
    if (sink !== undefined) take(sink, last);
    else if (source !== undefined) take(source, first);
    else take([...left].reduce((a, b) => (lead(b) > lead(a) ? b : a)), first);
  }
  return [...first, ...last.reverse()];

  /** @param {number} gene */
  function lead(gene) { return (out.get(gene) ?? 0) - (into.get(gene) ?? 0); }
}

/**
 * The layers with their genes in an order that lets few edges cross: each goes to the mean of its neighbours, by sweeps
 * up and down (barycentres: Sugiyama, Tagawa & Toda 1981, doi:10.1109/TSMC.1981.4308636).
 * @param {number[][]} layers
 * @param {number[]} rows
 */
function untangle(layers, rows) {
  /** @type {Map<number, number[]>} */
  const linked = new Map();
  for (const e of rows) for (const [a, b] of [[edges.tf[e], edges.target[e]], [edges.target[e], edges.tf[e]]]) {
    linked.set(a, [...linked.get(a) ?? [], b]);
  }
  /** @type {Map<number, number>} */
  const at = new Map();
  const settle = (/** @type {number[]} */ layer) => layer.forEach((gene, k) => at.set(gene, k - (layer.length - 1) / 2));
  layers.forEach(settle);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
      const mean = new Map(layer.map((gene) => {
        const others = (linked.get(gene) ?? []).map((other) => at.get(other) ?? 0);
        return [gene, others.reduce((a, b) => a + b, 0) / Math.max(1, others.length)];
      }));
      layer.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0) || a - b);
      settle(layer);
    }
  }
  return layers;
}
