"""One self-contained HTML page: headings, paragraphs, tables, plots. No network, no external file.

Enter: text, rows and Plotly figures. Leaves: HTML, from the folder `templates/`, which escapes whatever enters it.
Figures enter as JSON, which one script draws. The policy of the page lets the browser run nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grnet.pages.page_parts import as_script_json, read_plotly
from grnet.pages.page_policy import build_policy

if TYPE_CHECKING:
    import plotly.graph_objects as go

Cell = str | tuple[str, str]
"""Text of a cell; of two texts, the second stands below the first, small."""
_PLOT_SETTINGS = {
    "displaylogo": False,
    "modeBarButtons": [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
    "responsive": True,
}
"""Of plotly.js: a figure follows the width of the window where it has none of its own."""


class Page:
    """Collects the parts of a page in order."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts: list[dict[str, Any]] = []
        self._plots: list[dict[str, Any]] = []

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
        names = []
        for figure in figures:
            names.append(f"plot-{len(self._plots) + 1}")
            drawn = json.loads(figure.to_json())
            self._plots.append({"id": names[-1], **drawn, "config": _PLOT_SETTINGS})
        self._add("plots.html", names=names)

    def add_settings(self, settings: Mapping[str, Any]) -> None:
        """Add a table of settings; nested ones get names joined by dots."""
        rows = [(name, format_setting(value)) for name, value in _flatten(settings)]
        self.add_table(("setting", "value"), rows, n_text=2)

    def render(self) -> str:
        """Return the page."""
        scripts = [read_plotly(), _read_template("draw_plots.js")] if self._plots else []
        style = _read_template("report.css")
        return (
            _templates()
            .get_template("report.html")
            .render(
                title=self._title,
                parts=self._parts,
                plots=as_script_json(self._plots) if self._plots else "",
                scripts=scripts,
                style=style,
                policy=Markup(build_policy(scripts=scripts, style=style, draws=bool(scripts))),
            )
        )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("grnet.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def _read_template(name: str) -> Markup:
    """Return a file of code in the folder `templates/` as it is."""
    return Markup((files("grnet.reports") / "templates" / name).read_text(encoding="utf-8"))


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
