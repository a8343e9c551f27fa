// Values as text. Names are data: they reach the page as text nodes and attributes, never as HTML.

export const NO_VALUE = "–";

/**
 * @param {unknown} value
 * @returns {value is null | undefined}
 */
export const isMissing = (value) => value === null || value === undefined || Number.isNaN(value);

/** @param {Value | undefined} value */
export const showNumber = (value, digits = 3) => (isMissing(value) ? NO_VALUE : value.toFixed(digits));

/** @param {Value | undefined} value */
export const showSigned = (value, digits = 2) =>
  (isMissing(value) ? NO_VALUE : (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(digits));

/** @param {number} value */
export const showCount = (value) => value.toLocaleString("en");

/** @type {(value: number, one: string, many: string) => string} */
export const plural = (value, one, many) => `${showCount(value)} ${value === 1 ? one : many}`;

/** @param {number} value */
export function showProbability(value) {
  const text = value.toFixed(3);
  return text === "1.000" ? "> 0.999" : text === "0.000" ? "< 0.001" : text;
}

/**
 * As few digits as tell the threshold from 1, never more than it is.
 * @param {number} value
 */
export function showThreshold(value) {
  const digits = value > 0.9995 ? 6 : 3;
  return (Math.floor(value * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits);
}

/** @param {number} n */
export function ordinal(n) {
  const tail = n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th";
  return `${showCount(n)}${tail}`;
}

/** @param {Rank | null | undefined} place */
export const showPlace = (place) => (isMissing(place) ? NO_VALUE : `${ordinal(place[0])} of ${showCount(place[1])}`);

/**
 * A name on one line: control characters and line breaks become spaces.
 * @param {unknown} text
 */
export const onOneLine = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");

/** @param {string} text */
export const shorten = (text, most = 24) =>
  ([...text].length > most ? `${[...text].slice(0, most - 1).join("")}…` : text);

/**
 * As plotly shows it: it reads tags.
 * @param {unknown} text
 */
export const plotText = (text) =>
  onOneLine(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/**
 * A text cut at its options: those at odd places are options such as --top.
 * @param {string} text
 */
export const splitOptions = (text) => text.split(/(--[a-z-]+)/);
