// Finding genes by name or id.

import { range } from "./lists.js";
import { network, nodes } from "./network.js";

export const collator = new Intl.Collator("en", { numeric: true });

/**
 * Rows of the genes that fit, the exact first, then those that begin with the text, then those that hold it.
 * @param {string} text
 */
export function findGenes(text) {
  const wanted = text.trim(), part = wanted.toLowerCase();
  if (!part) return [];
  /** @param {string} name */
  const fit = (name) => {
    const key = name.toLowerCase();
    return key === part ? 0 : key.startsWith(part) ? 1 : key.includes(part) ? 2 : 3;
  };
  const ranked = range(network.nNodes)
    .map((i) => [Math.min(fit(nodes.symbol[i]), fit(nodes.id[i])), i]).filter(([rank]) => rank < 3);
  /** @param {number} i */
  const exactCase = (i) => (nodes.symbol[i] === wanted ? 0 : 1);
  ranked.sort(([a, i], [b, j]) =>
    a - b || exactCase(i) - exactCase(j) || collator.compare(nodes.symbol[i], nodes.symbol[j]) || i - j);
  return ranked.map(([, i]) => i);
}
