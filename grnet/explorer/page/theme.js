// Light and dark: that of the system unless the button or the link says otherwise. CSS variables hold the colours.

import { LINE_COLOURS, TONE_COLOURS } from "./colours.js";
import { byId } from "./elements.js";
import { change, onChange, state } from "./state.js";

const systemDark = () => matchMedia("(prefers-color-scheme: dark)");
export const isDark = () => (state.theme ? state.theme === "dark" : systemDark().matches);

function applyTheme() {
  const [name, other] = isDark() ? ["dark", "light"] : ["light", "dark"];
  document.documentElement.dataset.theme = name;
  Object.assign(TONE_COLOURS, LINE_COLOURS[/** @type {Theme} */ (name)]);
  byId("theme").textContent = other === "light" ? "Light" : "Dark";
  byId("theme").title = `Switch to the ${other} theme`;
}

export function setUpTheme() {
  applyTheme();
  onChange(["theme"], applyTheme);
  systemDark().addEventListener("change", () => { if (!state.theme) change({ theme: null }); });
  byId("theme").addEventListener("click", () => change({ theme: isDark() ? "light" : "dark" }));
}
