// The figures of the network: showFigures(place) fills `place` from the summary, the report of the run and the edges.
const showFigures = (() => {
  const summary = data.summary ?? {}, report = data.report ?? null, words = data.words ?? {};

  function showFigures(place) {
    place.replaceChildren(make("article", { class: "panel figures", "aria-label": "Figures of the network" },
      showCounts(),
      make("div", { class: "cards" }, showThresholds(), showPrecision(), showCalibration(), showKinds(), showDegrees("out"), showDegrees("in")),
      (report?.splits ?? []).map(showSplit), showSettings()));
  }

  const card = (title, ...children) => make("section", { class: "card" }, make("h3", {}, title), ...children);
  const note = (...text) => make("p", { class: "note" }, ...text);

  function showCounts() {
    const tiles = [
      ["transcription factors", summary.tfs], ["targets", summary.targets], ["edges", summary.edges ?? nEdges],
      ["candidates", summary.candidates], ["known edges", summary.known], ["novel edges", summary.novel],
      ["communities", summary.communities?.length],
    ].filter(([, value]) => !isMissing(value)).map(([name, value]) => [showCount(value), name]);
    return make("section", {}, make("ul", { class: "tiles" }, [...tiles, ...(words.expectation ?? [])].map(([value, name]) =>
      make("li", {}, make("b", {}, value), make("span", {}, name)))),
      words.kept?.length ? make("p", { class: "said" }, markOptions(words.kept.join(" "))) : null,
      words.probability ? make("p", { class: "said" }, `Probability ${words.probability}`) : null,
      nEdges < (summary.edges ?? nEdges) ? note(`Figures by threshold and degrees are of the ${showCount(nEdges)} edges of this page.`) : null);
  }

  const markOptions = (text) => text.split(/(--[a-z-]+)/).map((part, k) => (k % 2 ? make("code", {}, part) : part));

  // ---- what another threshold would keep; edges come best first, so the first k are those above the k-th probability
  const novel = range(nEdges).filter((e) => !edges.known[e]).map((e) => edges.probability[e]).sort((a, b) => b - a);
  const all = [...edges.probability].sort((a, b) => b - a);
  const thin = (points, most = 400) => points.filter((_, k) => k % Math.ceil(points.length / most) === 0 || k === points.length - 1);
  const byThreshold = (values, figure) => thin(values.map((p, k) => ({ x: p, y: figure(k) })));
  const probabilityAxis = () => ({ range: [Math.min(1, all.at(-1) ?? 0), 1], title: "threshold of probability" });

  function showThresholds() {
    if (!nEdges) return null;
    const series = [{ name: "all", points: byThreshold(all, (k) => k + 1) }, { name: "novel", points: byThreshold(novel, (k) => k + 1) }];
    return card("Edges by threshold", charts.makeChart(`Number of edges by threshold: ${showCount(nEdges)} at the lowest`,
      (width) => charts.lines(width, { series, x: probabilityAxis(), y: { range: [0, nEdges * 1.04], title: "edges" }, step: true })),
      legend([["all", "all edges"], ["novel", "novel edges"]]));
  }

  function showPrecision() {
    if (!novel.length) return null;
    if (words.ranking) return card("Expected precision", note("The data cannot tell how many of the novel edges are true: read their order as a ranking."));
    let sum = 0;
    const means = novel.map((p, k) => (sum += p) / (k + 1));
    const series = [{ name: "novel", points: byThreshold(novel, (k) => means[k]) }];
    return card("Expected precision", charts.makeChart(
      `Expected precision of the novel edges by threshold: ${means.at(-1).toFixed(2)} at the lowest`,
      (width) => charts.lines(width, { series, x: probabilityAxis(), y: { range: [0, 1.02], title: "expected precision" } })),
      note("Mean probability of the novel edges above the threshold: the part of them that should be true."));
  }

  function showCalibration() {
    const curve = report?.calibration;
    if (!curve?.mean.length) return null;
    const points = curve.mean.map((x, k) => ({ x, y: curve.observed[k], low: curve.low[k], high: curve.high[k],
      text: `stated ${x.toFixed(3)}, observed ${curve.observed[k].toFixed(3)} (${showNumber(curve.low[k])} to ${showNumber(curve.high[k])}), ${plural(curve.count[k], "pair", "pairs")}` }));
    const axis = (title) => ({ range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], title });
    return card("Calibration", charts.makeChart(
      `Observed rate of edges by stated probability, in ${points.length} bins of labelled pairs`,
      (width) => charts.lines(width, { series: [{ name: "model", points, dots: true }], x: axis("stated probability"), y: axis("observed rate of edges"), diagonal: true })),
      note(`Labelled pairs, each judged by a model that did not see it; ${(100 * curve.base_rate).toFixed(0)} % of them are edges, ` +
        "which is before probabilities are moved to what is taken to hold among candidates. Bars: 95 % intervals. The line is perfect."));
  }

  function showKinds() {
    if (!nEdges) return null;
    const count = (test) => range(nEdges).filter(test).length;
    const bar = (title, parts) => make("div", { class: "stack" }, make("h4", {}, title),
      make("div", { class: "bar", "aria-hidden": "true" }, parts.map(([name, , n]) => make("i", { class: name, style: { width: `${(100 * n) / nEdges}%` } }))),
      make("p", { class: "legend" }, parts.map(([name, text, n]) => make("span", {}, make("i", { class: name }), ` ${text}: ${showCount(n)} (${((100 * n) / nEdges).toFixed(0)} %)`))));
    return card("Kinds of edges",
      bar("Sign of r", Object.keys(SIGN_COLOURS).map((sign) => [sign, sign, count((e) => edges.sign[e] === sign)]).filter(([, , n]) => n)),
      bar("Known to the training", [["known", "known", count((e) => edges.known[e])], ["novel", "novel", count((e) => !edges.known[e])]]));
  }

  function showDegrees(way) {
    const name = way === "out" ? "TFs" : "targets";
    const degrees = nodes[`${way}_degree`].filter((degree) => degree > 0);
    if (!degrees.length) return null;
    const highest = degrees.reduce((a, b) => Math.max(a, b)), step = Math.max(1, Math.ceil(highest / 30));
    const bars = range(Math.ceil((highest + 1) / step)).map((k) => ({ from: k * step, to: (k + 1) * step })).map(({ from, to }) => {
      const n = degrees.filter((degree) => degree >= from && degree < to).length;
      return { from: from - 0.5, to: to - 0.5, n, name: way, text: `${step > 1 ? `${from} to ${to - 1}` : from}: ${showCount(n)} ${name}` };
    });
    const median = [...degrees].sort((a, b) => a - b)[Math.floor(degrees.length / 2)];
    const title = way === "out" ? "targets of a TF" : "regulators of a target", most = Math.max(...bars.map(({ n }) => n));
    return card(way === "out" ? "Targets of each TF" : "Regulators of each target", charts.makeChart(
      `Histogram of ${title}: median ${median}, at most ${highest}`,
      (width) => charts.columns(width, { bars, x: { range: [bars[0].from, bars.at(-1).to], title }, y: { range: [0, most * 1.05], title: name } })),
      note(`Median ${showCount(median)}, at most ${showCount(highest)}.`));
  }

  const legend = (entries) => make("p", { class: "legend" }, entries.map(([name, text]) => make("span", {}, make("i", { class: `key ${name}` }), ` ${text}`)));

  // ---- how the models do on pairs that they have not seen
  function showSplit({ title, n, n_positives, level, rows, findings, warnings, notes }) {
    const cell = (figure) => (figure ? make("td", {}, showNumber(figure[0]), isMissing(figure[1]) ? null
      : make("small", {}, `${showNumber(figure[1])} to ${showNumber(figure[2])}`)) : make("td", {}, NO_VALUE));
    return make("section", { class: "card wide" }, make("h3", {}, `How the models do on labelled pairs that they did not see: ${title}`),
      note(`${showCount(n)} labelled pairs, ${showCount(n_positives)} of them edges. Below each figure its ${Math.round(100 * level)} % interval; for the Brier score less is better. Rules without a model stand below.`),
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Figures on ${title}` }, make("table", { class: "models" },
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "scored by"), (report.measures ?? []).map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, rows.map(({ name, is_baseline, figures }) => make("tr", { class: is_baseline ? null : "own" },
          make("th", { scope: "row" }, name), figures.map(cell)))))),
      findings.map((text) => make("p", { class: "said" }, text)),
      warnings.map((text) => make("p", { class: "warning", role: "note" }, text)),
      notes.map((text) => note(text)));
  }

  function showSettings() {
    const rows = words.settings ?? Object.entries(summary.versions ?? {}).map(([name, version]) => [`${name} version`, version]);
    return rows.length ? make("section", { class: "card wide" }, make("h3", {}, "Settings and versions"),
      make("dl", {}, rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]))) : null;
  }

  return showFigures;
})();
