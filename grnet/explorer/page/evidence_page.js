// The page of `grnet explain`: every edge of the data with its evidence, one below the other.

import { byId, make } from "./elements.js";
import { showEdgeEvidence } from "./evidence_panel.js";
import { range } from "./lists.js";
import { network } from "./network.js";
import { readPageData } from "./page_data.js";

readPageData();
const place = byId("edges"), articles = range(network.nEdges).map(() => make("div", { tabindex: "-1" }));
place.append(...articles);
articles.forEach((article, e) => showEdgeEvidence(article, e, {
  selectEdge(other) {
    articles[other].scrollIntoView();
    articles[other].focus({ preventScroll: true });
  },
}));
if (!network.nEdges) place.append(make("p", {}, "No edge was asked for."));
document.documentElement.dataset.ready = "true";
