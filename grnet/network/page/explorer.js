"use strict";
// Draws the network from the JSON in #network-data. Everything below takes `data` (or rows of it) and returns plotly
// traces, so a filter needs to pass fewer rows and call draw() again.
(() => {
  const data = JSON.parse(document.getElementById("network-data").textContent);
  const place = document.getElementById("network");
  const { nodes, edges, crowded } = data;

  const SIGNS = {
    activation: { name: "activation (r > 0)", colour: "#0072b2" },
    repression: { name: "repression (r < 0)", colour: "#d55e00" },
    unknown: { name: "sign unknown", colour: "#7a7a7a" },
  };
  const TF_COLOUR = "#2b2f77", TARGET_COLOUR = "#f2c14e", OUTLINE = "#ffffff";
  const GROUNDS = ["#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#d55e00", "#999999"];

  const range = (n) => Array.from({ length: n }, (_, i) => i);
  // plotly reads a few HTML tags in text: a gene name is shown as it is
  const show = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const figure = (value, digits) => (value === null ? "–" : value.toFixed(digits));
  const chance = (value) => {
    const text = value.toFixed(3);
    return text === "1.000" ? "&gt; 0.999" : text === "0.000" ? "&lt; 0.001" : text;
  };
  const signed = (value) => (value === null ? "–" : (value > 0 ? "+" : "") + value.toFixed(2));
  const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;

  function describeNode(i) {
    const id = nodes.id[i] ? ` <i>${show(nodes.id[i])}</i>` : "";
    return `<b>${show(nodes.symbol[i])}</b>${id}<br>${nodes.is_tf[i] ? "transcription factor" : "target"}` +
      `<br>regulates ${count(nodes.out_degree[i], "gene", "genes")}, regulated by ${nodes.in_degree[i]}` +
      `<br>${count(nodes.n_images[i], "image", "images")}, community ${nodes.community[i]}`;
  }

  function describeEdge(e) {
    return `<b>${show(nodes.symbol[edges.tf[e]])} → ${show(nodes.symbol[edges.target[e]])}</b>` +
      `<br>probability ${chance(edges.probability[e])}, spread ${figure(edges.spread[e], 3)}` +
      (edges.seed_spread[e] === null ? "" : `, between seeds ${figure(edges.seed_spread[e], 3)}`) +
      `<br>rank ${edges.rank[e].toLocaleString("en")}, r = ${signed(edges.correlation[e])}` +
      `<br>${edges.sign[e] === "unknown" ? "sign unknown" : edges.sign[e]}, ${edges.known[e] ? "known" : "novel"} edge`;
  }

  // ---- what the view must hold, and sizes: genes shrink where the drawing is crowded
  const MARGIN = 1;
  function extent(axis) {
    const low = data.communities.map((circle) => circle[axis] - circle.radius);
    const high = data.communities.map((circle) => circle[axis] + circle.radius);
    return low.length ? [Math.min(...low) - MARGIN, Math.max(...high) + MARGIN] : [-1, 1];
  }
  function pixelsPerUnit() {
    const [x, y] = [extent("x"), extent("y")];
    return Math.min(place.clientWidth / (x[1] - x[0]), place.clientHeight / (y[1] - y[0]));
  }
  const unit = pixelsPerUnit();
  const nodeSize = range(nodes.symbol.length).map((i) => {
    const base = Math.min(14, Math.max(4, unit * 0.45));
    return nodes.is_tf[i] ? base * (1.5 + Math.min(1, 0.12 * Math.sqrt(nodes.out_degree[i]))) : base;
  });

  // ---- edges: one trace for each sign, known or novel, class of probability, and within or between communities
  function probabilityClasses(rows) {
    const values = rows.map((e) => edges.probability[e]).sort((a, b) => a - b);
    const cut = (share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
    const cuts = [cut(0.5), cut(0.85)];
    return (e) => cuts.filter((limit) => edges.probability[e] > limit).length;
  }

  function edgeTraces(rows) {
    const classOf = probabilityClasses(rows);
    const between = (e) => nodes.community[edges.tf[e]] !== nodes.community[edges.target[e]];
    const groups = new Map();
    for (const e of rows) {
      const look = { level: classOf(e), between: between(e), known: edges.known[e], sign: edges.sign[e] };
      const key = JSON.stringify(look);
      if (!groups.has(key)) groups.set(key, { look, rows: [] });
      groups.get(key).rows.push(e);
    }
    // faint ones first, so that the strong lie on top
    const strength = ({ look }) => look.level + (look.known ? 4 : 0) - (look.between ? 8 : 0);
    return [...groups.values()].sort((a, b) => strength(a) - strength(b)).map((group) => edgeTrace(group, rows.length));
  }

  function edgeTrace({ look, rows }, total) {
    const colour = SIGNS[look.sign].colour;
    const x = [], y = [], size = [], standoff = [];
    for (const e of rows) {
      const a = edges.tf[e], b = edges.target[e];
      x.push(nodes.x[a], nodes.x[b], null);
      y.push(nodes.y[a], nodes.y[b], null);
      size.push(0, crowded ? 5 : 8, 0);
      standoff.push(0, nodeSize[b] / 2 + 1, 0);
    }
    const fade = Math.min(1, Math.max(0.28, Math.sqrt(150 / total)));
    const alpha = Math.min(0.95, fade * [0.5, 0.75, 1][look.level] * (look.known ? 1.5 : 1) * (look.between ? 0.5 : 1));
    const width = [0.8, 1.2, 1.8][look.level] * (look.known ? 1.4 : 1) * (crowded ? 0.8 : 1);
    return {
      type: "scatter", mode: "lines+markers", x, y, hoverinfo: "skip", showlegend: false, meta: { kind: "edges", rows },
      line: { color: translucent(colour, alpha), width, dash: look.known || crowded ? "solid" : "4px,3px" },
      marker: {
        symbol: "arrow", angleref: "previous", size, standoff, color: colour,
        opacity: crowded ? alpha : Math.min(1, alpha + 0.2), line: { width: 0 },
      },
    };
  }

  function translucent(hex, alpha) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return `rgba(${r},${g},${b},${alpha.toFixed(3)})`;
  }

  // An edge is hovered at a dot past its middle, so that an edge and its reverse have a dot each.
  function edgeDots(rows) {
    const at = (axis, e) => 0.42 * nodes[axis][edges.tf[e]] + 0.58 * nodes[axis][edges.target[e]];
    return {
      type: "scatter", mode: "markers", hoverinfo: "text", showlegend: false, meta: { kind: "dots", rows },
      x: rows.map((e) => at("x", e)), y: rows.map((e) => at("y", e)), hovertext: rows.map(describeEdge),
      marker: { size: 7, opacity: 0, color: rows.map((e) => SIGNS[edges.sign[e]].colour) },
      hoverlabel: { bgcolor: "#ffffff", font: { color: "#1d2733" } },
    };
  }

  // ---- genes
  function nodeTrace(isTf) {
    const rows = range(nodes.symbol.length).filter((i) => nodes.is_tf[i] === isTf);
    return {
      type: "scatter", mode: "markers", hoverinfo: "text", meta: { kind: "nodes", key: isTf ? "tf" : "target", rows },
      visible: hidden.has(isTf ? "tf" : "target") ? "legendonly" : true,
      name: isTf ? "transcription factor" : "target", legendrank: isTf ? 1 : 2,
      x: rows.map((i) => nodes.x[i]), y: rows.map((i) => nodes.y[i]), hovertext: rows.map(describeNode),
      marker: {
        symbol: isTf ? "diamond" : "circle", size: rows.map((i) => nodeSize[i]), opacity: 1,
        color: isTf ? TF_COLOUR : TARGET_COLOUR, line: { color: isTf ? OUTLINE : "#8a6d1c", width: isTf ? 1 : 0.6 },
      },
      hoverlabel: { bgcolor: isTf ? TF_COLOUR : "#fff8e3", font: { color: isTf ? "#ffffff" : "#1d2733" } },
    };
  }

  // ---- labels: hubs first, then, where few genes are in view, all; each where it covers no other label and no gene
  const LABEL_SIZE = 13, LABEL_ALL = 90;
  const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  const shorten = (text) => (text.length > 24 ? text.slice(0, 23) + "…" : text);

  function genesInView() {
    const { xaxis, yaxis, _size: size } = place._fullLayout;
    const genes = new Map();
    for (const i of range(nodes.symbol.length)) {
      if (hidden.has(nodes.is_tf[i] ? "tf" : "target")) continue;
      const x = xaxis.l2p(nodes.x[i]), y = yaxis.l2p(nodes.y[i]), r = nodeSize[i] / 2;
      if (x >= 0 && y >= 0 && x <= size.w && y <= size.h) genes.set(i, { x, y, r, box: [x - r, y - r, x + r, y + r] });
    }
    return genes;
  }

  function labelPlaces({ x, y, r }, width, height) {
    return {
      "top center": [x - width / 2, y - r - height], "bottom center": [x - width / 2, y + r],
      "middle right": [x + r, y - height / 2], "middle left": [x - r - width, y - height / 2],
    };
  }

  function chooseLabels() {
    const genes = genesInView(), hubs = new Set(data.labels);
    const others = genes.size <= LABEL_ALL ? [...genes.keys()].filter((i) => !hubs.has(i)) : [];
    const pen = document.createElement("canvas").getContext("2d");
    const kept = [], labels = [], view = place._fullLayout._size;
    for (const i of [...data.labels.filter((hub) => genes.has(hub)), ...others]) {
      const size = hubs.has(i) ? LABEL_SIZE : LABEL_SIZE - 2, text = shorten(nodes.symbol[i]);
      pen.font = `${hubs.has(i) ? 700 : 400} ${size}px Arial, sans-serif`;
      const width = pen.measureText(text).width + 4, height = size + 3;
      // a hub may cover targets, but no other hub
      const blocks = [...genes].filter(([j]) => j !== i && (hubs.has(j) || !hubs.has(i))).map(([, gene]) => gene.box);
      for (const [position, [x, y]] of Object.entries(labelPlaces(genes.get(i), width, height))) {
        const box = [x, y, x + width, y + height];
        if (x < 0 || y < 0 || box[2] > view.w || box[3] > view.h) continue;
        if ([...kept, ...blocks].some((other) => overlap(other, box))) continue;
        kept.push(box);
        labels.push({ i, position, size, text: hubs.has(i) ? `<b>${show(text)}</b>` : show(text) });
        break;
      }
    }
    return labels;
  }

  function labelColumns(labels) {
    return {
      x: labels.map(({ i }) => nodes.x[i]), y: labels.map(({ i }) => nodes.y[i]),
      text: labels.map(({ text }) => text), textposition: labels.map(({ position }) => position),
      "textfont.size": labels.map(({ size }) => size), "marker.size": labels.map(({ i }) => nodeSize[i]),
    };
  }

  function labelTrace() {
    return {
      type: "scatter", mode: "markers+text", hoverinfo: "skip", showlegend: false, x: [], y: [], text: [],
      meta: { kind: "labels" }, cliponaxis: false, marker: { opacity: 0, size: [] },
      textfont: { size: LABEL_SIZE, color: "#14181d", family: "Arial, sans-serif", shadow: "0 0 3px #fff, 0 0 3px #fff, 0 0 4px #fff" },
    };
  }

  // ---- the legend: a click hides a kind of edge or gene, or shows it again
  const hidden = new Set();
  const isShown = (e) => !hidden.has(edges.sign[e]) && !hidden.has(edges.known[e] ? "known" : "novel");

  function legendTraces() {
    const present = Object.keys(SIGNS).filter((sign) => edges.sign.includes(sign));
    const entry = (key, name, line, rank) => ({
      type: "scatter", mode: "lines", x: [null], y: [null], name, line, legendrank: rank, hoverinfo: "skip",
      meta: { kind: "legend", key }, visible: hidden.has(key) ? "legendonly" : true,
    });
    const novel = crowded ? { color: "#bbb", width: 2.5 } : { color: "#444", width: 1.5, dash: "4px,3px" };
    return [
      ...present.map((sign, k) => entry(sign, SIGNS[sign].name, { color: SIGNS[sign].colour, width: 3 }, 10 + k)),
      entry("known", "known edge", { color: "#444", width: 2.5 }, 20),
      entry("novel", "novel edge", novel, 21),
    ];
  }

  function toggle({ data: traces, curveNumber }) {
    const { key } = traces[curveNumber].meta;
    if (!hidden.delete(key)) hidden.add(key);
    draw();
    return false;
  }

  // ---- the whole drawing
  function grounds() {
    return data.communities.filter(({ genes }) => genes > 2).map((circle) => ({
      type: "circle", layer: "below", line: { width: 0 }, opacity: 0.08,
      fillcolor: GROUNDS[(circle.community - 1) % GROUNDS.length],
      x0: circle.x - circle.radius, x1: circle.x + circle.radius,
      y0: circle.y - circle.radius, y1: circle.y + circle.radius,
    }));
  }

  function makeLayout() {
    const axis = (name) => ({ visible: false, showgrid: false, zeroline: false, range: extent(name) });
    return {
      margin: { l: 4, r: 4, t: 4, b: 4 }, paper_bgcolor: "#fff", plot_bgcolor: "#fff", hovermode: "closest",
      dragmode: "pan", hoverdistance: 12, shapes: grounds(), uirevision: "keep the view",
      xaxis: axis("x"), yaxis: { ...axis("y"), scaleanchor: "x" },
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", itemsizing: "constant", itemdoubleclick: false },
      font: { family: "system-ui, Segoe UI, Roboto, Arial, sans-serif", size: 13 },
    };
  }

  // The buttons are named one by one: plotly's own choice has one that sends the data to its cloud.
  const CONFIG = {
    responsive: true, scrollZoom: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: "",
    modeBarButtons: [["toImage"], ["zoom2d", "pan2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]],
    toImageButtonOptions: { filename: "network", scale: 3 },
  };

  function draw() {
    const rows = range(edges.tf.length).filter(isShown);
    const traces = [
      ...edgeTraces(rows), edgeDots(rows), nodeTrace(false), nodeTrace(true), labelTrace(),
      ...legendTraces(),
    ];
    return Plotly.react(place, traces, makeLayout(), CONFIG).then(relabel);
  }

  function relabel() {
    const at = place.data.findIndex((trace) => trace.meta.kind === "labels");
    const update = Object.entries(labelColumns(chooseLabels())).map(([name, values]) => [name, [values]]);
    return Plotly.restyle(place, Object.fromEntries(update), [at]);
  }

  // ---- the table: all its rows are in the page, a choice shows those of one kind
  function listKind({ target }) {
    document.getElementById("table-title").textContent = target.dataset.title;
    for (const row of document.querySelectorAll("#edges tbody tr")) {
      row.hidden = !row.dataset.kinds.split(" ").includes(target.value);
    }
  }
  const kinds = document.getElementById("kinds");
  if (kinds) {
    kinds.addEventListener("change", listKind);
    listKind({ target: kinds.querySelector("input:checked") }); // a reload may keep an earlier choice
  }

  draw().then(() => {
    place.on("plotly_relayout", relabel);
    place.on("plotly_legendclick", toggle);
    place.setAttribute("data-drawn", "true");
  });
})();
