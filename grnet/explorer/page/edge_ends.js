// Where an edge is seen, in pixels along it: it comes out from under its TF, has its head, and goes under its target.
// Novel edges are dashed there. Short ones get shorter dashes, so that each has a gap.

import { toX, toY } from "./geometry.js";
import { range } from "./lists.js";
import { edges, network, nodes } from "./network.js";
import { geneSize } from "./view.js";

const AHEAD = 6; // pixels between a head and the target, where there is room
const PAPER = 1.5, RING = 5.5; // pixels around a TF, and around a gene that is selected
const DASH = 5, GAP = 3, LEAST_GAP = 2; // pixels
const MOST_GAPS = 40; // of a line
const LONG = DASH + GAP + DASH; // pixels from which a line shows a gap of usual dashes, wherever they begin

/** How usual dashes are written in SVG, and by plotly. */
export const DASHES = `${DASH}px,${GAP}px`;

/** A line without gaps. @type {Pair<number>[]} */
const WHOLE = [[0, 1]];

/**
 * From the centre of a gene to where a line comes out, in the direction (ux, uy): TFs are diamonds, targets circles.
 * @type {(i: number, view: View, ux: number, uy: number, ringed: boolean) => number}
 */
function rimOf(i, view, ux, uy, ringed) {
  const radius = geneSize(i, view.k) / 2 + (ringed ? RING : 0);
  return nodes.is_tf[i] ? 1.3 * radius / (Math.abs(ux) + Math.abs(uy) || 1) + PAPER : radius;
}

/**
 * An edge in pixels: where it begins, its direction, how long it is, where it is seen (`from` its TF `until` its target),
 * and the centre and the size of its head, which is smaller on a short edge.
 * @param {number} e
 * @param {View} view
 * @param {{ size?: number, rings?: number[] }} looks size of a head on a long edge, and the genes that are selected
 */
export function endsOf(e, view, { size = headSize(view), rings = [] } = {}) {
  const { segments } = network;
  const x = toX(view, segments.x0[e]), y = toY(view, segments.y0[e]);
  const dx = toX(view, segments.x1[e]) - x, dy = toY(view, segments.y1[e]) - y, long = Math.hypot(dx, dy);
  const ux = dx / (long || 1), uy = dy / (long || 1);
  const [from, rest] = [edges.tf[e], edges.target[e]].map((i) => rimOf(i, view, ux, uy, rings.includes(i))), until = long - rest;
  const seen = Math.max(0, until - from), head = { at: until - Math.min(AHEAD, 0.2 * seen), size: Math.min(size, 0.3 * seen) };
  return { x, y, ux, uy, long, from, until, seen, head };
}

/** How large heads are on edges with room for them. @param {View} view */
export const headSize = (view) => Math.min(7, Math.max(3.5, view.k * 0.2));

/**
 * The parts of an edge that are drawn, each by where it begins and ends, 0 at the TF and 1 at the target. A solid edge
 * has one. A dashed one is cut where no head covers the gaps; a long one only if `all` are, others being left to
 * usual dashes.
 * @type {(e: number, view: View, isDashed: boolean, looks?: { all?: boolean, rings?: number[] }) => Pair<number>[]}
 */
export function partsOf(e, view, isDashed, { all = false, rings } = {}) {
  if (!isDashed) return WHOLE;
  const { long, from, seen, head } = endsOf(e, view, { rings }), until = head.at - head.size;
  if (!seen || (!all && until - from >= LONG)) return WHOLE;
  const parts = cutLine(from, until), first = Math.max(0, from - 0.5), last = parts.length - 1;
  return parts.map(([start, end], k) => [(k ? start : first) / long, k < last ? end / long : 1]);
}

/**
 * Dashes between two pixels of a line. There is a gap however near they are.
 * @type {(from: number, until: number) => Pair<number>[]}
 */
export function cutLine(from, until) {
  const seen = until - from, nGaps = Math.min(MOST_GAPS, Math.max(1, Math.round((seen - DASH) / (DASH + GAP))));
  const usual = (GAP * seen) / (DASH + nGaps * (DASH + GAP)); // as long beside the dashes as it is on a long line
  const gap = nGaps > 1 ? usual : Math.min(seen, Math.max(LEAST_GAP, Math.min(GAP, 0.4 * seen)));
  const dash = (seen - nGaps * gap) / (nGaps + 1);
  return range(nGaps + 1).map((k) => [from + k * (dash + gap), from + k * (dash + gap) + dash]);
}
