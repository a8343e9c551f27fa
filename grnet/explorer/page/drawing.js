// The network without selection: plotly draws edges and genes with WebGL, as SVG where there is no graphics card. A move
// only shifts what was drawn, and plotly draws again where it can keep up, else at rest: smooth whatever the machine.
const EDGE_KEYS = SIGNS.flatMap((sign) => KINDS.flatMap((kind) => [0, 1, 2].flatMap((level) => [true, false].map(
  (between) => ({ sign, kind, level, between })))));
const keyOf = ({ sign, kind, level, between }) => `${sign} ${kind} ${level} ${between}`;
// Faint ones first, so that the strong lie on top.
const strengthOf = ({ kind, level, between }) => level + (kind === "known" ? 4 : 0) - (between ? 8 : 0);
EDGE_KEYS.sort((a, b) => strengthOf(a) - strengthOf(b));

// WebGL that a program has to imitate is slower than SVG, and does not count; draw=webgl or draw=svg in the link decides.
function hasWebgl() {
  if (askedDrawing) return askedDrawing === "webgl";
  const context = document.createElement("canvas").getContext("webgl", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const names = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = names ? context.getParameter(names.UNMASKED_RENDERER_WEBGL) : "";
  context.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow few at a time
  return !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
const askedDrawing = ["webgl", "svg"].find((name) => name === new URLSearchParams(location.hash.slice(1)).get("draw"));
let webgl = hasWebgl();

// ---- classes of probability, for the width of lines: of all edges of the page, so that a line keeps its width
const LEVELS = [0.5, 0.85].map((share) => edges.probability[Math.min(nEdges - 1, Math.floor(nEdges * (1 - share)))]);
const levelOf = (e) => LEVELS.filter((limit) => edges.probability[e] > limit).length;
const lookOf = (e) => ({ sign: edges.sign[e], kind: edges.known[e] ? "known" : "novel", level: levelOf(e), between: isBetween[e] });
const looks = range(nEdges).map((e) => keyOf(lookOf(e)));

const lineWidth = ({ level, kind }) => [0.9, 1.4, 2.1][level] * (kind === "known" ? 1.3 : 1) * (shown.crowded ? 0.8 : 1);
// Lines are fainter where there are many, less so as one comes closer.
function lineAlpha({ level, kind, between }) {
  const closer = currentView().k / currentView().fit;
  const fade = Math.min(1, Math.max(0.3, Math.sqrt(150 / Math.max(1, shown.rows.length))) * Math.max(1, closer) ** 0.4);
  return Math.min(0.95, fade * [0.55, 0.78, 1][level] * (kind === "known" ? 1.5 : 1) * (between ? 0.5 : 1));
}
const isDashed = ({ kind }) => kind === "novel" && !shown.crowded;

function edgeTraces(type, alpha = 1) {
  const groups = new Map(EDGE_KEYS.map((look) => [keyOf(look), { look, rows: [] }]));
  for (const e of shown.rows) groups.get(looks[e]).rows.push(e);
  return [...groups.values()].map(({ look, rows }) => ({
    type, mode: "lines", hoverinfo: "skip", showlegend: false, visible: rows.length > 0, meta: { kind: "edges", rows },
    x: rows.flatMap((e) => [lines.x0[e], lines.x1[e], null]), y: rows.flatMap((e) => [lines.y0[e], lines.y1[e], null]),
    line: {
      color: translucent(SIGN_COLOURS[look.sign], lineAlpha(look) * alpha), width: lineWidth(look),
      dash: isDashed(look) ? "dash" : "solid",
    },
  }));
}

function geneTraces(type, k, alpha = 1) {
  return [false, true].map((isTf) => {
    const rows = range(nNodes).filter((i) => shown.genes[i] && nodes.is_tf[i] === isTf);
    return {
      type, mode: "markers", hoverinfo: "skip", showlegend: false, visible: rows.length > 0, meta: { kind: "genes", rows },
      x: rows.map((i) => nodes.x[i]), y: rows.map((i) => nodes.y[i]),
      marker: {
        symbol: isTf ? "diamond" : "circle", size: rows.map((i) => geneSize(i, k)), opacity: alpha,
        color: colourOf(isTf ? "tf" : "target"),
        line: { color: colourOf(isTf ? "tf-line" : "target-line"), width: isTf ? 1 : 0.6 },
      },
    };
  });
}

function grounds(alpha = 1) {
  return data.communities.filter(({ genes }) => genes > 2).map((circle) => ({
    type: "circle", layer: "below", line: { width: 0 }, opacity: (isDark() ? 0.16 : 0.08) * alpha,
    fillcolor: GROUNDS[(circle.community - 1) % GROUNDS.length],
    x0: circle.x - circle.radius, x1: circle.x + circle.radius, y0: circle.y - circle.radius, y1: circle.y + circle.radius,
  }));
}

// ---- plotly draws a rim beyond the edges of the window, so that a small move finds something there
const RIM = 0.12;
let rendered = null, level = null, cost = Infinity;

function ranges(view, rim) {
  const [dx, dy] = [view.w * (0.5 + rim) / view.k, view.h * (0.5 + rim) / view.k];
  return { "xaxis.range": [view.x - dx, view.x + dx], "yaxis.range": [view.y - dy, view.y + dy] };
}
function layoutOf(view, rim) {
  const at = ranges(view, rim), axis = { visible: false, fixedrange: true };
  return {
    width: Math.round(view.w * (1 + 2 * rim)), height: Math.round(view.h * (1 + 2 * rim)), margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hovermode: false, dragmode: false, showlegend: false,
    xaxis: { ...axis, range: at["xaxis.range"] }, yaxis: { ...axis, range: at["yaxis.range"] }, shapes: grounds(),
  };
}
const levelOfView = ({ k }) => Math.round(Math.log(baseSize(k)) / Math.log(1.2));

// Draw edges and genes anew; `moved`: only the view has changed.
function render(moved = false) {
  const view = currentView();
  if (!view.w || !view.h) return Promise.resolve();
  const sameSize = rendered && rendered.w === view.w && rendered.h === view.h;
  const begun = performance.now();
  let done;
  if (moved && sameSize && level === levelOfView(view)) {
    done = Plotly.relayout(place, ranges(view, RIM));
  } else {
    const type = webgl ? "scattergl" : "scatter";
    const traces = [...edgeTraces(type), ...geneTraces(type, view.k)];
    done = Plotly.react(place, traces, layoutOf(view, RIM), { staticPlot: true, responsive: false });
  }
  [rendered, level] = [view, levelOfView(view)];
  shift();
  // the second frame from now waits for what a slow graphics card has to do
  if (moved) requestAnimationFrame(() => requestAnimationFrame(() => { cost = performance.now() - begun; }));
  return done;
}

// Shift and scale what was drawn to where the view is now.
function shift() {
  const view = currentView();
  place.style.left = `${-Math.round(view.w * RIM)}px`;
  place.style.top = `${-Math.round(view.h * RIM)}px`;
  if (!rendered) return;
  const s = view.k / rendered.k, dx = (rendered.x - view.x) * view.k, dy = (view.y - rendered.y) * view.k;
  place.style.transform = s === 1 && dx === 0 && dy === 0 ? "none" : `translate(${dx}px, ${dy}px) scale(${s})`;
}

const LIVE = 45; // ms from asking to drawn up to which every frame of a move is drawn
const renderAtRest = afterQuiet(() => { if (moving) return renderAtRest(); render(true); settle(); }, 140);
let moving = false; // a pointer holds the drawing
const drawMove = oncePerFrame(() => {
  if (webgl && cost < LIVE) render(true); else shift();
  drawOverlay({ fresh: false });
  renderAtRest();
});
const drawSoon = oncePerFrame(drawNow), drawAtRest = afterQuiet(drawNow, 90);
function drawNow() {
  const begun = performance.now();
  render();
  settle();
  effort = performance.now() - begun;
  surface.dataset.edges = shown.rows.length;
}
let effort = 0; // ms that the last drawing kept the page busy: where it is much, one waits until the slider rests
const drawAll = () => (effort > 120 ? drawAtRest() : drawSoon());
function settle() { drawOverlay({ fresh: true }); }

onChange(["view"], drawMove);
onChange(["threshold", "hidden", "only", "theme"], drawAll);
onChange(["tab"], () => { if (state.tab === "network") drawAll(); });
onChange(["selection"], () => drawOverlay({ fresh: true }));
place.addEventListener("webglcontextlost", () => { webgl = false; drawAll(); }, true);
