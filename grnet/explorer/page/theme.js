// Light and dark: that of the system unless the button or the link says otherwise. CSS variables hold the colours.
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (state.theme ? state.theme === "dark" : systemDark.matches);
const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Lines need less contrast than text, so those of the light theme are Okabe & Ito's own.
const LINE_COLOURS = {
  light: { activation: "#0072b2", repression: "#d55e00", unknown: "#7a7a7a" },
  dark: { activation: "#56b4e9", repression: "#f0793a", unknown: "#98a2ac" },
};
const GROUNDS = ["#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#d55e00", "#999999"];

function applyTheme() {
  const name = isDark() ? "dark" : "light";
  document.documentElement.dataset.theme = name;
  Object.assign(SIGN_COLOURS, LINE_COLOURS[name]);
  byId("theme").textContent = isDark() ? "Light" : "Dark";
  byId("theme").title = `Switch to the ${isDark() ? "light" : "dark"} theme`;
}

function translucent(hex, alpha) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${r},${g},${b},${Math.min(1, alpha).toFixed(3)})`;
}

applyTheme();
onChange(["theme"], applyTheme);
systemDark.addEventListener("change", () => { if (!state.theme) change({ theme: null }); });
