// What is shown as the fragment of an address, and back.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { readDrawing, readLink, writeLink } from "../../grnet/explorer/page/permalink_text.js";
import { change, state } from "../../grnet/explorer/page/state.js";
import { loadMade } from "./made_network.js";

beforeEach(() => loadMade());

const FIRST = {
  threshold: 0.8, hidden: new Set(), only: new Set(), focus: null, selection: null, context: null, view: null, tab: "network", theme: null,
};

test("a page as it opens has an empty link", () => {
  assert.equal(writeLink(), "");
  assert.deepEqual(readLink(""), FIRST);
});

test("everything that is shown is in the link and comes back", () => {
  const all = {
    threshold: 0.5, hidden: new Set(["known", "unknown"]), only: new Set(["tfs"]), focus: 1, selection: { gene: 2 }, context: 2,
    view: { x: 1.25, y: -3, span: 12.5 }, tab: "table", theme: "dark",
  };
  change(all);
  assert.equal(writeLink("svg"), "tab=table&p=0.5&hide=known%2Cunknown&only=tfs&focus=tf10&gene=G%2C2&view=1.25%2C-3.00%2C12.50&theme=dark&draw=svg");
  assert.deepEqual(readLink(writeLink()), all);
});

test("an edge is named by its genes", () => {
  change({ selection: { edge: 3 }, context: 1 });
  assert.equal(writeLink(), "tf=tf10&target=g%223");
  assert.deepEqual(readLink(writeLink()), { ...FIRST, selection: { edge: 3 } });
});

test("a focus that the selected edge does not touch is left out", () => {
  assert.equal(readLink("focus=Tf2&tf=tf10&target=g%223").focus, null);
  assert.equal(readLink("focus=tf10&tf=tf10&target=g%223").focus, 1);
});

test("what cannot be read is as it is at first", () => {
  const texts = [
    "p=2", "p=-0.1", "p=x", "p=", "hide=all,", "only=none", "gene=nobody", "focus=nobody", "tf=Tf1", "tf=tf10&target=Tf1", "view=1,2", "view=1,2,0",
    "view=1,2,3,4", "view=a,b,c", "tab=help", "theme=blue", "%%%", "&&=",
  ];
  for (const text of texts) assert.deepEqual(readLink(text), FIRST, text);
  assert.equal(readLink("p=0").threshold, 0);
  assert.deepEqual(readLink("hide=known,all").hidden, new Set(["known"]));
});

test("reading a link changes nothing by itself", () => {
  readLink("p=0.5&tab=table");
  assert.deepEqual([state.threshold, state.tab], [0.8, "network"]);
});

test("the link may say how to draw", () => {
  assert.deepEqual(["draw=webgl", "a=1&draw=svg", "draw=canvas", ""].map(readDrawing), ["webgl", "svg", null, null]);
});
