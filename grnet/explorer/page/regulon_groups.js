// In which groups of places, such as cell types, the targets of a TF are expressed: their mean beside the TF's own values.

import { make, note, section } from "./elements.js";
import { groupValuesOf } from "./gene_evidence.js";
import { groupBars } from "./group_charts.js";
import { edges, network, nodes } from "./network.js";
import { makeChart } from "./panel_charts.js";
import { FEWEST, MOST } from "./regulon_pattern.js";
import { passes } from "./state.js";
import { plural, showNumber } from "./text.js";

/**
 * Means of a gene by group as shares of the largest, from 0, or from the least where that is below 0; null where the page
 * has none, and where all are 0.
 * @type {(i: number, profiles: Profiles) => { means: number[], shares: number[] } | null}
 */
export function sharesOf(i, profiles) {
  const means = groupValuesOf(i, profiles)?.rows.map(({ mean }) => mean);
  if (!means) return null;
  const floor = Math.min(0, ...means), top = Math.max(...means);
  return top > floor ? { means, shares: means.map((mean) => (mean - floor) / (top - floor)) } : null;
}

/**
 * The value below which a part of some values lies, between two of them where it has to.
 * @type {(values: number[], part: number) => number}
 */
export function quantileOf(values, part) {
  const sorted = [...values].sort((a, b) => a - b), at = part * (sorted.length - 1), below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
}

/**
 * By each measurement with two groups or more that FEWEST targets of a TF have: these targets, the most probable MOST of
 * them, and of each group the mean of their shares and the middle half.
 * @param {number} i
 * @returns {{ profiles: Profiles, groups: Group[], genes: number[], shares: { mean: number, low: number, high: number }[] }[]}
 */
export function groupsOfTargets(i) {
  const targets = network.targetsOf[i].filter((e) => passes(e)).map((e) => edges.target[e]);
  return (network.evidence?.profiles ?? []).flatMap((profiles) => {
    const { groups } = profiles;
    if (!groups || groups.length < 2) return [];
    const found = targets.flatMap((gene) => { const own = sharesOf(gene, profiles); return own ? [{ gene, shares: own.shares }] : []; }).slice(0, MOST);
    if (found.length < FEWEST) return [];
    const shares = groups.map((_, k) => {
      const values = found.map((target) => target.shares[k]);
      return { mean: values.reduce((a, b) => a + b, 0) / values.length, low: quantileOf(values, 0.25), high: quantileOf(values, 0.75) };
    });
    return [{ profiles, groups, genes: found.map(({ gene }) => gene), shares }];
  });
}

/**
 * The targets of a TF by group; nothing where the page knows no groups.
 * @param {number} i
 */
export const showRegulonGroups = (i) => groupsOfTargets(i).map(({ profiles, groups, genes, shares }) => {
  const own = sharesOf(i, profiles), { place, units } = profiles, count = plural(genes.length, "target", "targets");
  const columns = own ? [{ title: nodes.symbol[i], bars: own.shares.map((share, k) => ({
    share, says: `${groups[k].name}: ${nodes.symbol[i]} has mean ${showNumber(own.means[k], 2)}${units ? ` (${units})` : ""}, ${showNumber(share, 2)} of its largest` })) }] : [];
  columns.push({ title: `mean of ${count}`, bars: shares.map(({ mean, low, high }, k) => ({
    share: mean, low, high, says: `${groups[k].name}: mean ${showNumber(mean, 2)} of the largest, middle half of the targets ${showNumber(low, 2)} to ${showNumber(high, 2)}` })) });
  return section(`Targets by group of ${place}s`,
    make("figure", {}, makeChart(`${own ? `${nodes.symbol[i]} and ` : ""}${count} in ${plural(groups.length, "group", "groups")} of ${place}s`,
      (width) => groupBars(width, { groups, place, columns }), "group-bars")),
    own ? null : note(`${nodes.symbol[i]} has no values in these groups.`),
    note(`Mean of each group as a share of the gene's largest. ${genes.length === MOST ? `Targets are the ${MOST} most probable` : "Targets are those"} `
      + "among the edges shown; lines span the middle half of them. If the targets follow the TF, that suggests activation; if they are low where it is high, "
      + "repression. Neither is proof."));
});
