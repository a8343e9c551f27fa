// The targets of a TF by group of cells, beside the TF.

import assert from "node:assert/strict";
import { test } from "node:test";

import { network } from "../../grnet/explorer/page/network.js";
import { groupsOfTargets, quantileOf, sharesOf } from "../../grnet/explorer/page/regulon_groups.js";
import { change } from "../../grnet/explorer/page/state.js";
import { loadMade, madeEvidenceOfGroups } from "./made_network.js";

const base64 = (numbers) => Buffer.from(numbers.buffer).toString("base64");

// Means of five genes in two groups, of values from low to high; null where a gene has none. Gene 0 regulates 2, 1 and 3.
function loadMeans(means, low, high) {
  const evidence = madeEvidenceOfGroups(), [, cells] = evidence.profiles;
  const levels = means.map((own, i) => own && own.map((mean) => Math.round((65535 * (mean - low[i])) / (high[i] - low[i]))));
  Object.assign(cells, {
    low, high, means: levels.map((own) => own && base64(Uint16Array.from(own))),
    histograms: means.map((own) => own && base64(Uint8Array.of(255, 0, 0, 255))), detected: means.map((own) => own && base64(Uint8Array.of(100, 100))),
  });
  loadMade({ evidence });
  return cells;
}

const near = (found, expected) => found.forEach((value, k) => assert.ok(Math.abs(value - expected[k]) < 1e-4, `${found}, expected ${expected}`));

test("means are shares of the largest, from 0 or the least", () => {
  const cells = loadMeans([[1, 4], [-2, 2], [0, 0], null, null], [0, -2, 0, null, null], [4, 2, 1, null, null]);
  near(sharesOf(0, cells).shares, [0.25, 1]);
  near(sharesOf(0, cells).means, [1, 4]);
  near(sharesOf(1, cells).shares, [0, 1]);
  assert.deepEqual([sharesOf(2, cells), sharesOf(3, cells)], [null, null]);
});

test("targets of the edges shown are averaged, each by its own largest mean", () => {
  const cells = loadMeans([[1, 4], [4, 2], [1, 4], [3, 0], null], [0, 0, 0, 0, null], [4, 4, 4, 4, null]);
  change({ threshold: 0.5 });
  const [found] = groupsOfTargets(0);
  assert.deepEqual([found.profiles, found.genes, groupsOfTargets(0).length], [cells, [2, 1, 3], 1]);
  near(found.shares.map(({ mean }) => mean), [(0.25 + 1 + 1) / 3, (1 + 0.5 + 0) / 3]);
  near(found.shares.map(({ low }) => low), [0.625, 0.25]);
  near(found.shares.map(({ high }) => high), [1, 0.75]);
  change({ threshold: 0.9 });
  assert.deepEqual(groupsOfTargets(0)[0].genes, [2, 1]);
  change({ threshold: 0.95 });
  assert.deepEqual(groupsOfTargets(0), []);
});

test("without groups, or with one, there is nothing to show", () => {
  const cells = loadMeans([[1, 4], [4, 2], [1, 4], [3, 0], null], [0, 0, 0, 0, null], [4, 4, 4, 4, null]);
  cells.groups = cells.groups.slice(0, 1);
  assert.deepEqual(groupsOfTargets(0), []);
  Object.assign(network, { evidence: null });
  assert.deepEqual(groupsOfTargets(0), []);
});

test("quantiles lie between values where they have to", () => {
  assert.deepEqual([0, 0.25, 0.5, 1].map((part) => quantileOf([3, 1, 2], part)), [1, 1.5, 2, 3]);
  assert.equal(quantileOf([7], 0.25), 7);
});
