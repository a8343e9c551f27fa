// The evidence for an edge: showEdgeEvidence(place, e, actions) fills `place`; `actions` are selectGene(i) and
// selectEdge(e), names being plain text where there is none. It says what the columns of the edge say where the page has no further evidence.
const showEdgeEvidence = (() => {
  const words = data.words ?? {};

  const ordinal = (n) => {
    const tail = n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th";
    return `${showCount(n)}${tail}`;
  };
  const showPlace = (place) => (isMissing(place) ? NO_VALUE : `${ordinal(place[0])} of ${showCount(place[1])}`);

  // A gene's name as a button that selects it; plain text where it is not on the page.
  function geneLink(symbol, i, actions) {
    if (isMissing(i) || !actions.selectGene) return make("span", { class: "gene" }, symbol);
    return make("button", { type: "button", class: "gene link", title: `Show ${symbol}`, onclick: () => actions.selectGene(i) }, symbol);
  }

  const hasSign = (e) => edges.sign[e] === "activation" || edges.sign[e] === "repression";

  const section = (title, ...children) => make("section", { class: "part" }, make("h3", {}, title), ...children);
  const note = (...text) => make("p", { class: "note" }, ...text);

  // What the page says of an edge, by column; null where it has no evidence for this one.
  function evidenceOf(e) {
    if (!evidence || isMissing(evidence.edges.method[e])) return null;
    return Object.fromEntries(Object.entries(evidence.edges).map(([name, column]) => [name, column[e]]));
  }

  function showEdgeEvidence(place, e, actions = {}) {
    const tf = edges.tf[e], target = edges.target[e], found = evidenceOf(e);
    const edge = { e, tf, target, tfName: nodes.symbol[tf], targetName: nodes.symbol[target], found, actions };
    place.replaceChildren(make("article", { class: "panel evidence", "aria-label": `Evidence for ${edge.tfName} → ${edge.targetName}` },
      headline(edge),
      make("div", { class: "sides" },
        make("div", {}, showChance(edge), showPlaces(edge), found ? showParts(edge) : sayNothing(), found ? showNear(edge) : null),
        evidence ? make("div", {}, showPictures(edge), showExpression(edge)) : null),
      showNotes(edge)));
  }

  const sayNothing = () => note(evidence ? "More on this edge is not in this page; " : "This page holds no more on its edges; ",
    make("code", {}, "grnet explain RUN TF TARGET"), " gathers it from the run.");

  function headline({ e, tf, target, tfName, targetName, actions }) {
    return make("header", {},
      make("h2", {}, geneLink(tfName, tf, actions), make("span", { class: "arrow" }, " → "), geneLink(targetName, target, actions)),
      make("p", { class: "badges" },
        isMissing(edges.known[e]) ? null : make("span", { class: "badge" }, edges.known[e] ? "known edge" : "novel edge"),
        hasSign(e) ? make("span", { class: `badge ${edges.sign[e]}` }, `${edges.sign[e]}, by the sign of r`)
          : make("span", { class: "badge" }, "sign unknown")));
  }

  // ---- probability: its value, what each fold says, who was asked
  function showChance({ e, found }) {
    const folds = found?.fold_probabilities ?? [];
    const asked = range(folds.length).filter((fold) => !isMissing(folds[fold]));
    const said = ["probability"];
    if (isMissing(found?.fold)) said.push(`spread ${showNumber(edges.spread[e])}`);
    if (!isMissing(edges.seed_spread[e])) said.push(`between seeds ${showNumber(edges.seed_spread[e])}`);
    return make("section", { class: "part chance" },
      make("p", { class: "figure" }, make("b", {}, showProbability(edges.probability[e])), make("span", {}, said.join(", "))),
      asked.length ? charts.makeChart(
        `Probability by fold: ${asked.map((fold) => showProbability(folds[fold])).join(", ")}`,
        (width) => charts.strip(width, { values: folds, mean: edges.probability[e] }), "strip") : null,
      found ? make("p", { class: "said" }, sayWhoScored(found, asked)) : null);
  }

  function sayWhoScored({ label, fold, fold_probabilities: folds }, asked) {
    if (isMissing(fold)) return `Scored by the models of all ${asked.length} folds (dots); the triangle is their mean.`;
    const kind = label === 1 ? "Known edge" : label === 0 ? "Labelled as no edge" : "Labelled pair";
    return `${kind}: scored by the model of fold ${fold} alone, which did not see it; ${folds.length === 2 ? "that of the other fold was" : `those of the other ${folds.length - 1} folds were`} trained on it.`;
  }

  // ---- its place among candidates, beside that by |r| alone
  function showPlaces({ e, tfName, targetName, found }) {
    const r = edges.correlation[e], total = data.summary?.candidates;
    const row = (name, place, baseline) => make("tr", {}, make("th", { scope: "row" }, name),
      make("td", {}, place), make("td", {}, baseline));
    const rank = edges.rank[e], all = isMissing(total) || isMissing(rank) ? null : [rank, total];
    return section("Its place", make("table", { class: "places" },
      make("thead", {}, make("tr", {}, make("th", {}, "candidate"), make("th", { scope: "col" }, "by probability"),
        make("th", { scope: "col" }, isMissing(r) ? "by |r|" : `by |r| = ${Math.abs(r).toFixed(2)}`))),
      make("tbody", {},
        found ? row(`regulators of ${targetName}`, showPlace(found.of_target), showPlace(found.correlation_of_target)) : null,
        found ? row(`targets of ${tfName}`, showPlace(found.of_tf), showPlace(found.correlation_of_tf)) : null,
        isMissing(rank) && isMissing(found?.correlation_of_all) ? null
          : row("pairs, all", all ? showPlace(all) : isMissing(rank) ? NO_VALUE : ordinal(rank), showPlace(found?.correlation_of_all)))),
      isMissing(r) ? note("Without expression of both genes there is no r.") : null);
  }

  // ---- what adds up to the score
  // Rounded so that the parts, as they are shown, add up to the sum as it is shown (largest remainders).
  function roundToSum(values, total) {
    const scaled = values.map((value) => value * 100), floors = scaled.map(Math.floor);
    const short = Math.round(total * 100) - floors.reduce((a, b) => a + b, 0);
    const order = range(values.length).sort((a, b) => (scaled[b] - floors[b]) - (scaled[a] - floors[a]) || a - b);
    order.slice(0, Math.max(0, short)).forEach((k) => { floors[k] += 1; });
    return floors.map((value) => value / 100);
  }

  // Bars that each begin where the one before ended; the last is the sum, from 0.
  function waterfall(caption, parts, total, sum) {
    const ends = [], shown = roundToSum(parts.map(([, value]) => value), sum);
    shown.reduce((from, value) => { ends.push([from, from + value]); return from + value; }, 0);
    const reach = ends.flat().concat(0, sum);
    const low = Math.min(...reach), high = Math.max(...reach), at = (value) => (100 * (value - low)) / (high - low || 1);
    const row = (name, value, from, to, kind = value < 0 ? "against" : "for") => make("tr", { class: kind === "total" ? "total" : from === to ? "nought" : null },
      make("th", { scope: "row" }, name),
      make("td", { class: "bar" },
        make("i", { class: "zero", style: { left: `${at(0)}%` } }),
        make("i", { class: `fill ${kind}`, style: { left: `${at(Math.min(from, to))}%`, width: `${Math.abs(at(to) - at(from))}%` } })),
      make("td", { class: "number" }, showSigned(value)));
    return make("table", { class: "parts" }, make("caption", { class: "unseen" }, caption),
      make("tbody", {}, parts.map(([name], k) => row(name, shown[k], ...ends[k])), row(total, sum, 0, sum, "total")));
  }

  const zip = (names, values) => names.map((name, k) => [name, values[k]]);

  const METHODS = {
    exact: "The models themselves add these parts (exact).",
    shapley: "A part is what looking at it changes; “both together” is what the two add beyond each alone, and half of it added to each gives their Shapley values.",
  };

  function showParts({ e, found }) {
    const { baseline, rna, image, interaction, details } = found;
    const names = Object.keys(details ?? {}), parts = [baseline, rna, image, interaction];
    const score = parts.reduce((a, b) => a + b, 0), shown = roundToSum(parts, score);
    return section("What adds up to the score",
      waterfall("Parts of the score", zip(["without either", "RNA", "images", "both together"], shown), "score (logit)", score),
      names.length ? make("details", { open: true }, make("summary", {}, "RNA in detail"),
        waterfall("Parts of what RNA gives", names.map((name) => [name, details[name]]), "without either + RNA", shown[0] + shown[1])) : null,
      note(`Right (gold) speaks for the edge, left (violet) against it. ${METHODS[found.method] ?? ""} ` +
        `A curve fitted on scores of pairs that the models had not seen turns the score into the probability ${showProbability(edges.probability[e])}` +
        `${words.probability ? `, which ${words.probability}` : "."}`));
  }

  // ---- images by view, side by side, and both patterns over each other
  function showPictures({ tf, target, tfName, targetName, found }) {
    const views = evidence.views.filter((view) => pictures.imageOf(tf, view) || pictures.imageOf(target, view));
    const without = [tf, target].filter((i) => !pictures.imagesOf(i).length);
    if (!views.length) return section("Images", note(`${[...new Set(without.map((i) => pictures.sayMissing(i)))].join("; ")}.`));
    const maps = found?.saliency;
    const grid = make("div", { class: "pictures" },
      make("span", { class: "over tf" }, tfName), make("span", { class: "over target" }, targetName), make("span", { class: "over" }, "both"),
      views.flatMap((view) => {
        const shared = pictures.imageOf(tf, view) && pictures.imageOf(target, view);
        return [
          pictures.showImage(tf, view, maps?.tf[view]), pictures.showImage(target, view, maps?.target[view]),
          shared ? pictures.overlay(tf, target, view) : make("div", { class: "picture none" }, "nothing to compare"),
          make("span", { class: "view" }, sayView(view, tf, target)),
        ];
      }));
    const both = views.some((view) => pictures.imageOf(tf, view) && pictures.imageOf(target, view));
    const part = section("Images", maps ? switchMaps(grid, maps) : null, grid,
      both ? note(`Both: ${tfName} magenta, ${targetName} green, white where both are; each up to its own brightest place.`) : null);
    part.classList.add("pictured");
    return part;
  }

  function sayView(view, tf, target) {
    const counts = [tf, target].map((i) => pictures.imageOf(i, view)?.n ?? 0);
    return `${view}: ${counts.map((n) => (n > 1 ? `mean of ${showCount(n)}` : n ? "1 image" : "none")).join(" | ")}`;
  }

  function switchMaps(grid, { method, limit }) {
    const box = make("input", { type: "checkbox", checked: true, onchange: () => grid.classList.toggle("plain", !box.checked) });
    return make("div", { class: "looks" }, make("label", {}, box, " show where the models look"),
      make("div", { class: "scale" },
        make("span", {}, showSigned(-limit, 3)), make("i", { class: "ramp", "aria-hidden": "true" }), make("span", {}, showSigned(limit, 3))),
      note(`Change of the score (logit), by ${method}: gold speaks for the edge, violet against it, clear hardly matters.`));
  }

  // ---- expression of both genes over samples
  function showExpression({ e, tf, target, tfName, targetName, found }) {
    const [x, y] = [expressionOf(tf), expressionOf(target)];
    if (!x || !y) {
      const missing = new Set([tf, target].filter((i) => !expressionOf(i)).map((i) => sayNoExpression(i)));
      return section("Expression", note(isMissing(edges.correlation[e]) ? "" : `r = ${showSigned(edges.correlation[e])} (Pearson). `,
        [...missing].join(" ")));
    }
    const titles = [tfName, targetName].map((name) => (evidence.units ? `${name} (${evidence.units})` : name));
    const colour = hasSign(e) ? `var(--${edges.sign[e]})` : "var(--accent)";
    const r = showSigned(edges.correlation[e]), rho = showSigned(found?.spearman);
    return section("Expression",
      make("p", { class: "said" }, `r = ${r} (Pearson), ρ = ${rho} (Spearman), ${x.length < evidence.n_samples
        ? `of all ${showCount(evidence.n_samples)} samples; ${showCount(x.length)} of them are shown` : `over ${plural(x.length, "sample", "samples")}`}.`),
      make("div", { class: "charts" },
        make("figure", {}, charts.makeChart(`Scatter of ${tfName} and ${targetName} over samples: r = ${r}, ρ = ${rho}`,
          (width) => charts.scatter(width, { x, y, names: evidence.samples, titles, colour }), "scatter"),
        make("figcaption", {}, "One dot for each sample")),
        make("figure", {}, charts.makeChart(`Joint histogram of ${tfName} and ${targetName}`,
          (width) => charts.jointHistogram(width, { x, y, titles }), "joint"),
        make("figcaption", {}, "Samples in each square: the stronger the colour, the more"))));
  }

  // ---- known edges like this one, what is missing
  function showNear({ found, actions }) {
    const near = found.near ?? [];
    const alike = (r) => (r >= 0.9995 ? "the same" : `r ${showSigned(r)}`);
    const part = section("Known edges like it", near.length ? make("table", { class: "near" },
      make("thead", {}, make("tr", {}, ...["Known edge", "its TF", "its target"].map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, near.map(([tf, target, tfR, targetR]) => make("tr", {},
        make("td", {}, edgeLink(tf, target, actions)),
        make("td", {}, alike(tfR)), make("td", {}, alike(targetR)))))) : note("None that the models were trained on is alike."),
      near.length ? note("Trained on by the models that scored this pair; r is with its own TF and target.") : null);
    part.classList.add("last");
    return part;
  }

  function edgeLink(tf, target, actions) {
    const e = edgeOf.get(`${nodeOf.get(tf)} ${nodeOf.get(target)}`), text = `${tf} → ${target}`;
    if (e === undefined || !actions.selectEdge) return make("span", { class: "gene" }, text);
    return make("button", { type: "button", class: "gene link", title: `Show the evidence for ${text}`, onclick: () => actions.selectEdge(e) }, text);
  }

  function showNotes({ found }) {
    const notes = found?.notes ?? [], left = evidence?.left_out ?? [], model = evidence?.model;
    if (!notes.length && !left.length && !model) return null;
    return section("Notes", make("ul", { class: "notes" }, [...notes, ...left].map((text) => make("li", {}, text)),
      model ? make("li", {}, `Scored by: ${model}.`) : null));
  }

  return showEdgeEvidence;
})();
