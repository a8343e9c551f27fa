// Elements of the page: finding and making them.

import { isMissing, showCount } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * The element of an id that the page has.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export const inputOf = (id) => /** @type {HTMLInputElement} */ (byId(id));

/** @param {(Child | Child[])[]} children */
const present = (children) =>
  /** @type {(Node | string)[]} */ (children.flat().filter((child) => !isMissing(child) && child !== false));

/**
 * Make an element: attributes, with on… as listeners and dataset/style as objects; children are nodes or plain text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} attributes
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "dataset" || name === "style") Object.assign(made[name], value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...present(children));
  return made;
}

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Record<string, any>} attributes
 * @param {...(Child | Child[])} children
 * @returns {SVGElement}
 */
export function shape(tag, attributes = {}, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) if (!isMissing(value)) made.setAttribute(name, value);
  made.append(...present(children));
  return made;
}

// ---- parts of panels

/**
 * @param {string} title
 * @param {...(Child | Child[])} children
 */
export const section = (title, ...children) => make("section", { class: "part" }, make("h3", {}, title), ...children);

/** @param {...(Child | Child[])} text */
export const note = (...text) => make("p", { class: "note" }, ...text);

/**
 * A button for the rest of a list; it goes when it was pressed, and what `show` returns gets the keyboard. Null where the
 * first ones are all.
 * @param {number} count of the list
 * @param {number} first
 * @param {() => HTMLElement | null | undefined} show adds the rest
 */
export function restButton(count, first, show) {
  if (count <= first) return null;
  const button = make("button", { type: "button", class: "more", onclick: () => {
    show()?.focus();
    button.remove();
  } }, `Show all ${showCount(count)}`);
  return button;
}
