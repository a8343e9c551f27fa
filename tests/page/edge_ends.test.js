// Dashes and heads of edges between genes that lie near each other.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { DASHES, cutLine, endsOf, headSize, partsOf } from "../../grnet/explorer/page/edge_ends.js";
import { allLooks, lineAlpha } from "../../grnet/explorer/page/edge_looks.js";
import { network, nodes } from "../../grnet/explorer/page/network.js";
import { headPlace } from "../../grnet/explorer/page/overlay.js";
import { shown } from "../../grnet/explorer/page/state.js";
import { edgeTraces, segmentsOf } from "../../grnet/explorer/page/traces.js";
import { loadMade } from "./made_network.js";

const KNOWN = 0, NOVEL = 1; // both from gene 0: to (10, 10) and to (10, 0)
const viewAt = (k) => ({ x: 5, y: 5, k, w: 800, h: 600, fit: 10 });
const near = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-9, `${found}, expected ${expected}`);

beforeEach(() => loadMade());

test("a dashed line has a gap however short it is, and usual dashes where it is long", () => {
  for (const seen of [0.5, 2, 3, 5, 8, 12.9, 13, 17, 40, 200, 321]) {
    const parts = cutLine(7, 7 + seen), gaps = parts.slice(1).map(([from], k) => from - parts[k][1]);
    near(parts[0][0], 7);
    near(parts.at(-1)[1], 7 + seen);
    assert.ok(gaps.length >= 1 && Math.min(...gaps) >= Math.min(seen, 2) - 1e-9, `${seen}: ${gaps}`);
    assert.ok(parts.every(([from, until]) => until - from > -1e-9));
    near(Math.max(...gaps), Math.min(...gaps));
  }
  assert.deepEqual(cutLine(0, 13), [[0, 5], [8, 13]]);
  assert.equal(cutLine(0, 100_000).length, 41);
});

test("a head is smaller where genes are near, and leaves room for the gap of a dashed line", () => {
  for (const k of [1.5, 2, 3, 6, 20, 60]) {
    const view = viewAt(k), { from, until, seen, head, long } = endsOf(NOVEL, view);
    near(long, 10 * k);
    near(seen, Math.max(0, until - from));
    if (!seen) continue;
    assert.ok(head.at + head.size / 2 < until && head.at - head.size > from, `at ${k}`);
    const gap = partsOf(NOVEL, view, true, { all: true }).slice(0, 2);
    assert.ok(gap[0][1] * long > from && gap[1][0] * long <= head.at - head.size + 1e-9, "between the TF and the head");
  }
  assert.equal(endsOf(NOVEL, viewAt(60)).head.size, headSize(viewAt(60)));
  near(headPlace(NOVEL, viewAt(60)).size, 7);
  assert.deepEqual([headPlace(NOVEL, viewAt(1)).room, headPlace(NOVEL, viewAt(60)).room], [false, true]);
});

test("where novel edges are not dashed they are paler than known ones, however close", () => {
  Object.assign(shown, { crowded: true });
  for (const look of allLooks().filter(({ kind }) => kind === "novel")) {
    for (const k of [1, 10, 60, 600]) assert.ok(lineAlpha(look, viewAt(k)) < 0.7 * lineAlpha({ ...look, kind: "known" }, viewAt(k)) + 1e-9);
  }
});

test("a diamond's rim is where the line leaves it", () => {
  const view = viewAt(20), along = endsOf(NOVEL, view), slanting = endsOf(KNOWN, view);
  assert.ok(nodes.is_tf[0]);
  near(slanting.from - 1.5, (along.from - 1.5) / Math.SQRT2);
  near(slanting.long, 10 * 20 * Math.SQRT2);
});

test("solid lines are whole, and so are genes that cover their edge", () => {
  assert.deepEqual(partsOf(KNOWN, viewAt(3), false), [[0, 1]]);
  assert.deepEqual(partsOf(NOVEL, viewAt(0.1), true), [[0, 1]]);
});

test("long lines are left to usual dashes, unless all are to be cut", () => {
  assert.deepEqual(partsOf(NOVEL, viewAt(60), true), [[0, 1]]);
  assert.ok(partsOf(NOVEL, viewAt(60), true, { all: true }).length > 10);
  assert.equal(partsOf(NOVEL, viewAt(2.5), true).length, 2);
});

test("parts of an edge have NaN between them, so that null still ends an edge", () => {
  const { x, y } = segmentsOf([NOVEL, KNOWN], (e) => (e === NOVEL ? [[0, 0.25], [0.5, 1]] : [[0, 1]]));
  assert.deepEqual(x, [0, 2.5, NaN, 5, 10, null, 0, 10, null]);
  assert.deepEqual(y, [0, 0, NaN, 0, 0, null, 0, 10, null]);
});

test("plotly gets dashes for long novel edges, and cut lines for short ones and with WebGL", () => {
  Object.assign(globalThis, { document: { documentElement: {} }, getComputedStyle: () => ({ getPropertyValue: () => "" }) });
  const trace = (type, k) => edgeTraces(type, viewAt(k)).find(({ meta }) => meta.rows.includes(NOVEL));
  assert.deepEqual([trace("scatter", 60).line.dash, trace("scatter", 60).x.length], [DASHES, 3]);
  assert.deepEqual([trace("scatter", 2.5).line.dash, trace("scatter", 2.5).x.length], [DASHES, 6]);
  assert.equal(trace("scattergl", 60).line.dash, "solid");
  assert.ok(trace("scattergl", 60).x.filter(Number.isNaN).length > 10);
  Object.assign(shown, { crowded: true });
  assert.deepEqual([trace("scatter", 2.5).line.dash, trace("scattergl", 60).x.length], ["solid", 3]);
  assert.equal(network.nEdges, 5);
});
