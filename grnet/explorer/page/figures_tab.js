// The figures of the network: showFigures(place) fills `place` from the summary, the report of the run and the edges.

import { make, note } from "./elements.js";
import { binDegrees, precisionPoints, stepPoints } from "./figure_series.js";
import { range } from "./lists.js";
import { SIGNS, edges, network, nodes } from "./network.js";
import { columns, lines, makeChart } from "./panel_charts.js";
import { NO_VALUE, isMissing, plural, showCount, showNumber, splitOptions } from "./text.js";


/** @param {Element} place */
export function showFigures(place) {
  const novel = range(network.nEdges).filter((e) => !edges.known[e]).map((e) => edges.probability[e]).sort((a, b) => b - a);
  const all = [...edges.probability].sort((a, b) => b - a);
  place.replaceChildren(make("article", { class: "panel figures", "aria-label": "Figures of the network" },
    showCounts(),
    make("div", { class: "cards" }, showThresholds(all, novel), showPrecision(all, novel), showCalibration(), showKinds(), showDegrees("out"), showDegrees("in")),
    (network.report?.splits ?? []).map(showSplit), showSettings()));
}

/** @param {string} title @param {...(Child | Child[])} children */
const card = (title, ...children) => make("section", { class: "card" }, make("h3", {}, title), ...children);

function showCounts() {
  const { summary, sentences, nEdges } = network;
  /** @type {[string, number | undefined][]} */
  const counts = [
    ["transcription factors", summary.tfs], ["targets", summary.targets], ["edges", summary.edges ?? nEdges],
    ["candidates", summary.candidates ?? undefined], ["known edges", summary.known], ["novel edges", summary.novel],
    ["communities", summary.communities?.length],
  ];
  const tiles = counts.flatMap(([name, value]) => (isMissing(value) ? [] : [[showCount(value), name]]));
  return make("section", {}, make("ul", { class: "tiles" }, [...tiles, ...(sentences.expectation ?? [])].map(([value, name]) =>
    make("li", {}, make("b", {}, value), make("span", {}, name)))),
    sentences.kept?.length ? make("p", { class: "said" }, markOptions(sentences.kept.join(" "))) : null,
    sentences.probability ? make("p", { class: "said" }, `Probability ${sentences.probability}`) : null,
    nEdges < (summary.edges ?? nEdges) ? note(`Figures by threshold and degrees are of the ${showCount(nEdges)} edges of this page.`) : null);
}

/** @param {string} text */
const markOptions = (text) => splitOptions(text).map((part, k) => (k % 2 ? make("code", {}, part) : part));

// ---- what another threshold would keep
/** @param {number[]} all */
const probabilityAxis = (all) => ({ range: [Math.min(1, all.at(-1) ?? 0), 1], title: "threshold of probability" });

/** @param {number[]} all @param {number[]} novel */
function showThresholds(all, novel) {
  const { nEdges } = network;
  if (!nEdges) return null;
  const series = [{ name: "all", points: stepPoints(all) }, { name: "novel", points: stepPoints(novel) }];
  return card("Edges by threshold", makeChart(`Number of edges by threshold: ${showCount(nEdges)} at the lowest`,
    (width) => lines(width, { series, x: probabilityAxis(all), y: { range: [0, nEdges * 1.04], title: "edges" }, step: true })),
    legend([["all", "all edges"], ["novel", "novel edges"]]));
}

/** @param {number[]} all @param {number[]} novel */
function showPrecision(all, novel) {
  if (!novel.length || network.compared) return null;
  if (network.sentences.ranking) return card("Expected precision", note("The data cannot tell how many of the novel edges are true: read their order as a ranking."));
  const points = precisionPoints(novel), lowest = points[points.length - 1].y;
  return card("Expected precision", makeChart(
    `Expected precision of the novel edges by threshold: ${lowest.toFixed(2)} at the lowest`,
    (width) => lines(width, { series: [{ name: "novel", points }], x: probabilityAxis(all), y: { range: [0, 1.02], title: "expected precision" } })),
    note("Mean probability of the novel edges above the threshold: the part of them that should be true." +
      (network.sentences.interval ? ` For all novel edges of the network: ${network.sentences.interval}.` : "")));
}

function showCalibration() {
  const curve = network.report?.calibration;
  if (!curve?.mean.length) return null;
  const points = curve.mean.map((x, k) => ({ x, y: curve.observed[k], low: curve.low[k], high: curve.high[k],
    text: `stated ${x.toFixed(3)}, observed ${curve.observed[k].toFixed(3)} (${showNumber(curve.low[k])} to ${showNumber(curve.high[k])}), ${plural(curve.count[k], "pair", "pairs")}` }));
  /** @param {string} title */
  const axis = (title) => ({ range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], title });
  return card("Calibration", makeChart(
    `Observed rate of edges by stated probability, in ${points.length} bins of labelled pairs`,
    (width) => lines(width, { series: [{ name: "model", points, dots: true }], x: axis("stated probability"), y: axis("observed rate of edges"), diagonal: true })),
    note(`Labelled pairs, each scored by a model that did not see it. ${(100 * curve.base_rate).toFixed(0)} % of them are edges; ` +
      "these probabilities are not yet adjusted to the prior of candidates. Bars: 95 % intervals. On the line, calibration is perfect."));
}

function showKinds() {
  const { nEdges } = network;
  if (!nEdges) return null;
  /** @param {(e: number) => boolean} test */
  const count = (test) => range(nEdges).filter(test).length;
  /** @type {(title: string, parts: { name: string, n: number }[]) => HTMLElement} */
  const bar = (title, parts) => make("div", { class: "stack" }, make("h4", {}, title),
    make("div", { class: "bar", "aria-hidden": "true" }, parts.map(({ name, n }) => make("i", { class: name, style: { width: `${(100 * n) / nEdges}%` } }))),
    make("p", { class: "legend" }, parts.map(({ name, n }) => make("span", {}, make("i", { class: name }), ` ${name}: ${showCount(n)} (${((100 * n) / nEdges).toFixed(0)} %)`))));
  return card("Kinds of edges",
    bar("Sign of r", SIGNS.map((name) => ({ name, n: count((e) => edges.sign[e] === name) })).filter(({ n }) => n)),
    bar("Known to the training", [{ name: "known", n: count((e) => edges.known[e]) }, { name: "novel", n: count((e) => !edges.known[e]) }]));
}

/** @param {"in" | "out"} way */
function showDegrees(way) {
  const name = way === "out" ? "TFs" : "targets";
  const degrees = nodes[way === "out" ? "out_degree" : "in_degree"].filter((degree) => degree > 0).sort((a, b) => a - b);
  if (!degrees.length) return null;
  const highest = degrees[degrees.length - 1], median = degrees[Math.floor(degrees.length / 2)];
  const bars = binDegrees(degrees).map(({ from, to, n }) => ({
    from: from - 0.5, to: to - 0.5, n, name: way, text: `${to - from > 1 ? `${from} to ${to - 1}` : from}: ${showCount(n)} ${name}`,
  }));
  const title = way === "out" ? "targets of a TF" : "regulators of a target", most = Math.max(...bars.map(({ n }) => n));
  return card(way === "out" ? "Targets of each TF" : "Regulators of each target", makeChart(
    `Histogram of ${title}: median ${median}, at most ${highest}`,
    (width) => columns(width, { bars, x: { range: [bars[0].from, bars[bars.length - 1].to], title }, y: { range: [0, most * 1.05], title: name } })),
    note(`Median ${showCount(median)}, at most ${showCount(highest)}.`));
}

/** @param {Pair<string>[]} entries */
const legend = (entries) => make("p", { class: "legend" }, entries.map(([name, text]) => make("span", {}, make("i", { class: `key ${name}` }), ` ${text}`)));

// ---- figures on pairs that the models have not seen
/** @param {Split} split */
function showSplit({ title, n, n_positives, level, rows, findings, warnings, notes }) {
  /** @param {Figure | null} figure */
  const cell = (figure) => (figure ? make("td", {}, showNumber(figure[0]), isMissing(figure[1]) ? null
    : make("small", {}, `${showNumber(figure[1])} to ${showNumber(figure[2])}`)) : make("td", {}, NO_VALUE));
  return make("section", { class: "card wide" }, make("h3", {}, `Out-of-fold figures on labelled pairs: ${title}`),
    note(`${showCount(n)} labelled pairs, ${showCount(n_positives)} of them edges. Below each figure: its ${Math.round(100 * level)} % interval. A lower Brier score is better. Baselines are in the lower rows.`),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Figures on ${title}` }, make("table", { class: "models" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "scored by"), (network.report?.measures ?? []).map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, rows.map(({ name, is_baseline, figures }) => make("tr", { class: is_baseline ? null : "own" },
        make("th", { scope: "row" }, name), figures.map(cell)))))),
    findings.map((text) => make("p", { class: "said" }, text)),
    warnings.map((text) => make("p", { class: "warning", role: "note" }, text)),
    notes.map((text) => note(text)));
}

function showSettings() {
  const rows = network.sentences.settings ?? Object.entries(network.summary.versions ?? {}).map(([name, version]) => [`${name} version`, version]);
  return rows.length ? make("section", { class: "card wide" }, make("h3", {}, "Settings and versions"),
    make("dl", {}, rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]))) : null;
}
