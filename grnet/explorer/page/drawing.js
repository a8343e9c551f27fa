// The network without selection: plotly draws edges and genes with WebGL, as SVG where there is no graphics card. A move
// only shifts what was drawn, and plotly draws again where it can keep up, else at rest: smooth whatever the machine.

import { byId } from "./elements.js";
import { drawOverlay } from "./overlay.js";
import { readDrawing } from "./permalink_text.js";
import { CHOOSING, onChange, shown, state } from "./state.js";
import { afterQuiet, oncePerFrame } from "./timing.js";
import { edgeTraces, geneTraces, layoutOf, rangesOf } from "./traces.js";
import { currentView, surface } from "./view.js";

const RIM = 0.12; // plotly draws a rim beyond the edges of the window, so that a small move finds something there
const LIVE = 45; // ms from asking to drawn up to which every frame of a move is drawn
const SLOW = 120; // ms of a drawing from which one waits until the slider rests

const drawn = {
  webgl: false,
  asked: /** @type {Drawing | null} */ (null), // by the link
  view: /** @type {View | null} */ (null), // as it was drawn
  level: NaN, // of its scale
  cost: Infinity, // ms from asking to drawn
  effort: 0, // ms that the last drawing kept the page busy
  held: false, // a pointer holds the drawing
};

const place = () => byId("network");
export const usesWebgl = () => drawn.webgl;
export const askedDrawing = () => drawn.asked;

// WebGL that a program has to imitate is slower than SVG, and does not count; draw=webgl or draw=svg in the link decides.
function hasWebgl() {
  if (drawn.asked) return drawn.asked === "webgl";
  const context = document.createElement("canvas").getContext("webgl", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const names = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = names ? context.getParameter(names.UNMASKED_RENDERER_WEBGL) : "";
  context.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow few at a time
  return !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

/** Genes, and dashes of short edges, are drawn anew where this changes. @param {View} view */
const levelOfView = ({ k }) => Math.round(Math.log(k) / Math.log(1.2));

/**
 * Draw edges and genes anew; `moved`: only the view has changed.
 * @returns {Promise<unknown>}
 */
function render(moved = false) {
  const view = currentView(), { view: before } = drawn;
  if (!view.w || !view.h) return Promise.resolve();
  const sameSize = before && before.w === view.w && before.h === view.h;
  const begun = performance.now();
  let done;
  if (moved && sameSize && drawn.level === levelOfView(view)) {
    done = Plotly.relayout(place(), rangesOf(view, RIM));
  } else {
    const type = drawn.webgl ? "scattergl" : "scatter";
    const traces = [...edgeTraces(type, view), ...geneTraces(type, view.k)];
    done = Plotly.react(place(), traces, layoutOf(view, RIM), { staticPlot: true, responsive: false });
  }
  Object.assign(drawn, { view, level: levelOfView(view) });
  shift();
  // the second frame from now waits for what a slow graphics card has to do
  if (moved) requestAnimationFrame(() => requestAnimationFrame(() => { drawn.cost = performance.now() - begun; }));
  return done;
}

// Shift and scale what was drawn to where the view is now.
function shift() {
  const view = currentView(), { style } = place();
  style.left = `${-Math.round(view.w * RIM)}px`;
  style.top = `${-Math.round(view.h * RIM)}px`;
  if (!drawn.view) return;
  const s = view.k / drawn.view.k, dx = (drawn.view.x - view.x) * view.k, dy = (view.y - drawn.view.y) * view.k;
  style.transform = s === 1 && dx === 0 && dy === 0 ? "none" : `translate(${dx}px, ${dy}px) scale(${s})`;
}

const renderAtRest = afterQuiet(() => {
  if (drawn.held) return renderAtRest();
  render(true);
  return drawOverlay({ fresh: true });
}, 140);

const drawMove = oncePerFrame(() => {
  if (drawn.webgl && drawn.cost < LIVE) render(true); else shift();
  drawOverlay({ fresh: false });
  renderAtRest();
});

/** A pointer takes the drawing, which is not drawn anew while it is held. */
export function holdDrawing() { drawn.held = true; }

export function releaseDrawing() {
  if (!drawn.held) return;
  drawn.held = false;
  renderAtRest();
}

/** Draw now; the promise is kept once plotly has drawn. */
export function drawNow() {
  const begun = performance.now(), done = render();
  drawOverlay({ fresh: true });
  drawn.effort = performance.now() - begun;
  surface().dataset.edges = String(shown.rows.length);
  return done;
}
const drawSoon = oncePerFrame(drawNow), drawAtRest = afterQuiet(drawNow, 90);
export const drawAll = () => (drawn.effort > SLOW ? drawAtRest() : drawSoon());

export function setUpDrawing() {
  drawn.asked = readDrawing(location.hash.slice(1));
  drawn.webgl = hasWebgl();
  onChange(["view"], drawMove);
  onChange([...CHOOSING, "theme"], drawAll);
  onChange(["tab"], () => { if (state.tab === "network") drawAll(); });
  onChange(["selection"], () => drawOverlay({ fresh: true }));
  place().addEventListener("webglcontextlost", () => { drawn.webgl = false; drawAll(); }, true);
}
