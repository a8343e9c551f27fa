// Small charts as SVG, for the panels beside the drawing. Colours are CSS variables and classes, so a change of theme
// needs no new drawing; a change of width does, and draws them again.
const charts = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const FIRST_WIDTH = 300; // until the chart is in the page

  function shape(tag, attributes = {}, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) if (!isMissing(value)) made.setAttribute(name, value);
    made.append(...children.flat().filter((child) => !isMissing(child)));
    return made;
  }

  // ---- drawn again where the width changes
  const painters = new WeakMap();
  function repaint(element) {
    const width = Math.floor(element.clientWidth) || FIRST_WIDTH, { paint, painted } = painters.get(element);
    if (painted === width) return;
    painters.set(element, { paint, painted: width });
    element.replaceChildren(paint(width));
  }
  const observer = new ResizeObserver((changes) => {
    requestAnimationFrame(() => changes.forEach(({ target }) => painters.has(target) && repaint(target)));
  });

  // `paint(width)` returns an SVG of that width; `label` says what it shows to those who do not see it.
  function makeChart(label, paint, name = "") {
    const element = make("div", { class: `chart ${name}`, role: "img", "aria-label": label });
    painters.set(element, { paint, painted: 0 });
    repaint(element);
    observer.observe(element);
    return element;
  }
  const repaintAll = () => document.querySelectorAll(".chart").forEach((element) => painters.has(element) && repaint(element));

  // ---- scales and axes
  const scale = ([low, high], [from, to]) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

  function chooseTicks([low, high], wanted) {
    const raw = (high - low) / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(raw || 1));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? power;
    const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
    return range(Math.max(0, last - first) + 1).map((k) => Number(((first + k) * step).toPrecision(12)));
  }
  const showTick = (value) => (Math.abs(value) >= 1e4 ? `${showCount(value / 1000)}k` : showCount(value)).replace("-", "−");

  // Low and high with some room around; a single value stands in the middle.
  function widen(values, part = 0.06) {
    const low = Math.min(...values), high = Math.max(...values), room = (high - low) * part || 0.5;
    return [low - room, high + room];
  }

  const shorten = (text, pixels) => {
    const most = Math.max(6, Math.floor(pixels / 6.2));
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
  };

  // An SVG with axes; `marks(sx, sy, box)` returns what is drawn in it. Sides are pixels around the plot.
  function plot({ width, height, x, y, sides }, marks) {
    const { left = 52, right = 10, top = 8, bottom = 38 } = sides ?? {};
    const box = { left, top, right: width - right, bottom: height - bottom };
    const sx = scale(x.range, [box.left, box.right]), sy = scale(y.range, [box.bottom, box.top]);
    const xs = x.ticks ?? chooseTicks(x.range, Math.max(3, Math.min(6, (box.right - box.left) / 50)));
    const ys = y.ticks ?? chooseTicks(y.range, Math.max(3, Math.min(5, (box.bottom - box.top) / 30)));
    const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    return shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` },
      y.bare ? [] : ys.map((value) => shape("line", { class: "grid", x1: box.left, x2: box.right, y1: sy(value), y2: sy(value) })),
      marks(sx, sy, box),
      shape("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }),
      xs.map((value) => shape("line", { class: "axis", x1: sx(value), x2: sx(value), y1: box.bottom, y2: box.bottom + 4 })),
      xs.map((value) => shape("text", { class: "tick", x: sx(value), y: box.bottom + 16, "text-anchor": "middle" }, showTick(value))),
      ys.map((value) => shape("text", { class: "tick", x: box.left - 6, y: sy(value) + 4, "text-anchor": "end" }, showTick(value))),
      shape("text", { class: "axis-title", x: middle.x, y: height - 4, "text-anchor": "middle" }, shorten(x.title, box.right - box.left)),
      shape("text", { class: "axis-title", "text-anchor": "middle", transform: `translate(10 ${middle.y}) rotate(-90)` }, shorten(y.title, box.bottom - box.top)));
  }

  const tooltip = (text) => shape("title", {}, text);

  function countInBins(values, [low, high], bins) {
    const counts = new Array(bins).fill(0);
    for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / (high - low || 1)) * bins)))] += 1;
    return counts;
  }

  // ---- expression of two genes over samples: points, and how often each value occurs along both axes
  function scatter(width, { x, y, names, titles, colour }) {
    const side = 26, height = Math.round(Math.min(300, Math.max(190, width * 0.8)));
    const ranges = { x: widen(x), y: widen(y) }, bins = chooseBins(x.length);
    const sides = { left: 52, right: side + 6, top: side + 4, bottom: 38 };
    const axes = { x: { range: ranges.x, title: titles[0] }, y: { range: ranges.y, title: titles[1] } };
    return plot({ width, height, ...axes, sides }, (sx, sy, box) => {
      const bars = (values, limits, at) => {
        const counts = countInBins(values, limits, bins), most = Math.max(...counts);
        const step = (limits[1] - limits[0]) / bins;
        return counts.map((n, k) => n && at(limits[0] + k * step, limits[0] + (k + 1) * step, (n / most) * side));
      };
      const bar = (x, y, width, height) => shape("rect", { class: "margin", x, y, width: Math.max(0.5, width), height: Math.max(0.5, height) });
      return [
        bars(x, ranges.x, (from, to, size) => bar(sx(from), box.top - 2 - size, sx(to) - sx(from) - 1, size)),
        bars(y, ranges.y, (from, to, size) => bar(box.right + 2, sy(to), size, sy(from) - sy(to) - 1)),
        x.map((value, k) => shape("circle", { class: "point", cx: sx(value), cy: sy(y[k]), r: x.length > 120 ? 2.1 : 2.8, fill: colour },
          tooltip(`${names[k]}: ${showNumber(value, 2)}, ${showNumber(y[k], 2)}`))),
      ].flat().filter((mark) => mark !== 0);
    });
  }
  const chooseBins = (n) => Math.max(6, Math.min(16, Math.round(Math.sqrt(n) * 1.2)));

  // ---- the same as counts of samples in squares
  function jointHistogram(width, { x, y, titles }) {
    const height = Math.round(Math.min(300, Math.max(190, width * 0.8))), bins = chooseBins(x.length);
    const ranges = [widen(x), widen(y)], counts = new Map();
    const place = (value, [low, high]) => Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins));
    x.forEach((value, k) => {
      const key = place(value, ranges[0]) * bins + place(y[k], ranges[1]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    const most = Math.max(...counts.values());
    const axes = { x: { range: ranges[0], title: titles[0] }, y: { range: ranges[1], title: titles[1], bare: true } };
    return plot({ width, height, ...axes }, (sx, sy, box) => {
      const w = (box.right - box.left) / bins, h = (box.bottom - box.top) / bins;
      return [...counts].map(([key, n]) => shape("rect", {
        class: "cell", x: box.left + Math.floor(key / bins) * w, y: box.bottom - ((key % bins) + 1) * h,
        width: w + 0.3, height: h + 0.3, "fill-opacity": 0.15 + 0.85 * (n / most),
      }, tooltip(plural(n, "sample", "samples"))));
    });
  }

  // ---- probabilities of the fold models on one line, equal ones on top of each other, their mean as a triangle
  function strip(width, { values, mean }) {
    const sx = scale([0, 1], [10, width - 10]), size = 9;
    const dots = range(values.length).filter((fold) => !isMissing(values[fold])).map((fold) => ({ fold, x: sx(values[fold]) }));
    for (const [k, dot] of dots.entries()) {
      const taken = dots.slice(0, k).filter(({ x }) => Math.abs(x - dot.x) < size).map(({ level }) => level);
      dot.level = range(dots.length).find((level) => !taken.includes(level));
    }
    const y = 14 + size * Math.max(0, ...dots.map(({ level }) => level)), height = y + 28;
    return shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` },
      shape("line", { class: "axis", x1: sx(0), x2: sx(1), y1: y, y2: y }),
      [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
        shape("line", { class: "axis", x1: sx(value), x2: sx(value), y1: y, y2: y + 5 }),
        shape("text", { class: "tick", x: sx(value), y: y + 20, "text-anchor": "middle" }, String(value)),
      ]),
      shape("path", { class: "mean", d: `M${sx(mean)} ${y + 3}l5 8h-10z` }),
      dots.map(({ fold, x, level }) => shape("circle", { class: "fold", cx: x, cy: y - level * size, r: 4.5 },
        tooltip(`fold ${fold}: ${showProbability(values[fold])}`))));
  }

  // ---- lines, with dots and intervals where there are some
  function lines(width, { series, x, y, height = 240, diagonal = false, step = false }) {
    return plot({ width, height, x, y }, (sx, sy) => [
      diagonal && shape("line", { class: "reference", x1: sx(0), y1: sy(0), x2: sx(1), y2: sy(1) }),
      series.flatMap(({ name, points, dots }) => [
        ...points.filter(({ low }) => !isMissing(low)).map(({ x, low, high }) =>
          shape("line", { class: `interval ${name}`, x1: sx(x), x2: sx(x), y1: sy(low), y2: sy(high) })),
        shape("path", { class: `line ${name}`, d: trace(points.map(({ x, y }) => [sx(x), sy(y)]), step) }),
        ...(dots ? points.map(({ x, y, text }) => shape("circle", { class: `dot ${name}`, cx: sx(x), cy: sy(y), r: 4 }, tooltip(text))) : []),
      ]),
    ].flat().filter(Boolean));
  }
  const trace = (points, step) => points.map(([x, y], k) =>
    `${k ? (step ? `H${x.toFixed(1)}V${y.toFixed(1)}` : `L${x.toFixed(1)} ${y.toFixed(1)}`) : `M${x.toFixed(1)} ${y.toFixed(1)}`}`).join("");

  // ---- counts as columns
  function columns(width, { bars, x, y, height = 200 }) {
    return plot({ width, height, x, y }, (sx, sy) => bars.filter(({ n }) => n).map(({ from, to, n, text, name }) => shape("rect", {
      class: `column ${name ?? ""}`, x: sx(from) + 0.5, width: Math.max(0.8, sx(to) - sx(from) - 1),
      y: sy(n), height: Math.max(0, sy(0) - sy(n)),
    }, tooltip(text))));
  }

  // ---- one value after another, as dots on stems
  function stems(width, { points, x, y, height }) {
    return plot({ width, height, x, y }, (sx, sy, box) => points.flatMap((point) => [
      shape("line", { class: "stem", x1: sx(point.x), x2: sx(point.x), y1: box.bottom, y2: sy(point.y) }),
      shape("circle", { class: "point", cx: sx(point.x), cy: sy(point.y), r: 2, fill: "var(--accent)" }, tooltip(point.text)),
    ]));
  }

  return { makeChart, repaintAll, shape, scatter, jointHistogram, strip, lines, columns, stems, chooseTicks, widen };
})();

// After a change of theme or width; without need the charts stay as they are.
const redrawPanelPlots = () => charts.repaintAll();
