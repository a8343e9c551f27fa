// Before anything is drawn, so that a dark page does not flash; paper is light.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)"), root = document.documentElement;
  const follow = () => { root.dataset.theme = dark.matches ? "dark" : "light"; };
  follow();
  dark.addEventListener("change", follow);
  addEventListener("beforeprint", () => { root.dataset.theme = "light"; });
  addEventListener("afterprint", follow);
})();
