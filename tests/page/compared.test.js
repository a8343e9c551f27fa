// Two networks on one page: colours and filters by who keeps an edge, and its probability in both.

import assert from "node:assert/strict";
import test from "node:test";

import { allLooks, lookOf } from "../../grnet/explorer/page/edge_looks.js";
import { describeEdge } from "../../grnet/explorer/page/gene_words.js";
import { loadNetwork, nameOfHolder } from "../../grnet/explorer/page/network.js";
import { readLink } from "../../grnet/explorer/page/permalink_text.js";
import { change, countOf, shown } from "../../grnet/explorer/page/state.js";
import { listColumns, tableText } from "../../grnet/explorer/page/table_rows.js";
import { cx2Of, graphmlOf } from "../../grnet/explorer/page/view_files.js";
import { made } from "./made_network.js";

function loadCompared() {
  const compared = {
    names: ["T cells", "B & C"], held: ["both", "first", "first", "second", "second"],
    probability: [[0.99996, 0.9, 0.8, 0.1, null], [0.7, 0.2, null, 0.8, 0.5]],
  };
  loadNetwork({ ...made(), compared });
  change({ threshold: 0, hidden: new Set(), only: new Set(), focus: null, selection: null, context: null });
}

test("an edge is coloured by who keeps it, and its sign is the head alone", () => {
  loadCompared();
  assert.deepEqual([0, 1, 3].map((e) => lookOf(e).tone), ["both", "first", "second"]);
  assert.equal(allLooks().length, 36);
  assert.ok(allLooks().every(({ tone }) => ["first", "second", "both"].includes(tone)));
  assert.deepEqual(["first", "second", "both"].map((holder) => nameOfHolder(holder)), ["only T cells", "only B & C", "both networks"]);
});

test("filters hide what one network keeps alone, and count it", () => {
  loadCompared();
  assert.deepEqual(["first", "second", "both"].map((key) => countOf(key)), [2, 2, 1]);
  change({ hidden: new Set(["first", "both"]) });
  assert.deepEqual(shown.rows, [3, 4]);
  assert.deepEqual([...readLink("hide=first,both,nobody").hidden], ["first", "both"]);
});

test("the table and its copies have the probability in both", () => {
  loadCompared();
  const [first, second, held] = listColumns().slice(-3);
  assert.deepEqual([first, second, held].map(({ title }) => title), ["T cells", "B & C", "Kept by"]);
  assert.deepEqual([first, second, held].map(({ text }) => text(4)), ["–", "0.500", "only B & C"]);
  const [head, row] = tableText([1], "\t", false).split("\r\n").map((line) => line.split("\t").slice(-3));
  assert.deepEqual(head, ["probability in T cells", "probability in B & C", "kept_by"]);
  assert.deepEqual(row, ["0.9", "0.2", "only T cells"]);
});

test("files for other programs have them, too", () => {
  loadCompared();
  const graphml = graphmlOf([0, 4]);
  assert.match(graphml, /<key id="edge-second" for="edge" attr\.name="probability in B &#38; C" attr\.type="double"/);
  assert.match(graphml, /<data key="edge-kept_by">both networks<\/data>/);
  const [edge] = JSON.parse(cx2Of([4], "two")).find((aspect) => aspect.edges).edges;
  assert.deepEqual([edge.v["probability in B & C"], edge.v.kept_by, "probability in T cells" in edge.v], [0.5, "only B & C", false]);
});

test("a tooltip says who keeps an edge", () => {
  loadCompared();
  assert.equal(describeEdge(2).at(-1), "kept by only T cells: T cells 0.800, B & C no score");
});
