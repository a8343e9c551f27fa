// Colours that a program has to know; all others are CSS variables.

/** Okabe & Ito's colours, told apart by the colour-blind; theme.js changes them with the theme.
 * @type {Record<Tone, string>} */
export const TONE_COLOURS = {
  activation: "#0072b2", repression: "#d55e00", unknown: "#7a7a7a", first: "#0072b2", second: "#d55e00", both: "#6b6b6b",
};

/** Lines need less contrast than text, so those of signs in the light theme are Okabe & Ito's own.
 * @type {Record<Theme, Record<Tone, string>>} */
export const LINE_COLOURS = {
  light: { ...TONE_COLOURS },
  dark: { activation: "#56b4e9", repression: "#f0793a", unknown: "#98a2ac", first: "#56b4e9", second: "#f0793a", both: "#98a2ac" },
};

export const GROUNDS = ["#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#d55e00", "#999999"];

/** @param {string} hex as #rrggbb @param {number} alpha */
export function translucent(hex, alpha) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${r},${g},${b},${Math.min(1, alpha).toFixed(3)})`;
}

/**
 * The value of a CSS variable.
 * @param {string} name
 */
export const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
