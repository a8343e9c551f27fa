// The series of the figures tab. Probabilities come highest first: the first k are those above the k-th.

import { range, thin } from "./lists.js";

/**
 * How many there are by threshold.
 * @param {number[]} falling
 */
export const stepPoints = (falling) => thin(falling.map((p, k) => ({ x: p, y: k + 1 })));

/**
 * The mean probability above each threshold: the part that should be true.
 * @param {number[]} falling
 */
export function precisionPoints(falling) {
  let sum = 0;
  return thin(falling.map((p, k) => ({ x: p, y: (sum += p) / (k + 1) })));
}

/**
 * A histogram of degrees in at most about 30 bins of whole numbers, `to` not included.
 * @param {number[]} degrees
 */
export function binDegrees(degrees) {
  const highest = degrees.reduce((a, b) => Math.max(a, b), 0), width = Math.max(1, Math.ceil(highest / 30));
  return range(Math.ceil((highest + 1) / width)).map((k) => {
    const from = k * width, to = from + width;
    return { from, to, n: degrees.filter((degree) => degree >= from && degree < to).length };
  });
}
