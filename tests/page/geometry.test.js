// Views of the layout: places to pixels and back, moves, and what is near a pixel; names that find room.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  baseSize, distanceTo, findExtent, frameAll, frameAt, fromX, fromY, overlap, placeSegments, sizeOf, toX, toY, viewOf, zoomAround,
} from "../../grnet/explorer/page/geometry.js";
import { chooseLabels } from "../../grnet/explorer/page/name_labels.js";
import { network, nodes } from "../../grnet/explorer/page/network.js";
import { selectGene, highlighted } from "../../grnet/explorer/page/state.js";
import { segmentsOf } from "../../grnet/explorer/page/traces.js";
import { loadMade } from "./made_network.js";

beforeEach(() => loadMade());

test("the extent is that of all communities with a margin", () => {
  assert.deepEqual(network.extent, { x: [-5, 23], y: [-5, 28] });
  assert.deepEqual(findExtent([], "x"), [-1, 1]);
});

test("the first view shows everything, and never too close", () => {
  const view = viewOf(network.extent, null, 560, 330);
  assert.deepEqual(view, { x: 9, y: 11.5, k: 10, w: 560, h: 330, fit: 10 });
  assert.equal(viewOf({ x: [0, 1], y: [0, 1] }, null, 500, 500).k, 60);
  assert.deepEqual(viewOf(network.extent, { x: 1, y: 2, span: 56 }, 560, 330), { x: 1, y: 2, k: 10, w: 560, h: 330, fit: 10 });
});

test("places become pixels and come back; up is up", () => {
  const view = viewOf(network.extent, null, 560, 330);
  assert.deepEqual([toX(view, 9), toY(view, 11.5), toX(view, 10), toY(view, 12.5)], [280, 165, 290, 155]);
  assert.deepEqual([fromX(view, 290), fromY(view, 155)], [10, 12.5]);
});

test("a move stays inside the layout and between the closest and the farthest look", () => {
  const view = viewOf(network.extent, null, 560, 330);
  assert.deepEqual(frameAt(network.extent, view, 100, -100, 10), { x: 23, y: -5, span: 56 });
  assert.equal(frameAt(network.extent, view, 0, 0, 1000).span, 560 / 60);
  assert.equal(frameAt(network.extent, view, 0, 0, 1).span, 560 / 5);
});

test("a zoom leaves the place under the pointer where it is", () => {
  const view = viewOf(network.extent, null, 560, 330), before = [fromX(view, 100), fromY(view, 50)];
  const zoomed = { ...view, ...zoomAround(view, 2, 100, 50) };
  assert.equal(zoomed.k, 20);
  assert.deepEqual([fromX(zoomed, 100), fromY(zoomed, 50)], before);
});

test("genes out of view are brought into it, with the scale where they fit", () => {
  const view = { x: 0, y: 0, k: 10, w: 280, h: 280, fit: 5 };
  assert.equal(frameAll(view, [0, 9], [0, -9]), null);
  assert.deepEqual(frameAll(view, [20], [30]), { x: 20, y: 30, k: 10 });
  assert.deepEqual(frameAll(view, [0, 40], [0, 0]), { x: 20, y: 0, k: 5 });
});

test("an edge and its reverse lie side by side", () => {
  const aside = (0.11 / 10) * 10, two = { x: [0, 10], y: [0, 0] }, edges = { tf: [0, 1], target: [1, 0] };
  assert.deepEqual(placeSegments(two, edges, new Map([["0 1", 0], ["1 0", 1]])),
    { x0: [0, 10], y0: [aside, -aside], x1: [10, 0], y1: [aside, -aside] });
  assert.deepEqual(placeSegments(two, { tf: [0], target: [1] }, new Map([["0 1", 0]])), { x0: [0], y0: [0], x1: [10], y1: [0] });
});

test("the distance to a line is that to its nearest point", () => {
  const line = { x0: [0, 5], y0: [0, 5], x1: [10, 5], y1: [0, 5] };
  assert.deepEqual([distanceTo(line, 0, 5, 3), distanceTo(line, 0, 13, 4), distanceTo(line, 1, 8, 9)], [3, 5, 5]);
});

test("lines for plotly have a gap after each", () => {
  assert.deepEqual(segmentsOf([0, 1]), { x: [0, 10, null, 0, 10, null], y: [0, 10, null, 0, 0, null] });
});

test("genes grow as one comes closer, TFs with their targets", () => {
  assert.deepEqual([1, 20, 100].map(baseSize), [3, 9, 14]);
  assert.equal(sizeOf(nodes, 2, 20), 9);
  assert.equal(sizeOf(nodes, 1, 20), 9 * (1.5 + 0.12 * Math.sqrt(2)));
});

test("boxes that only touch do not overlap", () => {
  assert.deepEqual([overlap([0, 0, 2, 2], [1, 1, 3, 3]), overlap([0, 0, 2, 2], [2, 0, 3, 2])], [true, false]);
});

const measure = (text, _bold, size) => text.length * size * 0.5;

test("names are given to hubs first, in bold, and cover neither each other nor genes of weight", () => {
  const labels = chooseLabels(viewOf(network.extent, null, 560, 330), null, measure);
  assert.deepEqual(labels.map(({ text, bold }) => [text, bold]), [["Tf1", true], ["tf10", true], ["G,2", false], ["g\"3", false]]);
  const crowded = chooseLabels(viewOf(network.extent, { x: 9, y: 11, span: 560 }, 560, 330), null, measure);
  assert.ok(crowded.length < 4);
  assert.deepEqual(crowded[0].text, "Tf1");
});

test("names of a selection are those of its neighbours, its own in bold", () => {
  selectGene(2);
  const labels = chooseLabels(viewOf(network.extent, null, 560, 330), highlighted(), measure);
  assert.deepEqual(labels.map(({ text, bold }) => [text, bold]), [["G,2", true], ["Tf1", false], ["tf10", false]]);
});
