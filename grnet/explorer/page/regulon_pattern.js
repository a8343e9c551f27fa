// Where the targets of a TF are expressed: their mean picture beside the TF's own, by each view or section.

import { make, note, section } from "./elements.js";
import { imageOf, titleOfPictures } from "./gene_evidence.js";
import { edges, network, nodes } from "./network.js";
import { showImage, showMean } from "./panel_images.js";
import { passes } from "./state.js";
import { isMissing, plural } from "./text.js";

export const FEWEST = 2; // targets of a mean
export const MOST = 200;

/**
 * The views in which two targets of a TF or more have a picture, with these targets, the most probable MOST of them.
 * @param {number} i
 * @returns {{ name: string, genes: number[] }[]}
 */
export function viewsOfTargets(i) {
  const targets = network.targetsOf[i].filter((e) => passes(e)).map((e) => edges.target[e]);
  return (network.evidence?.pictures ?? []).map(({ name }) => ({
    name, genes: targets.filter((gene) => imageOf(gene, name)).slice(0, MOST),
  })).filter(({ genes }) => genes.length >= FEWEST);
}

/**
 * The pattern of a TF's targets; null where fewer than two have a picture.
 * @param {number} i
 */
export function showRegulonPattern(i) {
  const { evidence } = network, views = viewsOfTargets(i);
  if (!evidence || !views.length) return null;
  const drawn = views.some(({ name, genes }) => isMissing(imageOf(genes[0], name)?.n));
  return section(`${titleOfPictures(evidence)} of the targets`,
    make("div", { class: "gallery patterns" }, views.flatMap(({ name, genes }) => [
      make("figure", {}, showImage(i, name), make("figcaption", {}, `${nodes.symbol[i]}, ${name}`)),
      make("figure", {}, showMean(genes, name), make("figcaption", {}, `mean of ${plural(genes.length, "target", "targets")}, ${name}`)),
    ])),
    note(`${views.some(({ genes }) => genes.length === MOST) ? `The ${MOST} most probable targets` : "Targets"} among the edges shown${drawn ? "" : ", each scaled to its own brightest place"}. If the mean looks like the TF, that suggests `
      + "activation; if it is dark where the TF is bright, repression. Neither is proof."));
}
