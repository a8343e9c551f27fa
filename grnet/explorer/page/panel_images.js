// Pictures of genes in the panels: a view of a gene, where the models look in it, and two patterns laid over each other.

import { make } from "./elements.js";
import { decode, describeImage, imageOf, sayNoImage } from "./gene_evidence.js";
import { nodes } from "./network.js";
import { isMissing } from "./text.js";

const FOR = [255, 200, 40], AGAINST = [165, 125, 255]; // as --for and --against, bright enough for dark images
const TINY = 96; // up to so many pixels wide they are shown as squares, not smeared

/** @type {(i: number, name: string, map?: SaliencyMap) => HTMLElement} */
export function showImage(i, name, map) {
  const image = imageOf(i, name);
  if (!image) return make("div", { class: "picture none" }, sayNoImage(i, name));
  const picture = make("img", { src: image.src, alt: describeImage(i, image), title: describeImage(i, image), decoding: "async" });
  picture.addEventListener("load", () => picture.classList.toggle("tiny", picture.naturalWidth <= TINY));
  return make("div", { class: "picture" }, picture, map ? paintMap(map) : null);
}

/** @type {(canvas: HTMLCanvasElement, options?: CanvasRenderingContext2DSettings) => CanvasRenderingContext2D} */
function penOf(canvas, options) {
  const pen = canvas.getContext("2d", options);
  if (!pen) throw new Error("this browser draws nothing on a canvas");
  return pen;
}

/**
 * Saliency as a see-through layer: the stronger, the less is seen of the image below.
 * @param {SaliencyMap} map
 */
function paintMap({ rows, columns, values }) {
  const canvas = make("canvas", { class: "saliency", width: columns, height: rows, "aria-hidden": "true" });
  const pen = penOf(canvas), layer = pen.createImageData(columns, rows);
  decode(values, Int8Array).forEach((value, k) => {
    layer.data.set([...(value > 0 ? FOR : AGAINST), Math.round(215 * Math.abs(value) / 127)], 4 * k);
  });
  pen.putImageData(layer, 0, 0);
  return canvas;
}

/**
 * TF in magenta, target in green, each up to its own brightest place: white where both are.
 * @param {number} tf
 * @param {number} target
 * @param {Pair<GeneImage>} images
 */
export function showBoth(tf, target, images) {
  const label = `${images[0].name}${isMissing(images[0].n) ? "" : " view"}: ${nodes.symbol[tf]} in magenta, ${nodes.symbol[target]} in green, white where both are`;
  const canvas = make("canvas", { class: "overlay", role: "img", "aria-label": label, title: label });
  const sources = images.map(({ src }) => Object.assign(new Image(), { src }));
  Promise.all(sources.map((image) => image.decode())).then(() => {
    const width = Math.max(...sources.map((image) => image.naturalWidth)), height = Math.max(...sources.map((image) => image.naturalHeight));
    Object.assign(canvas, { width, height });
    canvas.classList.toggle("tiny", width <= TINY);
    const pen = penOf(canvas, { willReadFrequently: true });
    const [a, b] = sources.map((image) => readGrey(pen, image, width, height));
    const both = pen.createImageData(width, height);
    for (let k = 0; k < a.length; k += 1) both.data.set([a[k], b[k], a[k], 255], 4 * k);
    pen.putImageData(both, 0, 0);
    canvas.dataset.drawn = "true";
  });
  return make("div", { class: "picture" }, canvas);
}

/** @type {(pen: CanvasRenderingContext2D, image: HTMLImageElement, width: number, height: number) => number[]} */
function readGrey(pen, image, width, height) {
  pen.drawImage(image, 0, 0, width, height);
  const { data: pixels } = pen.getImageData(0, 0, width, height);
  const grey = Array.from({ length: width * height }, (_, k) => pixels[4 * k]);
  const brightest = grey.reduce((a, b) => Math.max(a, b), 1);
  return grey.map((value) => Math.round((255 * value) / brightest));
}
