// Where genes lie around one gene and in layers, and what is said of what is drawn.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { fanOut, placeAround } from "../../grnet/explorer/page/arrangement.js";
import { hubsOf, sayExpectation } from "../../grnet/explorer/page/drawn_now.js";
import { expectationOf } from "../../grnet/explorer/page/expectation.js";
import { placeInLayers } from "../../grnet/explorer/page/layers.js";
import { loadNetwork, network, nodes } from "../../grnet/explorer/page/network.js";
import { change, clearSelection, focusGene, leaveFocus, selectEdge, selectGene, shown, state } from "../../grnet/explorer/page/state.js";
import { loadMade, made } from "./made_network.js";

beforeEach(() => loadMade());

/** Edges between genes of these numbers, all of them TFs, the most probable first. */
function loadPairs(pairs) {
  const { nodes: one, edges: some } = made(), n = 1 + Math.max(...pairs.flat());
  const fill = (values, length) => Array.from({ length }, (_, k) => values[k % values.length]);
  loadNetwork({
    ...made(), communities: [],
    nodes: { ...Object.fromEntries(Object.entries(one).map(([name, values]) => [name, fill(values, n)])),
      symbol: fill([""], n).map((_, i) => `g${i}`), is_tf: fill([true], n) },
    edges: { ...Object.fromEntries(Object.entries(some).map(([name, values]) => [name, fill(values, pairs.length)])),
      tf: pairs.map(([tf]) => tf), target: pairs.map(([, target]) => target) },
  });
}

test("genes of a fan keep apart, however many they are", () => {
  for (const n of [1, 2, 5, 20, 200]) {
    const places = fanOut(n);
    assert.equal(places.length, n);
    assert.ok(places.every(([x]) => x > 0), "to the right");
    const gaps = places.flatMap(([x, y], k) => places.slice(k + 1).map(([u, v]) => Math.hypot(x - u, y - v)));
    assert.ok(Math.min(...gaps, 9) > 1.2, `${n}: ${Math.min(...gaps)}`);
    const radius = places.map(([x, y]) => Math.hypot(x, y));
    assert.deepEqual(radius, [...radius].sort((a, b) => Math.fround(a) - Math.fround(b)), "the first nearest");
  }
  assert.deepEqual(fanOut(0), []);
  assert.deepEqual(fanOut(1), [[7, 0]]);
});

test("regulators lie on the left, targets on the right", () => {
  const places = placeAround(1, [1, 2, 3]);
  assert.deepEqual(places.get(1), [0, 0]);
  assert.deepEqual([...places.keys()].sort(), [0, 1, 2, 3]);
  assert.ok(places.get(0)[0] < 0);
  assert.ok(places.get(2)[0] > 0 && places.get(3)[0] > 0);
});

test("a gene that has the drawing for itself shows its own edges, and gives it back", () => {
  const { segments, communities } = network;
  focusGene(1);
  assert.deepEqual([state.selection, state.focus, shown.rows], [{ gene: 1 }, 1, [1, 2, 3]]);
  assert.deepEqual([nodes.x[1], nodes.y[1]], [0, 0]);
  assert.deepEqual(network.communities, []);
  selectGene(3);
  assert.deepEqual([state.selection, state.focus], [{ gene: 3 }, 1]);
  selectGene(4); // is not there
  assert.deepEqual([state.selection, state.focus], [{ gene: 4 }, 4]);
  leaveFocus();
  assert.deepEqual([state.selection, state.focus, shown.rows], [{ gene: 4 }, null, [0, 1, 2, 3]]);
  assert.deepEqual([nodes.x, network.segments, network.communities], [made().nodes.x, segments, communities]);
  focusGene(0);
  clearSelection();
  assert.equal(state.focus, null);
  focusGene(0);
  selectEdge(0);
  assert.equal(state.focus, 0);
  selectEdge(3); // of other genes
  assert.equal(state.focus, null);
});

test("who regulates lies above whom it regulates", () => {
  loadPairs([[0, 1], [1, 2], [0, 2], [3, 2]]);
  const places = placeInLayers([0, 1, 2, 3]), y = (i) => places.get(i)[1];
  assert.deepEqual([...places.keys()].sort(), [0, 1, 2, 3]);
  assert.ok(y(0) > y(1) && y(1) > y(2) && y(3) > y(2));
});

test("circles are opened, and no two genes of a wide layer lie on each other", () => {
  loadPairs([[0, 1], [1, 2], [2, 0]]);
  const three = placeInLayers([0, 1, 2]);
  assert.equal(new Set([...three.values()].map(([, y]) => y)).size, 3);
  loadPairs(Array.from({ length: 40 }, (_, k) => [0, k + 1]));
  const places = [...placeInLayers([...Array(40).keys()]).values()].map(String);
  assert.equal(new Set(places).size, 41);
  assert.deepEqual([...placeInLayers([]).values()], []);
});

test("the view starts anew where genes lie elsewhere, and stays where they do not", () => {
  const view = { x: 1, y: 2, span: 3 };
  change({ view });
  change({ threshold: 0 });
  assert.deepEqual(state.view, view);
  change({ only: new Set(["tfs"]) });
  assert.equal(state.view, null);
  change({ view, only: new Set(["tfs", "images"]) });
  change({ only: new Set(["tfs"]) });
  assert.deepEqual(state.view, view);
});

test("TFs alone are laid out in layers, and the whole network comes back", () => {
  change({ only: new Set(["tfs"]) });
  assert.deepEqual(shown.rows, [1]);
  assert.ok(nodes.y[0] > nodes.y[1]);
  change({ only: new Set() });
  assert.deepEqual(nodes.y, made().nodes.y);
});

test("expected precision of the novel edges shown has the interval of the summary", () => {
  const limits = { probability: [0.1, 0.5, 0.9], low: [0.05, 0.3, 0.8], high: [0.2, 0.6, 0.95] };
  loadMade({ summary: { unlabelled: { limits } } });
  const found = expectationOf([0, 1, 2, 4]); // 0 is known
  assert.equal(found.n, 3);
  assert.ok(Math.abs(found.mean - 2.2 / 3) < 1e-12);
  assert.ok(Math.abs(found.low - 0.2501235790167772) < 1e-12, String(found.low)); // as Python has it
  assert.equal(found.high, 1);
  assert.deepEqual(sayExpectation([1, 2, 4]), [
    "expected precision 0.73 (0.25 to 1.00)",
    "Of 3 novel edges without a label, 73 % are expected to be true (95 % interval 25 % to 100 %)",
  ]);
  assert.deepEqual(sayExpectation([0, 3]), ["", ""], "known edges alone");
  loadMade();
  assert.equal(expectationOf([1]), null);
  loadMade({ words: { ranking: true } });
  assert.equal(sayExpectation([1])[0], "expected precision unknown", "the data cannot tell");
  assert.deepEqual(sayExpectation([0]), ["", ""], "known edges alone");
});

test("TFs with most targets are those of what is shown", () => {
  assert.deepEqual(hubsOf([0, 1, 2, 3, 4]), [[0, 3], [1, 2]]);
  assert.deepEqual(hubsOf([2, 3]), [[1, 2]]);
  assert.deepEqual(hubsOf([]), []);
});
