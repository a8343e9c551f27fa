// What lies over plotly's drawing: arrowheads, names, and what the selection lights up while the rest is faded. It is SVG
// of a few hundred shapes at most, so it follows every frame of a move.
const LABEL_SIZE = 13, LABEL_ALL = 150, MOST_ARROWS = 420, ARROW_AT = 0.66;
const svg = (tag, attributes = {}) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};
const layers = { edges: svg("g"), arrows: svg("g"), genes: svg("g"), labels: svg("g") };
overlay.append(...Object.values(layers));
let scene = { edges: [], arrows: [], bright: null, labels: [] };

function drawOverlay({ fresh }) {
  const view = currentView();
  if (!view.w || !view.h) return;
  if (fresh) {
    const bright = highlighted();
    place.classList.toggle("faded", bright !== null);
    byId("nothing").hidden = shown.rows.length > 0 || nEdges === 0;
    scene = { bright, edges: bright ? bright.edges : [], arrows: chooseArrows(view, bright), labels: chooseLabels(view, bright) };
  }
  layers.edges.replaceChildren(...brightEdges(view));
  layers.arrows.replaceChildren(...arrowheads(view));
  layers.genes.replaceChildren(...brightGenes(view));
  if (fresh) layers.labels.replaceChildren(...scene.labels.map(labelElement));
  scene.labels.forEach((label, k) => placeLabel(layers.labels.children[k], label, view));
}

// ---- edges that the selection lights up: thinner where they are many and far
const brightWidth = (e, view) => [1.3, 1.9, 2.6][levelOf(e)] * Math.min(1, Math.max(0.45, Math.sqrt(12 / scene.edges.length) * (view.k / view.fit) ** 0.5));
const lookGroups = (rows) => groupBy(rows, (e) => `${edges.sign[e]} ${edges.known[e]} ${levelOf(e)}`);
function brightEdges(view) {
  return lookGroups(scene.edges).map((rows) => svg("path", {
    d: rows.map((e) => pathOf(e, view)).join(""), fill: "none", stroke: SIGN_COLOURS[edges.sign[rows[0]]],
    "stroke-width": brightWidth(rows[0], view) + (scene.edges.length === 1 ? 1.2 : 0), "stroke-opacity": 0.9,
    "stroke-dasharray": edges.known[rows[0]] ? "none" : "5 3",
  }));
}
const at = (value) => value.toFixed(1);
const pathOf = (e, view) => `M${at(toX(view, lines.x0[e]))} ${at(toY(view, lines.y0[e]))}L${at(toX(view, lines.x1[e]))} ${at(toY(view, lines.y1[e]))}`;

// ---- heads: an arrow for activation, a bar for repression, an open arrow where the sign is unknown
function chooseArrows(view, bright) {
  if (bright) return bright.edges.length <= MOST_ARROWS ? bright.edges : [];
  const inView = shown.rows.filter((e) => {
    const [x, y] = headPlace(e, view);
    return x >= 0 && y >= 0 && x <= view.w && y <= view.h;
  });
  return inView.length <= MOST_ARROWS ? inView : [];
}
function headPlace(e, view) {
  const [x0, y0] = [toX(view, lines.x0[e]), toY(view, lines.y0[e])], [x1, y1] = [toX(view, lines.x1[e]), toY(view, lines.y1[e])];
  const long = Math.hypot(x1 - x0, y1 - y0) || 1, t = Math.min(ARROW_AT, 1 - (geneSize(edges.target[e], view.k) / 2 + 8) / long);
  return [x0 + t * (x1 - x0), y0 + t * (y1 - y0), (x1 - x0) / long, (y1 - y0) / long, t > 0.25];
}
function headPath(e, view, size) {
  const [x, y, ux, uy, room] = headPlace(e, view);
  if (!room) return "";
  const point = (along, across) => `${at(x + along * ux - across * uy)} ${at(y + along * uy + across * ux)}`;
  if (edges.sign[e] === "repression") return `M${point(0, -size * 0.75)}L${point(0, size * 0.75)}`;
  const head = `M${point(-size, -size * 0.6)}L${point(size * 0.5, 0)}L${point(-size, size * 0.6)}`;
  return edges.sign[e] === "activation" ? `${head}Z` : head;
}
// One path for heads that look the same; as strong as their lines.
function arrowheads(view) {
  const size = scene.arrows.length === 1 ? 9 : Math.min(7, Math.max(3.5, view.k * 0.2));
  const groups = groupBy(scene.arrows, (e) => looks[e]);
  return groups.map((rows) => {
    const look = lookOf(rows[0]), colour = SIGN_COLOURS[look.sign], filled = look.sign === "activation";
    return svg("path", {
      d: rows.map((e) => headPath(e, view, size)).join(""), fill: filled ? colour : "none", stroke: colour,
      "stroke-width": filled ? 0 : look.sign === "repression" ? 2.6 : 1.8, opacity: scene.bright ? 1 : Math.min(1, lineAlpha(look) + 0.2),
      class: "heads",
    });
  });
}

// ---- genes that the selection lights up
function shapeOf(i, view, more = 0) {
  const [x, y, r] = [toX(view, nodes.x[i]), toY(view, nodes.y[i]), geneSize(i, view.k) / 2 + more];
  if (nodes.is_tf[i]) return `M${at(x)} ${at(y - r * 1.3)}L${at(x + r * 1.3)} ${at(y)}L${at(x)} ${at(y + r * 1.3)}L${at(x - r * 1.3)} ${at(y)}Z`;
  return `M${at(x - r)} ${at(y)}a${at(r)} ${at(r)} 0 1 0 ${at(2 * r)} 0a${at(r)} ${at(r)} 0 1 0 ${at(-2 * r)} 0Z`;
}
function brightGenes(view) {
  if (!scene.bright) return [];
  const genes = [...scene.bright.genes], ends = state.selection.gene === undefined ? genes : [state.selection.gene];
  const pathsOf = (rows, more) => rows.map((i) => shapeOf(i, view, more)).join("");
  return [
    ...[false, true].map((isTf) => svg("path", {
      d: pathsOf(genes.filter((i) => nodes.is_tf[i] === isTf), 0.5), fill: colourOf(isTf ? "tf" : "target"),
      stroke: colourOf(isTf ? "tf-line" : "target-line"), "stroke-width": isTf ? 1 : 0.7,
    })),
    svg("path", { d: pathsOf(ends, 4), fill: "none", stroke: colourOf("accent"), "stroke-width": 2.5, class: "chosen" }),
  ];
}

// ---- names: the selection and its neighbours, or hubs, then TFs, then all where few genes are in view; each where it
// covers no other name and no gene of weight
const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
const pen = document.createElement("canvas").getContext("2d");
const tfsByDegree = range(nNodes).filter((i) => nodes.is_tf[i]).sort((a, b) => nodes.out_degree[b] - nodes.out_degree[a]);

function genesInView(view, bright) {
  const genes = new Map();
  for (let i = 0; i < nNodes; i++) {
    if (bright ? !bright.genes.has(i) : !shown.genes[i]) continue;
    const x = toX(view, nodes.x[i]), y = toY(view, nodes.y[i]), r = geneSize(i, view.k) / 2 * (nodes.is_tf[i] ? 1.2 : 1);
    if (x >= 0 && y >= 0 && x <= view.w && y <= view.h) genes.set(i, { x, y, r, box: [x - r, y - r, x + r, y + r] });
  }
  return genes;
}

// Genes to name, in the order in which they get a place, and how many of the first are bold.
function nameOrder(view, bright, genes) {
  if (bright) {
    const ends = state.selection.gene === undefined ? [...bright.genes] : [state.selection.gene];
    const others = bright.edges.flatMap((e) => [edges.tf[e], edges.target[e]]);
    return [[...new Set([...ends, ...others])], ends.length];
  }
  const closer = view.k > view.fit * 1.4 || genes.size <= 4 * LABEL_ALL;
  const tfs = closer ? tfsByDegree.filter((i) => genes.has(i)).slice(0, LABEL_ALL) : [];
  const all = genes.size <= LABEL_ALL ? [...genes.keys()] : [];
  return [[...new Set([...data.labels, ...tfs, ...all])], data.labels.length];
}

function labelPlaces({ x, y, r }, width, height) {
  return [[x - width / 2, y - r - height], [x - width / 2, y + r], [x + r + 1, y - height / 2], [x - r - width - 1, y - height / 2]];
}

function chooseLabels(view, bright) {
  const genes = genesInView(view, bright), [order, nBold] = nameOrder(view, bright, genes);
  const weighty = new Set(order.slice(0, nBold)), kept = [], labels = [];
  const solid = [...genes].filter(([i]) => nodes.is_tf[i] || genes.size <= 2 * LABEL_ALL);
  order.forEach((i, rank) => {
    if (!genes.has(i)) return;
    const bold = rank < nBold, size = bold ? LABEL_SIZE : LABEL_SIZE - 1.5, text = shorten(words(nodes.symbol[i]));
    pen.font = `${bold ? 700 : 400} ${size}px system-ui, "Segoe UI", Roboto, Arial, sans-serif`;
    const width = pen.measureText(text).width + 4, height = size + 3, gene = genes.get(i);
    const blocks = bold ? [...weighty].filter((j) => j !== i && genes.has(j)).map((j) => genes.get(j).box)
      : solid.filter(([j]) => j !== i).map(([, { box }]) => box);
    for (const [x, y] of labelPlaces(gene, width, height)) {
      const box = [x, y, x + width, y + height];
      if (x < 0 || y < 0 || box[2] > view.w || box[3] > view.h) continue;
      if (kept.some((other) => overlap(other, box)) || blocks.some((other) => overlap(other, box))) continue;
      kept.push(box);
      labels.push({ i, text, bold, size, dx: x + 2 - gene.x, dy: y + size - gene.y });
      break;
    }
  });
  return labels;
}

function labelElement({ text, bold, size }) {
  const made = svg("text", { "font-size": size, "font-weight": bold ? 700 : 400 });
  made.textContent = text;
  return made;
}
function placeLabel(element, { i, dx, dy }, view) {
  element.setAttribute("x", at(toX(view, nodes.x[i]) + dx));
  element.setAttribute("y", at(toY(view, nodes.y[i]) + dy));
}
