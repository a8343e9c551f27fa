// Which targets of a TF a mean picture is of.

import assert from "node:assert/strict";
import test from "node:test";

import { network } from "../../grnet/explorer/page/network.js";
import { viewsOfTargets } from "../../grnet/explorer/page/regulon_pattern.js";
import { change } from "../../grnet/explorer/page/state.js";
import { loadMade, madeEvidence } from "./made_network.js";

const picture = (name) => ({ name, n: 1, src: "data:x" });

test("a view counts from two targets with a picture, of the edges that are shown", () => {
  loadMade();
  const evidence = madeEvidence();
  evidence.images = [[], [picture("lateral")], [picture("lateral"), picture("dorsal")], [picture("lateral")], []];
  Object.assign(network, { evidence });
  change({ threshold: 0.5 });
  assert.deepEqual(viewsOfTargets(0), [{ name: "lateral", genes: [2, 1, 3] }]);
  change({ threshold: 0.9 });
  assert.deepEqual(viewsOfTargets(0), [{ name: "lateral", genes: [2, 1] }]);
  change({ threshold: 0.95 });
  assert.deepEqual(viewsOfTargets(0), []);
  assert.deepEqual(viewsOfTargets(4), []);
});

test("without evidence there is no pattern", () => {
  loadMade();
  assert.deepEqual(viewsOfTargets(0), []);
});
