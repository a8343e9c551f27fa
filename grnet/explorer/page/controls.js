// Threshold, filters, legend, tabs, theme, help, and the keys that work everywhere.
const SIGN_WORDS = { activation: "activation (r > 0)", repression: "repression (r < 0)", unknown: "sign unknown" };
const slider = byId("threshold"), thresholdBox = byId("threshold-number");

// ---- threshold: a step for each probability that occurs, so that the slider is even whatever their distribution
slider.max = Math.max(0, steps.length - 1);
slider.addEventListener("input", () => change({ threshold: steps[slider.value] }));
thresholdBox.addEventListener("change", () => {
  const value = Number(thresholdBox.value);
  if (thresholdBox.value !== "" && value >= 0 && value <= 1) change({ threshold: value }); else sayThreshold();
});
const sayShown = () => `≥ ${showThreshold(state.threshold)} · ${showCount(shown.rows.length)} of ${plural(nEdges, "edge", "edges")}`;
function sayThreshold() {
  slider.value = Math.min(stepOf(state.threshold), steps.length - 1);
  slider.setAttribute("aria-valuetext", sayShown());
  slider.disabled = steps.length < 2;
  if (document.activeElement !== thresholdBox || Number(thresholdBox.value) !== state.threshold) thresholdBox.value = state.threshold;
  const atFirst = state.threshold === data.threshold && steps.length && state.threshold > steps[0];
  byId("threshold-says").textContent = sayShown() + (atFirst ? ", the strongest first" : "");
  byId("threshold-says").title = `${sayShown()}, between ${plural(shown.nGenes, "gene", "genes")}`;
}
onChange(["threshold", "hidden", "only"], sayThreshold);

// ---- filters: each says how many edges it lets through beside the others
const FILTERS = [
  ...["known", "novel", ...SIGNS].map((key) => ({ key, title: key === "unknown" ? "sign unknown" : key, hides: true })),
  { key: "tfs", title: "TF → TF only" }, { key: "images", title: "genes with images" },
];
function setUpFilters() {
  for (const { key, title, hides } of FILTERS) {
    if (SIGNS.includes(key) && !edges.sign.includes(key)) continue; // nothing to filter
    const box = make("input", { type: "checkbox", id: `filter-${key}`, onchange: () => toggle(key, hides ? !box.checked : box.checked, hides) });
    byId("filters").append(make("label", {}, box, SIGNS.includes(key) ? swatch(key) : null, title, make("span", { class: "count" })));
  }
}
function toggle(key, on, hides) {
  const name = hides ? "hidden" : "only", set = new Set(state[name]);
  if (on) set.add(key); else set.delete(key);
  change({ [name]: set });
}
function checkFilters() {
  for (const { key, hides } of FILTERS) {
    const box = byId(`filter-${key}`);
    if (!box) continue;
    box.checked = hides ? !state.hidden.has(key) : state.only.has(key);
    if (!hides) continue;
    const others = new Set([...state.hidden].filter((other) => other !== key)), column = KINDS.includes(key) ? "known" : "sign";
    const wanted = column === "sign" ? key : key === "known";
    const count = range(nEdges).filter((e) => edges[column][e] === wanted && passes(e, others)).length;
    box.parentElement.querySelector(".count").textContent = showCount(count);
  }
}
onChange(["threshold", "hidden", "only"], checkFilters);

// ---- legend
const swatch = (sign) => picture([svg("path", { d: "M1 8H33", class: "swatch", stroke: SIGN_COLOURS[sign], "stroke-width": 2.5 }), headSwatch(sign)], 30);
function headSwatch(sign) {
  const d = { activation: "M17 3L26 8L17 13Z", repression: "M24 2V14", unknown: "M17 3L26 8L17 13" }[sign];
  return svg("path", { d, fill: sign === "activation" ? SIGN_COLOURS[sign] : "none", stroke: SIGN_COLOURS[sign], "stroke-width": sign === "activation" ? 0 : 2.5 });
}
function picture(shapes, width = 34) {
  const made = svg("svg", { viewBox: `${17 - width / 2} 0 ${width} 16`, width, height: 16, "aria-hidden": "true" });
  made.append(...shapes);
  return made;
}

function drawLegend() {
  const line = (look) => picture([svg("path", { d: "M1 8H33", stroke: "currentColor", ...look })], 24);
  const gene = (d, name, width) => picture([svg("path", { d, fill: colourOf(name), stroke: colourOf(`${name}-line`) })], width);
  const level = (k) => showThreshold(LEVELS[k]);
  const novel = shown.crowded ? { "stroke-width": 2, "stroke-opacity": 0.35 } : { "stroke-width": 2, "stroke-dasharray": "5 3" };
  const entries = [
    [gene("M17 0L25 8L17 16L9 8Z", "tf", 18), "TF (larger: more targets)"], [gene("M11 8a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z", "target", 18), "target"],
    ...SIGNS.filter((sign) => edges.sign.includes(sign)).map((sign) => [swatch(sign), SIGN_WORDS[sign]]),
    [line({ "stroke-width": 2 }), "known"], [line(novel), shown.crowded ? "novel (paler)" : "novel"],
    ...(nEdges && LEVELS[1] > LEVELS[0] ? [[line({ "stroke-width": 3 }), `probability > ${level(1)}`], [line({ "stroke-width": 1 }), `≤ ${level(0)}`]] : []),
  ];
  byId("legend").replaceChildren(...entries.map(([sample, text]) => make("div", {}, sample, text)));
}
onChange(["threshold", "hidden", "only", "theme"], drawLegend);
onChange(["theme"], () => {
  for (const sign of SIGNS) byId(`filter-${sign}`)?.parentElement.querySelector("svg").replaceWith(swatch(sign));
});

// ---- tabs: arrow keys move between them
const tabButton = (name) => byId(`tab-${name}`);
let figuresDrawn = false;
function showTabs() {
  for (const name of TABS) {
    tabButton(name).setAttribute("aria-selected", String(name === state.tab));
    tabButton(name).tabIndex = name === state.tab ? 0 : -1;
  }
  byId("main").hidden = byId("controls").hidden = state.tab === "figures";
  byId("drawing").hidden = state.tab !== "network";
  byId("listing").hidden = state.tab !== "table";
  byId("figures").hidden = state.tab !== "figures";
  if (state.tab === "figures" && !figuresDrawn && typeof showFigures === "function") {
    figuresDrawn = true;
    showFigures(byId("figures-place"));
  }
}
for (const name of TABS) {
  tabButton(name).addEventListener("click", () => showTab(name));
  tabButton(name).addEventListener("keydown", ({ key }) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!by) return;
    const next = TABS[(TABS.indexOf(name) + by + TABS.length) % TABS.length];
    showTab(next);
    tabButton(next).focus();
  });
}

// ---- the rest
byId("theme").addEventListener("click", () => change({ theme: isDark() ? "light" : "dark" }));
byId("help-open").addEventListener("click", () => byId("help").showModal());
byId("reset").addEventListener("click", () => {
  filterBox.value = searchBox.value = "";
  change({ threshold: data.threshold, hidden: new Set(), only: new Set(), selection: null, context: null, view: null });
});

const isTyping = ({ target }) => target.closest("textarea, select, input:not([type=range], [type=checkbox])") !== null;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  if (event.key === "Escape") return clearSelection();
  if (isTyping(event)) return undefined;
  if (event.key === "n") step(1);
  else if (event.key === "p") step(-1);
  else if (event.key === "/" && state.tab !== "figures") { searchBox.focus(); searchBox.select(); event.preventDefault(); }
  return undefined;
});

const fitToRoom = new ResizeObserver(oncePerFrame(() => { if (state.tab === "network") drawAll(); else drawRows(); }));
fitToRoom.observe(surface);
fitToRoom.observe(scroller);
