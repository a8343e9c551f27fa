// What a point of a chart stands for, told where the pointer is near it; a finger tells the same with a touch.

import { make } from "./elements.js";
import { showCount } from "./text.js";

const REACH = 12, REACH_OF_FINGERS = 24; // pixels

/**
 * A chart and the tip over it, for a figure. Points are circles of the class "point", and say what their attribute
 * `data-says` holds, a line each.
 * @param {HTMLElement} chart
 */
export function tellPoints(chart) {
  const tip = make("div", { class: "chart-tip", "aria-hidden": "true", hidden: true });
  const leave = () => {
    tip.hidden = true;
    chart.querySelector(".pointed")?.classList.remove("pointed");
  };
  /** @param {PointerEvent} event */
  const point = (event) => {
    leave();
    const box = chart.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    const circles = [...chart.querySelectorAll("circle.point")];
    const found = nearestTo(circles, x, y, event.pointerType === "touch" ? REACH_OF_FINGERS : REACH);
    if (!found) return;
    found.element.classList.add("pointed");
    const [name, ...others] = (found.element.getAttribute("data-says") ?? "").split("\n");
    const more = countAt(circles, found) - 1;
    tip.replaceChildren(make("b", {}, name), ...[...others, ...(more ? [`and ${showCount(more)} more here`] : [])].map((line) => make("div", {}, line)));
    tip.hidden = false;
    placeBeside(tip, chart, found);
  };
  chart.addEventListener("pointermove", point);
  chart.addEventListener("pointerdown", point);
  chart.addEventListener("pointerleave", leave);
  return [chart, tip];
}

/** @typedef {{ element: Element, x: number, y: number }} Found */

/**
 * The nearest of some circles within reach; of equals the one that is drawn last, on top.
 * @type {(circles: Element[], x: number, y: number, reach: number) => Found | null}
 */
export function nearestTo(circles, x, y, reach) {
  /** @type {Found | null} */
  let best = null;
  let least = reach;
  for (const element of circles) {
    const [cx, cy] = ["cx", "cy"].map((name) => Number(element.getAttribute(name))), distance = Math.hypot(cx - x, cy - y);
    if (distance <= least) [best, least] = [{ element, x: cx, y: cy }, distance];
  }
  return best;
}

/**
 * How many circles lie at a place.
 * @type {(circles: Element[], place: { x: number, y: number }) => number}
 */
export const countAt = (circles, { x, y }) =>
  circles.filter((element) => Number(element.getAttribute("cx")) === x && Number(element.getAttribute("cy")) === y).length;

/** @type {(tip: HTMLElement, chart: HTMLElement, place: Found) => void} */
function placeBeside(tip, chart, { x, y }) {
  const room = chart.clientWidth - tip.offsetWidth, above = y - tip.offsetHeight - 8;
  tip.style.left = `${Math.max(0, Math.min(room, x - tip.offsetWidth / 2))}px`;
  tip.style.top = `${chart.offsetTop + (above >= 0 ? above : y + 8)}px`;
}
