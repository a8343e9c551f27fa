"""One self-contained HTML page: headings, paragraphs, tables, plots. No network, no external file.

Enter: text, rows and Plotly figures. Leave: HTML in which every piece of data is escaped.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import plotly.graph_objects as go

Cell = str | tuple[str, str]
"""Text of a cell; of two texts, the second stands below the first, small."""

_STYLE = """
body { font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #222; background: #fff; margin: 0 auto;
  max-width: 1040px; padding: 24px; }
h1 { font-size: 25px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 36px 0 8px; border-bottom: 1px solid #ddd; padding-bottom: 4px; }
h3 { font-size: 16px; margin: 24px 0 6px; }
p { max-width: 76ch; margin: 8px 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 8px 0; font-size: 14px; }
th, td { padding: 4px 12px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid #eee; }
th { font-weight: 600; border-bottom: 1px solid #999; vertical-align: bottom; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
td.text { overflow-wrap: anywhere; min-width: 9em; }
td small { display: block; font-size: 11.5px; font-weight: 400; color: #666; }
.box { border-left: 5px solid #0072B2; background: #f2f7fb; padding: 6px 14px; margin: 12px 0; }
.box p { max-width: none; }
.box.warning { border-color: #D55E00; background: #fdf3ec; }
tr.strong td { font-weight: 600; }
tr.apart td { border-top: 2px solid #999; }
.plots { display: flex; flex-wrap: wrap; gap: 16px; }
footer { margin-top: 36px; color: #666; font-size: 13px; }
@media print { body { max-width: none; padding: 0; } }
"""


class Page:
    """Collects the parts of a page in order."""

    def __init__(self, title: str) -> None:
        self._title = html.escape(title)
        self._parts: list[str] = [f"<h1>{self._title}</h1>"]
        self._n_plots = 0

    def add_heading(self, text: str) -> None:
        """Add a section's heading."""
        self._parts.append(f"<h2>{html.escape(text)}</h2>")

    def add_subheading(self, text: str) -> None:
        """Add the heading of a part of a section."""
        self._parts.append(f"<h3>{html.escape(text)}</h3>")

    def add_box(self, texts: Sequence[str], *, kind: Literal["finding", "warning"]) -> None:
        """Add paragraphs in a coloured box; nothing where there are none."""
        if texts:
            paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
            self._parts.append(f'<div class="box {kind}">{paragraphs}</div>')

    def add_text(self, text: str) -> None:
        """Add a paragraph."""
        self._parts.append(f"<p>{html.escape(text)}</p>")

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
        kinds = ["text" if column < n_text else "number" for column in range(len(columns))]
        head = "".join(
            f'<th class="{kind}">{html.escape(name)}</th>' for kind, name in zip(kinds, columns, strict=True)
        )
        body = []
        for position, row in enumerate(rows):
            names = [name for name, marked in (("strong", strong), ("apart", apart)) if position in marked]
            cells = "".join(
                f'<td class="{kind}">{_render_cell(cell)}</td>' for kind, cell in zip(kinds, row, strict=True)
            )
            body.append(f'<tr class="{" ".join(names)}">{cells}</tr>' if names else f"<tr>{cells}</tr>")
        lines = "\n".join(body)
        self._parts.append(
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>'
        )

    def add_plots(self, figures: Sequence[go.Figure]) -> None:
        """Add plots side by side, as many as fit; their ids count up, so that the bytes are the same each time."""
        divisions = []
        for figure in figures:
            self._n_plots += 1
            divisions.append(
                figure.to_html(
                    full_html=False,
                    include_plotlyjs=False,
                    div_id=f"plot-{self._n_plots}",
                    config={"displaylogo": False, "modeBarButtons": [["toImage", "zoom2d", "pan2d", "resetScale2d"]]},
                )
            )
        joined = "\n".join(divisions)
        self._parts.append(f'<div class="plots">\n{joined}\n</div>')

    def add_settings(self, settings: Mapping[str, Any]) -> None:
        """Add a table of settings; nested ones get names joined by dots."""
        rows = [(name, format_setting(value)) for name, value in _flatten(settings)]
        self.add_table(("setting", "value"), rows, n_text=2)

    def render(self) -> str:
        """Return the page."""
        from plotly.offline import get_plotlyjs

        script = f"<script>{get_plotlyjs()}</script>" if self._n_plots else ""
        body = "\n".join(self._parts)
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{self._title}</title>\n<style>{_STYLE}</style>\n{script}\n</head>\n"
            f"<body>\n{body}\n<footer>Made by grnet. This page needs no network.</footer>\n</body>\n</html>\n"
        )


def _render_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return html.escape(cell)
    return f"{html.escape(cell[0])}<small>{html.escape(cell[1])}</small>"


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
