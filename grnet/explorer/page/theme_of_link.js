// Before anything is drawn, so that a dark page does not flash: the theme of the link, else that of the system.
document.documentElement.dataset.theme = (location.hash.match(/[#&]theme=(light|dark)(?:&|$)/) || [])[1]
  || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
