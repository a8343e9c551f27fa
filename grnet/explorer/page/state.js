// What is shown now: everything that a control changes and a permalink holds. Controls call change(); what draws listens.

import { arrange } from "./arrangement.js";
import { range } from "./lists.js";
import { edges, network, nodes, toneOf, touches } from "./network.js";

export const ONLY = ["tfs", "images"];
/** @type {Tab[]} */
export const TABS = ["network", "table", "figures"];

const CROWDED = 500; // from so many edges novel ones are pale instead of dashed, and arrowheads wait for a closer look

/**
 * What decides which edges are shown.
 * @type {Name[]}
 */
export const CHOOSING = ["threshold", "hidden", "only", "focus"];

/** @type {State} */
export const state = {
  threshold: 0, hidden: new Set(), only: new Set(), focus: null, selection: null, context: null, view: null, tab: "network", theme: null,
};

/**
 * The edges that pass, and the genes that they link.
 * @type {Shown}
 */
export const shown = { rows: [], genes: new Uint8Array(0), nGenes: 0, crowded: false };

/** @typedef {keyof State} Name */
/** @type {{ names: Name[], listener: () => void }[]} */
const listeners = [];

/**
 * Call `listener` after a change of any of `names`.
 * @param {Name[]} names
 * @param {() => void} listener
 */
export const onChange = (names, listener) => { listeners.push({ names, listener }); };

/** @param {Partial<State>} update */
export function change(update) {
  const before = arrangementOf(state);
  Object.assign(state, update);
  const changed = /** @type {Name[]} */ (Object.keys(update));
  if (before !== arrangementOf(state) && !changed.includes("view")) { // genes lie elsewhere now
    state.view = null;
    changed.push("view");
  }
  if (changed.some((name) => CHOOSING.includes(name))) {
    Object.assign(shown, findShown());
    arrange(state, shown);
  }
  for (const { names, listener } of listeners) if (names.some((name) => changed.includes(name))) listener();
}

/**
 * What decides where genes lie.
 * @param {State} now
 */
const arrangementOf = ({ focus, only }) => focus ?? (only.has("tfs") ? "layers" : "all");

/** @param {number} e */
export function passes(e, hidden = state.hidden, only = state.only) {
  return edges.probability[e] >= state.threshold && (state.focus === null || touches(e, state.focus))
    && !hidden.has(edges.sign[e]) && !hidden.has(toneOf(e)) && !hidden.has(edges.known[e] ? "known" : "novel")
    && (!only.has("tfs") || nodes.is_tf[edges.target[e]])
    && (!only.has("images") || (nodes.n_images[edges.tf[e]] > 0 && nodes.n_images[edges.target[e]] > 0));
}

/** @returns {Shown} */
function findShown() {
  const rows = range(network.nEdges).filter((e) => passes(e));
  const genes = new Uint8Array(network.nNodes);
  for (const e of rows) genes[edges.tf[e]] = genes[edges.target[e]] = 1;
  return { rows, genes, nGenes: genes.reduce((sum, one) => sum + one, 0), crowded: rows.length > CROWDED };
}

/**
 * The step of the slider, of the probabilities that occur.
 * @param {number} threshold
 */
export function stepOf(threshold) {
  const at = network.steps.findIndex((value) => value >= threshold);
  return at < 0 ? network.steps.length : at; // one step more: nothing passes
}

/**
 * How many edges a filter of sign, kind or holder lets through beside the others.
 * @param {string} key
 */
export function countOf(key) {
  const others = new Set([...state.hidden].filter((other) => other !== key));
  /** @type {(e: number) => boolean} */
  const matches = (e) => edges.sign[e] === key || toneOf(e) === key || (edges.known[e] ? "known" : "novel") === key;
  return range(network.nEdges).filter((e) => matches(e) && passes(e, others)).length;
}

// ---- selection
/** @returns {Partial<State>} */
const leaveFigures = () => (state.tab === "figures" ? { tab: "network" } : {});
/**
 * Select a gene; where another has the drawing for itself and this one is not there, it takes its place.
 * @param {number} i
 */
export const selectGene = (i) =>
  (state.focus !== null && !shown.genes[i] ? focusGene(i) : change({ selection: { gene: i }, context: i, ...leaveFigures() }));
/** @param {number} e */
export const selectEdge = (e) => change({
  selection: { edge: e }, context: touches(e, state.context) ? state.context : null, ...leaveFigures(),
  ...(touches(e, state.focus) ? {} : wholeNetwork()),
});
/**
 * Select a gene and give it the drawing for itself, with its regulators and targets.
 * @param {number} i
 */
export const focusGene = (i) => change({ selection: { gene: i }, context: i, focus: i, view: null, ...leaveFigures() });
/** @returns {Partial<State>} */
const wholeNetwork = () => (state.focus === null ? {} : { focus: null, view: null });
export const leaveFocus = () => change(wholeNetwork());
export const clearSelection = () => change({ selection: null, context: null, ...wholeNetwork() });
/** @param {Tab} tab */
export const showTab = (tab) => change({ tab });

/**
 * Edges of a gene, those that pass, best first.
 * @param {number} i
 */
export const edgesOf = (i) =>
  [...network.targetsOf[i], ...network.regulatorsOf[i]].filter((e) => passes(e)).sort((a, b) => a - b);

/** @param {number} i */
export const bestEdgeOf = (i) => Math.min(...network.targetsOf[i], ...network.regulatorsOf[i]);

/**
 * What the selection lights up: null, or its genes and edges.
 * @returns {Bright | null}
 */
export function highlighted() {
  const { selection } = state;
  if (!selection) return null;
  if (selection.edge !== undefined) {
    const e = selection.edge;
    return { edges: [e], genes: new Set([edges.tf[e], edges.target[e]]) };
  }
  const rows = edgesOf(selection.gene);
  return { edges: rows, genes: new Set([selection.gene, ...rows.flatMap((e) => [edges.tf[e], edges.target[e]])]) };
}

/**
 * The genes that were selected themselves.
 * @param {Bright} bright
 */
export const chosenGenes = (bright) => (state.selection?.gene === undefined ? [...bright.genes] : [state.selection.gene]);

/**
 * The row that follows in a list: the first or last where the row of now is not in it.
 * @param {number[]} rows
 * @param {number} by
 */
export function rowAfter(rows, by) {
  const now = state.selection?.edge === undefined ? -1 : rows.indexOf(state.selection.edge);
  return rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : (now + by + rows.length) % rows.length];
}
