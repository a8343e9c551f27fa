// The network, its filters and its selection.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { describeEdge, describeGene, edgeName, sayShown } from "../../grnet/explorer/page/gene_words.js";
import { edges, findEdge, loadNetwork, network, nodes, rowOf, touches } from "../../grnet/explorer/page/network.js";
import {
  bestEdgeOf, change, chosenGenes, clearSelection, countOf, edgesOf, highlighted, onChange, passes, rowAfter, selectEdge,
  selectGene, showTab, shown, state, stepOf,
} from "../../grnet/explorer/page/state.js";
import { levelOf, lookOf } from "../../grnet/explorer/page/edge_looks.js";
import { loadMade, made } from "./made_network.js";

beforeEach(() => loadMade());

test("genes know their edges, best first", () => {
  assert.deepEqual(network.targetsOf, [[0, 1, 4], [2, 3], [], [], []]);
  assert.deepEqual(network.regulatorsOf, [[], [1], [0, 2], [3, 4], []]);
  assert.deepEqual([network.nNodes, network.nEdges], [5, 5]);
  assert.deepEqual(network.steps, [0.5, 0.8, 0.9, 0.99996]);
});

test("edges and genes are found by name", () => {
  assert.equal(rowOf("G,2"), 2);
  assert.equal(rowOf("tf1"), undefined);
  assert.equal(findEdge("Tf1", "tf10"), 1);
  assert.equal(findEdge("tf10", "Tf1"), undefined);
  assert.equal(findEdge(null, "Tf1"), undefined);
  assert.deepEqual([touches(0, 2), touches(0, 1), touches(0, null)], [true, false, false]);
});

test("a page without a drawing has neither places nor communities", () => {
  const { nodes: { x, y, ...others }, edges: these } = made();
  delete nodes.x;
  loadNetwork({ nodes: others, edges: these });
  assert.deepEqual(network.segments, { x0: [], y0: [], x1: [], y1: [] });
  assert.deepEqual([network.communities, network.labels, network.threshold, network.evidence], [[], [], 0, null]);
});

test("threshold and filters decide what is shown", () => {
  assert.deepEqual(shown.rows, [0, 1, 2, 3]);
  assert.deepEqual([...shown.genes], [1, 1, 1, 1, 0]);
  assert.deepEqual([shown.nGenes, shown.crowded], [4, false]);
  change({ threshold: 0.85 });
  assert.deepEqual(shown.rows, [0, 1]);
  change({ threshold: 0, hidden: new Set(["novel"]) });
  assert.deepEqual(shown.rows, [0, 3]);
  change({ hidden: new Set(["repression", "unknown"]) });
  assert.deepEqual(shown.rows, [0, 3]);
  change({ hidden: new Set(), only: new Set(["tfs"]) });
  assert.deepEqual(shown.rows, [1]);
  change({ only: new Set(["images"]) });
  assert.deepEqual(shown.rows, [0, 4]);
  change({ threshold: 1 });
  assert.deepEqual([shown.rows, shown.nGenes], [[], 0]);
});

test("many edges are crowded", () => {
  const n = 501, { edges: few, ...others } = made();
  const many = Object.fromEntries(Object.entries(few).map(([name, column]) => [name, Array.from({ length: n }, () => column[0])]));
  loadMade({ ...others, edges: many });
  assert.equal(shown.crowded, true);
  loadMade();
  assert.equal(shown.crowded, false);
});

test("a filter counts what it lets through beside the others", () => {
  change({ threshold: 0 });
  assert.deepEqual(["known", "novel", "activation", "repression", "unknown"].map(countOf), [2, 3, 2, 2, 1]);
  change({ hidden: new Set(["novel", "activation"]) });
  assert.deepEqual(["known", "novel", "activation", "repression"].map(countOf), [0, 3, 2, 0]);
});

test("the slider has a step for each probability, and one more where nothing passes", () => {
  assert.deepEqual([0, 0.5, 0.6, 0.8, 0.99996, 1].map(stepOf), [0, 0, 1, 1, 3, 4]);
});

test("who listens hears of the changes that it asked for", () => {
  const heard = [];
  onChange(["selection", "tab"], () => heard.push("a"));
  onChange(["threshold"], () => heard.push(shown.rows.length));
  change({ threshold: 0.95 });
  showTab("table");
  change({ theme: "dark" });
  assert.deepEqual(heard, [1, "a"]);
});

test("a selected gene is the one whose edges are stepped through, as long as they are its own", () => {
  selectGene(1);
  assert.deepEqual([state.selection, state.context], [{ gene: 1 }, 1]);
  selectEdge(2);
  assert.deepEqual([state.selection, state.context], [{ edge: 2 }, 1]);
  selectEdge(0);
  assert.deepEqual([state.selection, state.context], [{ edge: 0 }, null]);
  clearSelection();
  assert.deepEqual([state.selection, state.context], [null, null]);
});

test("a selection leaves the figures, and no other tab", () => {
  showTab("figures");
  selectGene(0);
  assert.equal(state.tab, "network");
  showTab("table");
  selectEdge(0);
  assert.equal(state.tab, "table");
});

test("edges of a gene are those that pass", () => {
  assert.deepEqual(edgesOf(0), [0, 1]);
  assert.deepEqual(edgesOf(1), [1, 2, 3]);
  assert.equal(bestEdgeOf(3), 3);
  assert.deepEqual([passes(4), passes(0, new Set(["known"]))], [false, false]);
});

test("a selection lights up its edges and their genes", () => {
  assert.equal(highlighted(), null);
  selectEdge(4);
  assert.deepEqual(highlighted(), { edges: [4], genes: new Set([0, 3]) });
  assert.deepEqual(chosenGenes(highlighted()), [0, 3]);
  selectGene(2);
  assert.deepEqual(highlighted(), { edges: [0, 2], genes: new Set([2, 0, 1]) });
  assert.deepEqual(chosenGenes(highlighted()), [2]);
});

test("steps go round, and begin at the end that one comes from", () => {
  assert.deepEqual([rowAfter([3, 1, 2], 1), rowAfter([3, 1, 2], -1)], [3, 2]);
  selectEdge(2);
  assert.deepEqual([rowAfter([3, 1, 2], 1), rowAfter([3, 1, 2], -1)], [3, 1]);
});

test("genes and edges in words", () => {
  assert.deepEqual(describeGene(0), ["Tf1 (id1)", "transcription factor", "regulates 3 genes, regulated by 0", "2 images, community 1"]);
  assert.deepEqual(describeGene(4)[0], "Tf2");
  assert.deepEqual(describeEdge(3), ["tf10 → g\"3", "probability 0.800, spread 0.050, between seeds 0.010", "rank 4, r = +0.10", "activation, known edge"]);
  assert.deepEqual(describeEdge(2).slice(1), ["probability 0.800, spread –", "rank 3, r = –", "sign unknown, novel edge"]);
  nodes.symbol[0] = "Tf\n1";
  assert.equal(edgeName(0), "Tf 1 → G,2");
  assert.equal(sayShown(), "≥ 0.800 · 4 of 5 edges");
});

test("lines are as wide as their edge is probable among all of the page", () => {
  assert.deepEqual(network.levels, [0.8, 0.99996]);
  assert.deepEqual(edges.probability.map((_, e) => levelOf(e)), [1, 1, 0, 0, 0]);
  assert.deepEqual(lookOf(4), { tone: "repression", kind: "novel", level: 0, between: true });
});
