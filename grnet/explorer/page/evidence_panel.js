// The evidence for an edge: showEdgeEvidence(place, e, actions) fills `place`; `actions` are selectGene(i) and
// selectEdge(e), names being plain text where there is none. It says what the columns of the edge say where the page has
// no further evidence.

import { showMeasurements } from "./edge_measurements.js";
import { make, note, section } from "./elements.js";
import { evidenceOf } from "./gene_evidence.js";
import { hasSign, sayCompared } from "./gene_words.js";
import { roundToSum } from "./lists.js";
import { edges, findEdge, network, nodes } from "./network.js";
import { makeChart, strip } from "./panel_charts.js";
import { listParts, showParts } from "./score_parts.js";
import { NO_VALUE, isMissing, ordinal, showNumber, showPlace, showProbability, showSigned } from "./text.js";

/** @param {Element} place @param {number} e @param {Actions} actions */
export function showEdgeEvidence(place, e, actions = {}) {
  const tf = edges.tf[e], target = edges.target[e], found = evidenceOf(e);
  const edge = { e, tf, target, tfName: nodes.symbol[tf], targetName: nodes.symbol[target], found, actions };
  const { evidence } = network;
  place.replaceChildren(make("article", { class: "panel evidence", "aria-label": `Evidence for ${edge.tfName} → ${edge.targetName}` },
    headline(edge),
    make("div", { class: "sides" },
      make("div", {}, showChance(edge), showPlaces(edge), found ? showScore(e, found) : sayNothing(), found ? showNear(found, actions) : null),
      evidence ? make("div", {}, showMeasurements(edge, evidence)) : null),
    showNotes(found)));
}

const sayNothing = () => note(network.evidence ? "This page has no evidence for this edge. Use " : "This page has no evidence for edges. Use ",
  make("code", {}, "grnet explain RUN TF TARGET"), " to get it from the run.");

/** @type {(text: string, title: string, onclick?: (() => void)) => HTMLElement} */
const nameLink = (text, title, onclick) => (onclick
  ? make("button", { type: "button", class: "gene link", title, onclick }, text) : make("span", { class: "gene" }, text));

/** @type {(symbol: string, i: number, actions: Actions) => HTMLElement} */
function geneLink(symbol, i, { selectGene }) {
  return nameLink(symbol, `Show ${symbol}`, selectGene && !isMissing(i) ? () => selectGene(i) : undefined);
}

/** @type {(tf: string, target: string, actions: Actions) => HTMLElement} */
function edgeLink(tf, target, { selectEdge }) {
  const e = findEdge(tf, target), text = `${tf} → ${target}`;
  return nameLink(text, `Show the evidence for ${text}`, selectEdge && e !== undefined ? () => selectEdge(e) : undefined);
}

/** @param {ShownEdge} edge */
function headline({ e, tf, target, tfName, targetName, actions }) {
  return make("header", {},
    make("h2", {}, geneLink(tfName, tf, actions), make("span", { class: "arrow" }, " → "), geneLink(targetName, target, actions)),
    make("p", { class: "badges" },
      isMissing(edges.known[e]) ? null : make("span", { class: "badge" }, edges.known[e] ? "known edge" : "novel edge"),
      hasSign(e) ? make("span", { class: `badge ${edges.sign[e]}` }, `${edges.sign[e]}, by the sign of r`)
        : make("span", { class: "badge" }, "sign unknown")),
    sayCompared(e).map((text) => make("p", { class: "said" }, text)));
}

// ---- probability: its value, what each fold says, who was asked
/** @param {ShownEdge} edge */
function showChance({ e, found }) {
  const folds = found?.fold_probabilities ?? [], asked = folds.filter((value) => !isMissing(value));
  const said = ["probability"];
  if (isMissing(found?.fold)) said.push(`spread ${showNumber(edges.spread[e])}`);
  if (!isMissing(edges.seed_spread[e])) said.push(`between seeds ${showNumber(edges.seed_spread[e])}`);
  return make("section", { class: "part chance" },
    make("p", { class: "figure" }, make("b", {}, showProbability(edges.probability[e])), make("span", {}, said.join(", "))),
    asked.length ? makeChart(
      `Probability by fold: ${asked.map((value) => showProbability(Number(value))).join(", ")}`,
      (width) => strip(width, { values: folds, mean: edges.probability[e] }), "strip") : null,
    found ? make("p", { class: "said" }, sayWhoScored(found, asked.length)) : null);
}

/** @param {EdgeEvidence} found @param {number} nAsked */
function sayWhoScored({ label, fold, fold_probabilities: folds }, nAsked) {
  if (isMissing(fold)) return `Scored by the models of all ${nAsked} folds (dots); the triangle is their mean.`;
  const kind = label === 1 ? "Known edge" : label === 0 ? "Labelled as no edge" : "Labelled pair";
  return `${kind}: scored by the model of fold ${fold} alone, which did not see it; ${folds.length === 2 ? "that of the other fold was" : `those of the other ${folds.length - 1} folds were`} trained on it.`;
}

// ---- its place among candidates, beside that by |r| alone
/** @param {ShownEdge} edge */
function showPlaces({ e, tfName, targetName, found }) {
  if (network.compared) return null;
  const r = edges.correlation[e], total = network.summary.candidates, rank = edges.rank[e];
  /** @type {(name: string, place: string, baseline: string) => HTMLElement} */
  const row = (name, place, baseline) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, place), make("td", {}, baseline));
  const overall = isMissing(rank) ? NO_VALUE : isMissing(total) ? ordinal(rank) : showPlace([rank, total]);
  return section("Its place", make("table", { class: "places" },
    make("thead", {}, make("tr", {}, make("th", {}, "candidate"), make("th", { scope: "col" }, "by probability"),
      make("th", { scope: "col" }, isMissing(r) ? "by |r|" : `by |r| = ${Math.abs(r).toFixed(2)}`))),
    make("tbody", {},
      found ? row(`regulators of ${targetName}`, showPlace(found.of_target), showPlace(found.correlation_of_target)) : null,
      found ? row(`targets of ${tfName}`, showPlace(found.of_tf), showPlace(found.correlation_of_tf)) : null,
      isMissing(rank) && isMissing(found?.correlation_of_all) ? null : row("pairs, all", overall, showPlace(found?.correlation_of_all)))),
    isMissing(r) ? note("Without expression of both genes there is no r.") : null);
}

// ---- what adds up to the score
/** @type {Record<string, string>} */
const METHODS = {
  exact: "The models themselves add these parts (exact); the baseline is the same for all pairs with the same kinds of measurements.",
  shapley: "A part is the change of the score when that modality is added. “Both together” is the interaction; half of it added to each part gives the Shapley values.",
};

const KNOWN_NETWORK = "Known network: how TF and target are linked to other genes by known edges.";
const KNOWN_TARGETS = "Known targets: how much the target looks like the known targets of this TF, by each measurement.";

/** @param {number} e @param {EdgeEvidence} found */
function showScore(e, found) {
  const parts = listParts(found), values = parts.map(([, value]) => Number(value));
  const score = values.reduce((sum, value) => sum + value, 0), within = Object.entries(found.details ?? {});
  const [baseline, ofRna] = roundToSum(values, score);
  const { probability } = network.sentences, p = edges.probability[e];
  return section("What adds up to the score",
    showParts("Parts of the score", parts, "score (logit)", score),
    found.network ? note(KNOWN_NETWORK) : null,
    within.length ? make("details", { open: true }, make("summary", {}, "RNA in detail"),
      showParts("Parts of what RNA gives", within, "baseline + RNA", baseline + ofRna),
      within.some(([name]) => name.startsWith("known targets by")) ? note(KNOWN_TARGETS) : null) : null,
    note(`Right (gold) speaks for the edge, left (violet) against it. ${METHODS[found.method] ?? ""}`),
    showLastStep(score, p),
    note("Log odds are log(p / (1 − p)): 0 for a probability of 0.5, +3 for 0.95. The last step is the calibration: a curve fitted on scores of pairs " +
      `that the models had not seen. It includes the prior, the fraction of edges among all candidates. ${probability ? `The probability ${showProbability(p)} ${probability}` : ""}`));
}

/**
 * From the score to the probability.
 * @param {number} score
 * @param {number} p
 */
function showLastStep(score, p) {
  if (p <= 0 || p >= 1) return null; // rounded: it has no log odds
  const odds = Math.log(p / (1 - p));
  return showParts("From the score to the probability", [["score", score], ["calibration and prior", odds - score]], `log odds of ${showProbability(p)}`, odds);
}

// ---- known edges like this one, what is missing
/** @param {EdgeEvidence} found @param {Actions} actions */
function showNear(found, actions) {
  const near = found.near ?? [];
  /** @param {Value} r */
  const alike = (r) => (!isMissing(r) && r >= 0.9995 ? "the same" : `r ${showSigned(r)}`);
  const part = section("Known edges like it", near.length ? make("table", { class: "near" },
    make("thead", {}, make("tr", {}, ...["Known edge", "its TF", "its target"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, near.map(([tf, target, tfR, targetR]) => make("tr", {},
      make("td", {}, edgeLink(tf, target, actions)),
      make("td", {}, alike(tfR)), make("td", {}, alike(targetR)))))) : note("The training has no similar known edge."),
    near.length ? note("Trained on by the models that scored this pair; r is with its own TF and target.") : null);
  part.classList.add("last");
  return part;
}

/** @param {EdgeEvidence | null} found */
function showNotes(found) {
  const notes = found?.notes ?? [], left = network.evidence?.left_out ?? [], model = network.evidence?.model;
  if (!notes.length && !left.length && !model) return null;
  return section("Notes", make("ul", { class: "notes" }, [...notes, ...left].map((text) => make("li", {}, text)),
    model ? make("li", {}, `Scored by: ${model}.`) : null));
}
