"""Results as small pieces of HTML for a notebook; every text is escaped, since names of genes are data."""

from __future__ import annotations

import html
import math
import sys
from collections.abc import Collection, Iterable, Sequence
from numbers import Integral
from typing import SupportsFloat

_NOTEBOOK_SHELL = "ZMQInteractiveShell"
MOST_ROWS, MOST_LETTERS = 20, 60
NO_FIGURE = "–"


def in_notebook() -> bool:
    """Tell whether a notebook shows what this process displays."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == _NOTEBOOK_SHELL


def render_block(title: str, *parts: str) -> str:
    """Return a titled block of parts that are HTML already; empty parts are left out.

    Parameters
    ----------
    title : str
        Plain text.
    parts : str
        What :func:`render_table` and :func:`render_lines` return.
    """
    return f"<div><b>{render_text(title)}</b>{''.join(parts)}</div>"


def render_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, strong: Collection[int] = ()) -> str:
    """Return a table of at most MOST_ROWS rows, and how many more there are; "" without rows.

    Parameters
    ----------
    columns : sequence of str
        Empty for a table without a header.
    rows : iterable of sequences
        Texts are cut and escaped; see :func:`render_figure` for numbers.
    strong : collection of int
        Rows in bold.
    """
    every = list(rows)
    if not every:
        return ""
    head = "".join(f"<th>{render_text(column)}</th>" for column in columns)
    body = "".join(_render_row(row, bold=place in strong) for place, row in enumerate(every[:MOST_ROWS]))
    more = len(every) - MOST_ROWS
    rest = f"<p>and {more:,} more</p>" if more > 0 else ""
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>{rest}"


def render_lines(lines: Iterable[str]) -> str:
    """Return lines of text as a list of at most MOST_ROWS; "" without lines."""
    every = list(lines)
    if not every:
        return ""
    shown = [*map(_escape, every[:MOST_ROWS])]
    if len(every) > MOST_ROWS:
        shown.append(f"and {len(every) - MOST_ROWS:,} more")
    return f"<ul>{''.join(f'<li>{line}</li>' for line in shown)}</ul>"


def render_figure(value: SupportsFloat | None, decimals: int = 3) -> str:
    """Return a number as text: whole ones with separators, others with some decimals, none and NaN as a dash."""
    if isinstance(value, Integral):
        return f"{int(value):,}"
    return NO_FIGURE if value is None or math.isnan(float(value)) else f"{float(value):.{decimals}f}"


def render_text(text: object) -> str:
    """Return a name escaped, on one line, cut after MOST_LETTERS."""
    plain = str(text)
    return _escape(plain if len(plain) <= MOST_LETTERS else plain[: MOST_LETTERS - 1] + "…")


def _escape(text: str) -> str:
    return html.escape("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text))


def _render_row(row: Sequence[object], *, bold: bool) -> str:
    first, *others = row
    style = " style='font-weight:bold'" if bold else ""
    cells = [
        f"<td style='text-align:left'>{render_text(first)}</td>",
        *(f"<td>{render_text(cell)}</td>" for cell in others),
    ]
    return f"<tr{style}>{''.join(cells)}</tr>"
