// What charts and panels are drawn from: scales, bins, series, parts of a score, evidence, data URIs.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  chooseBins, chooseTicks, countInBins, countInSquares, scale, shortenTo, showTick, stackDots, trace, widen,
} from "../../grnet/explorer/page/chart_scales.js";
import { translucent } from "../../grnet/explorer/page/colours.js";
import { allLooks, keyOf } from "../../grnet/explorer/page/edge_looks.js";
import { binDegrees, precisionPoints, stepPoints } from "../../grnet/explorer/page/figure_series.js";
import { correlate, decode, describeImage, evidenceOf, imageOf, profileOf, sayNoImage, sayNoProfile, sayPlaces, titleOf } from "../../grnet/explorer/page/gene_evidence.js";
import { groupBy, range, roundToSum, thin } from "../../grnet/explorer/page/lists.js";
import { readDataUri } from "../../grnet/explorer/page/saving.js";
import { listParts, stackParts } from "../../grnet/explorer/page/score_parts.js";
import { loadMade, madeEvidence, madeEvidenceOfTwo } from "./made_network.js";

beforeEach(() => loadMade({ evidence: madeEvidence() }));

test("scales and ticks", () => {
  assert.deepEqual([0, 5, 10].map(scale([0, 10], [100, 0])), [100, 50, 0]);
  assert.equal(scale([3, 3], [0, 10])(3), 0);
  assert.deepEqual(chooseTicks([0, 1], 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(chooseTicks([-1.2, 3.1], 4), [0, 2]);
  assert.deepEqual([-2, 0.5, 12345, 20000].map(showTick), ["−2", "0.5", "12.345k", "20k"]);
  assert.deepEqual(widen([0, 10], 0.1), [-1, 11]);
  assert.deepEqual(widen([4]), [3.5, 4.5]);
  assert.equal(shortenTo("expression of a gene", 62), "expressio…");
});

test("bins hold all values, the highest in the last", () => {
  assert.deepEqual(countInBins([0, 0.1, 0.5, 1], [0, 1], 2), [2, 2]);
  assert.deepEqual(countInBins([7, 7], [7, 7], 3), [2, 0, 0]);
  assert.deepEqual(countInSquares([0, 0, 1], [0, 0, 1], [[0, 1], [0, 1]], 2), [{ column: 0, row: 0, n: 2 }, { column: 1, row: 1, n: 1 }]);
  assert.deepEqual([1, 50, 1000].map(chooseBins), [6, 8, 16]);
});

test("dots that would cover each other are stacked", () => {
  assert.deepEqual(stackDots([0, 5, 20, 3, 21], 9), [0, 1, 0, 2, 1]);
  assert.deepEqual(stackDots([], 9), []);
});

test("lines go straight or in steps", () => {
  assert.equal(trace([[0, 1], [2, 3]], false), "M0.0 1.0L2.0 3.0");
  assert.equal(trace([[0, 1], [2, 3]], true), "M0.0 1.0H2.0V3.0");
});

test("what a threshold keeps, and how much of it should be true", () => {
  assert.deepEqual(stepPoints([0.9, 0.5]), [{ x: 0.9, y: 1 }, { x: 0.5, y: 2 }]);
  assert.deepEqual(precisionPoints([1, 0.5, 0.25]), [{ x: 1, y: 1 }, { x: 0.5, y: 0.75 }, { x: 0.25, y: 1.75 / 3 }]);
  const thinned = stepPoints(range(1001).map((k) => 1 - k / 1001));
  assert.equal(thinned.length, 335);
  assert.equal(thinned[334].y, 1001);
});

test("degrees are counted in bins of whole numbers", () => {
  assert.deepEqual(binDegrees([1, 1, 3]).map(({ n }) => n), [0, 2, 0, 1]);
  const wide = binDegrees([1, 60, 61]);
  assert.deepEqual([wide.length, wide[0], wide[20]], [21, { from: 0, to: 3, n: 1 }, { from: 60, to: 63, n: 2 }]);
});

test("lists", () => {
  assert.deepEqual(groupBy([3, 1, 4, 5], (n) => String(n % 2)), [[3, 1, 5], [4]]);
  assert.deepEqual(thin(range(5), 2), [0, 3, 4]);
});

test("parts are rounded so that they add up as they are shown", () => {
  assert.deepEqual(roundToSum([0.335, 0.335, 0.33], 1), [0.34, 0.33, 0.33]);
  assert.deepEqual(roundToSum([-0.004, 0.004], 0), [0, 0]);
  const bars = stackParts([["a", 0.5], ["b", -0.25]], "sum", 0.25);
  assert.deepEqual(bars, [
    { name: "a", value: 0.5, from: 0, to: 0.5, kind: "for" }, { name: "b", value: -0.25, from: 0.5, to: 0.25, kind: "against" },
    { name: "sum", value: 0.25, from: 0, to: 0.25, kind: "total" },
  ]);
});

test("what adds up to a score are the parts that models of its kind have", () => {
  const all = { baseline: -1, rna: 2, image: 0.5, interaction: 0, network: 0.25 };
  assert.deepEqual(listParts({ ...all, method: "exact" }), [["baseline", -1], ["RNA", 2], ["images", 0.5], ["known network", 0.25]]);
  assert.deepEqual(listParts({ ...all, method: "shapley", network: 0 }), [["baseline", -1], ["RNA", 2], ["images", 0.5], ["both together", 0]]);
  const both = listParts({ ...all, method: "shapley", interaction: 0.125 });
  assert.deepEqual(both.slice(3), [["both together", 0.125], ["known network", 0.25]]);
  assert.equal(both.reduce((sum, [, value]) => sum + Number(value), 0), 1.875);
});

test("evidence of an edge, or none", () => {
  assert.deepEqual(evidenceOf(0), { method: "exact", baseline: 0.5, fold: 2 });
  assert.equal(evidenceOf(1), null);
  loadMade();
  assert.equal(evidenceOf(0), null);
});

test("images, and why there is none", () => {
  assert.equal(imageOf(0, "dorsal").src, "data:b");
  assert.equal(describeImage(0, imageOf(0, "lateral")), "Tf1, lateral view, mean of 4 images");
  assert.equal(describeImage(0, imageOf(0, "dorsal")), "Tf1, dorsal view, 1 image");
  assert.equal(sayNoImage(3, "lateral"), "g\"3 has no lateral image");
  assert.equal(sayNoImage(1), "tf10 has no image");
  assert.equal(sayNoImage(2), "G,2: images are not in this page");
});

test("expression comes back from 16 bits", () => {
  const evidence = madeEvidence(), [profiles] = evidence.profiles, values = profileOf(0, profiles);
  assert.deepEqual([values[0], values[1]], [-1, 3]);
  assert.ok(Math.abs(values[2] - 1) < 1e-4);
  assert.deepEqual([profileOf(1, profiles), profileOf(2, profiles)], [null, null]);
  assert.equal(titleOf(evidence, profiles), "Expression");
  assert.equal(sayNoProfile(1, evidence, profiles), "tf10 has no expression.");
  assert.equal(sayNoProfile(2, evidence, profiles), "The expression of G,2 is not in this page.");
  assert.equal(sayPlaces(profiles, 3, 0.5, -0.25, true), "r = +0.50 (Pearson), ρ = −0.25 (Spearman), over 3 samples.");
  assert.deepEqual(decode(Buffer.from([255, 127]).toString("base64"), Int8Array), Int8Array.of(-1, 127));
});

test("several measurements are told apart by their names", () => {
  const evidence = madeEvidenceOfTwo(), [first, second] = evidence.profiles;
  loadMade({ evidence });
  assert.deepEqual([titleOf(evidence, first), titleOf(evidence, second)], ["Expression", "Cells"]);
  assert.deepEqual([profileOf(0, second), profileOf(1, second), profileOf(2, second)], [[4, 2], [0, 1], null]);
  assert.equal(sayNoProfile(1, evidence, first), "tf10 has no values by expression.");
  assert.equal(sayNoProfile(2, evidence, second), "G,2 has no values by cells.");
  assert.equal(sayNoProfile(3, evidence, second), "The profile of g\"3 by cells is not in this page.");
  assert.equal(sayPlaces(second, 2, -1, null, false), "r = −1.00 (Pearson), over the 2 of 1,200 cells that are shown.");
  assert.equal(describeImage(0, imageOf(0, "section 1")), "Tf1, section 1");
});

test("r of two profiles, or none where one is constant", () => {
  assert.ok(Math.abs(correlate([1, 2, 3, 4], [2, 1, 4, 3]) - 0.6) < 1e-12);
  assert.equal(correlate([1, 1, 1], [1, 2, 3]), null);
});

test("data URIs hold bytes or text", () => {
  assert.deepEqual(readDataUri("data:image/png;base64,AQI="), Uint8Array.of(1, 2));
  assert.equal(readDataUri("data:image/svg+xml,%3Csvg%3E,"), "<svg>,");
});

test("colours and looks", () => {
  assert.equal(translucent("#0072b2", 0.5), "rgba(0,114,178,0.500)");
  assert.equal(translucent("#ffffff", 2), "rgba(255,255,255,1.000)");
  assert.equal(allLooks().length, 36);
  assert.equal(new Set(allLooks().map(keyOf)).size, 36);
  assert.deepEqual(allLooks()[35], { tone: "unknown", kind: "known", level: 2, between: false });
});
