// Genes by group of places, such as cell type: a histogram for each group and gene, or a bar for each mean.

import { chooseTicks, scale, shortenTo, showTick } from "./chart_scales.js";
import { make, shape } from "./elements.js";
import { plural, showCount, showNumber } from "./text.js";

const ROW = 26, BAR = 20, AXIS = 36, TOP = 18; // pixels
const LETTER = 6.8; // pixels, of the widest that are common
const COLOURS = 10; // of groups, in panels.css

/**
 * The colour of a group: the largest have one each, all others share one.
 * @param {number} group
 */
export const colourOfGroup = (group) => (group < COLOURS ? `var(--group-${group})` : "var(--axis)");

/**
 * The legend of the groups: those with a colour of their own, and what the others share.
 * @type {(groups: Group[], place: string) => HTMLElement}
 */
export function listGroups(groups, place) {
  const others = groups.slice(COLOURS), first = others.length === 1 ? groups : groups.slice(0, COLOURS);
  const entries = first.map(({ name, n }, k) => ({ k, name, title: `${name}: ${plural(n, place, `${place}s`)}` }));
  if (others.length > 1) entries.push({ k: COLOURS, name: `${others.length} other groups`, title: others.map(({ name }) => name).join(", ") });
  return make("ul", { class: "groups", "aria-label": "Groups" }, entries.map(({ k, name, title }) =>
    make("li", { title }, make("i", { style: { background: colourOfGroup(k) } }), name)));
}

/**
 * How high a bar is for a share of 255: the square root, so that rare values are seen.
 * @param {number} share
 */
const barHeight = (share) => Math.sqrt(share / 255);

/**
 * A row for each group, a column for each gene: a histogram of its values, a line at their mean, and in how many places
 * it is detected.
 * @param {number} width
 * @param {{ groups: Group[], genes: { name: string, title: string, values: GroupValues }[], place: string }} content
 */
export function groupHistograms(width, { groups, genes, place }) {
  const left = roomForNames(groups, width * (genes.length > 1 ? 0.36 : 0.46));
  const across = (width - left) / genes.length, bottom = TOP + ROW * groups.length;
  return shape("svg", { width, height: bottom + AXIS, viewBox: `0 0 ${width} ${bottom + AXIS}` },
    groups.flatMap((group, k) => nameGroup(group, k, left, place)),
    genes.flatMap((gene, column) => {
      const from = left + column * across, to = from + across - 44;
      return [...drawGene(gene, groups, [from, to], place), ...drawAxis(gene, [from, to], bottom)];
    }));
}

/** @type {(groups: Group[], most: number) => number} */
const roomForNames = (groups, most) =>
  Math.min(most, 34 + LETTER * Math.max(...groups.map(({ name, n }) => name.length + showCount(n).length)));

/** @type {(group: Group, k: number, left: number, place: string) => SVGElement[]} */
function nameGroup({ name, n }, k, left, place) {
  const y = TOP + ROW * k + ROW - 7, count = showCount(n);
  return [
    shape("rect", { x: 0, y: y - 9, width: 9, height: 9, rx: 2, fill: colourOfGroup(k) }),
    shape("text", { class: "group", x: 14, y }, shortenTo(name, (left - 26 - LETTER * count.length) * 0.88), tooltip(`${name}: ${plural(n, place, `${place}s`)}`)),
    shape("text", { class: "tick", x: left - 6, y, "text-anchor": "end" }, count),
  ];
}

/** @param {string} text */
const tooltip = (text) => shape("title", {}, text);

/** @type {(gene: { name: string, values: GroupValues }, groups: Group[], ends: Pair<number>, place: string) => SVGElement[]} */
function drawGene({ name, values }, groups, [from, to], place) {
  const { low, high, rows } = values, sx = scale([low, high], [from, to]), most = Math.max(1, ...rows.flatMap(({ shares }) => shares));
  return rows.flatMap(({ shares, mean, detected }, k) => {
    const base = TOP + ROW * (k + 1) - 3, step = (to - from) / shares.length, label = `${groups[k].name}: ${name} has mean ${showNumber(mean, 2)}, detected in ${detected} % of ${plural(groups[k].n, place, `${place}s`)}`;
    return [
      shape("line", { class: "grid", x1: from, x2: to, y1: base, y2: base }),
      shape("path", { class: "distribution", fill: colourOfGroup(k), d: shares.map((share, bin) => {
        const size = BAR * barHeight(share) / barHeight(most);
        return share ? `M${(from + bin * step).toFixed(1)} ${base}v${(-size).toFixed(1)}h${Math.max(0.8, step - 0.6).toFixed(1)}v${size.toFixed(1)}z` : "";
      }).join("") }, tooltip(label)),
      shape("line", { class: "mean-line", x1: sx(mean), x2: sx(mean), y1: base - BAR, y2: base + 2 }, tooltip(label)),
      shape("text", { class: "tick", x: to + 38, y: base - 4, "text-anchor": "end" }, `${detected} %`),
    ];
  });
}

/** @type {(gene: { name: string, title: string, values: GroupValues }, ends: Pair<number>, bottom: number) => SVGElement[]} */
function drawAxis({ title, values: { low, high } }, [from, to], bottom) {
  const sx = scale([low, high], [from, to]), limits = high > low ? [low, high] : [low - 0.5, low + 0.5];
  const ticks = high > low ? chooseTicks(limits, Math.max(2, Math.min(4, (to - from) / 50))) : [low];
  return [
    shape("text", { class: "tick", x: to + 38, y: 11, "text-anchor": "end" }, "> 0"),
    shape("line", { class: "axis", x1: from, x2: to, y1: bottom, y2: bottom }),
    ...ticks.flatMap((value) => [
      shape("line", { class: "axis", x1: sx(value), x2: sx(value), y1: bottom, y2: bottom + 4 }),
      shape("text", { class: "tick", x: sx(value), y: bottom + 16, "text-anchor": "middle" }, showTick(value)),
    ]),
    shape("text", { class: "axis-title", x: (from + to) / 2, y: bottom + AXIS - 4, "text-anchor": "middle" }, shortenTo(title, to - from)),
  ];
}

/**
 * A row for each group, a column for each of some genes or means of genes: bars from 0 to 1, with a line where there is an
 * interval. `says` is told of a bar.
 * @param {number} width
 * @param {{ groups: Group[], place: string, columns: { title: string, bars: GroupBar[] }[] }} content
 */
export function groupBars(width, { groups, place, columns }) {
  const left = roomForNames(groups, width * 0.4), across = (width - left) / columns.length, bottom = TOP + ROW * groups.length;
  return shape("svg", { width, height: bottom + AXIS, viewBox: `0 0 ${width} ${bottom + AXIS}` },
    groups.flatMap((group, k) => nameGroup(group, k, left, place)),
    columns.flatMap(({ title, bars }, column) => {
      const from = left + column * across, to = from + across - 22, sx = scale([0, 1], [from, to]);
      return [
        ...[0, 0.5, 1].flatMap((value) => [
          shape("line", { class: value ? "grid" : "axis", x1: sx(value), x2: sx(value), y1: TOP, y2: bottom }),
          shape("text", { class: "tick", x: sx(value), y: bottom + 16, "text-anchor": "middle" }, showTick(value)),
        ]),
        ...bars.flatMap(({ share, low, high, says }, k) => {
          const middle = TOP + ROW * (k + 0.5);
          return [
            shape("rect", { class: "share", fill: colourOfGroup(k), x: from, y: middle - 7, width: Math.max(0.5, sx(share) - from), height: 14 }, tooltip(says)),
            low === undefined || high === undefined ? null
              : shape("line", { class: "middle-half", x1: sx(low), x2: sx(high), y1: middle, y2: middle }, tooltip(says)),
          ];
        }),
        shape("text", { class: "axis-title", x: (from + to) / 2, y: bottom + AXIS - 4, "text-anchor": "middle" }, shortenTo(title, to - from)),
      ];
    }));
}
