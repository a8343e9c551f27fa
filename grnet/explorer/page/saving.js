// Files, the clipboard, and what is said to those who do not see the page.

import { byId, make } from "./elements.js";

/** @param {string} text */
export function say(text) { byId("says").textContent = text; }

/** @type {(name: string, blob: Blob) => void} */
export function saveFile(name, blob) {
  const url = URL.createObjectURL(blob), link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Copy a text and say what was done.
 * @param {string} text
 * @param {string} done
 */
export async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) { // no permission, or a browser that has none for files
    if (!(error instanceof Error)) throw error;
    const area = make("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(done);
  flash(document.activeElement, "Copied");
}

/**
 * Show for a moment on a button what it has done.
 * @param {Element | null} button
 * @param {string} text
 */
function flash(button, text) {
  if (!(button instanceof HTMLButtonElement) || button.dataset.text !== undefined) return;
  button.dataset.text = button.textContent ?? "";
  button.textContent = text;
  setTimeout(() => { button.textContent = button.dataset.text ?? ""; delete button.dataset.text; }, 1200);
}

/**
 * The bytes of a data URI, or its text where it is not base64.
 * @param {string} uri
 */
export function readDataUri(uri) {
  const comma = uri.indexOf(","), body = uri.slice(comma + 1);
  return uri.slice(0, comma).endsWith("base64")
    ? Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)) : decodeURIComponent(body);
}
