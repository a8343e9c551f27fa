// The table's order, filter and copies, and the search for genes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { findGenes } from "../../grnet/explorer/page/gene_search.js";
import { nodes } from "../../grnet/explorer/page/network.js";
import { compareBy, fallsAtFirst, filterRows, listColumns, tableText } from "../../grnet/explorer/page/table_rows.js";
import { loadMade, made } from "./made_network.js";

beforeEach(() => loadMade());

const sorted = (name, falling) => [4, 3, 2, 1, 0].sort(compareBy(name, falling));

test("each column is shown as text", () => {
  assert.deepEqual(listColumns().map(({ text }) => text(2)), ["3", "tf10", "G,2", "0.800", "–", "–", "unknown", "novel"]);
  assert.deepEqual(listColumns().map(({ text }) => text(0)), ["1", "Tf1", "G,2", "> 0.999", "0.000", "+0.91", "activation", "known"]);
});

test("equal ones keep their rank, and what is missing comes last either way", () => {
  assert.deepEqual(sorted("rank", false), [0, 1, 2, 3, 4]);
  assert.deepEqual(sorted("probability", true), [0, 1, 2, 3, 4]);
  assert.deepEqual(sorted("probability", false), [4, 2, 3, 1, 0]);
  assert.deepEqual(sorted("correlation", true), [0, 3, 4, 1, 2]);
  assert.deepEqual(sorted("correlation", false), [1, 4, 3, 0, 2]);
  assert.deepEqual(sorted("known", false), [0, 3, 1, 2, 4]);
  assert.deepEqual(sorted("none of these", false), [0, 1, 2, 3, 4]);
});

test("numbers in names count as numbers", () => {
  nodes.symbol = ["tf2", "tf10", "a", "b", "c"];
  assert.deepEqual(sorted("tf", false), [0, 1, 4, 2, 3]);
  assert.deepEqual(sorted("tf", true), [2, 3, 0, 1, 4]);
});

test("figures fall at first, ranks and words do not", () => {
  assert.deepEqual(listColumns().filter(({ name }) => fallsAtFirst(name)).map(({ name }) => name), ["probability", "spread", "correlation"]);
});

test("rows are filtered by a part of a name or id", () => {
  const all = [0, 1, 2, 3, 4];
  assert.deepEqual(filterRows(all, " "), all);
  assert.deepEqual(filterRows(all, "TF10"), [1, 2, 3]);
  assert.deepEqual(filterRows(all, "id3"), [3, 4]);
  assert.deepEqual(filterRows([4], "id2"), []);
});

test("copies hold every column, exact names, and quotes where they are needed", () => {
  assert.equal(tableText([3], "\t", false),
    "rank\ttf\ttarget\ttf_id\ttarget_id\tprobability\tspread\tseed_spread\tscore\tcorrelation\tsign\tknown\r\n" +
    "4\ttf10\t\"g\"\"3\"\t\tid3\t0.8\t0.05\t0.01\t1.4\t0.1\tactivation\ttrue\r\n");
  assert.equal(tableText([0], ",", true).split("\r\n")[1],
    "\"1\",\"Tf1\",\"G,2\",\"id1\",\"id2\",\"0.99996\",\"0\",\"\",\"9\",\"0.91\",\"activation\",\"true\"");
  assert.equal(tableText([], ",", true).split("\r\n").length, 2);
});

test("genes are found: exact ones, then those that begin so, then those that hold it", () => {
  const { nodes: base } = made();
  loadMade({ nodes: { ...base, symbol: ["aTf", "Tf20", "TF", "tf", "Tf3"], id: ["", "", "", "", "x"] } });
  assert.deepEqual(findGenes("tf"), [3, 2, 4, 1, 0]);
  assert.deepEqual(findGenes(" TF "), [2, 3, 4, 1, 0]);
  assert.deepEqual(findGenes("X"), [4]);
  assert.deepEqual(findGenes("none"), []);
  assert.deepEqual(findGenes("  "), []);
});
