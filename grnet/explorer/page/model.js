// The network and its evidence as the page's other scripts see them. All scripts of a page run in one function, in the
// order in which they are put together, so what is declared here is known to those that follow.
const data = JSON.parse(document.getElementById("network-data").textContent);
const { nodes, edges, evidence } = data; // evidence is null where the page has none
const nNodes = nodes.symbol.length, nEdges = edges.tf.length;

// Okabe & Ito's colours: told apart by the colour-blind. Drawing and panels take them from here; theme.js changes them
// with the theme.
const SIGN_COLOURS = { activation: "#0072b2", repression: "#d55e00", unknown: "#7a7a7a" };

const range = (n) => Array.from({ length: n }, (_, i) => i);

// Edges in and out of every gene, most probable first, as rows of `edges` (which come in that order).
const regulatorsOf = range(nNodes).map(() => []), targetsOf = range(nNodes).map(() => []);
for (const e of range(nEdges)) {
  targetsOf[edges.tf[e]].push(e);
  regulatorsOf[edges.target[e]].push(e);
}

const nodeOf = new Map(nodes.symbol.map((symbol, i) => [symbol, i]));
const edgeOf = new Map(range(nEdges).map((e) => [`${edges.tf[e]} ${edges.target[e]}`, e]));

// ---- text. Names are data: they reach the page as text nodes and attributes, never as HTML.
const NO_VALUE = "–";
const isMissing = (value) => value === null || value === undefined || Number.isNaN(value);
const showNumber = (value, digits = 3) => (isMissing(value) ? NO_VALUE : value.toFixed(digits));
const showSigned = (value, digits = 2) => (isMissing(value) ? NO_VALUE : (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(digits));
const showCount = (value) => value.toLocaleString("en");
const plural = (value, one, many) => `${showCount(value)} ${value === 1 ? one : many}`;
function showProbability(value) {
  const text = value.toFixed(3);
  return text === "1.000" ? "> 0.999" : text === "0.000" ? "< 0.001" : text;
}

// Make an element: attributes, with on… as listeners and dataset/style as objects; children are nodes or plain text.
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "dataset" || name === "style") Object.assign(made[name], value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => !isMissing(child)));
  return made;
}
