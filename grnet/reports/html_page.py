"""One self-contained HTML page: headings, paragraphs, tables, plots. No network, no external file.

Enter: text, rows and Plotly figures. Leaves: HTML, from the folder `templates/`, which escapes whatever enters it but
what plotly makes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    import plotly.graph_objects as go

Cell = str | tuple[str, str]
"""Text of a cell; of two texts, the second stands below the first, small."""


class Page:
    """Collects the parts of a page in order."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts: list[dict[str, Any]] = []
        self._n_plots = 0

    def _add(self, template: str, **fields: Any) -> None:
        self._parts.append({"template": template, **fields})

    def add_heading(self, text: str) -> None:
        """Add a section's heading."""
        self._add("heading.html", level=2, text=text)

    def add_subheading(self, text: str) -> None:
        """Add the heading of a part of a section."""
        self._add("heading.html", level=3, text=text)

    def add_box(self, texts: Sequence[str], *, kind: Literal["finding", "warning"]) -> None:
        """Add paragraphs in a coloured box; nothing where there are none."""
        if texts:
            self._add("box.html", texts=texts, kind=kind)

    def add_text(self, text: str) -> None:
        """Add a paragraph."""
        self._add("text.html", text=text)

    def add_table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        n_text: int = 1,
        strong: Sequence[int] = (),
        apart: Sequence[int] = (),
    ) -> None:
        """Add a table of cells; the first `n_text` columns are text, the others numbers.

        `strong` are the positions of bold rows, `apart` of rows with a line above.
        """
        named = [{"name": name, "kind": "text" if place < n_text else "number"} for place, name in enumerate(columns)]
        marked = [
            {
                "cells": list(zip(named, row, strict=True)),
                "marks": " ".join(name for name, those in (("strong", strong), ("apart", apart)) if position in those),
            }
            for position, row in enumerate(rows)
        ]
        self._add("table.html", columns=named, rows=marked)

    def add_plots(self, figures: Sequence[go.Figure]) -> None:
        """Add plots side by side, as many as fit; their ids count up, so that the bytes are the same each time."""
        divisions = []
        for figure in figures:
            self._n_plots += 1
            made = figure.to_html(
                full_html=False,
                include_plotlyjs=False,
                div_id=f"plot-{self._n_plots}",
                config={"displaylogo": False, "modeBarButtons": [["toImage", "zoom2d", "pan2d", "resetScale2d"]]},
            )
            divisions.append(Markup(made))
        self._add("plots.html", plots=divisions)

    def add_settings(self, settings: Mapping[str, Any]) -> None:
        """Add a table of settings; nested ones get names joined by dots."""
        rows = [(name, format_setting(value)) for name, value in _flatten(settings)]
        self.add_table(("setting", "value"), rows, n_text=2)

    def render(self) -> str:
        """Return the page."""
        from plotly.offline import get_plotlyjs

        plotly = Markup(get_plotlyjs()) if self._n_plots else ""
        template = _templates().get_template("report.html")
        return template.render(title=self._title, parts=self._parts, plotly=plotly)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("grnet.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def format_number(value: float, *, decimals: int = 3) -> str:
    """Return `value` with fixed decimals, an en dash for NaN."""
    return "–" if math.isnan(value) else f"{value:.{decimals}f}"


def format_setting(value: Any) -> str:
    """Return a setting as text: lists with commas, booleans as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(format_setting(entry) for entry in value)
    return str(value)


def _flatten(settings: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            rows += _flatten(value, f"{prefix}{name}.")
        else:
            rows.append((f"{prefix}{name}", value))
    return rows
