// A network of five genes and five edges for tests of the page's scripts: two TFs, names that need care, evidence for
// two edges. loadMade() makes it the network of the scripts and puts everything back to how a page opens.

import { loadNetwork, network } from "../../grnet/explorer/page/network.js";
import { change } from "../../grnet/explorer/page/state.js";

const base64 = (numbers) => Buffer.from(numbers.buffer).toString("base64");

export const made = () => ({
  nodes: {
    symbol: ["Tf1", "tf10", "G,2", "g\"3", "Tf2"], id: ["id1", "", "id2", "id3", "Tf2"], is_tf: [true, true, false, false, true],
    n_images: [2, 0, 1, 1, 0], in_degree: [0, 1, 2, 2, 0], out_degree: [3, 2, 0, 0, 0], community: [1, 1, 1, 2, 2],
    x: [0, 10, 10, 0, 20], y: [0, 0, 10, 10, 20],
  },
  edges: {
    tf: [0, 0, 1, 1, 0], target: [2, 1, 2, 3, 3], probability: [0.99996, 0.9, 0.8, 0.8, 0.5], rank: [1, 2, 3, 4, 12],
    spread: [0, 0.1, null, 0.05, 0.2], seed_spread: [null, null, null, 0.01, null], score: [9, 2, 1.5, 1.4, 0],
    correlation: [0.91, -0.5, null, 0.1, -0.2], sign: ["activation", "repression", "unknown", "activation", "repression"],
    known: [true, false, false, true, false],
  },
  communities: [{ community: 1, genes: 3, x: 5, y: 5, radius: 9 }, { community: 2, genes: 2, x: 10, y: 15, radius: 12 }],
  labels: [0, 1], threshold: 0.8, summary: { candidates: 1000 }, words: {}, report: null, evidence: null,
});

export const madeEvidence = () => ({
  model: "late", pictures: ["lateral", "dorsal"].map((name) => madePicture(name)), terms: [],
  profiles: [{
    name: "expression", units: "log2 TPM", place: "sample", places: ["s1", "s2", "s3"], n_places: 3, correlated: true,
    values: [base64(Uint16Array.of(0, 65535, 32768)), "", null, null, null], low: [-1, null, null, null, null], high: [3, null, null, null, null],
  }],
  images: [[{ name: "lateral", n: 4, src: "data:a" }, { name: "dorsal", n: 1, src: "data:b" }], [], null, [{ name: "dorsal", n: 1, src: "data:c" }], []],
  edges: { method: ["exact", null, null, null, null], baseline: [0.5, null, null, null, null], fold: [2, null, null, null, null] },
  left_out: [],
});

// A second profile, of some cells, and a picture that is no mean of images.
export function madeEvidenceOfTwo() {
  const evidence = madeEvidence();
  evidence.profiles.push({
    name: "cells", units: "", place: "cell", places: ["c1", "c2"], n_places: 1200, correlated: false,
    values: [base64(Uint16Array.of(65535, 0)), base64(Uint16Array.of(0, 65535)), "", null, null],
    low: [2, 0, null, null, null], high: [4, 1, null, null, null],
  });
  evidence.pictures.push(madePicture("section 1", { place: "spot", units: "log2", drawn: true, masked: true }));
  evidence.images[0].push({ name: "section 1", n: null, top: 2.5, src: "data:d" });
  return evidence;
}

const madePicture = (name, more = {}) => ({ name, measurement: name, place: "pixel", units: "", drawn: false, masked: false, mask: null, ...more });

// Cells in two groups, of one gene, and terms of three genes.
export function madeEvidenceOfGroups() {
  const evidence = madeEvidence();
  evidence.profiles.push({
    name: "cells", units: "log2", place: "cell", places: ["c1", "c3"], n_places: 3, correlated: false,
    values: [base64(Uint16Array.of(0, 65535)), "", "", null, null], low: [1, null, null, null, null], high: [5, null, null, null, null],
    groups: [{ name: "B", n: 2 }, { name: "T", n: 1 }], group: [0, 1],
    histograms: [base64(Uint8Array.of(128, 0, 128, 0, 0, 255)), null, null, null, null],
    means: [base64(Uint16Array.of(32768, 65535)), null, null, null, null], detected: [base64(Uint8Array.of(50, 100)), null, null, null, null],
  });
  evidence.terms.push({ name: "terms", place: "term", places: ["eye", "wing", "gut"], counts: [1, 4, 9], values: [[0, 1, 2], [1], [], null, [2]] });
  evidence.edges.correlations = [{ cells: { "as measured": 0.5, "within groups": -0.125 } }, { cells: { "as measured": 1 } }, null, null, null];
  return evidence;
}

export function loadMade(more = {}) {
  loadNetwork({ ...made(), ...more });
  change({
    threshold: network.threshold, hidden: new Set(), only: new Set(), focus: null, selection: null, context: null, view: null,
    tab: "network", theme: null,
  });
}
