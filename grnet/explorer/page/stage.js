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
  const nRegulators = shown.rows.filter((e) => edges.target[e] === focus).length, nTargets = shown.rows.length - nRegulators;
  byId("stage-says").textContent = `${geneName(focus)}: ${plural(nRegulators, "regulator", "regulators")} on the left, ` +
    `${plural(nTargets, "target", "targets")} on the right, the most probable nearest`;
}

export function setUpStage() {
  byId("leave").addEventListener("click", () => { leaveFocus(); surface().focus(); });
  onChange(CHOOSING, sayStage);
}
