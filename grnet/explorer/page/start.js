// Everything is declared: put the controls in place, take what the link asks for, and draw.
onChange(["tab"], showTabs);
setUpFilters();
restoring = true;
change(readLink(location.hash.slice(1)));
restoring = false;
written = location.hash.slice(1);

// Where things are in the window, for those who script the page: tests, too.
window.explorer = {
  state,
  geneOf: (symbol) => nodeOf.get(symbol),
  shownEdges: () => [...shown.rows],
  placeAt: inWindow,
  geneAt: (i) => inWindow(nodes.x[i], nodes.y[i]),
  edgeAt: (e, share = 0.5) => inWindow(
    lines.x0[e] + share * (lines.x1[e] - lines.x0[e]), lines.y0[e] + share * (lines.y1[e] - lines.y0[e])),
  findAt: (x, y) => { const box = surface.getBoundingClientRect(); return findAt(x - box.left, y - box.top); },
  usesWebgl: () => webgl,
};
function inWindow(x, y) {
  const view = currentView(), box = surface.getBoundingClientRect();
  return [box.left + toX(view, x), box.top + toY(view, y)];
}

Promise.resolve(render()).then(() => {
  settle();
  surface.dataset.edges = shown.rows.length;
  document.documentElement.dataset.ready = "true";
  performance.mark("ready");
});
