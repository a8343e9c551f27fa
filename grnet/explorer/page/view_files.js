// The edges that are listed, with their genes, as files for other programs: GraphML (Cytoscape, Gephi, igraph, networkx)
// and CX2 (Cytoscape, NDEx). Genes lie where they are drawn. A value that is missing is no attribute.

import { edges, network, nodes } from "./network.js";
import { exportedOfBoth } from "./table_rows.js";
import { isMissing } from "./text.js";

const PIXELS = 60; // of a unit of the layout, as in network.cx2

/** @typedef {{ id?: string, name: string, xml: string, cx: string, of: (k: number) => unknown }} Attribute of a gene or of an edge */

/** @type {Attribute[]} */
const OF_GENES = [
  { name: "name", xml: "string", cx: "string", of: (i) => nodes.symbol[i] },
  { name: "gene_id", xml: "string", cx: "string", of: (i) => nodes.id[i] || null },
  { name: "is_tf", xml: "boolean", cx: "boolean", of: (i) => nodes.is_tf[i] },
  { name: "community", xml: "int", cx: "integer", of: (i) => nodes.community[i] },
];

/** @type {Attribute[]} */
const OF_EDGES = [
  { name: "probability", xml: "double", cx: "double", of: (e) => edges.probability[e] },
  { name: "spread", xml: "double", cx: "double", of: (e) => edges.spread[e] },
  { name: "score", xml: "double", cx: "double", of: (e) => edges.score[e] },
  { name: "rank", xml: "long", cx: "long", of: (e) => edges.rank[e] },
  { name: "correlation", xml: "double", cx: "double", of: (e) => edges.correlation[e] },
  { name: "sign", xml: "string", cx: "string", of: (e) => edges.sign[e] },
  { name: "known", xml: "boolean", cx: "boolean", of: (e) => edges.known[e] },
];

/** @returns {Attribute[]} */
const attributesOfEdges = () => [...OF_EDGES, ...exportedOfBoth().map(({ id, name, text, of }) =>
  ({ id, name, xml: text ? "string" : "double", cx: text ? "string" : "double", of }))];

/** @param {number[]} rows */
const genesOf = (rows) => [...new Set(rows.flatMap((e) => [edges.tf[e], edges.target[e]]))].sort((a, b) => a - b);

/** @param {unknown} value */
const escape = (value) => String(value).replace(/[&<>"\r]/g, (mark) => `&#${mark.charCodeAt(0)};`)
  .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ""); // XML 1.0 has no way to write these

/**
 * @param {number[]} rows edges
 */
export function graphmlOf(rows) {
  /** @type {(attributes: Attribute[], domain: string) => string[]} */
  const keys = (attributes, domain) => attributes.map(({ name, xml, id = name }) =>
    `<key id="${domain}-${id}" for="${domain}" attr.name="${escape(name)}" attr.type="${xml}"/>`);
  /** @type {(attributes: Attribute[], domain: string, k: number) => string} */
  const data = (attributes, domain, k) => attributes.map(({ name, of, id = name }) => (isMissing(of(k)) ? ""
    : `<data key="${domain}-${id}">${escape(of(k))}</data>`)).join("");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys(OF_GENES, "node"), ...keys(attributesOfEdges(), "edge"), '<graph edgedefault="directed">',
    ...genesOf(rows).map((i) => `<node id="n${i}">${data(OF_GENES, "node", i)}</node>`),
    ...rows.map((e) => `<edge source="n${edges.tf[e]}" target="n${edges.target[e]}">${data(attributesOfEdges(), "edge", e)}</edge>`),
    "</graph>", "</graphml>", "",
  ].join("\n");
}

/**
 * @param {number[]} rows edges
 * @param {string} name of the network
 */
export function cx2Of(rows, name) {
  const genes = genesOf(rows);
  /** @param {Attribute[]} attributes */
  const declare = (attributes) => Object.fromEntries(attributes.map(({ name: key, cx }) => [key, { d: cx }]));
  /** @type {(attributes: Attribute[], k: number) => Record<string, unknown>} */
  const values = (attributes, k) => Object.fromEntries(
    attributes.map(({ name: key, of }) => [key, of(k)]).filter(([, value]) => !isMissing(/** @type {Value} */ (value))));
  const aspects = {
    attributeDeclarations: [{ networkAttributes: { name: { d: "string" } }, nodes: declare(OF_GENES), edges: declare(attributesOfEdges()) }],
    networkAttributes: [{ name }],
    nodes: genes.map((i) => ({ id: i, x: round(nodes.x[i]), y: -round(nodes.y[i]), v: values(OF_GENES, i) })),
    edges: rows.map((e) => ({ id: e, s: edges.tf[e], t: edges.target[e], v: values(attributesOfEdges(), e) })),
  };
  return `${JSON.stringify([
    { CXVersion: "2.0", hasFragments: false },
    { metaData: Object.entries(aspects).map(([key, elements]) => ({ name: key, elementCount: elements.length })) },
    ...Object.entries(aspects).map(([key, elements]) => ({ [key]: elements })),
    { status: [{ error: "", success: true }] },
  ])}\n`;
}

/** @param {number} place */
const round = (place) => Math.round(place * PIXELS * 100) / 100;

/** The name of the network, where it has one. */
export const nameOfNetwork = () => network.summary.name || "grnet network";
