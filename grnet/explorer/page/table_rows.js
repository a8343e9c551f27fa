// The rows of the table: its columns, which edges are listed in which order, and copies of them as text.

import { collator } from "./gene_search.js";
import { HOLDERS, edges, nameOfHolder, network, nodes } from "./network.js";
import { NO_VALUE, isMissing, showCount, showNumber, showProbability, showSigned } from "./text.js";

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} title
 * @property {string} [width]
 * @property {(e: number) => Value} [figure] of a column of numbers
 * @property {(e: number) => string} text
 */

/** @type {Column[]} */
const COLUMNS = [
  { name: "rank", title: "Rank", width: "76px", figure: (e) => edges.rank[e], text: (e) => showCount(edges.rank[e]) },
  { name: "tf", title: "TF", text: (e) => nodes.symbol[edges.tf[e]] },
  { name: "target", title: "Target", text: (e) => nodes.symbol[edges.target[e]] },
  { name: "probability", title: "Probability", width: "112px", figure: (e) => edges.probability[e], text: (e) => showProbability(edges.probability[e]) },
  { name: "spread", title: "Spread", width: "84px", figure: (e) => edges.spread[e], text: (e) => showNumber(edges.spread[e]) },
  { name: "correlation", title: "r", width: "74px", figure: (e) => edges.correlation[e], text: (e) => showSigned(edges.correlation[e]) },
  { name: "sign", title: "Sign", width: "104px", text: (e) => edges.sign[e] },
  { name: "known", title: "Known", width: "84px", text: (e) => (edges.known[e] ? "known" : "novel") },
];

/** @returns {Column[]} */
const columnsOfBoth = () => (network.compared ? [
  ...network.compared.names.map((title, k) => {
    /** @param {number} e */
    const figure = (e) => network.compared?.probability[k][e] ?? NaN;
    return { name: HOLDERS[k], title, width: "112px", figure, text: (/** @type {number} */ e) => (isMissing(figure(e)) ? NO_VALUE : showProbability(figure(e))) };
  }),
  { name: "held", title: "Kept by", width: "150px", text: (e) => nameOfHolder(/** @type {Compared} */ (network.compared).held[e]) },
] : []);

/** The columns of the table: with those of both networks where two are compared. */
export const listColumns = () => [...COLUMNS, ...columnsOfBoth()];

/**
 * The column of that name, the first where there is none.
 * @param {string} name
 */
const columnOf = (name) => listColumns().find((column) => column.name === name) ?? COLUMNS[0];

/**
 * Whether a column falls when it is first sorted by: figures start with the highest, as one asks for those; ranks and
 * words with the first.
 * @param {string} name
 */
export const fallsAtFirst = (name) => name !== "rank" && columnOf(name).figure !== undefined;

/**
 * @param {string} name
 * @param {boolean} falling
 * @returns {(e: number, f: number) => number}
 */
export function compareBy(name, falling) {
  const { figure, text } = columnOf(name), way = falling ? -1 : 1;
  return (e, f) => {
    if (!figure) return way * collator.compare(text(e), text(f)) || e - f;
    const [a, b] = [figure(e), figure(f)];
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b)) || e - f; // missing ones last
    return way * (a - b) || e - f;
  };
}

/**
 * Edges one of whose genes has the text in its name or id.
 * @param {number[]} rows
 * @param {string} text
 */
export function filterRows(rows, text) {
  const part = text.trim().toLowerCase();
  /** @param {number} i */
  const matches = (i) => nodes.symbol[i].toLowerCase().includes(part) || nodes.id[i].toLowerCase().includes(part);
  return rows.filter((e) => !part || matches(edges.tf[e]) || matches(edges.target[e]));
}

// ---- copies: every column, names exactly as they are
/** @type {[string, (e: number) => unknown][]} */
const EXPORTED = [
  ["rank", (e) => edges.rank[e]], ["tf", (e) => nodes.symbol[edges.tf[e]]], ["target", (e) => nodes.symbol[edges.target[e]]],
  ["tf_id", (e) => nodes.id[edges.tf[e]]], ["target_id", (e) => nodes.id[edges.target[e]]],
  ["probability", (e) => edges.probability[e]], ["spread", (e) => edges.spread[e]],
  ["seed_spread", (e) => edges.seed_spread[e]], ["score", (e) => edges.score[e]],
  ["correlation", (e) => edges.correlation[e]], ["sign", (e) => edges.sign[e]], ["known", (e) => edges.known[e]],
];

/** What copies have of each of two networks.
 * @returns {{ id: string, name: string, text: boolean, of: (e: number) => unknown }[]} */
export const exportedOfBoth = () => (network.compared ? [
  ...network.compared.names.map((name, k) => ({
    id: HOLDERS[k], name: `probability in ${name}`, text: false, of: (/** @type {number} */ e) => network.compared?.probability[k][e],
  })),
  { id: "kept_by", name: "kept_by", text: true, of: (e) => nameOfHolder(/** @type {Compared} */ (network.compared).held[e]) },
] : []);

/**
 * Edges as lines of cells (RFC 4180); all cells in quotes, or those that need them.
 * @param {number[]} listed
 * @param {string} separator
 * @param {boolean} quoted
 */
export function tableText(listed, separator, quoted) {
  /** @param {unknown} value */
  const write = (value) => {
    const cell = isMissing(value) ? "" : String(value);
    return quoted || /["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  };
  const columns = [...EXPORTED, ...exportedOfBoth().map(({ name, of }) => /** @type {[string, (e: number) => unknown]} */ ([name, of]))];
  const rows = [columns.map(([name]) => name), ...listed.map((e) => columns.map(([, value]) => value(e)))];
  return rows.map((row) => `${row.map(write).join(separator)}\r\n`).join("");
}
