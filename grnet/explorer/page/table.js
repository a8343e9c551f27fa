// The table tab: the edges that pass threshold and filters, in rows that exist only while they are in view.

import { byId, inputOf, make } from "./elements.js";
import { range } from "./lists.js";
import { edges, network } from "./network.js";
import { copyText, saveFile } from "./saving.js";
import { CHOOSING, onChange, selectEdge, shown, state } from "./state.js";
import { compareBy, fallsAtFirst, filterRows, listColumns, tableText } from "./table_rows.js";
import { plural, showCount } from "./text.js";
import { oncePerFrame } from "./timing.js";
import { cx2Of, graphmlOf, nameOfNetwork } from "./view_files.js";

const ROW = 28, AROUND = 10; // height of a row in pixels; rows kept above and below those in view

/** What the table lists. */
export const listing = { sort: "rank", falling: false, rows: /** @type {number[]} */ ([]), current: 0 };

const table = () => /** @type {HTMLTableElement} */ (byId("edges"));
const scroller = () => byId("rows");

function buildTable() {
  const made = table();
  made.querySelector("colgroup")?.append(...listColumns().map(({ width }) => make("col", { style: width ? { width } : {} })));
  made.tHead?.rows[0].append(...listColumns().map(({ name, title, figure }) => make("th", {
    scope: "col", "aria-sort": "none", dataset: { column: name }, class: figure ? "number" : null,
  }, make("button", { type: "button", onclick: () => sortBy(name) }, title))));
  made.tBodies[0].className = "space";
  made.append(make("tbody", { id: "listed" }), make("tbody", { class: "space" }));
}

/** @param {string} name */
function sortBy(name) {
  listing.falling = listing.sort === name ? !listing.falling : fallsAtFirst(name);
  listing.sort = name;
  listRows();
}

/** Choose which edges are listed, in which order. */
function listRows() {
  const before = listing.rows[listing.current];
  listing.rows = filterRows(shown.rows, inputOf("table-filter").value).sort(compareBy(listing.sort, listing.falling));
  listing.current = Math.max(0, listing.rows.indexOf(before));
  for (const head of table().querySelectorAll("th")) {
    const sorted = head.dataset.column === listing.sort;
    head.setAttribute("aria-sort", !sorted ? "none" : listing.falling ? "descending" : "ascending");
  }
  byId("table-says").textContent = `${showCount(listing.rows.length)} of ${plural(network.nEdges, "edge", "edges")}`;
  table().setAttribute("aria-rowcount", String(listing.rows.length + 1));
  for (const id of ["copy-table", "save-csv", "save-graphml", "save-cx2"]) inputOf(id).disabled = !listing.rows.length;
  drawRows();
}

/** Draw the rows that are in view. */
export function drawRows() {
  if (state.tab !== "table") return;
  const { scrollTop, clientHeight } = scroller(), { tBodies: [above, body, below] } = table();
  const first = Math.max(0, Math.floor(scrollTop / ROW) - AROUND);
  const last = Math.min(listing.rows.length, first + Math.ceil(clientHeight / ROW) + 2 * AROUND);
  /** @param {number} height */
  const space = (height) => (height > 0
    ? [make("tr", { "aria-hidden": "true", style: { height: `${height}px` } }, make("td", { colspan: listColumns().length }))] : []);
  above.replaceChildren(...space(first * ROW));
  body.replaceChildren(...range(Math.max(0, last - first)).map((k) => rowElement(first + k)));
  below.replaceChildren(...space((listing.rows.length - last) * ROW));
  const current = document.getElementById(`row-${listing.current}`);
  if (current) table().setAttribute("aria-activedescendant", current.id); else table().removeAttribute("aria-activedescendant");
}

/** @param {number} k */
function rowElement(k) {
  const e = listing.rows[k], chosen = state.selection?.edge === e;
  const cells = listColumns().map(({ name, figure, text }) => {
    const shownText = text(e), isName = name === "tf" || name === "target";
    const look = [figure && "number", isName && "name", name === "sign" && edges.sign[e]].filter(Boolean).join(" ");
    return make("td", { class: look || null, title: isName ? shownText : null }, shownText);
  });
  return make("tr", {
    id: `row-${k}`, "aria-rowindex": k + 2, "aria-selected": String(chosen), class: k === listing.current ? "current" : null,
    dataset: { edge: e }, onclick: () => { listing.current = k; selectEdge(e); },
  }, ...cells);
}

/** @param {number} k */
function goToRow(k) {
  listing.current = Math.min(listing.rows.length - 1, Math.max(0, k));
  const box = scroller(), top = listing.current * ROW, room = box.clientHeight - (table().tHead?.offsetHeight ?? 0) - ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top > box.scrollTop + room) box.scrollTop = top - room;
  drawRows();
}

/** @param {KeyboardEvent} event */
function moveInTable(event) {
  const page = Math.max(1, Math.floor(scroller().clientHeight / ROW) - 2), { current, rows } = listing;
  /** @type {Record<string, number>} */
  const to = { ArrowDown: current + 1, ArrowUp: current - 1, PageDown: current + page, PageUp: current - page, Home: 0, End: rows.length - 1 };
  if (event.target !== table() || !rows.length) return;
  if (event.key in to) goToRow(to[event.key]);
  else if (event.key === "Enter" || event.key === " ") selectEdge(rows[current]);
  else return;
  event.preventDefault();
}

function followSelection() {
  const k = state.selection?.edge === undefined ? -1 : listing.rows.indexOf(state.selection.edge);
  if (k >= 0 && state.tab === "table") goToRow(k); else drawRows();
}

export function setUpTable() {
  buildTable();
  scroller().addEventListener("scroll", oncePerFrame(drawRows), { passive: true });
  inputOf("table-filter").addEventListener("input", listRows);
  table().addEventListener("keydown", moveInTable);
  byId("copy-table").addEventListener("click", () =>
    copyText(tableText(listing.rows, "\t", false), plural(listing.rows.length, "row copied", "rows copied")));
  byId("save-csv").addEventListener("click", () =>
    saveFile("edges.csv", new Blob([tableText(listing.rows, ",", true)], { type: "text/csv" })));
  byId("save-graphml").addEventListener("click", () =>
    saveFile("network.graphml", new Blob([graphmlOf(listing.rows)], { type: "application/xml" })));
  byId("save-cx2").addEventListener("click", () =>
    saveFile("network.cx2", new Blob([cx2Of(listing.rows, nameOfNetwork())], { type: "application/json" })));
  onChange(CHOOSING, listRows);
  onChange(["tab"], drawRows);
  onChange(["selection"], followSelection);
}
