// How many of the novel edges that are shown are expected to be true: the mean of their probabilities, and its 95 %
// interval as the summary has it. All could be off in the same direction, as far as the limits of each say; and each
// is true or not by chance. The two add up as independent errors do.

import { edges, network } from "./network.js";

const STANDARD_ERRORS = 1.96;

/**
 * Null where no novel edge without a label is among the rows, or where the data cannot tell.
 * @param {number[]} rows
 * @returns {Expectation | null}
 */
export function expectationOf(rows) {
  const limits = network.summary.unlabelled?.limits;
  // a spread of 0 is that of a pair with a label: one model alone has scored it
  const p = rows.filter((e) => !edges.known[e] && edges.spread[e] !== 0).map((e) => edges.probability[e]);
  if (!limits || !p.length) return null;
  const mean = meanOf(p), chance = STANDARD_ERRORS * Math.sqrt(p.reduce((sum, value) => sum + value * (1 - value), 0)) / p.length;
  const [low, high] = [limits.low, limits.high].map((ends) => meanOf(p.map((value) => interpolate(limits.probability, ends, value))));
  return {
    n: p.length, mean,
    low: Math.max(0, mean - Math.hypot(mean - low, chance)), high: Math.min(1, mean + Math.hypot(high - mean, chance)),
  };
}

/** @param {number[]} values */
const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @type {(xs: number[], ys: number[], x: number) => number} */
function interpolate(xs, ys, x) {
  const after = xs.findIndex((value) => value >= x);
  if (after === 0) return ys[0];
  if (after < 0) return ys[ys.length - 1];
  const share = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
  return ys[after - 1] + share * (ys[after] - ys[after - 1]);
}
