// What the page holds of the evidence for genes and edges, and what it says where something is not in it.

import { network, nodes } from "./network.js";
import { isMissing, plural, showCount, showSigned } from "./text.js";

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
export const imagesOf = (i) => network.evidence?.images[i] ?? [];

/** @type {(i: number, name: string) => GeneImage | undefined} */
export const imageOf = (i, name) => imagesOf(i).find((image) => image.name === name);

/**
 * Why there is no image: it may never have been taken, or may not have found room.
 * @param {number} i
 * @param {string} [name]
 */
export function sayNoImage(i, name) {
  const symbol = nodes.symbol[i], { evidence } = network, what = evidence && areMaps(evidence) ? "map" : "image";
  if (imagesOf(i).length) return `${symbol} has no ${name} ${what}`;
  if (evidence && !evidence.images[i]) return `${symbol}: ${what}s are not in this page`;
  return `${symbol} has no ${what}`;
}

/** @type {(i: number, image: GeneImage) => string} */
export const describeImage = (i, { name, n }) => `${nodes.symbol[i]}, ${isMissing(n) ? name
  : `${name} view, ${n > 1 ? `mean of ${showCount(n)} images` : "1 image"}`}`;

/** @param {Evidence} evidence */
const areMaps = ({ pictures }) => pictures.length > 0 && pictures.every(({ drawn }) => drawn);

/**
 * The title over pictures: images of the genes, or maps that are drawn from values.
 * @param {Evidence} evidence
 */
export const titleOfPictures = (evidence) => (areMaps(evidence) ? "Maps" : "Images");

/**
 * Whether the panels speak of pictures: terms alone stand where there are none.
 * @param {Evidence} evidence
 */
export const hasPictures = ({ pictures, terms }) => pictures.length > 0 || !terms.length;

// ---- profiles: values over the places of a measurement
/** @param {Evidence} evidence */
export const isAlone = ({ profiles }) => profiles.length === 1;

/**
 * The title of what is shown by a measurement: "Expression" where there is no other.
 * @param {Evidence} evidence
 * @param {Profiles} profiles
 */
export const titleOf = (evidence, { name }) => (isAlone(evidence) ? "Expression" : name.charAt(0).toUpperCase() + name.slice(1));

/**
 * Values of a gene in the places that the page shows; null where it has none.
 * @param {number} i
 * @param {Profiles} profiles
 * @returns {number[] | null}
 */
export function profileOf(i, profiles) {
  const text = profiles.values[i];
  if (!text) return null;
  const low = profiles.low[i] ?? 0, high = profiles.high[i] ?? 0;
  return Array.from(decode(text, Uint16Array), (value) => low + ((high - low) * value) / 65535);
}

/** @type {(i: number, evidence: Evidence, profiles: Profiles) => string} */
export function sayNoProfile(i, evidence, profiles) {
  const symbol = nodes.symbol[i];
  if (isAlone(evidence)) return profiles.values[i] === "" ? `${symbol} has no expression.` : `The expression of ${symbol} is not in this page.`;
  return profiles.values[i] === "" ? `${symbol} has no values by ${profiles.name}.` : `The profile of ${symbol} by ${profiles.name} is not in this page.`;
}

/**
 * Pearson's r of two profiles; null where one is constant.
 * @param {number[]} x
 * @param {number[]} y
 * @returns {Value}
 */
export function correlate(x, y) {
  /** @type {(values: number[]) => number[]} */
  const centre = (values) => values.map((value) => value - values.reduce((a, b) => a + b, 0) / values.length);
  /** @type {(a: number[], b: number[]) => number} */
  const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  const [a, b] = [centre(x), centre(y)], length = Math.sqrt(dot(a, a) * dot(b, b));
  return length > 0 ? dot(a, b) / length : null;
}

/**
 * How two profiles go together, and over how many places: r and ρ of an edge are of all places, other r may be of those
 * that are shown.
 * @type {(profiles: Profiles, nShown: number, r: Value, rho: Value | undefined, ofAll: boolean) => string}
 */
export function sayPlaces({ place, n_places: all, correlated }, nShown, r, rho, ofAll) {
  const figures = `r = ${showSigned(r)} (Pearson)${correlated ? `, ρ = ${showSigned(rho)} (Spearman)` : ""}`;
  if (nShown >= all) return `${figures}, over ${plural(nShown, place, `${place}s`)}.`;
  return `${figures}, ${ofAll ? `of all ${showCount(all)} ${place}s; ${showCount(nShown)} of them are shown`
    : `over the ${showCount(nShown)} of ${showCount(all)} ${place}s that are shown`}.`;
}

const AS_MEASURED = "as measured";

/**
 * Pearson r of an edge over all places of a measurement, where it compares genes in more ways than one.
 * @type {(found: EdgeEvidence | null, name: string) => Value}
 */
export const correlationOf = (found, name) => found?.correlations?.[name]?.[AS_MEASURED] ?? null;

/**
 * Pearson r of an edge in the further ways in which a measurement compares genes; "" where there are none.
 * @type {(found: EdgeEvidence | null, name: string) => string}
 */
export function sayWays(found, name) {
  const ways = Object.entries(found?.correlations?.[name] ?? {}).filter(([way]) => way !== AS_MEASURED);
  return ways.map(([way, r]) => `r = ${showSigned(r)} ${way}`).join("; ");
}

// ---- groups of places
/**
 * How the values of a gene are distributed in the groups of a measurement; null where the page has none.
 * @param {number} i
 * @param {Profiles} profiles
 * @returns {GroupValues | null}
 */
export function groupValuesOf(i, { groups, histograms, means, detected, low: lows, high: highs }) {
  const [shares, levels, parts] = [histograms?.[i], means?.[i], detected?.[i]];
  if (!groups || !shares || !levels || !parts) return null;
  const low = lows[i] ?? 0, high = highs[i] ?? 0, all = decode(shares, Uint8Array), bins = all.length / groups.length;
  const mean = decode(levels, Uint16Array), part = decode(parts, Uint8Array);
  return { low, high, rows: groups.map((_, k) => ({
    shares: Array.from(all.subarray(k * bins, (k + 1) * bins)), mean: low + ((high - low) * mean[k]) / 65535, detected: part[k],
  })) };
}

// ---- terms
/**
 * The terms that two genes share and those that one alone has, each the rarest first.
 * @type {(first: number[], second: number[]) => TermLists}
 */
export function compareTerms(first, second) {
  const [inFirst, inSecond] = [new Set(first), new Set(second)];
  return {
    shared: first.filter((term) => inSecond.has(term)),
    first: first.filter((term) => !inSecond.has(term)), second: second.filter((term) => !inFirst.has(term)),
  };
}
