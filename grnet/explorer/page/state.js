// What is shown now: everything that a control changes and a permalink holds. Controls call change(); what draws listens.
const SIGNS = ["activation", "repression", "unknown"], KINDS = ["known", "novel"], ONLY = ["tfs", "images"];
const TABS = ["network", "table", "figures"];

const state = {
  threshold: data.threshold, // edges with this probability or more
  hidden: new Set(), // of SIGNS and KINDS
  only: new Set(), // of ONLY
  selection: null, // { gene: row } or { edge: row }
  context: null, // the gene whose edges n and p step through
  view: null, // { x, y, span } of the drawing, null: everything
  tab: "network",
  theme: null, // null: that of the system
};

const listeners = [];
// Call `listener` after a change of any of `names`.
const onChange = (names, listener) => listeners.push({ names, listener });

function change(update) {
  Object.assign(state, update);
  const changed = Object.keys(update);
  if (changed.some((name) => ["threshold", "hidden", "only"].includes(name))) shown = findShown();
  for (const { names, listener } of listeners) if (names.some((name) => changed.includes(name))) listener(changed);
}

// ---- the edges that pass, and the genes that they link
function passes(e, hidden = state.hidden, only = state.only) {
  return edges.probability[e] >= state.threshold
    && !hidden.has(edges.sign[e]) && !hidden.has(edges.known[e] ? "known" : "novel")
    && (!only.has("tfs") || nodes.is_tf[edges.target[e]])
    && (!only.has("images") || (nodes.n_images[edges.tf[e]] > 0 && nodes.n_images[edges.target[e]] > 0));
}

function findShown() {
  const rows = range(nEdges).filter((e) => passes(e));
  const genes = new Uint8Array(nNodes);
  for (const e of rows) genes[edges.tf[e]] = genes[edges.target[e]] = 1;
  return { rows, genes, nGenes: genes.reduce((sum, one) => sum + one, 0), crowded: rows.length > CROWDED };
}

const CROWDED = 500; // from so many edges novel ones are pale instead of dashed, and arrowheads wait for a closer look
let shown = findShown();

// ---- probabilities that occur, rising: the steps of the slider
const steps = [...new Set(edges.probability)].sort((a, b) => a - b);
function stepOf(threshold) {
  const at = steps.findIndex((value) => value >= threshold);
  return at < 0 ? steps.length : at; // one step more: nothing passes
}

// As few digits as tell the threshold from 1, never more than it is.
function showThreshold(value) {
  const digits = value > 0.9995 ? 6 : 3;
  return (Math.floor(value * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits);
}

// ---- selection
const selectGene = (i) => change({ selection: { gene: i }, context: i, ...leaveFigures() });
const selectEdge = (e) => change({ selection: { edge: e }, context: touches(e, state.context) ? state.context : null, ...leaveFigures() });
const clearSelection = () => change({ selection: null, context: null });
const showTab = (tab) => change({ tab });
const touches = (e, i) => i !== null && (edges.tf[e] === i || edges.target[e] === i);
const leaveFigures = () => (state.tab === "figures" ? { tab: "network" } : {});
const actions = { selectGene, selectEdge, showTab };

// Edges of a gene, those that pass, best first.
const edgesOf = (i) => [...targetsOf[i], ...regulatorsOf[i]].filter((e) => passes(e)).sort((a, b) => a - b);

const words = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
const shorten = (text, most = 24) => ([...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text);
const edgeName = (e) => `${words(nodes.symbol[edges.tf[e]])} → ${words(nodes.symbol[edges.target[e]])}`;

// Lists of those that share a key, in the order of the first of each.
function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const name = key(row);
    if (groups.has(name)) groups.get(name).push(row); else groups.set(name, [row]);
  }
  return [...groups.values()];
}

// Do at most once in a frame, or once after a quiet time of `wait` ms.
function oncePerFrame(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; action(); });
  };
}
function afterQuiet(action, wait) {
  let timer = 0;
  const ask = () => { clearTimeout(timer); timer = setTimeout(action, wait); };
  ask.cancel = () => clearTimeout(timer);
  return ask;
}
const byId = (id) => document.getElementById(id);
