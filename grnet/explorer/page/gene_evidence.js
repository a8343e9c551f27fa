// What the page holds of the evidence for genes and edges, and what it says where something is not in it.

import { network, nodes } from "./network.js";
import { isMissing, showCount } from "./text.js";

/**
 * Bytes in base64 as an array of numbers.
 * @template T
 * @param {string} text
 * @param {new (buffer: ArrayBuffer) => T} Kind
 */
export const decode = (text, Kind) =>
  new Kind(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);

/**
 * What the page says of an edge, by column; null where it has no evidence for this one.
 * @param {number} e
 * @returns {EdgeEvidence | null}
 */
export function evidenceOf(e) {
  const { evidence } = network;
  if (!evidence || isMissing(evidence.edges.method[e])) return null;
  const entries = Object.entries(evidence.edges).map(([name, column]) => [name, column[e]]);
  return /** @type {EdgeEvidence} */ (Object.fromEntries(entries));
}

// ---- images
/**
 * Which images the page has of a gene, none where it has none.
 * @param {number} i
 */
export const imagesOf = (i) => network.evidence?.genes.images[i] ?? [];

/** @type {(i: number, view: string) => GeneImage | undefined} */
export const imageOf = (i, view) => imagesOf(i).find((image) => image.view === view);

/**
 * Why there is no image: it may never have been taken, or may not have found room.
 * @param {number} i
 * @param {string} [view]
 */
export function sayNoImage(i, view) {
  const name = nodes.symbol[i];
  if (imagesOf(i).length) return `${name} has no ${view} image`;
  if (network.evidence && !network.evidence.genes.images[i]) return `${name}: images are not in this page`;
  return `${name} has no image`;
}

/** @type {(i: number, image: GeneImage) => string} */
export const describeImage = (i, { view, n }) =>
  `${nodes.symbol[i]}, ${view} view, ${n > 1 ? `mean of ${showCount(n)} images` : "1 image"}`;

// ---- expression
/**
 * Expression of a gene in the samples that the page shows; null where it has none.
 * @param {number} i
 * @returns {number[] | null}
 */
export function expressionOf(i) {
  const genes = network.evidence?.genes, text = genes?.expression[i];
  if (!genes || !text) return null;
  const low = genes.low[i] ?? 0, high = genes.high[i] ?? 0;
  return Array.from(decode(text, Uint16Array), (value) => low + ((high - low) * value) / 65535);
}

/** @param {number} i */
export const sayNoExpression = (i) => (network.evidence?.genes.expression[i] === ""
  ? `${nodes.symbol[i]} has no expression.` : `The expression of ${nodes.symbol[i]} is not in this page.`);
