// Pictures of genes in the panels: a view of a gene, where the models look in it, and two patterns laid over each other.

import { make } from "./elements.js";
import { decode, describeImage, imageOf, sayNoImage } from "./gene_evidence.js";
import { range } from "./lists.js";
import { network, nodes } from "./network.js";
import { isMissing, plural } from "./text.js";

const FOR = [255, 200, 40], AGAINST = [165, 125, 255]; // as --for and --against, bright enough for dark images
const TINY = 96; // up to so many pixels wide they are shown as squares, not smeared
const FINE = 240; // pixels, at least, across which a map is drawn that ends at the rim of a mask

/** @type {(i: number, name: string, map?: SaliencyMap) => HTMLElement} */
export function showImage(i, name, map) {
  const image = imageOf(i, name);
  if (!image) return make("div", { class: "picture none" }, sayNoImage(i, name));
  const picture = make("img", { src: image.src, alt: describeImage(i, image), title: describeImage(i, image), decoding: "async" });
  picture.addEventListener("load", () => picture.classList.toggle("tiny", picture.naturalWidth <= TINY));
  return make("div", { class: frameOf(name) }, picture, map ? paintMap(map, pictureOf(name)?.mask) : null);
}

/**
 * What black, white and hatching mean in pictures that are drawn from values, in sentences.
 * @type {(genes: number[], views: Picture[]) => string[]}
 */
export function sayScale(genes, views) {
  return [...new Map(views.filter(({ drawn }) => drawn).map((view) => [view.measurement, view])).values()].map(({ measurement, place, units, masked }) => {
    const names = views.filter((view) => view.measurement === measurement).map(({ name }) => name);
    const tops = [...new Set(genes)].flatMap((i) => {
      const top = names.map((name) => imageOf(i, name)?.top).find((value) => !isMissing(value));
      return isMissing(top) ? [] : [`${top} for ${nodes.symbol[i]}`];
    });
    const white = `White is the largest value of a gene${tops.length ? `: ${tops.join(", ")}${units ? ` (${units})` : ""}` : ""}`;
    return `${white}; a pixel is the mean of its ${place}s${masked ? `, and hatched where there is no ${place}` : ""}.`;
  });
}

/** @param {string} name */
const pictureOf = (name) => network.evidence?.pictures.find((picture) => picture.name === name);

/**
 * Pixels without a place are transparent, and hatched by the frame.
 * @param {string} name
 */
const frameOf = (name) => (pictureOf(name)?.masked ? "picture masked" : "picture");

/** @type {(canvas: HTMLCanvasElement, options?: CanvasRenderingContext2DSettings) => CanvasRenderingContext2D} */
function penOf(canvas, options) {
  const pen = canvas.getContext("2d", options);
  if (!pen) throw new Error("this browser draws nothing on a canvas");
  return pen;
}

/**
 * Saliency as a see-through layer, and nothing of it outside the mask.
 * @param {SaliencyMap} map
 * @param {Mask | null} [mask]
 */
function paintMap(map, mask) {
  const whole = paintWhole(map);
  if (!mask) return whole;
  const { rows, columns, values } = mask, side = Math.ceil(FINE / columns), bits = decode(values, Uint8Array);
  const canvas = make("canvas", { class: "saliency", width: side * columns, height: side * rows, "aria-hidden": "true" });
  const pen = penOf(canvas);
  pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
  for (const k of range(rows * columns)) if (!isSet(bits, k)) pen.clearRect(side * (k % columns), side * Math.floor(k / columns), side, side);
  return canvas;
}

/**
 * Whether a bit is 1, of bytes whose highest bits come first.
 * @type {(bytes: Uint8Array, k: number) => boolean}
 */
export const isSet = (bytes, k) => ((bytes[k >> 3] >> (7 - (k % 8))) & 1) === 1;

/**
 * A pixel for each place of a map: the stronger, the less is seen of the image below.
 * @param {SaliencyMap} map
 */
function paintWhole({ rows, columns, values }) {
  const canvas = make("canvas", { class: "saliency", width: columns, height: rows, "aria-hidden": "true" });
  const pen = penOf(canvas), layer = pen.createImageData(columns, rows);
  decode(values, Int8Array).forEach((value, k) => {
    layer.data.set([...(value > 0 ? FOR : AGAINST), Math.round(215 * Math.abs(value) / 127)], 4 * k);
  });
  pen.putImageData(layer, 0, 0);
  return canvas;
}

/**
 * TF in magenta, target in green: white where both are. Images go up to their own brightest place; those that are drawn
 * from values share a scale with the other sections, which they keep.
 * @param {number} tf
 * @param {number} target
 * @param {Pair<GeneImage>} images
 */
export function showBoth(tf, target, images) {
  const label = `${images[0].name}${isMissing(images[0].n) ? "" : " view"}: ${nodes.symbol[tf]} in magenta, ${nodes.symbol[target]} in green, white where both are`;
  const canvas = make("canvas", { class: "overlay", role: "img", "aria-label": label, title: label });
  paintMixed(canvas, images, (pictures) => ({
    grey: (k) => [pictures[0].grey[k], pictures[1].grey[k], pictures[0].grey[k]], alpha: (k) => pictures[0].alpha[k],
  }));
  return make("div", { class: frameOf(images[0].name) }, canvas);
}

/**
 * The mean picture of several genes, each up to its own brightest place, so that none outshines the others.
 * @param {number[]} genes that have it
 * @param {string} name
 */
export function showMean(genes, name) {
  const images = genes.map((i) => /** @type {GeneImage} */ (imageOf(i, name)));
  const label = `${name}: mean of ${plural(genes.length, "target", "targets")}`;
  const canvas = make("canvas", { class: "mean", role: "img", "aria-label": label, title: label });
  paintMixed(canvas, images, (pictures) => ({
    grey: (k) => Array(3).fill(Math.round(pictures.reduce((sum, { grey }) => sum + grey[k], 0) / pictures.length)),
    alpha: (k) => pictures.reduce((most, { alpha }) => Math.max(most, alpha[k]), 0),
  }));
  return make("div", { class: frameOf(name) }, canvas);
}

/**
 * Paint what several pictures make together, pixel by pixel, once all are decoded.
 * @param {HTMLCanvasElement} canvas
 * @param {GeneImage[]} images of one picture
 * @param {(pictures: Grey[]) => { grey: (k: number) => number[], alpha: (k: number) => number }} mix colours and opacity of pixel k
 */
function paintMixed(canvas, images, mix) {
  const drawn = isMissing(images[0].n), sources = images.map(({ src }) => Object.assign(new Image(), { src }));
  Promise.all(sources.map((image) => image.decode())).then(() => {
    const width = Math.max(...sources.map((image) => image.naturalWidth)), height = Math.max(...sources.map((image) => image.naturalHeight));
    Object.assign(canvas, { width, height });
    canvas.classList.toggle("tiny", width <= TINY);
    const pen = penOf(canvas, { willReadFrequently: true });
    const { grey, alpha } = mix(sources.map((image) => readGrey(pen, image, width, height, drawn)));
    const mixed = pen.createImageData(width, height);
    for (let k = 0; k < width * height; k += 1) mixed.data.set([...grey(k), alpha(k)], 4 * k);
    pen.putImageData(mixed, 0, 0);
    canvas.dataset.drawn = "true";
  });
}

/** @typedef {{ grey: number[], alpha: number[] }} Grey of each pixel, up to 255 */

/** @type {(pen: CanvasRenderingContext2D, image: HTMLImageElement, width: number, height: number, drawn: boolean) => Grey} */
function readGrey(pen, image, width, height, drawn) {
  pen.clearRect(0, 0, width, height);
  pen.drawImage(image, 0, 0, width, height);
  const { data: pixels } = pen.getImageData(0, 0, width, height);
  const grey = Array.from({ length: width * height }, (_, k) => pixels[4 * k]), alpha = grey.map((_, k) => pixels[4 * k + 3]);
  const brightest = drawn ? 255 : grey.reduce((a, b) => Math.max(a, b), 1);
  return { grey: grey.map((value) => Math.round((255 * value) / brightest)), alpha };
}
