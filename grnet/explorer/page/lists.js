// Lists of numbers and groups.

/** @param {number} n */
export const range = (n) => Array.from({ length: n }, (_, i) => i);

/**
 * Lists of those that share a key, in the order of the first of each.
 * @template T
 * @param {T[]} rows
 * @param {(row: T) => string} key
 */
export function groupBy(rows, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row); else groups.set(key(row), [row]);
  }
  return [...groups.values()];
}

/**
 * Evenly spaced ones of many, at most about `most`, with the last.
 * @template T
 * @param {T[]} points
 */
export const thin = (points, most = 400) =>
  points.filter((_, k) => k % Math.ceil(points.length / most) === 0 || k === points.length - 1);

/**
 * Rounded to hundredths so that the parts, as they are shown, add up to the sum as it is shown (largest remainders).
 * @param {number[]} values
 * @param {number} total
 */
export function roundToSum(values, total) {
  const scaled = values.map((value) => value * 100), floors = scaled.map(Math.floor);
  const short = Math.round(total * 100) - floors.reduce((a, b) => a + b, 0);
  const order = range(values.length).sort((a, b) => (scaled[b] - floors[b]) - (scaled[a] - floors[a]) || a - b);
  order.slice(0, Math.max(0, short)).forEach((k) => { floors[k] += 1; });
  return floors.map((value) => value / 100);
}
