// Scales, ticks and bins of the panels' charts.

import { range } from "./lists.js";
import { showCount } from "./text.js";

/** @param {number[]} ends @param {number[]} pixels @returns {Scale} */
export const scale = ([low, high], [from, to]) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

/**
 * Round values within limits, about as many as wanted.
 * @param {number[]} limits
 * @param {number} wanted
 */
export function chooseTicks([low, high], wanted) {
  const raw = (high - low) / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? power;
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return range(Math.max(0, last - first) + 1).map((k) => Number(((first + k) * step).toPrecision(12)));
}

/** @param {number} value */
export const showTick = (value) => (Math.abs(value) >= 1e4 ? `${showCount(value / 1000)}k` : showCount(value)).replace("-", "−");

/**
 * Low and high with some room around; a single value stands in the middle.
 * @param {number[]} values
 * @returns {Pair<number>}
 */
export function widen(values, part = 0.06) {
  const low = Math.min(...values), high = Math.max(...values), room = (high - low) * part || 0.5;
  return [low - room, high + room];
}

/**
 * As much of a text as finds room in so many pixels.
 * @param {string} text
 * @param {number} pixels
 */
export function shortenTo(text, pixels) {
  const most = Math.max(6, Math.floor(pixels / 6.2));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** @type {(value: number, limits: number[], bins: number) => number} */
const binOf = (value, [low, high], bins) =>
  Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / (high - low || 1)) * bins)));

/** @type {(values: number[], limits: number[], bins: number) => number[]} */
export function countInBins(values, limits, bins) {
  const counts = new Array(bins).fill(0);
  for (const value of values) counts[binOf(value, limits, bins)] += 1;
  return counts;
}

/**
 * How many points are in each square that has any: column, row and count.
 * @param {number[]} x
 * @param {number[]} y
 * @param {number[][]} limits
 * @param {number} bins
 */
export function countInSquares(x, y, limits, bins) {
  /** @type {Map<number, { column: number, row: number, n: number }>} */
  const squares = new Map();
  x.forEach((value, k) => {
    const column = binOf(value, limits[0], bins), row = binOf(y[k], limits[1], bins), key = column * bins + row;
    squares.set(key, { column, row, n: (squares.get(key)?.n ?? 0) + 1 });
  });
  return [...squares.values()];
}

/** @param {number} n */
export const chooseBins = (n) => Math.max(6, Math.min(16, Math.round(Math.sqrt(n) * 1.2)));

/**
 * On which level each dot of a line stands so that none covers another, equal ones on top of each other.
 * @param {number[]} xs
 * @param {number} size
 */
export function stackDots(xs, size) {
  /** @type {number[]} */
  const levels = [];
  xs.forEach((x, k) => {
    const taken = levels.filter((_, other) => Math.abs(xs[other] - x) < size);
    levels.push(range(k + 1).find((level) => !taken.includes(level)) ?? 0);
  });
  return levels;
}

/**
 * A line through points, as the path of an SVG.
 * @param {number[][]} points
 * @param {boolean} step
 */
export const trace = (points, step) => points.map(([x, y], k) => {
  if (!k) return `M${x.toFixed(1)} ${y.toFixed(1)}`;
  return step ? `H${x.toFixed(1)}V${y.toFixed(1)}` : `L${x.toFixed(1)} ${y.toFixed(1)}`;
}).join("");
