// Names in the drawing: the selection and its neighbours, or hubs, then TFs, then all where few genes are in view; each
// where it covers no other name and no gene of weight.

import { overlap, toX, toY } from "./geometry.js";
import { range } from "./lists.js";
import { edges, network, nodes } from "./network.js";
import { chosenGenes, shown } from "./state.js";
import { geneName } from "./gene_words.js";
import { shorten } from "./text.js";
import { geneSize } from "./view.js";

const LABEL_SIZE = 13, LABEL_ALL = 400, FEW = 600; // genes in view up to which all get a name, and up to which TFs do
const SPARSE = 300; // up to which names leave every gene free, not TFs alone

/** @typedef {{ x: number, y: number, r: number, box: Box }} Spot */
/** @typedef {(text: string, bold: boolean, size: number) => number} Measure the width of a text in pixels */

/** @type {{ pen: CanvasRenderingContext2D | null }} */
const ink = { pen: null };

/** @type {Measure} */
function measureWidth(text, bold, size) {
  ink.pen ??= document.createElement("canvas").getContext("2d");
  if (!ink.pen) return 0.6 * size * text.length; // as a browser that has no canvas
  ink.pen.font = `${bold ? 700 : 400} ${size}px system-ui, "Segoe UI", Roboto, Arial, sans-serif`;
  return ink.pen.measureText(text).width;
}

/** @type {(view: View, bright: Bright | null) => Map<number, Spot>} */
function genesInView(view, bright) {
  const genes = new Map();
  for (let i = 0; i < network.nNodes; i++) {
    if (bright ? !bright.genes.has(i) : !shown.genes[i]) continue;
    const x = toX(view, nodes.x[i]), y = toY(view, nodes.y[i]), r = geneSize(i, view.k) / 2 * (nodes.is_tf[i] ? 1.2 : 1);
    if (x >= 0 && y >= 0 && x <= view.w && y <= view.h) genes.set(i, { x, y, r, box: [x - r, y - r, x + r, y + r] });
  }
  return genes;
}

/**
 * Genes to name, in the order in which they get a place, and how many of the first are bold.
 * @type {(view: View, bright: Bright | null, genes: Map<number, Spot>) => [number[], number]}
 */
function nameOrder(view, bright, genes) {
  if (bright) {
    const ends = chosenGenes(bright), others = bright.edges.flatMap((e) => [edges.tf[e], edges.target[e]]);
    return [[...new Set([...ends, ...others])], ends.length];
  }
  const closer = view.k > view.fit * 1.4 || genes.size <= FEW;
  const tfs = closer ? tfsByDegree().filter((i) => genes.has(i)).slice(0, LABEL_ALL) : [];
  const all = genes.size <= LABEL_ALL ? [...genes.keys()] : [];
  return [[...new Set([...network.labels, ...tfs, ...all])], network.labels.length];
}

const tfsByDegree = () =>
  range(network.nNodes).filter((i) => nodes.is_tf[i]).sort((a, b) => nodes.out_degree[b] - nodes.out_degree[a]);

/** @type {(spot: Spot, width: number, height: number) => Pair<number>[]} */
const labelPlaces = ({ x, y, r }, width, height) =>
  [[x - width / 2, y - r - height], [x - width / 2, y + r], [x + r + 1, y - height / 2], [x - r - width - 1, y - height / 2]];

/**
 * The names that find room.
 * @type {(view: View, bright: Bright | null, measure?: Measure) => NameLabel[]}
 */
export function chooseLabels(view, bright, measure = measureWidth) {
  const genes = genesInView(view, bright), [order, nBold] = nameOrder(view, bright, genes);
  const weighty = [...new Set(order.slice(0, nBold))];
  const solid = [...genes.keys()].filter((i) => nodes.is_tf[i] || genes.size <= SPARSE);
  /** @type {Box[]} */
  const kept = [];
  /** @type {NameLabel[]} */
  const labels = [];
  order.forEach((i, rank) => {
    const gene = genes.get(i);
    if (!gene) return;
    const bold = rank < nBold, size = bold ? LABEL_SIZE : LABEL_SIZE - 1.5, text = shorten(geneName(i));
    const width = measure(text, bold, size) + 4, height = size + 3;
    const others = (bold ? weighty : solid).filter((j) => j !== i && genes.has(j));
    const blocks = [...kept, ...others.map((j) => /** @type {Spot} */ (genes.get(j)).box)];
    for (const [x, y] of labelPlaces(gene, width, height)) {
      /** @type {Box} */
      const box = [x, y, x + width, y + height];
      if (x < 0 || y < 0 || box[2] > view.w || box[3] > view.h) continue;
      if (blocks.some((other) => overlap(other, box))) continue;
      kept.push(box);
      labels.push({ i, text, bold, size, dx: x + 2 - gene.x, dy: y + size - gene.y });
      break;
    }
  });
  return labels;
}
