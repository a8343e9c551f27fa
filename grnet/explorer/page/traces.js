// The network as plotly's traces and layout.

import { GROUNDS, TONE_COLOURS, colourOf, translucent } from "./colours.js";
import { DASHES, partsOf } from "./edge_ends.js";
import { allLooks, isDashed, keyOf, lineAlpha, lineWidth, lookOf } from "./edge_looks.js";
import { groupBy, range } from "./lists.js";
import { network, nodes } from "./network.js";
import { shown } from "./state.js";
import { isDark } from "./theme.js";
import { geneSize } from "./view.js";

/**
 * Places of edges as plotly takes them: null after each, NaN between the parts of one.
 * @param {number[]} rows
 * @param {(e: number) => Pair<number>[]} parts of an edge that are drawn
 */
export function segmentsOf(rows, parts = () => [[0, 1]]) {
  const { x0, y0, x1, y1 } = network.segments, drawn = rows.map(parts);
  /** @type {(starts: number[], ends: number[]) => Value[]} */
  const place = (starts, ends) => rows.flatMap((e, k) => drawn[k].flatMap(([from, to], part) => [
    ...[from, to].map((at) => starts[e] + at * (ends[e] - starts[e])), part < drawn[k].length - 1 ? NaN : null]));
  return { x: place(x0, x1), y: place(y0, y1) };
}

/**
 * One trace for each look, whether or not an edge has it: plotly then keeps what it has. WebGL knows only dashes with gaps
 * as long as the line is wide, so there all dashed edges are cut.
 * @type {(type: string, view: View, alpha?: number) => Trace[]}
 */
export function edgeTraces(type, view, alpha = 1) {
  const groups = new Map(groupBy(shown.rows, (e) => keyOf(lookOf(e))).map((rows) => [keyOf(lookOf(rows[0])), rows]));
  return allLooks().map((look) => {
    const rows = groups.get(keyOf(look)) ?? [], dashed = isDashed(look), cut = dashed && type === "scattergl";
    return {
      type, mode: "lines", hoverinfo: "skip", showlegend: false, visible: rows.length > 0, meta: { kind: "edges", rows },
      ...segmentsOf(rows, (e) => partsOf(e, view, dashed, { all: cut })),
      line: {
        color: translucent(TONE_COLOURS[look.tone], lineAlpha(look, view) * alpha), width: lineWidth(look),
        dash: dashed && !cut ? DASHES : "solid",
      },
    };
  });
}

/** @type {(type: string, k: number, alpha?: number) => Trace[]} */
export function geneTraces(type, k, alpha = 1) {
  return [false, true].map((isTf) => {
    const rows = range(network.nNodes).filter((i) => shown.genes[i] && nodes.is_tf[i] === isTf);
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

/** Discs of communities that have a gene in the drawing. */
export function groundShapes(alpha = 1) {
  const inhabited = new Set(range(network.nNodes).filter((i) => shown.genes[i]).map((i) => nodes.community[i]));
  return network.communities.filter(({ community, genes }) => genes > 2 && inhabited.has(community)).map((circle) => ({
    type: "circle", layer: "below", line: { width: 0 }, opacity: (isDark() ? 0.16 : 0.08) * alpha,
    fillcolor: GROUNDS[(circle.community - 1) % GROUNDS.length],
    x0: circle.x - circle.radius, x1: circle.x + circle.radius, y0: circle.y - circle.radius, y1: circle.y + circle.radius,
  }));
}

/** @param {View} view @param {number} rim */
export function rangesOf(view, rim) {
  const [dx, dy] = [view.w * (0.5 + rim) / view.k, view.h * (0.5 + rim) / view.k];
  return { "xaxis.range": [view.x - dx, view.x + dx], "yaxis.range": [view.y - dy, view.y + dy] };
}

/** @param {View} view @param {number} rim */
export function layoutOf(view, rim) {
  const at = rangesOf(view, rim), axis = { visible: false, fixedrange: true };
  return {
    width: Math.round(view.w * (1 + 2 * rim)), height: Math.round(view.h * (1 + 2 * rim)), margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hovermode: false, dragmode: false, showlegend: false,
    xaxis: { ...axis, range: at["xaxis.range"] }, yaxis: { ...axis, range: at["yaxis.range"] }, shapes: groundShapes(),
  };
}
