// Threshold, filters, tabs, help, and the keys that work everywhere.

import { drawAll } from "./drawing.js";
import { byId, inputOf, make } from "./elements.js";
import { showFigures } from "./figures_tab.js";
import { sayShown } from "./gene_words.js";
import { sampleOf, swatch } from "./legend.js";
import { HOLDERS, SIGNS, edges, nameOfHolder, network } from "./network.js";
import { step } from "./panel.js";
import { CHOOSING, TABS, change, clearSelection, countOf, onChange, showTab, shown, state, stepOf } from "./state.js";
import { drawRows } from "./table.js";
import { plural, showCount } from "./text.js";
import { oncePerFrame } from "./timing.js";
import { surface } from "./view.js";

// ---- threshold: a step for each probability that occurs, so that the slider is even whatever their distribution
function takeThreshold() {
  const { value } = inputOf("threshold-number"), threshold = Number(value);
  if (value !== "" && threshold >= 0 && threshold <= 1) change({ threshold }); else sayThreshold();
}

function sayThreshold() {
  const { steps } = network, slider = inputOf("threshold"), box = inputOf("threshold-number");
  slider.value = String(Math.min(stepOf(state.threshold), steps.length - 1));
  slider.setAttribute("aria-valuetext", sayShown());
  slider.disabled = steps.length < 2;
  if (document.activeElement !== box || Number(box.value) !== state.threshold) box.value = String(state.threshold);
  const atFirst = state.threshold === network.threshold && steps.length && state.threshold > steps[0];
  byId("threshold-says").textContent = sayShown() + (atFirst ? ", the strongest first" : "");
  byId("threshold-says").title = `${sayShown()}, between ${plural(shown.nGenes, "gene", "genes")}`;
}

function setUpThreshold() {
  const slider = inputOf("threshold");
  slider.max = String(Math.max(0, network.steps.length - 1));
  slider.addEventListener("input", () => change({ threshold: network.steps[Number(slider.value)] }));
  inputOf("threshold-number").addEventListener("change", takeThreshold);
  onChange(CHOOSING, sayThreshold);
}

// ---- filters: each says how many edges it lets through beside the others
/** @returns {{ key: string, title: string, hides?: boolean }[]} */
const listFilters = () => [
  ...(network.compared ? HOLDERS.map((key) => ({ key, title: nameOfHolder(key), hides: true })) : []),
  ...["known", "novel", ...SIGNS].map((key) => ({ key, title: key === "unknown" ? "sign unknown" : key, hides: true })),
  { key: "tfs", title: "TF → TF only" }, { key: "images", title: "genes with images" },
];

/** @param {string} key */
const signOf = (key) => SIGNS.find((sign) => sign === key);
/** @param {string} key */
function sampleFor(key) {
  const sign = signOf(key), holder = HOLDERS.find((name) => name === key);
  return sign ? swatch(sign) : holder ? sampleOf(holder) : null;
}
/** @param {string} key */
const filterBox = (key) => /** @type {HTMLInputElement | null} */ (document.getElementById(`filter-${key}`));

function setUpFilters() {
  for (const { key, title, hides = false } of listFilters()) {
    const sign = signOf(key);
    if (sign && !edges.sign.includes(sign)) continue; // nothing to filter
    const box = make("input", { type: "checkbox", id: `filter-${key}`, onchange: () => toggle(key, hides ? !box.checked : box.checked, hides) });
    byId("filters").append(make("label", {}, box, sampleFor(key), title, make("span", { class: "count" })));
  }
  onChange(CHOOSING, checkFilters);
  onChange(["theme"], () => {
    for (const key of [...SIGNS, ...HOLDERS]) filterBox(key)?.parentElement?.querySelector("svg")?.replaceWith(sampleFor(key) ?? "");
  });
}

/** @type {(key: string, on: boolean, hides: boolean) => void} */
function toggle(key, on, hides) {
  const name = hides ? "hidden" : "only", set = new Set(state[name]);
  if (on) set.add(key); else set.delete(key);
  change({ [name]: set });
}

function checkFilters() {
  for (const { key, hides } of listFilters()) {
    const box = filterBox(key);
    if (!box) continue;
    box.checked = hides ? !state.hidden.has(key) : state.only.has(key);
    const count = box.parentElement?.querySelector(".count");
    if (hides && count) count.textContent = showCount(countOf(key));
  }
}

// ---- tabs: arrow keys move between them
/** @param {Tab} name */
const tabButton = (name) => byId(`tab-${name}`);

function showTabs() {
  for (const name of TABS) {
    tabButton(name).setAttribute("aria-selected", String(name === state.tab));
    tabButton(name).tabIndex = name === state.tab ? 0 : -1;
  }
  byId("main").hidden = byId("controls").hidden = state.tab === "figures";
  byId("drawing").hidden = state.tab !== "network";
  byId("listing").hidden = state.tab !== "table";
  byId("figures").hidden = state.tab !== "figures";
  const place = byId("figures-place");
  if (state.tab === "figures" && !place.hasChildNodes()) showFigures(place);
}

function setUpTabs() {
  for (const name of TABS) {
    tabButton(name).addEventListener("click", () => showTab(name));
    tabButton(name).addEventListener("keydown", ({ key }) => {
      const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
      if (!by) return;
      const next = TABS[(TABS.indexOf(name) + by + TABS.length) % TABS.length];
      showTab(next);
      tabButton(next).focus();
    });
  }
  onChange(["tab"], showTabs);
}

// ---- the rest
function reset() {
  inputOf("table-filter").value = inputOf("search").value = "";
  change({ threshold: network.threshold, hidden: new Set(), only: new Set(), focus: null, selection: null, context: null, view: null });
}

const help = () => /** @type {HTMLDialogElement} */ (byId("help"));

/** @param {KeyboardEvent} event */
const isTyping = ({ target }) =>
  target instanceof Element && target.closest("textarea, select, input:not([type=range], [type=checkbox])") !== null;

/** @param {KeyboardEvent} event */
function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || help().open) return;
  if (event.key === "Escape") clearSelection();
  else if (isTyping(event)) return;
  else if (event.key === "n") step(1);
  else if (event.key === "p") step(-1);
  else if (event.key === "/" && state.tab !== "figures") {
    inputOf("search").focus();
    inputOf("search").select();
    event.preventDefault();
  }
}

export function setUpControls() {
  setUpThreshold();
  setUpFilters();
  setUpTabs();
  byId("help-open").addEventListener("click", () => help().showModal());
  byId("help-close").addEventListener("click", () => help().close()); // a notebook's frame forbids forms
  byId("reset").addEventListener("click", reset);
  document.addEventListener("keydown", pressKey);
  const fitToRoom = new ResizeObserver(oncePerFrame(() => { if (state.tab === "network") drawAll(); else drawRows(); }));
  fitToRoom.observe(surface());
  fitToRoom.observe(byId("rows"));
}
