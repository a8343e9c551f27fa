// Files and the clipboard: the view as SVG or PNG with title and legend, and texts.
const plotText = (text) => words(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;"); // plotly reads tags
const FADED = 0.17;

function saveFile(name, blob) {
  const url = URL.createObjectURL(blob), link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function say(text) { byId("says").textContent = text; }

async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) { // no permission, or a browser that has none for files
    if (!(error instanceof Error)) throw error;
    const area = make("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(done);
  flash(document.activeElement, "Copied");
}
// Show for a moment on a button what it has done.
function flash(button, text) {
  if (!(button instanceof HTMLButtonElement) || button.dataset.text !== undefined) return;
  button.dataset.text = button.textContent;
  button.textContent = text;
  setTimeout(() => { button.textContent = button.dataset.text; delete button.dataset.text; }, 1200);
}

// ---- the picture: the same traces as vectors, and in them what the overlay shows
function brightTraces(view) {
  if (!scene.bright) return [];
  const edgesOfGroup = (rows) => ({
    type: "scatter", mode: "lines", showlegend: false, meta: { kind: "bright" },
    x: rows.flatMap((e) => [lines.x0[e], lines.x1[e], null]), y: rows.flatMap((e) => [lines.y0[e], lines.y1[e], null]),
    line: { color: SIGN_COLOURS[edges.sign[rows[0]]], width: brightWidth(rows[0], view), dash: edges.known[rows[0]] ? "solid" : "5px,3px" },
  });
  const genes = [...scene.bright.genes];
  const of = (isTf) => genes.filter((i) => nodes.is_tf[i] === isTf);
  return [...lookGroups(scene.edges).map(edgesOfGroup), ...[false, true].map((isTf) => ({
    type: "scatter", mode: "markers", showlegend: false, x: of(isTf).map((i) => nodes.x[i]), y: of(isTf).map((i) => nodes.y[i]),
    marker: {
      symbol: isTf ? "diamond" : "circle", size: of(isTf).map((i) => geneSize(i, view.k)), opacity: 1,
      color: colourOf(isTf ? "tf" : "target"), line: { width: 1, color: colourOf(isTf ? "tf-line" : "target-line") },
    },
  }))];
}

function headTraces(view) {
  const symbols = { activation: "arrow", repression: "line-ew-open", unknown: "arrow-open" };
  return SIGNS.map((sign) => {
    const rows = scene.arrows.filter((e) => edges.sign[e] === sign);
    const heads = rows.map((e) => headPlace(e, view));
    return {
      type: "scatter", mode: "markers", showlegend: false, meta: { kind: "heads" },
      x: heads.map(([x]) => view.x + (x - view.w / 2) / view.k), y: heads.map(([, y]) => view.y - (y - view.h / 2) / view.k),
      marker: {
        symbol: symbols[sign], size: sign === "repression" ? 6 : 9, color: SIGN_COLOURS[sign], opacity: 1,
        angle: heads.map(([, , ux, uy]) => Math.atan2(ux, -uy) * 180 / Math.PI),
        line: { width: sign === "repression" ? 2.4 : sign === "unknown" ? 1.4 : 0, color: SIGN_COLOURS[sign] },
      },
    };
  });
}

function nameTrace(view) {
  const placeX = ({ i, dx }) => nodes.x[i] + dx / view.k, placeY = ({ i, dy, size }) => nodes.y[i] - (dy - size * 0.35) / view.k;
  return {
    type: "scatter", mode: "text", showlegend: false, meta: { kind: "names" }, textposition: "middle right",
    x: scene.labels.map(placeX), y: scene.labels.map(placeY), cliponaxis: false,
    text: scene.labels.map(({ text, bold }) => (bold ? `<b>${plotText(text)}</b>` : plotText(text))),
    textfont: { size: scene.labels.map(({ size }) => size), color: colourOf("ink"), shadow: `0 0 3px ${colourOf("paper")}, 0 0 3px ${colourOf("paper")}` },
  };
}

function legendTraces() {
  const entry = (name, mode, look) => ({ type: "scatter", mode, x: [null], y: [null], name, showlegend: true, ...look });
  const present = SIGNS.filter((sign) => edges.sign.includes(sign));
  const novel = shown.crowded ? { color: translucent("#808080", 0.5), width: 2 } : { color: "#808080", width: 2, dash: "5px,3px" };
  return [
    entry("transcription factor", "markers", { marker: { symbol: "diamond", size: 11, color: colourOf("tf") } }),
    entry("target", "markers", { marker: { symbol: "circle", size: 9, color: colourOf("target") } }),
    ...present.map((sign) => entry(SIGN_WORDS[sign], "lines", { line: { color: SIGN_COLOURS[sign], width: 3 } })),
    entry("known edge", "lines", { line: { color: "#808080", width: 3 } }), entry("novel edge", "lines", { line: novel }),
  ];
}

function buildPicture() {
  const view = currentView(), alpha = scene.bright ? FADED : 1, paper = colourOf("paper"), top = 46, bottom = 44;
  const layout = {
    ...layoutOf(view, 0), width: view.w, height: view.h + top + bottom, margin: { l: 0, r: 0, t: top, b: bottom },
    paper_bgcolor: paper, plot_bgcolor: paper, font: { color: colourOf("ink"), size: 13, family: "Arial, sans-serif" }, showlegend: true,
    shapes: grounds(alpha), title: { text: `${plotText(document.title)} (${plotText(sayShown())})`, x: 0.01, font: { size: 16 } },
    legend: { orientation: "h", x: 0.01, y: 0, yanchor: "top", itemsizing: "constant" },
  };
  const base = [...edgeTraces("scatter", alpha), ...geneTraces("scatter", view.k, alpha)].filter((trace) => trace.visible);
  for (const { line } of base) if (line?.dash === "dash") line.dash = "5px,3px";
  const [behind, heads] = scene.bright ? [brightTraces(view), headTraces(view)] : [[], headTraces(view)];
  return { data: [...base, ...behind, ...heads, nameTrace(view), ...legendTraces()], layout, config: { staticPlot: true } };
}

async function savePicture(format) {
  drawOverlay({ fresh: true });
  const figure = buildPicture(), { width, height } = figure.layout;
  const url = await Plotly.toImage(figure, { format, width, height, scale: format === "png" ? 2 : 1 });
  const comma = url.indexOf(","), body = url.slice(comma + 1);
  const bytes = url.slice(0, comma).endsWith("base64") ? Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)) : decodeURIComponent(body);
  saveFile(`network.${format}`, new Blob([bytes], { type: format === "svg" ? "image/svg+xml" : "image/png" }));
  say(`network.${format} saved`);
}
byId("save-svg").addEventListener("click", () => savePicture("svg"));
byId("save-png").addEventListener("click", () => savePicture("png"));
