// Images of genes in the panels: a view of a gene, where the models look in it, and two patterns laid over each other.
const pictures = (() => {
  const FOR = [255, 200, 40], AGAINST = [165, 125, 255]; // as --for and --against, bright enough for dark images
  const TINY = 96; // up to so many pixels wide they are shown as squares, not smeared

  // Which images the page has of a gene: [{view, n, src}], none where it has none.
  const imagesOf = (i) => (i >= 0 && evidence?.genes.images[i]) || [];
  const imageOf = (i, view) => imagesOf(i).find((image) => image.view === view);

  // Why there is no image: it may never have been taken, or may not have found room.
  function sayMissing(i, view) {
    const name = nodes.symbol[i];
    if (imagesOf(i).length) return `${name} has no ${view} image`;
    if (evidence && !evidence.genes.images[i]) return `${name}: images are not in this page`;
    return `${name} has no image`;
  }

  const describe = (i, view, n) => `${nodes.symbol[i]}, ${view} view, ${n > 1 ? `mean of ${showCount(n)} images` : "1 image"}`;

  function showImage(i, view, map) {
    const image = imageOf(i, view);
    if (!image) return make("div", { class: "picture none" }, sayMissing(i, view));
    const picture = make("img", { src: image.src, alt: describe(i, view, image.n), title: describe(i, view, image.n), decoding: "async" });
    picture.addEventListener("load", () => picture.classList.toggle("tiny", picture.naturalWidth <= TINY));
    return make("div", { class: "picture" }, picture, map ? paintMap(map) : null);
  }

  function decode(text, Kind) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new Kind(bytes.buffer);
  }

  // Saliency as a see-through layer: the stronger, the less is seen of the image below.
  function paintMap({ rows, columns, values }) {
    const canvas = make("canvas", { class: "saliency", width: columns, height: rows, "aria-hidden": "true" });
    const pen = canvas.getContext("2d"), layer = pen.createImageData(columns, rows);
    decode(values, Int8Array).forEach((value, k) => {
      const part = Math.abs(value) / 127;
      layer.data.set([...(value > 0 ? FOR : AGAINST), Math.round(215 * part)], 4 * k);
    });
    pen.putImageData(layer, 0, 0);
    return canvas;
  }

  // TF in magenta, target in green, each up to its own brightest place: white where both are.
  function overlay(tf, target, view) {
    const label = `${view} view: ${nodes.symbol[tf]} in magenta, ${nodes.symbol[target]} in green, white where both are`;
    const canvas = make("canvas", { class: "overlay", role: "img", "aria-label": label, title: label });
    const sources = [tf, target].map((i) => Object.assign(new Image(), { src: imageOf(i, view).src }));
    Promise.all(sources.map((image) => image.decode())).then(() => {
      const width = Math.max(...sources.map((image) => image.naturalWidth)), height = Math.max(...sources.map((image) => image.naturalHeight));
      Object.assign(canvas, { width, height });
      canvas.classList.toggle("tiny", width <= TINY);
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      const [a, b] = sources.map((image) => readGrey(pen, image, width, height));
      const both = pen.createImageData(width, height);
      for (let k = 0; k < a.length; k += 1) both.data.set([a[k], b[k], a[k], 255], 4 * k);
      pen.putImageData(both, 0, 0);
      canvas.dataset.drawn = "true";
    });
    return make("div", { class: "picture" }, canvas);
  }

  function readGrey(pen, image, width, height) {
    pen.drawImage(image, 0, 0, width, height);
    const { data: pixels } = pen.getImageData(0, 0, width, height);
    const grey = Array.from({ length: width * height }, (_, k) => pixels[4 * k]);
    const brightest = grey.reduce((a, b) => Math.max(a, b), 1);
    return grey.map((value) => Math.round((255 * value) / brightest));
  }

  return { imagesOf, imageOf, sayMissing, showImage, overlay, decode };
})();

const sayNoExpression = (i) => (evidence?.genes.expression[i] === "" ? `${nodes.symbol[i]} has no expression.`
  : `The expression of ${nodes.symbol[i]} is not in this page.`);

// Expression of a gene in the samples that the page shows; null where it has none.
const expressionOf = (i) => {
  const text = i >= 0 ? evidence?.genes.expression[i] : null;
  if (!text) return null;
  const { low, high } = evidence.genes;
  return Array.from(pictures.decode(text, Uint16Array), (value) => low[i] + ((high[i] - low[i]) * value) / 65535);
};
