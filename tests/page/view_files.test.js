// Files of the edges that are listed.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { cx2Of, graphmlOf } from "../../grnet/explorer/page/view_files.js";
import { loadMade } from "./made_network.js";

beforeEach(() => loadMade());

test("GraphML holds the edges and their genes, names escaped, missing values left out", () => {
  const text = graphmlOf([2, 3]);
  assert.deepEqual([...text.matchAll(/<node id="n(\d)">/g)].map(([, id]) => id), ["1", "2", "3"]);
  assert.deepEqual([...text.matchAll(/<edge source="n(\d)" target="n(\d)">/g)].map(([, ...ends]) => ends), [["1", "2"], ["1", "3"]]);
  assert.ok(text.includes('<data key="node-name">g&#34;3</data>'));
  const [second, third] = text.split("\n").filter((line) => line.startsWith("<edge"));
  assert.ok(second.includes('<data key="edge-sign">unknown</data>') && !second.includes("edge-correlation"));
  assert.ok(third.includes('<data key="edge-correlation">0.1</data>') && third.includes('<data key="edge-known">true</data>'));
});

test("CX2 counts its elements and places genes where they are drawn", () => {
  const aspects = JSON.parse(cx2Of([2], "Made"));
  const counts = Object.fromEntries(aspects[1].metaData.map(({ name, elementCount }) => [name, elementCount]));
  assert.deepEqual(counts, { attributeDeclarations: 1, networkAttributes: 1, nodes: 2, edges: 1 });
  const found = Object.assign({}, ...aspects);
  assert.deepEqual(found.networkAttributes, [{ name: "Made" }]);
  assert.deepEqual(found.nodes[0], { id: 1, x: 600, y: 0, v: { name: "tf10", is_tf: true, community: 1 } });
  assert.deepEqual(found.edges[0].v, { probability: 0.8, score: 1.5, rank: 3, sign: "unknown", known: false });
  assert.deepEqual(found.status, [{ error: "", success: true }]);
});
