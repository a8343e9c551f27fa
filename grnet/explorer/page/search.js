// Finding a gene: a text box with a list of what fits, as ARIA's combobox pattern has it.

import { byId, inputOf, make } from "./elements.js";
import { findGenes } from "./gene_search.js";
import { geneName } from "./gene_words.js";
import { nodes } from "./network.js";
import { say } from "./saving.js";
import { focusGene, selectGene, state } from "./state.js";
import { onOneLine, plural, showCount } from "./text.js";
import { surface } from "./view.js";

const MOST_FOUND = 12;
const options = { found: /** @type {number[]} */ ([]), chosen: -1 };

const box = () => inputOf("search");
const list = () => byId("found");

/** @param {number} i */
const aboutGene = (i) => [
  nodes.id[i] === nodes.symbol[i] ? "" : onOneLine(nodes.id[i]),
  nodes.is_tf[i] ? `TF, ${plural(nodes.out_degree[i], "target", "targets")}` : "target",
].filter(Boolean).join(" · ");

/** @param {string} text */
const remark = (text) => make("li", { role: "option", "aria-disabled": "true" }, text);

function listFound() {
  const all = findGenes(box().value), text = box().value.trim();
  options.found = all.slice(0, MOST_FOUND);
  list().replaceChildren(...options.found.map((i, k) => make("li", {
    id: `found-${k}`, role: "option", "aria-selected": "false",
    onpointerdown: (/** @type {Event} */ event) => event.preventDefault(), onclick: () => take(k),
  }, make("b", { class: "gene" }, geneName(i)), make("span", {}, aboutGene(i)))));
  if (text && !all.length) list().append(remark("no gene of that name in the page"));
  if (all.length > MOST_FOUND) list().append(remark(`and ${showCount(all.length - MOST_FOUND)} more`));
  say(text ? plural(all.length, "gene found", "genes found") : "");
  openFound(text !== "");
  chooseOption(all.length ? 0 : -1);
}

/** @param {boolean} open */
function openFound(open) {
  list().hidden = !open;
  box().setAttribute("aria-expanded", String(open));
  if (!open) chooseOption(-1);
}

/** @param {number} k */
function chooseOption(k) {
  options.chosen = k;
  for (const [at, option] of [...list().children].entries()) option.setAttribute("aria-selected", String(at === k));
  if (k < 0) {
    box().removeAttribute("aria-activedescendant");
    return;
  }
  box().setAttribute("aria-activedescendant", `found-${k}`);
  list().children[k].scrollIntoView({ block: "nearest" });
}

/** @param {number} k */
function take(k) {
  const i = options.found[k];
  box().value = geneName(i);
  openFound(false);
  if (state.tab === "table") selectGene(i); else focusGene(i); // the way back lies over the drawing
  leaveSearch();
}

/** Give the keyboard back to what is searched. */
function leaveSearch() {
  openFound(false);
  (state.tab === "table" ? byId("edges") : surface()).focus();
}

/** @param {KeyboardEvent} event */
function pressKey(event) {
  const { found, chosen } = options, closed = list().hidden;
  if (event.key === "ArrowDown" && closed) listFound();
  else if (event.key === "ArrowDown" && found.length) chooseOption((chosen + 1) % found.length);
  else if (event.key === "ArrowUp" && found.length) chooseOption((chosen + found.length - 1) % found.length);
  else if (event.key === "Enter" && closed) listFound();
  else if (event.key === "Enter" && chosen >= 0) take(chosen);
  else if (event.key === "Escape") {
    box().value = "";
    leaveSearch();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

export function setUpSearch() {
  box().addEventListener("input", listFound);
  box().addEventListener("blur", () => openFound(false));
  box().addEventListener("keydown", pressKey);
}
