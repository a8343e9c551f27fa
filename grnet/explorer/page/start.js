// The explorer page: take the network, put the controls in place, show what the link asks for, and draw.

import { setUpControls } from "./controls.js";
import { drawNow, setUpDrawing, usesWebgl } from "./drawing.js";
import { toX, toY } from "./geometry.js";
import { setUpDrawnNow } from "./drawn_now.js";
import { setUpLegend } from "./legend.js";
import { network, nodes, rowOf } from "./network.js";
import { setUpOverlay } from "./overlay.js";
import { readPageData } from "./page_data.js";
import { setUpPanel } from "./panel.js";
import { restoreLink, setUpPermalink } from "./permalink.js";
import { setUpPicture } from "./picture.js";
import { setUpPointer } from "./pointer.js";
import { setUpSearch } from "./search.js";
import { setUpStage } from "./stage.js";
import { shown, state } from "./state.js";
import { setUpTable } from "./table.js";
import { setUpTheme } from "./theme.js";
import { currentView, findAt, surface } from "./view.js";

readPageData();
for (const setUp of [
  setUpTheme, setUpOverlay, setUpDrawing, setUpPointer, setUpTable, setUpPicture, setUpSearch, setUpPanel, setUpControls,
  setUpLegend, setUpStage, setUpDrawnNow, setUpPermalink,
]) setUp();
restoreLink();

/** @type {(x: number, y: number) => Pair<number>} */
function inWindow(x, y) {
  const view = currentView(), box = surface().getBoundingClientRect();
  return [box.left + toX(view, x), box.top + toY(view, y)];
}

// Where things are in the window, for those who script the page: tests, too.
window.explorer = {
  state,
  geneOf: rowOf,
  shownEdges: () => [...shown.rows],
  placeAt: inWindow,
  geneAt: (/** @type {number} */ i) => inWindow(nodes.x[i], nodes.y[i]),
  edgeAt: (/** @type {number} */ e, share = 0.5) => {
    const { x0, y0, x1, y1 } = network.segments;
    return inWindow(x0[e] + share * (x1[e] - x0[e]), y0[e] + share * (y1[e] - y0[e]));
  },
  findAt: (/** @type {number} */ x, /** @type {number} */ y) => {
    const box = surface().getBoundingClientRect();
    return findAt(x - box.left, y - box.top);
  },
  usesWebgl,
};

Promise.resolve(drawNow()).then(() => {
  document.documentElement.dataset.ready = "true";
  performance.mark("ready");
});
