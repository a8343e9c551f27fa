// What was measured of the two genes of an edge, side by side: pictures, terms, and values over places or groups of them.

import { tellPoints } from "./chart_tips.js";
import { colourOfGroup, groupHistograms, listGroups } from "./group_charts.js";
import { make, note, section } from "./elements.js";
import {
  correlate, correlationOf, groupValuesOf, hasPictures, imageOf, imagesOf, isAlone, profileOf, sayNoImage, sayNoProfile, sayPlaces, sayWays, titleOf, titleOfPictures,
} from "./gene_evidence.js";
import { hasSign } from "./gene_words.js";
import { edges, nodes } from "./network.js";
import { jointHistogram, makeChart, scatter } from "./panel_charts.js";
import { sayScale, showBoth, showImage } from "./panel_images.js";
import { showSharedTerms } from "./terms.js";
import { isMissing, onOneLine, showCount, showNumber, showSigned } from "./text.js";

/** @type {(edge: ShownEdge, evidence: Evidence) => Child[]} */
export function showMeasurements(edge, evidence) {
  return [
    hasPictures(evidence) ? showPictures(edge, evidence) : null,
    ...evidence.terms.map((terms) => showSharedTerms(edge.tf, edge.target, terms)),
    ...evidence.profiles.map((profiles) => showProfiles(edge, evidence, profiles)),
  ];
}

// ---- pictures by view or section, side by side, and both patterns over each other
/** @param {ShownEdge} edge @param {Evidence} evidence */
function showPictures({ tf, target, tfName, targetName, found }, evidence) {
  const views = evidence.pictures.filter(({ name }) => imageOf(tf, name) || imageOf(target, name)), title = titleOfPictures(evidence);
  const without = [tf, target].filter((i) => !imagesOf(i).length);
  if (!views.length) return section(title, note(`${[...new Set(without.map((i) => sayNoImage(i)))].join("; ")}.`));
  const maps = found?.saliency, both = views.some(({ name }) => imageOf(tf, name) && imageOf(target, name));
  const grid = make("div", { class: "pictures" },
    make("span", { class: "over tf" }, tfName), make("span", { class: "over target" }, targetName), make("span", { class: "over" }, "both"),
    views.flatMap(({ name }) => {
      const [first, second] = [imageOf(tf, name), imageOf(target, name)];
      return [
        showImage(tf, name, maps?.tf[name]), showImage(target, name, maps?.target[name]),
        first && second ? showBoth(tf, target, [first, second]) : make("div", { class: "picture none" }, "nothing to compare"),
        make("span", { class: "view" }, [first, second].every((image) => image && isMissing(image.n)) ? name : `${name}: ${[first, second].map(sayCount).join(" | ")}`),
      ];
    }));
  const part = section(title, maps ? switchMaps(grid, maps, views) : null, grid,
    both ? note(`Both: ${tfName} magenta, ${targetName} green, white where both are; each up to ${views.some(({ drawn }) => drawn) ? "its own largest value" : "its own brightest place"}.`) : null,
    sayScale([tf, target], views).map((text) => note(text)), sayPictureWays(found, views));
  part.classList.add("pictured");
  return part;
}

/** @param {GeneImage | undefined} image */
const sayCount = (image) => (!image ? "none" : isMissing(image.n) ? "measured" : image.n > 1 ? `mean of ${showCount(image.n)}` : "1 image");

/** @type {(found: EdgeEvidence | null, views: Picture[]) => HTMLElement[]} */
function sayPictureWays(found, views) {
  const names = [...new Set(views.map(({ measurement }) => measurement))];
  return names.flatMap((name) => {
    const r = correlationOf(found, name), said = sayWays(found, name);
    return isMissing(r) ? [] : [make("p", { class: "said" }, `${name}: r = ${showSigned(r)} (Pearson)${said ? `; ${said}` : ""}.`)];
  });
}

/** @type {(grid: HTMLElement, saliency: Saliency, views: Picture[]) => HTMLElement} */
function switchMaps(grid, { method, limit }, views) {
  const box = make("input", { type: "checkbox", checked: true, onchange: () => grid.classList.toggle("plain", !box.checked) });
  return make("div", { class: "looks" }, make("label", {}, box, " show where the models look"),
    make("div", { class: "scale" },
      make("span", {}, showSigned(-limit, 3)), make("i", { class: "ramp", "aria-hidden": "true" }), make("span", {}, showSigned(limit, 3))),
    note(`Change of the score (logit), by ${method}: gold speaks for the edge, violet against it, clear hardly matters.${
      views.some(({ mask }) => mask) ? " The background, where images of all genes look alike, has no colour." : ""}`));
}

// ---- profiles of both genes over the places of a measurement
/** @type {(edge: ShownEdge, evidence: Evidence, profiles: Profiles) => HTMLElement} */
function showProfiles({ e, tf, target, tfName, targetName, found }, evidence, profiles) {
  const [x, y] = [profileOf(tf, profiles), profileOf(target, profiles)], title = titleOf(evidence, profiles);
  const { name, correlated, place, places, units, groups, group } = profiles, rhoOfEdge = correlated ? found?.spearman : null;
  const rOfAll = correlated ? edges.correlation[e] : correlationOf(found, name), rOfEdge = rOfAll ?? (x && y && !correlated ? correlate(x, y) : null);
  if (!x || !y) {
    const missing = new Set([tf, target].filter((i) => !profileOf(i, profiles)).map((i) => sayNoProfile(i, evidence, profiles)));
    return section(title, note(isMissing(rOfEdge) ? "" : `r = ${showSigned(rOfEdge)} (Pearson). `, [...missing].join(" ")));
  }
  const titles = [tfName, targetName].map((gene) => (units ? `${gene} (${units})` : gene));
  const colour = correlated && hasSign(e) ? `var(--${edges.sign[e]})` : "var(--accent)";
  const r = showSigned(rOfEdge), rho = showSigned(rhoOfEdge), where = isAlone(evidence) ? "" : ` by ${name}`;
  const ways = sayWays(found, name), marked = group && groups && groups.length > 1 ? group.map((k) => ({ colour: colourOfGroup(k), name: groups[k].name })) : null;
  const says = places.map((at, k) => [at, ...(marked ? [marked[k].name] : []), `${tfName} ${showNumber(x[k], 2)}, ${targetName} ${showNumber(y[k], 2)}`].map(onOneLine).join("\n"));
  return section(title,
    make("p", { class: "said" }, sayPlaces(profiles, x.length, rOfEdge, rhoOfEdge, !isMissing(rOfAll))),
    ways ? make("p", { class: "said" }, `${ways} (Pearson).`) : null,
    make("div", { class: "charts" },
      make("figure", {}, tellPoints(makeChart(`Scatter of ${tfName} and ${targetName} over ${place}s${where}: r = ${r}${correlated ? `, ρ = ${rho}` : ""}`,
        (width) => scatter(width, { x, y, says, titles, colour, colours: marked?.map((mark) => mark.colour) }), "scatter")),
      marked && groups ? listGroups(groups, place) : null,
      make("figcaption", {}, marked ? `One dot for each ${place}, in the colour of its group` : `One dot for each ${place}`)),
      groups ? null : make("figure", {}, makeChart(`Joint histogram of ${tfName} and ${targetName}${where}`,
        (width) => jointHistogram(width, { x, y, titles, place }), "joint"),
      make("figcaption", {}, `${place.charAt(0).toUpperCase()}${place.slice(1)}s in each square: the stronger the colour, the more`))),
    groups ? showGroups([tf, target], profiles, groups) : null);
}

/**
 * How the values of genes are distributed in the groups of places.
 * @type {(genes: number[], profiles: Profiles, groups: Group[]) => HTMLElement}
 */
export function showGroups(genes, profiles, groups) {
  const { place, units } = profiles, shown = genes.flatMap((i) => {
    const values = groupValuesOf(i, profiles), name = nodes.symbol[i];
    return values ? [{ name, title: units ? `${name} (${units})` : name, values }] : [];
  });
  const names = shown.map(({ name }) => name).join(" and ");
  return make("figure", {}, makeChart(`${names} in ${showCount(groups.length)} groups of ${place}s`, (width) => groupHistograms(width, { groups, genes: shown, place }), "by-group"),
    make("figcaption", {}, `Number of ${place}s in each group, and how values are distributed in it. Heights are square roots, so that rare values are seen; the line is the mean; “> 0” is the part of the ${place}s with a value above 0.`));
}
