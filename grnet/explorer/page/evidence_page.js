// The page of `grnet explain`: every edge of the data with its evidence, one below the other.
(() => {
  const place = document.getElementById("edges");
  const articles = range(nEdges).map(() => make("div", { tabindex: "-1" }));
  const actions = { selectEdge(e) { articles[e].scrollIntoView(); articles[e].focus({ preventScroll: true }); } };
  place.append(...articles);
  articles.forEach((article, e) => showEdgeEvidence(article, e, actions));
  if (!nEdges) place.append(make("p", {}, "No edge was asked for."));
  document.documentElement.dataset.ready = "true";
})();
