// What panels say of the measurements of two genes: groups of cells, terms, and maps of spots.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  compareTerms, correlationOf, evidenceOf, groupValuesOf, hasPictures, sayPlaces, sayWays, titleOfPictures,
} from "../../grnet/explorer/page/gene_evidence.js";
import { countAt, nearestTo } from "../../grnet/explorer/page/chart_tips.js";
import { colourOfGroup } from "../../grnet/explorer/page/group_charts.js";
import { isSet, sayScale } from "../../grnet/explorer/page/panel_images.js";
import { loadMade, madeEvidence, madeEvidenceOfGroups, madeEvidenceOfTwo } from "./made_network.js";

test("values by group are shares, a mean and a part that is detected", () => {
  const evidence = madeEvidenceOfGroups(), [samples, cells] = evidence.profiles;
  loadMade({ evidence });
  const { low, high, rows } = groupValuesOf(0, cells);
  assert.deepEqual([low, high], [1, 5]);
  assert.deepEqual(rows.map(({ shares, detected }) => [shares, detected]), [[[128, 0, 128], 50], [[0, 0, 255], 100]]);
  assert.ok(Math.abs(rows[0].mean - 3) < 1e-3);
  assert.equal(rows[1].mean, 5);
  assert.deepEqual([groupValuesOf(1, cells), groupValuesOf(0, samples)], [null, null]);
});

test("the largest groups have a colour each, the others share one", () => {
  assert.deepEqual([0, 9, 10, 19].map(colourOfGroup), ["var(--group-0)", "var(--group-9)", "var(--axis)", "var(--axis)"]);
});

test("r over all places stands where the page has it, further ways beside it", () => {
  const evidence = madeEvidenceOfGroups(), [, cells] = evidence.profiles;
  loadMade({ evidence });
  const found = evidenceOf(0);
  assert.deepEqual([correlationOf(found, "cells"), correlationOf(found, "expression"), correlationOf(null, "cells")], [0.5, null, null]);
  assert.deepEqual([sayWays(found, "cells"), sayWays(found, "expression"), sayWays(null, "cells")], ["r = −0.13 within groups", "", ""]);
  assert.equal(sayPlaces(cells, 2, 0.5, null, true), "r = +0.50 (Pearson), of all 3 cells; 2 of them are shown.");
});

test("terms are shared or of one gene alone, and stay in their order", () => {
  assert.deepEqual(compareTerms([0, 2, 5, 7], [1, 2, 7]), { shared: [2, 7], first: [0, 5], second: [1] });
  assert.deepEqual(compareTerms([], [1]), { shared: [], first: [], second: [1] });
});

test("pictures are images or maps, and left out where there are terms alone", () => {
  const evidence = madeEvidenceOfTwo(), maps = { ...evidence, pictures: evidence.pictures.slice(2) };
  assert.deepEqual([titleOfPictures(evidence), titleOfPictures(maps), titleOfPictures({ ...maps, pictures: [] })], ["Images", "Maps", "Images"]);
  const withTerms = madeEvidenceOfGroups();
  assert.deepEqual([hasPictures(withTerms), hasPictures({ ...withTerms, pictures: [] })], [true, false]);
  assert.ok(hasPictures({ ...madeEvidence(), pictures: [] }));
});

test("maps say what white and hatching are, images do not", () => {
  const evidence = madeEvidenceOfTwo();
  loadMade({ evidence });
  assert.deepEqual(sayScale([0, 1], evidence.pictures), [
    "White is the largest value of a gene: 2.5 for Tf1 (log2); a pixel is the mean of its spots, and hatched where there is no spot.",
  ]);
  assert.deepEqual(sayScale([0], evidence.pictures.slice(0, 2)), []);
});

test("bits of a mask come row by row, the highest of a byte first", () => {
  const bytes = Uint8Array.of(0b10011010, 0b01000000);
  assert.deepEqual([...Array(10).keys()].map((k) => Number(isSet(bytes, k))), [1, 0, 0, 1, 1, 0, 1, 0, 0, 1]);
});

test("the point that is told of is the nearest within reach, the upper of equals", () => {
  const circles = [[10, 10], [14, 10], [14, 10], [60, 60]].map(([cx, cy]) => ({ getAttribute: (name) => ({ cx, cy })[name] }));
  assert.equal(nearestTo(circles, 11, 11, 12).element, circles[0]);
  assert.equal(nearestTo(circles, 15, 10, 12).element, circles[2]);
  assert.equal(nearestTo(circles, 60, 48.5, 12).element, circles[3]);
  assert.equal(nearestTo(circles, 40, 40, 12), null);
  assert.deepEqual([countAt(circles, { x: 14, y: 10 }), countAt(circles, { x: 10, y: 10 })], [2, 1]);
});
