// A gene that has the drawing for itself: what is said over the drawing, and the way back.

import { byId } from "./elements.js";
import { geneName } from "./gene_words.js";
import { edges } from "./network.js";
import { CHOOSING, leaveFocus, onChange, shown, state } from "./state.js";
import { plural } from "./text.js";
import { surface } from "./view.js";

function sayStage() {
  const { focus } = state;
  byId("stage").hidden = focus === null;
  if (focus === null) return;
  const regulators = new Set(shown.rows.filter((e) => edges.target[e] === focus).map((e) => edges.tf[e]));
  const targets = shown.rows.filter((e) => edges.tf[e] === focus).map((e) => edges.target[e]);
  const nBoth = targets.filter((i) => regulators.has(i)).length;
  byId("stage-says").textContent = `${geneName(focus)}: ${plural(regulators.size, "regulator", "regulators")} on the left` +
    `${nBoth ? ` (${nBoth} of them also ${nBoth === 1 ? "a target" : "targets"})` : ""}, ` +
    `${plural(targets.length - nBoth, "target", "targets")} on the right, the most probable nearest`;
}

export function setUpStage() {
  byId("leave").addEventListener("click", () => { leaveFocus(); surface().focus(); });
  onChange(CHOOSING, sayStage);
}
