// Terms of genes in the panels, the most telling first: those that the fewest genes have.

import { make, note, restButton, section } from "./elements.js";
import { compareTerms } from "./gene_evidence.js";
import { nodes } from "./network.js";
import { plural, showCount } from "./text.js";

const FIRST = 12; // of a list, before all are asked for

/** @param {string} text */
const capitalise = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @type {(i: number, terms: Terms) => string} */
function sayNoTerms(i, { name, place, values }) {
  return values[i] ? `${nodes.symbol[i]} has no ${place}s.` : `The ${name} of ${nodes.symbol[i]} are not in this page.`;
}

/** The terms of a gene.
 * @type {(i: number, terms: Terms) => HTMLElement} */
export function showTerms(i, terms) {
  const rows = terms.values[i];
  return section(capitalise(terms.name), rows?.length ? [
    listTerms(`${plural(rows.length, terms.place, `${terms.place}s`)} of ${nodes.symbol[i]}`, rows, terms), explainOrder(terms),
  ] : note(sayNoTerms(i, terms)));
}

/** The terms that two genes share and those that they do not.
 * @type {(tf: number, target: number, terms: Terms) => HTMLElement} */
export function showSharedTerms(tf, target, terms) {
  const [first, second] = [terms.values[tf], terms.values[target]], title = capitalise(terms.name);
  const missing = [...new Set([tf, target])].filter((i) => !terms.values[i]?.length).map((i) => sayNoTerms(i, terms));
  if (!first?.length && !second?.length) return section(title, note(missing.join(" ")));
  const lists = compareTerms(first ?? [], second ?? []), names = [tf, target].map((i) => nodes.symbol[i]);
  return section(title,
    first?.length && second?.length ? listTerms(`Both (${showCount(lists.shared.length)})`, lists.shared, terms, "both") : note(missing.join(" ")),
    make("div", { class: "charts" },
      first?.length ? listTerms(`Only ${names[0]} (${showCount(lists.first.length)})`, lists.first, terms, "tf") : null,
      second?.length ? listTerms(`Only ${names[1]} (${showCount(lists.second.length)})`, lists.second, terms, "target") : null),
    explainOrder(terms));
}

/** @param {Terms} terms */
const explainOrder = ({ place }) => note(`Most specific first: the fewer genes have a ${place}, the more informative it is.`);

/** A list of terms with how many genes have each; the rest follow when they are asked for.
 * @type {(title: string, rows: number[], terms: Terms, end?: string) => HTMLElement} */
function listTerms(title, rows, { places, counts }, end = "") {
  /** @param {number} row */
  const item = (row) => make("li", {}, make("span", {}, places[row]), " ", make("span", { class: "whole" }, plural(counts[row], "gene", "genes")));
  const list = make("ul", { class: "terms" }, rows.slice(0, FIRST).map(item));
  const more = restButton(rows.length, FIRST, () => {
    const rest = rows.slice(FIRST).map(item);
    list.append(...rest);
    rest[0].tabIndex = -1;
    return rest[0];
  });
  return make("div", {}, make("h4", { class: end ? `over ${end}` : undefined }, title), rows.length ? list : note("None."), more);
}
