// A gene: showGene(place, i, actions) fills `place` with what the page knows of it, its regulators and its targets.

import { widen } from "./chart_scales.js";
import { tellPoints } from "./chart_tips.js";
import { make, note, restButton, section } from "./elements.js";
import { linksOf } from "./gene_links.js";
import { showGeneSets } from "./gene_sets.js";
import { showGroups } from "./edge_measurements.js";
import { hasPictures, imageOf, imagesOf, isAlone, profileOf, sayNoImage, sayNoProfile, titleOf, titleOfPictures } from "./gene_evidence.js";
import { edges, network, nodes } from "./network.js";
import { makeChart, stems } from "./panel_charts.js";
import { sayScale, showImage } from "./panel_images.js";
import { showRegulonGroups } from "./regulon_groups.js";
import { showRegulonPattern } from "./regulon_pattern.js";
import { copyText, saveFile } from "./saving.js";
import { tableText } from "./table_rows.js";
import { showTerms } from "./terms.js";
import { isMissing, onOneLine, plural, showCount, showNumber, showProbability } from "./text.js";

const FIRST = 10; // of a list, before all are asked for
const SIGN_MARKS = { activation: "+", repression: "−", unknown: "?" };

/** @param {Element} place @param {number} i @param {Actions} actions */
export function showGene(place, i, actions = {}) {
  const name = nodes.symbol[i], regulators = network.regulatorsOf[i], targets = network.targetsOf[i];
  place.replaceChildren(make("article", { class: "panel gene-panel", "aria-label": `The gene ${name}` },
    headline(i), showImages(i), targets.length ? [showRegulonPattern(i), showRegulonGroups(i)].flat() : null, network.evidence?.terms.map((terms) => showTerms(i, terms)) ?? null, showProfiles(i),
    listEdges("Regulators", regulators, "tf", `Nothing on this page regulates ${name}.`, actions),
    nodes.is_tf[i] || targets.length
      ? listEdges("Targets", targets, "target", `${name} regulates nothing on this page.`, actions) : null,
    showGeneSets(i)));
}

/** @param {number} i */
function headline(i) {
  return make("header", {},
    make("h2", {}, make("span", { class: "gene" }, nodes.symbol[i])),
    make("p", { class: "badges" },
      make("span", { class: `badge ${nodes.is_tf[i] ? "tf" : "target"}` }, nodes.is_tf[i] ? "transcription factor" : "target"),
      nodes.id[i] ? make("span", { class: "badge id" }, nodes.id[i]) : null,
      linksOf(i).map(([name, href]) => make("a", { class: "badge", href, target: "_blank", rel: "noopener noreferrer", title: `${nodes.symbol[i]} in ${name}` }, name))),
    make("p", { class: "said" }, `Regulates ${plural(nodes.out_degree[i], "gene", "genes")}, is regulated by ${showCount(nodes.in_degree[i])}; ` +
      `community ${nodes.community[i]}.`));
}

/** @param {number} i */
function showImages(i) {
  const images = imagesOf(i), { evidence } = network;
  if (!evidence) return note(nodes.n_images[i] ? `The dataset has ${plural(nodes.n_images[i], "image", "images")} of it.` : `${nodes.symbol[i]} has no image.`);
  if (!hasPictures(evidence)) return null;
  const title = titleOfPictures(evidence);
  if (!images.length) return section(title, note(`${sayNoImage(i)}.`));
  const missing = evidence.pictures.filter(({ name }) => !imageOf(i, name)).map(({ name }) => name);
  return section(title,
    make("div", { class: "gallery" }, images.map(({ name, n }) => make("figure", {}, showImage(i, name),
      isMissing(n) ? make("figcaption", {}, name)
        : make("figcaption", {}, `${name}, `, make("span", { class: "whole" }, n > 1 ? `mean of ${showCount(n)}` : "1 image"))))),
    sayScale([i], evidence.pictures.filter(({ name }) => imageOf(i, name))).map((text) => note(text)),
    missing.length ? note(`No ${missing.join(", no ")} ${title === "Maps" ? "map" : "image"}.`) : null);
}

/** @param {number} i */
function showProfiles(i) {
  const { evidence } = network;
  if (!evidence) return null;
  return evidence.profiles.map((profiles) => showProfile(i, evidence, profiles));
}

/** @type {(i: number, evidence: Evidence, profiles: Profiles) => HTMLElement} */
function showProfile(i, evidence, profiles) {
  const values = profileOf(i, profiles), title = titleOf(evidence, profiles), { place, places, n_places: all } = profiles;
  if (!values) return section(title, note(sayNoProfile(i, evidence, profiles)));
  if (profiles.groups) return section(title, showGroups([i], profiles, profiles.groups));
  const low = Math.min(...values), high = Math.max(...values), [floor, ceiling] = widen(values);
  const y = { range: [Math.min(low, floor), ceiling], title: profiles.units || (isAlone(evidence) ? "expression" : profiles.name) };
  const x = { range: [0.5, values.length + 0.5], title: values.length < all
    ? `${showCount(values.length)} of ${showCount(all)} ${place}s, in their order` : `${place}s, in their order` };
  const points = values.map((value, k) => ({ x: k + 1, y: value, says: `${onOneLine(places[k])}\n${onOneLine(nodes.symbol[i])} ${showNumber(value, 2)}` }));
  const what = isAlone(evidence) ? `Expression of ${nodes.symbol[i]}` : `Profile of ${nodes.symbol[i]} by ${profiles.name}`;
  return section(title, make("figure", {}, tellPoints(makeChart(
    `${what} over ${plural(values.length, place, `${place}s`)}, from ${showNumber(low, 2)} to ${showNumber(high, 2)}`,
    (width) => stems(width, { points, x, y, height: 130 }), "strip"))));
}

/**
 * Edges in or out, the most probable first.
 * @type {(title: string, rows: number[], end: End, none: string, actions: Actions) => HTMLElement}
 */
function listEdges(title, rows, end, none, actions) {
  if (!rows.length) return section(title, note(none));
  const body = make("tbody", {}, rows.slice(0, FIRST).map((e) => showRow(e, end, actions)));
  const more = restButton(rows.length, FIRST, () => {
    body.append(...rows.slice(FIRST).map((e) => showRow(e, end, actions)));
    return body.rows[FIRST].querySelector("button");
  });
  const names = rows.map((e) => nodes.symbol[edges[end][e]]), noun = title.toLowerCase();
  const tools = make("p", { class: "list-tools" },
    make("button", { type: "button", title: `Copy the names of the ${noun}, one in a line`,
      onclick: () => copyText(names.join("\n"), `${showCount(rows.length)} ${noun} copied`) }, "Copy names"),
    make("button", { type: "button", title: `Save the edges of the ${noun} with all columns`,
      onclick: () => saveFile(`${noun}.csv`, new Blob([tableText(rows, ",", true)], { type: "text/csv" })) }, "Save CSV"));
  return section(`${title} (${showCount(rows.length)})`, tools, make("table", { class: "edges" },
    make("thead", {}, make("tr", {}, ...[end === "tf" ? "TF" : "Target", "Probability", "Sign", "Edge"].map((name) => make("th", { scope: "col" }, name)))),
    body), more);
}

/** @type {(e: number, end: End, actions: Actions) => HTMLTableRowElement} */
function showRow(e, end, actions) {
  const i = edges[end][e], p = edges.probability[e], edge = `${nodes.symbol[edges.tf[e]]} → ${nodes.symbol[edges.target[e]]}`;
  const sign = edges.sign[e];
  return make("tr", {},
    make("td", {}, make("button", { type: "button", class: "gene link", title: `Show ${nodes.symbol[i]}`, onclick: () => actions.selectGene?.(i) }, nodes.symbol[i])),
    make("td", {}, make("button", { type: "button", class: "meter link", title: `Show the evidence for ${edge}`, onclick: () => actions.selectEdge?.(e) },
      make("i", { "aria-hidden": "true", style: { width: `${100 * p}%` } }), make("span", {}, showProbability(p)))),
    make("td", { class: sign, title: sign === "unknown" ? "sign unknown" : sign },
      make("span", { class: "unseen" }, sign), make("span", { "aria-hidden": "true" }, SIGN_MARKS[sign])),
    make("td", {}, edges.known[e] ? "known" : "novel"));
}
