"""The directive `mermaid`: a `flowchart LR` of plain nodes and arrows becomes a drawing within the page.

mermaid.js would draw it too, but from another server. Boxes [x], rounded ends ([x]) and stores [(x)] are known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import igraph
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

NODE = r"(?P<{0}>\w+)(?:\(\[(?P<{0}_end>[^\]]+)\]\)|\[\((?P<{0}_store>[^)]+)\)\]|\[(?P<{0}_box>[^\]]+)\])?"
ARROW = re.compile(rf"^\s*{NODE.format('source')}\s*-->\s*{NODE.format('target')}\s*$")
LETTER, PADDING, HEIGHT, GAP_ACROSS, GAP_DOWN, MARGIN = 7.2, 14.0, 34.0, 20.0, 22.0, 4.0
"""Sizes in the drawing's own units, which are pixels at full size."""


@dataclass(frozen=True)
class Chart:
    """Names of the nodes with their labels and shapes ("box", "end" or "store"), and arrows between them."""

    labels: dict[str, str]
    shapes: dict[str, str]
    arrows: list[tuple[str, str]]


def read_chart(lines: Sequence[str]) -> Chart:
    """Return the chart that some lines of Mermaid describe.

    Raises
    ------
    ValueError
        A line is none of those that are known.
    """
    if not lines or lines[0].strip() != "flowchart LR":
        raise ValueError("only 'flowchart LR' is drawn")
    chart = Chart({}, {}, [])
    for line in filter(str.strip, lines[1:]):
        found = ARROW.match(line)
        if found is None:
            raise ValueError(f"expected A --> B, got {line.strip()!r}")
        for role in ("source", "target"):
            name = found[role]
            chart.labels.setdefault(name, name)
            chart.shapes.setdefault(name, "box")
            for shape in ("box", "end", "store"):
                if found[f"{role}_{shape}"]:
                    chart.labels[name], chart.shapes[name] = found[f"{role}_{shape}"], shape
        chart.arrows.append((found["source"], found["target"]))
    return chart


def draw_chart(chart: Chart) -> str:
    """Return the chart as SVG, whose colours are those of the page."""
    names = list(chart.labels)
    graph = igraph.Graph(directed=True)
    graph.add_vertices(names)
    graph.add_edges(chart.arrows)
    places = dict(zip(names, graph.layout_sugiyama(maxiter=500).coords[: len(names)], strict=True))
    wide = {name: LETTER * len(chart.labels[name]) + PADDING for name in names}
    left, width = _place_columns(places, wide)
    rows = sorted({place[0] for place in places.values()})
    down = {name: MARGIN + HEIGHT / 2 + (HEIGHT + GAP_DOWN) * (places[name][0] - rows[0]) for name in names}
    height = max(down.values()) + HEIGHT / 2 + MARGIN
    arrows = [
        _draw_arrow(left[source] + wide[source], down[source], left[target], down[target])
        for source, target in chart.arrows
    ]
    boxes = [_draw_node(chart.labels[n], chart.shapes[n], left[n], down[n] - HEIGHT / 2, wide[n]) for n in names]
    label = escape(", ".join(f"{chart.labels[a]} to {chart.labels[b]}" for a, b in chart.arrows), quote=True)
    return (
        f'<div class="flow-chart"><svg role="img" aria-label="Flow chart: {label}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><marker id="arrow-head" viewBox="0 0 10 10" '
        'refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z"/></marker></defs>'
        f"{''.join(arrows)}{''.join(boxes)}</svg></div>"
    )


def _place_columns(places: dict[str, list[float]], wide: dict[str, float]) -> tuple[dict[str, float], float]:
    """Return the left end of each node, and the width of the drawing; each layer is a column."""
    left, start = {}, MARGIN
    for layer in sorted({place[1] for place in places.values()}):
        members = [name for name, place in places.items() if place[1] == layer]
        width = max(wide[name] for name in members)
        left |= {name: start + (width - wide[name]) / 2 for name in members}
        start += width + GAP_ACROSS
    return left, start - GAP_ACROSS + MARGIN


def _draw_arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    bend = (to_x - x) / 2
    return (
        f'<path class="arrow" marker-end="url(#arrow-head)" d="M{x:.1f} {y:.1f}C{x + bend:.1f} {y:.1f} '
        f'{to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"/>'
    )


def _draw_node(label: str, shape: str, x: float, y: float, wide: float) -> str:
    radius = {"box": 4.0, "store": 4.0, "end": HEIGHT / 2}[shape]
    return (
        f'<g class="{shape}"><rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{HEIGHT}" rx="{radius}"/>'
        f'<text x="{x + wide / 2:.1f}" y="{y + HEIGHT / 2 + 4.5:.1f}">{escape(label)}</text></g>'
    )


class FlowChart(SphinxDirective):
    """A chart in Mermaid's words, drawn when the site is built."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the drawing."""
        try:
            drawing = draw_chart(read_chart(list(self.content)))
        except ValueError as error:
            raise self.error(str(error)) from error
        return [nodes.raw("", drawing, format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("mermaid", FlowChart)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
