// Gene sets that are enriched among the targets of a TF.

import { make, note, restButton, section } from "./elements.js";
import { network } from "./network.js";
import { showCount } from "./text.js";

const FIRST = 8; // of a list, before all are asked for

/** @param {number} value */
const showSmall = (value) => (value >= 0.001 ? value.toFixed(3) : value.toExponential(0));

/**
 * What the targets of a TF have in common; nothing where no sets were given, or the gene has no targets.
 * @param {number} i
 */
export function showGeneSets(i) {
  const sets = network.geneSets;
  if (!sets || !network.targetsOf[i].length) return null;
  const rows = sets.of[i], title = "Gene sets of its targets";
  const tested = note(`Hypergeometric test among the ${showCount(sets.universe)} genes that could be targets; q: false discovery rate over ` +
    `${showCount(sets.tests)} tests (Benjamini-Hochberg), at most ${sets.limit}.`);
  if (!rows.length) return section(title, note("No gene set is enriched."), tested);
  /** @param {GeneSetRow} row */
  const show = ([name, description, both, all, expected, , q, genes]) => make("tr", { title: `${description ? `${description}: ` : ""}${genes}` },
    make("td", {}, name), make("td", {}, `${showCount(both)} of ${showCount(all)}`), make("td", {}, expected.toFixed(1)), make("td", {}, showSmall(q)));
  const body = make("tbody", {}, rows.slice(0, FIRST).map(show));
  const more = restButton(rows.length, FIRST, () => {
    body.append(...rows.slice(FIRST).map(show));
    body.rows[FIRST].tabIndex = -1;
    return body.rows[FIRST];
  });
  const head = make("tr", {}, ...["Set", "Targets", "By chance", "q"].map((name) => make("th", { scope: "col" }, name)));
  return section(title, make("table", { class: "edges sets" }, make("thead", {}, head), body), more, tested);
}
