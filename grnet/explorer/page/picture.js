// The view as a picture, SVG or PNG, with title and legend: the drawing's traces as vectors, and in them what the overlay
// shows.

import { TONE_COLOURS, colourOf, translucent } from "./colours.js";
import { DASHES, headSize, partsOf } from "./edge_ends.js";
import { brightWidth } from "./edge_looks.js";
import { byId } from "./elements.js";
import { SIGN_WORDS, sayShown } from "./gene_words.js";
import { fromX, fromY } from "./geometry.js";
import { HOLDERS, SIGNS, edges, nameOfHolder, network, nodes, toneOf } from "./network.js";
import { drawOverlay, groupByLook, headPlace, scene } from "./overlay.js";
import { readDataUri, saveFile, say } from "./saving.js";
import { shown } from "./state.js";
import { plotText } from "./text.js";
import { edgeTraces, geneTraces, groundShapes, layoutOf, segmentsOf } from "./traces.js";
import { currentView, geneSize } from "./view.js";

const HEADS = { activation: "arrow", repression: "line-ew-open", unknown: "arrow-open" };
const FADED = 0.17, GREY = "#808080";

/** @param {View} view @returns {Trace[]} */
function brightTraces(view) {
  if (!scene.bright) return [];
  const genes = [...scene.bright.genes];
  const lines = groupByLook(scene.edges).map((rows) => ({
    type: "scatter", mode: "lines", showlegend: false, meta: { kind: "bright" },
    ...segmentsOf(rows, (e) => partsOf(e, view, !edges.known[e])),
    line: {
      color: TONE_COLOURS[toneOf(rows[0])], width: brightWidth(rows[0], scene.edges.length, view),
      dash: edges.known[rows[0]] ? "solid" : DASHES,
    },
  }));
  const marks = [false, true].map((isTf) => {
    const rows = genes.filter((i) => nodes.is_tf[i] === isTf);
    return {
      type: "scatter", mode: "markers", showlegend: false, x: rows.map((i) => nodes.x[i]), y: rows.map((i) => nodes.y[i]),
      marker: {
        symbol: isTf ? "diamond" : "circle", size: rows.map((i) => geneSize(i, view.k)), opacity: 1,
        color: colourOf(isTf ? "tf" : "target"), line: { width: 1, color: colourOf(isTf ? "tf-line" : "target-line") },
      },
    };
  });
  return [...lines, ...marks];
}

/** @param {View} view @returns {Trace[]} */
function headTraces(view) {
  return SIGNS.map((sign) => {
    const heads = scene.arrows.filter((e) => edges.sign[e] === sign).map((e) => ({ e, ...headPlace(e, view) })).filter(({ room }) => room);
    const colours = heads.map(({ e }) => TONE_COLOURS[toneOf(e)]), [most, ahead] = sign === "repression" ? [6, 0] : [6.5, 0.5]; // plotly's arrows end where they are
    return {
      type: "scatter", mode: "markers", showlegend: false, meta: { kind: "heads" },
      x: heads.map(({ x, ux, size }) => fromX(view, x + ahead * size * ux)), y: heads.map(({ y, uy, size }) => fromY(view, y + ahead * size * uy)),
      marker: {
        symbol: HEADS[sign], size: heads.map(({ size }) => (most * size) / headSize(view)), color: colours, opacity: 1,
        angle: heads.map(({ ux, uy }) => Math.atan2(ux, -uy) * 180 / Math.PI),
        line: { width: sign === "repression" ? 2.4 : sign === "unknown" ? 1.4 : 0, color: colours },
      },
    };
  });
}

/** @param {View} view @returns {Trace} */
function nameTrace(view) {
  const halo = `0 0 3px ${colourOf("paper")}`;
  return {
    type: "scatter", mode: "text", showlegend: false, meta: { kind: "names" }, textposition: "middle right",
    x: scene.labels.map(({ i, dx }) => nodes.x[i] + dx / view.k),
    y: scene.labels.map(({ i, dy, size }) => nodes.y[i] - (dy - size * 0.35) / view.k), cliponaxis: false,
    text: scene.labels.map(({ text }) => plotText(text)),
    textfont: { // plotly's <b> would set a style attribute, which the page's policy forbids
      size: scene.labels.map(({ size }) => size), weight: scene.labels.map(({ bold }) => (bold ? 700 : 400)),
      color: colourOf("ink"), shadow: `${halo}, ${halo}`,
    },
  };
}

/** @returns {Trace[]} */
function legendTraces() {
  /** @type {(name: string, mode: string, look: object) => Trace} */
  const entry = (name, mode, look) => ({ type: "scatter", mode, x: [null], y: [null], name, showlegend: true, ...look });
  const present = SIGNS.filter((sign) => edges.sign.includes(sign));
  const novel = shown.crowded ? { color: translucent(GREY, 0.5), width: 2 } : { color: GREY, width: 2, dash: DASHES };
  return [
    entry("transcription factor", "markers", { marker: { symbol: "diamond", size: 11, color: colourOf("tf") } }),
    entry("target", "markers", { marker: { symbol: "circle", size: 9, color: colourOf("target") } }),
    ...(network.compared
      ? [
        ...HOLDERS.map((holder) => entry(plotText(nameOfHolder(holder)), "lines", { line: { color: TONE_COLOURS[holder], width: 3 } })),
        ...present.map((sign) => entry(SIGN_WORDS[sign], "markers", { marker: { symbol: HEADS[sign], size: 10, color: GREY, angle: 90 } })),
      ]
      : present.map((sign) => entry(SIGN_WORDS[sign], "lines", { line: { color: TONE_COLOURS[sign], width: 3 } }))),
    entry("known edge", "lines", { line: { color: GREY, width: 3 } }), entry("novel edge", "lines", { line: novel }),
  ];
}

function buildPicture() {
  const view = currentView(), alpha = scene.bright ? FADED : 1, paper = colourOf("paper"), top = 46, bottom = 44;
  const layout = {
    ...layoutOf(view, 0), width: view.w, height: view.h + top + bottom, margin: { l: 0, r: 0, t: top, b: bottom },
    paper_bgcolor: paper, plot_bgcolor: paper, font: { color: colourOf("ink"), size: 13, family: "Arial, sans-serif" }, showlegend: true,
    shapes: groundShapes(alpha), title: { text: `${plotText(document.title)} (${plotText(sayShown())})`, x: 0.01, font: { size: 16 } },
    legend: { orientation: "h", x: 0.01, y: 0, yanchor: "top", itemsizing: "constant" },
  };
  const base = [...edgeTraces("scatter", view, alpha), ...geneTraces("scatter", view.k, alpha)].filter((trace) => trace.visible);
  return {
    data: [...base, ...brightTraces(view), ...headTraces(view), nameTrace(view), ...legendTraces()],
    layout, config: { staticPlot: true },
  };
}

/** @param {"svg" | "png"} format */
async function savePicture(format) {
  drawOverlay({ fresh: true });
  const figure = buildPicture(), { width, height } = figure.layout;
  const uri = await Plotly.toImage(figure, { format, width, height, scale: format === "png" ? 2 : 1 });
  saveFile(`network.${format}`, new Blob([readDataUri(uri)], { type: format === "svg" ? "image/svg+xml" : "image/png" }));
  say(`network.${format} saved`);
}

export function setUpPicture() {
  byId("save-svg").addEventListener("click", () => savePicture("svg"));
  byId("save-png").addEventListener("click", () => savePicture("png"));
}
