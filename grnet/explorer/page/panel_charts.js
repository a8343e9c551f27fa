// Small charts as SVG, for the panels beside the drawing. Colours are CSS variables and classes, so a change of theme
// needs no new drawing; a change of width does, and draws them again.

import { chooseBins, chooseTicks, countInBins, countInSquares, scale, shortenTo, showTick, stackDots, trace, widen } from "./chart_scales.js";
import { make, shape } from "./elements.js";
import { isMissing, plural, showProbability } from "./text.js";

const FIRST_WIDTH = 300; // until the chart is in the page

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Sides */

// ---- drawn again where the width changes
/** @typedef {(width: number) => SVGElement} Paint */
/** @type {WeakMap<Element, { paint: Paint, painted: number }>} */
const painters = new WeakMap();
const watch = { observer: /** @type {ResizeObserver | null} */ (null) };

/** @param {Element} element */
function repaint(element) {
  const painter = painters.get(element), width = Math.floor(element.clientWidth) || FIRST_WIDTH;
  if (!painter || painter.painted === width) return;
  painter.painted = width;
  element.replaceChildren(painter.paint(width));
}

/**
 * `paint(width)` returns an SVG of that width; `label` says what it shows to those who do not see it.
 * @param {string} label
 * @param {Paint} paint
 */
export function makeChart(label, paint, name = "") {
  const element = make("div", { class: `chart ${name}`, role: "img", "aria-label": label });
  painters.set(element, { paint, painted: 0 });
  repaint(element);
  watch.observer ??= new ResizeObserver((changes) => {
    requestAnimationFrame(() => changes.forEach(({ target }) => repaint(target)));
  });
  watch.observer.observe(element);
  return element;
}

/** After a change of theme or width; without need the charts stay as they are. */
export const redrawPanelPlots = () => document.querySelectorAll(".chart").forEach(repaint);

// ---- axes
/** @param {string} text */
const tooltip = (text) => shape("title", {}, text);

/**
 * An SVG with axes; `marks(sx, sy, box)` returns what is drawn in it. Sides are pixels around the plot.
 * @param {{ width: number, height: number, x: Axis, y: Axis, sides?: Sides }} layout
 * @param {(sx: Scale, sy: Scale, box: Sides) => Child[]} marks
 */
function plot({ width, height, x, y, sides = { left: 52, right: 10, top: 8, bottom: 38 } }, marks) {
  const box = { left: sides.left, top: sides.top, right: width - sides.right, bottom: height - sides.bottom };
  const sx = scale(x.range, [box.left, box.right]), sy = scale(y.range, [box.bottom, box.top]);
  const xs = x.ticks ?? chooseTicks(x.range, Math.max(3, Math.min(6, (box.right - box.left) / 50)));
  const ys = y.ticks ?? chooseTicks(y.range, Math.max(3, Math.min(5, (box.bottom - box.top) / 30)));
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  return shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` },
    y.bare ? [] : ys.map((value) => shape("line", { class: "grid", x1: box.left, x2: box.right, y1: sy(value), y2: sy(value) })),
    marks(sx, sy, box),
    shape("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }),
    xs.map((value) => shape("line", { class: "axis", x1: sx(value), x2: sx(value), y1: box.bottom, y2: box.bottom + 4 })),
    xs.map((value) => shape("text", { class: "tick", x: sx(value), y: box.bottom + 16, "text-anchor": "middle" }, showTick(value))),
    ys.map((value) => shape("text", { class: "tick", x: box.left - 6, y: sy(value) + 4, "text-anchor": "end" }, showTick(value))),
    shape("text", { class: "axis-title", x: middle.x, y: height - 4, "text-anchor": "middle" }, shortenTo(x.title, box.right - box.left)),
    shape("text", { class: "axis-title", "text-anchor": "middle", transform: `translate(10 ${middle.y}) rotate(-90)` }, shortenTo(y.title, box.bottom - box.top)));
}

/** @param {number} width */
const squareHeight = (width) => Math.round(Math.min(300, Math.max(190, width * 0.8)));

/**
 * Values of two genes over places: points, and how often each value occurs along both axes.
 * @param {number} width
 * @param {{ x: number[], y: number[], says: string[], titles: string[], colour: string, colours?: string[] }} content
 */
export function scatter(width, { x, y, says, titles, colour, colours }) {
  const side = 26, ranges = { x: widen(x), y: widen(y) }, bins = chooseBins(x.length);
  const sides = { left: 52, right: side + 6, top: side + 4, bottom: 38 };
  const axes = { x: { range: ranges.x, title: titles[0] }, y: { range: ranges.y, title: titles[1] } };
  return plot({ width, height: squareHeight(width), ...axes, sides }, (sx, sy, box) => {
    /** @type {(x: number, y: number, width: number, height: number) => SVGElement} */
    const bar = (x, y, width, height) =>
      shape("rect", { class: "margin", x, y, width: Math.max(0.5, width), height: Math.max(0.5, height) });
    /** @type {(values: number[], limits: number[], at: (from: number, to: number, size: number) => SVGElement) => Child[]} */
    const bars = (values, limits, at) => {
      const counts = countInBins(values, limits, bins), most = Math.max(...counts), step = (limits[1] - limits[0]) / bins;
      return counts.map((n, k) => n > 0 && at(limits[0] + k * step, limits[0] + (k + 1) * step, (n / most) * side));
    };
    return [
      ...bars(x, ranges.x, (from, to, size) => bar(sx(from), box.top - 2 - size, sx(to) - sx(from) - 1, size)),
      ...bars(y, ranges.y, (from, to, size) => bar(box.right + 2, sy(to), size, sy(from) - sy(to) - 1)),
      ...x.map((value, k) => shape("circle", { class: "point", cx: sx(value), cy: sy(y[k]), r: x.length > 120 ? 2.1 : 2.8, fill: colours?.[k] ?? colour, "data-says": says[k] })),
    ];
  });
}

/**
 * The same as counts of places in squares.
 * @param {number} width
 * @param {{ x: number[], y: number[], titles: string[], place: string }} content
 */
export function jointHistogram(width, { x, y, titles, place }) {
  const bins = chooseBins(x.length), ranges = [widen(x), widen(y)];
  const squares = countInSquares(x, y, ranges, bins), most = Math.max(...squares.map(({ n }) => n));
  const axes = { x: { range: ranges[0], title: titles[0] }, y: { range: ranges[1], title: titles[1], bare: true } };
  return plot({ width, height: squareHeight(width), ...axes }, (_x, _y, box) => {
    const w = (box.right - box.left) / bins, h = (box.bottom - box.top) / bins;
    return squares.map(({ column, row, n }) => shape("rect", {
      class: "cell", x: box.left + column * w, y: box.bottom - (row + 1) * h,
      width: w + 0.3, height: h + 0.3, "fill-opacity": 0.15 + 0.85 * (n / most),
    }, tooltip(plural(n, place, `${place}s`))));
  });
}

/**
 * Probabilities of the fold models on one line, equal ones on top of each other, their mean as a triangle.
 * @param {number} width
 * @param {{ values: Value[], mean: number }} content
 */
export function strip(width, { values, mean }) {
  const sx = scale([0, 1], [10, width - 10]), size = 9;
  const dots = values.flatMap((value, fold) => (isMissing(value) ? [] : [{ fold, value, x: sx(value) }]));
  const levels = stackDots(dots.map(({ x }) => x), size);
  const y = 14 + size * Math.max(0, ...levels), height = y + 28;
  return shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` },
    shape("line", { class: "axis", x1: sx(0), x2: sx(1), y1: y, y2: y }),
    [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
      shape("line", { class: "axis", x1: sx(value), x2: sx(value), y1: y, y2: y + 5 }),
      shape("text", { class: "tick", x: sx(value), y: y + 20, "text-anchor": "middle" }, String(value)),
    ]),
    shape("path", { class: "mean", d: `M${sx(mean)} ${y + 3}l5 8h-10z` }),
    dots.map(({ fold, value, x }, k) => shape("circle", { class: "fold", cx: x, cy: y - levels[k] * size, r: 4.5 },
      tooltip(`fold ${fold}: ${showProbability(value)}`))));
}

/**
 * Lines, with dots and intervals where there are some.
 * @param {number} width
 * @param {{ series: { name: string, points: LinePoint[], dots?: boolean }[], x: Axis, y: Axis, height?: number, diagonal?: boolean, step?: boolean }} content
 */
export function lines(width, { series, x, y, height = 240, diagonal = false, step = false }) {
  return plot({ width, height, x, y }, (sx, sy) => [
    diagonal && shape("line", { class: "reference", x1: sx(0), y1: sy(0), x2: sx(1), y2: sy(1) }),
    ...series.flatMap(({ name, points, dots }) => [
      ...points.flatMap(({ x, low, high }) => (isMissing(low) || isMissing(high) ? []
        : [shape("line", { class: `interval ${name}`, x1: sx(x), x2: sx(x), y1: sy(low), y2: sy(high) })])),
      shape("path", { class: `line ${name}`, d: trace(points.map(({ x, y }) => [sx(x), sy(y)]), step) }),
      ...(dots ? points.map(({ x, y, text }) => shape("circle", { class: `dot ${name}`, cx: sx(x), cy: sy(y), r: 4 }, tooltip(text ?? ""))) : []),
    ]),
  ]);
}

/**
 * Counts as columns.
 * @param {number} width
 * @param {{ bars: { from: number, to: number, n: number, text: string, name?: string }[], x: Axis, y: Axis, height?: number }} content
 */
export function columns(width, { bars, x, y, height = 200 }) {
  return plot({ width, height, x, y }, (sx, sy) => bars.filter(({ n }) => n).map(({ from, to, n, text, name }) => shape("rect", {
    class: `column ${name ?? ""}`, x: sx(from) + 0.5, width: Math.max(0.8, sx(to) - sx(from) - 1),
    y: sy(n), height: Math.max(0, sy(0) - sy(n)),
  }, tooltip(text))));
}

/**
 * One value after another, as dots on stems.
 * @param {number} width
 * @param {{ points: { x: number, y: number, says: string }[], x: Axis, y: Axis, height: number }} content
 */
export function stems(width, { points, x, y, height }) {
  return plot({ width, height, x, y }, (sx, sy, box) => points.flatMap((point) => [
    shape("line", { class: "stem", x1: sx(point.x), x2: sx(point.x), y1: box.bottom, y2: sy(point.y) }),
    shape("circle", { class: "point", cx: sx(point.x), cy: sy(point.y), r: 2, fill: "var(--accent)", "data-says": point.says }),
  ]));
}
