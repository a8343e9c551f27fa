// The page's address: written as one works, read at the start and when it changes.

import { askedDrawing } from "./drawing.js";
import { byId } from "./elements.js";
import { readLink, writeLink } from "./permalink_text.js";
import { copyText } from "./saving.js";
import { CHOOSING, change, onChange } from "./state.js";
import { afterQuiet } from "./timing.js";

const link = {
  written: /** @type {string | null} */ (null), // the fragment that this page wrote last
  restoring: false,
};

/** @param {boolean} push */
function keepLink(push) {
  const text = writeLink(askedDrawing());
  if (text === link.written) return;
  link.written = text;
  if (location.protocol === "about:") return; // in a notebook's frame, which has no address to change
  const address = text ? `#${text}` : location.pathname + location.search;
  if (push) history.pushState(null, "", address); else history.replaceState(null, "", address);
}
const keepLinkLater = afterQuiet(() => keepLink(false), 250); // browsers limit how often

/** Show what the address says. */
export function restoreLink() {
  const text = location.hash.slice(1);
  if (text === link.written) return;
  link.restoring = true;
  change(readLink(text));
  link.restoring = false;
  link.written = text;
}

export function setUpPermalink() {
  onChange([...CHOOSING, "view", "tab", "theme"], keepLinkLater);
  onChange(["selection"], () => { // so that the browser's back button goes to the selection before
    if (link.restoring) return;
    keepLinkLater.cancel();
    keepLink(true);
  });
  window.addEventListener("hashchange", restoreLink);
  window.addEventListener("popstate", restoreLink);
  byId("copy-link").addEventListener("click", () => {
    keepLink(false);
    copyText(location.href, "Link copied");
  });
}
