// Finding a gene by name or id: a text box with a list of what fits, as ARIA's combobox pattern has it.
const MOST_FOUND = 12;
const searchBox = byId("search"), foundList = byId("found");
const keysOf = range(nNodes).map((i) => [nodes.symbol[i].toLowerCase(), nodes.id[i].toLowerCase()]);
let found = [], chosenOption = -1;

// Rows of the genes that fit, the exact first, then those that begin with the text, then those that hold it.
function findGenes(text) {
  const part = text.trim().toLowerCase();
  if (!part) return [];
  const fit = (key) => (key === part ? 0 : key.startsWith(part) ? 1 : key.includes(part) ? 2 : 3);
  const ranked = range(nNodes).map((i) => [Math.min(...keysOf[i].map(fit)), i]).filter(([rank]) => rank < 3);
  const exactCase = (i) => (nodes.symbol[i] === text.trim() ? 0 : 1);
  ranked.sort(([a, i], [b, j]) => a - b || exactCase(i) - exactCase(j) || names.compare(nodes.symbol[i], nodes.symbol[j]) || i - j);
  return ranked.map(([, i]) => i);
}

function listFound() {
  const all = findGenes(searchBox.value);
  found = all.slice(0, MOST_FOUND);
  const options = found.map((i, k) => make("li", {
    id: `found-${k}`, role: "option", "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => take(k),
  }, make("b", { class: "gene" }, words(nodes.symbol[i])), make("span", {}, [
    nodes.id[i] === nodes.symbol[i] ? "" : words(nodes.id[i]), nodes.is_tf[i] ? `TF, ${plural(nodes.out_degree[i], "target", "targets")}` : "target",
  ].filter(Boolean).join(" · "))));
  foundList.replaceChildren(...options);
  const text = searchBox.value.trim();
  if (text && !found.length) foundList.append(make("li", { role: "option", "aria-disabled": "true" }, "no gene of that name in the page"));
  if (all.length > found.length) foundList.append(make("li", { role: "option", "aria-disabled": "true" }, `and ${showCount(all.length - found.length)} more`));
  say(text ? plural(all.length, "gene found", "genes found") : "");
  openFound(text !== "");
  choose_option(found.length ? 0 : -1);
}
function openFound(open) {
  foundList.hidden = !open;
  searchBox.setAttribute("aria-expanded", String(open));
  if (!open) choose_option(-1);
}
function choose_option(k) {
  chosenOption = k;
  for (const [at, option] of [...foundList.children].entries()) option.setAttribute("aria-selected", String(at === k));
  if (k < 0) return searchBox.removeAttribute("aria-activedescendant");
  searchBox.setAttribute("aria-activedescendant", `found-${k}`);
  return foundList.children[k].scrollIntoView({ block: "nearest" });
}
function take(k) {
  const i = found[k];
  searchBox.value = words(nodes.symbol[i]);
  openFound(false);
  selectGene(i);
  showSelection();
}

searchBox.addEventListener("input", listFound);
searchBox.addEventListener("blur", () => openFound(false));
searchBox.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && foundList.hidden) listFound();
  else if (event.key === "ArrowDown" && found.length) choose_option((chosenOption + 1) % found.length);
  else if (event.key === "ArrowUp" && found.length) choose_option((chosenOption + found.length - 1) % found.length);
  else if (event.key === "Enter" && foundList.hidden) listFound();
  else if (event.key === "Enter" && chosenOption >= 0) take(chosenOption);
  else if (event.key === "Escape" && !foundList.hidden) openFound(false);
  else if (event.key === "Escape") { searchBox.value = ""; return; } // and the selection goes, too
  else return;
  event.preventDefault();
  event.stopPropagation();
});
