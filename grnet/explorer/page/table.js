// The table tab: the edges that pass threshold and filters, in rows that exist only while they are in view.
const ROW = 28, AROUND = 10;
const names = new Intl.Collator("en", { numeric: true });
const COLUMNS = [
  { name: "rank", title: "Rank", width: "76px", number: true, value: (e) => edges.rank[e], show: showCount },
  { name: "tf", title: "TF", value: (e) => nodes.symbol[edges.tf[e]], show: String },
  { name: "target", title: "Target", value: (e) => nodes.symbol[edges.target[e]], show: String },
  { name: "probability", title: "Probability", width: "112px", number: true, value: (e) => edges.probability[e], show: showProbability },
  { name: "spread", title: "Spread", width: "84px", number: true, value: (e) => edges.spread[e], show: (value) => showNumber(value) },
  { name: "correlation", title: "r", width: "74px", number: true, value: (e) => edges.correlation[e], show: (value) => showSigned(value) },
  { name: "sign", title: "Sign", width: "104px", value: (e) => edges.sign[e], show: String },
  { name: "known", title: "Known", width: "84px", value: (e) => (edges.known[e] ? "known" : "novel"), show: String },
];
const table = byId("edges"), scroller = byId("rows"), filterBox = byId("table-filter");
const listing = { sort: "rank", falling: false, rows: [], current: 0 };

function setUpTable() {
  table.querySelector("colgroup").append(...COLUMNS.map(({ width }) => make("col", { style: width ? { width } : {} })));
  table.querySelector("thead tr").append(...COLUMNS.map(({ name, title, number }) => make("th", {
    scope: "col", "aria-sort": "none", dataset: { column: name }, class: number ? "number" : null,
  }, make("button", { type: "button", onclick: () => sortBy(name) }, title))));
  table.querySelector("tbody").className = "space";
  table.append(make("tbody", { id: "listed" }), make("tbody", { class: "space" }));
  scroller.addEventListener("scroll", oncePerFrame(drawRows), { passive: true });
  filterBox.addEventListener("input", () => listRows());
  table.addEventListener("keydown", moveInTable);
}

// Figures start with the highest, as one asks for those; ranks and words with the first.
function sortBy(name) {
  const { number } = COLUMNS.find((column) => column.name === name);
  listing.falling = listing.sort === name ? !listing.falling : Boolean(number) && name !== "rank";
  listing.sort = name;
  listRows();
}

function compareBy({ value, number }, falling) {
  const order = number ? (a, b) => a - b : (a, b) => names.compare(a, b);
  return (e, f) => {
    const [a, b] = [value(e), value(f)];
    if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b) || e - f; // what is missing comes last
    return (falling ? -order(a, b) : order(a, b)) || e - f;
  };
}

// Which edges are listed, in which order.
function listRows() {
  const part = filterBox.value.trim().toLowerCase();
  const matches = (i) => nodes.symbol[i].toLowerCase().includes(part) || nodes.id[i].toLowerCase().includes(part);
  const column = COLUMNS.find(({ name }) => name === listing.sort);
  const before = listing.rows[listing.current];
  listing.rows = shown.rows.filter((e) => !part || matches(edges.tf[e]) || matches(edges.target[e]));
  listing.rows.sort(compareBy(column, listing.falling));
  listing.current = Math.max(0, listing.rows.indexOf(before));
  for (const head of table.querySelectorAll("th")) {
    const sorted = head.dataset.column === listing.sort;
    head.setAttribute("aria-sort", !sorted ? "none" : listing.falling ? "descending" : "ascending");
  }
  byId("table-says").textContent = `${showCount(listing.rows.length)} of ${plural(nEdges, "edge", "edges")}`;
  table.setAttribute("aria-rowcount", listing.rows.length + 1);
  for (const id of ["copy-table", "save-csv"]) byId(id).disabled = !listing.rows.length;
  drawRows();
}

function drawRows() {
  if (state.tab !== "table") return;
  const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - AROUND);
  const last = Math.min(listing.rows.length, first + Math.ceil(scroller.clientHeight / ROW) + 2 * AROUND);
  const [above, body, below] = table.tBodies;
  const space = (height) => (height > 0 ? [make("tr", { "aria-hidden": "true", style: { height: `${height}px` } }, make("td", { colspan: COLUMNS.length }))] : []);
  above.replaceChildren(...space(first * ROW));
  body.replaceChildren(...range(Math.max(0, last - first)).map((k) => rowElement(first + k)));
  below.replaceChildren(...space((listing.rows.length - last) * ROW));
  const current = byId(`row-${listing.current}`);
  if (current) table.setAttribute("aria-activedescendant", current.id); else table.removeAttribute("aria-activedescendant");
}

function rowElement(k) {
  const e = listing.rows[k], chosen = state.selection?.edge === e;
  const cells = COLUMNS.map(({ name, number, value, show }) => {
    const text = show(value(e)), isName = name === "tf" || name === "target";
    const look = [number && "number", isName && "name", name === "sign" && edges.sign[e]].filter(Boolean).join(" ");
    return make("td", { class: look || null, title: isName ? text : null }, text);
  });
  return make("tr", {
    id: `row-${k}`, "aria-rowindex": k + 2, "aria-selected": String(chosen), class: k === listing.current ? "current" : null,
    dataset: { edge: e }, onclick: () => { listing.current = k; selectEdge(e); },
  }, ...cells);
}

function goToRow(k) {
  listing.current = Math.min(listing.rows.length - 1, Math.max(0, k));
  const top = listing.current * ROW, head = table.tHead.offsetHeight, room = scroller.clientHeight - head - ROW;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
  drawRows();
}

function moveInTable(event) {
  const page = Math.max(1, Math.floor(scroller.clientHeight / ROW) - 2), { current, rows } = listing;
  const to = { ArrowDown: current + 1, ArrowUp: current - 1, PageDown: current + page, PageUp: current - page, Home: 0, End: rows.length - 1 };
  if (event.target !== table || !rows.length) return;
  if (event.key in to) goToRow(to[event.key]);
  else if (event.key === "Enter" || event.key === " ") selectEdge(rows[current]);
  else return;
  event.preventDefault();
}

// ---- copies: every column, names exactly as they are
const EXPORTED = [
  ["rank", (e) => edges.rank[e]], ["tf", (e) => nodes.symbol[edges.tf[e]]], ["target", (e) => nodes.symbol[edges.target[e]]],
  ["tf_id", (e) => nodes.id[edges.tf[e]]], ["target_id", (e) => nodes.id[edges.target[e]]],
  ...["probability", "spread", "seed_spread", "score", "correlation", "sign", "known"].map((name) => [name, (e) => edges[name][e]]),
];
const quote = (text) => `"${text.replaceAll('"', '""')}"`;
const cellOf = (value) => (isMissing(value) ? "" : String(value));
function tableText(separator, quoted) {
  const rows = [EXPORTED.map(([name]) => name), ...listing.rows.map((e) => EXPORTED.map(([, value]) => cellOf(value(e))))];
  const write = (cell) => (quoted || /["\t\r\n]/.test(cell) ? quote(cell) : cell);
  return rows.map((row) => row.map(write).join(separator) + "\r\n").join(""); // RFC 4180
}

byId("copy-table").addEventListener("click", () => copyText(tableText("\t", false), plural(listing.rows.length, "row copied", "rows copied")));
byId("save-csv").addEventListener("click", () => saveFile("edges.csv", new Blob([tableText(",", true)], { type: "text/csv" })));

setUpTable();
onChange(["threshold", "hidden", "only"], listRows);
onChange(["tab"], drawRows);
onChange(["selection"], () => {
  const k = state.selection?.edge === undefined ? -1 : listing.rows.indexOf(state.selection.edge);
  if (k >= 0 && state.tab === "table") goToRow(k); else drawRows();
});
