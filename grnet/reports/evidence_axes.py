"""The charts in the picture of a pair's evidence: expression, contributions, probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from grnet.schema.arrays import Float32
from grnet.schema.evidence import Contributions, GeneEvidence, PairEvidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 100
INK, SOFT, FAINT = "#1d2733", "#566270", "#a9b4bf"
GOLD, VIOLET, TOTAL, DOT = "#d99a00", "#7b3f9e", "#45525f", "#0067a1"
"""For and against an edge, which the colour-blind tell apart; sums; measurements."""
LONGEST_LABEL = 36
"""Characters of a part's name that find room beside its bar."""

Box = tuple[float, float, float, float]
"""Left and lower edge, width and height, in parts of the figure."""
Genes = tuple[GeneEvidence, GeneEvidence]
"""TF and target."""


def write_text(
    figure: Figure,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 9.5,
    colour: str = INK,
    weight: str = "normal",
    align: str = "left",
) -> None:
    """Write text on a figure as it is: a dollar sign starts no formula."""
    figure.text(x, y, text, fontsize=size, color=colour, fontweight=weight, ha=align, va="baseline", parse_math=False)


def write_head(figure: Figure, x: float, y: float, title: str, caption: str = "") -> None:
    """Write the title of a part of the figure, and what is said of it below."""
    write_text(figure, x, y, title, size=12.5, weight="bold")
    if caption:
        write_text(figure, x, y - 0.017, caption, size=8.5, colour=SOFT)


def cut_name(name: str, most: int) -> str:
    """Return a name in one line of at most `most` letters, without what cannot be printed."""
    line = " ".join("".join(char if char.isprintable() else " " for char in name).split()) or "?"
    return line if len(line) <= most else f"{line[: most - 1 - most // 3]}…{line[len(line) - most // 3 :]}"


def make_axes(figure: Figure, box: Box, *, bare: bool = False) -> Axes:
    """Return axes in a box of the figure; bare ones have neither lines nor ticks."""
    axes = figure.add_axes(box)
    axes.tick_params(labelsize=8, colors=SOFT, length=3)
    for side, spine in axes.spines.items():
        spine.set_color(FAINT)
        spine.set_visible(side in ("left", "bottom") and not bare)
    if bare:
        axes.set_xticks([])
        axes.set_yticks([])
    return axes


def draw_scatter(
    figure: Figure,
    box: Box,
    genes: Genes,
    profiles: tuple[Float32, Float32],
    units: str,
    *,
    colours: Sequence[str] | None = None,
) -> None:
    """Draw a dot for each place, in colours of their own if given."""
    axes = make_axes(figure, box)
    many = len(profiles[0]) > 500
    axes.scatter(
        *profiles,
        s=6 if many else 20,
        color=DOT if colours is None else list(colours),
        alpha=0.35 if many else 0.7,
        linewidths=0,
    )
    _name_axes(axes, genes, f" ({cut_name(units, 16)})" if units else "")


def draw_histogram(figure: Figure, box: Box, genes: Genes, profiles: tuple[Float32, Float32], places: str) -> None:
    """Draw the joint histogram: how many places, such as "samples", fall into each square."""
    from matplotlib.ticker import MaxNLocator

    axes = make_axes(figure, box)
    bins = int(np.clip(2 * np.sqrt(len(profiles[0])), 8, 64))
    counts, across, up = np.histogram2d(profiles[0].astype(np.float64), profiles[1].astype(np.float64), bins=bins)
    image = axes.pcolormesh(across, up, np.ma.masked_equal(counts.T, 0), cmap="Blues", vmin=-0.5)
    _name_axes(axes, genes, "")
    x, y, width, height = box
    bar = figure.colorbar(image, cax=figure.add_axes((x + width + 0.006, y, 0.006, height)))
    bar.ax.tick_params(labelsize=7.5, colors=SOFT, length=2)
    bar.locator = MaxNLocator(nbins=5, integer=True)
    bar.ax.set_ylim(0, counts.max())
    bar.outline.set_visible(False)
    write_text(figure, x + width + 0.012, y + height + 0.006, places, size=8, colour=SOFT, align="right")


def _name_axes(axes: Axes, genes: Genes, units: str) -> None:
    for label, gene in ((axes.xaxis.label, genes[0]), (axes.yaxis.label, genes[1])):
        label.set_parse_math(False)
        label.set_text(cut_name(gene.symbol, 24) + units)
        label.set_fontsize(9)
        label.set_color(INK)


def draw_parts(figure: Figure, box: Box, parts: Contributions) -> None:
    """Draw the parts of the score as steps from 0 to it; then what RNA consists of, where that is known."""
    steps = [*([("baseline", parts.baseline)] if parts.baseline else []), *parts.terms]
    details = list(parts.details.items())
    digits = 2 if max(abs(value) for _, value in (*steps, *details)) >= 0.5 else 4
    axes = _make_step_axes(figure, box)
    line = _draw_steps(axes, steps, "score", (0.0, 0.62), digits)
    if details:
        line += 0.5
        axes.axhline(line - 0.75, color=FAINT, linewidth=0.6)
        line = _draw_steps(axes, details, "baseline + RNA" if parts.baseline else "RNA", (line, 0.42), digits)
    axes.set_ylim(line - 0.4, -0.6)
    low, high = axes.get_xlim()
    axes.set_xlim(low - 0.12 * (high - low), high + 0.18 * (high - low))


def _make_step_axes(figure: Figure, box: Box) -> Axes:
    axes = make_axes(figure, box)
    axes.axvline(0, color=FAINT, linewidth=1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    return axes


def _draw_steps(
    axes: Axes, steps: Sequence[tuple[str, float]], total: str, at: tuple[float, float], digits: int
) -> float:
    """Draw bars from a line on, each beginning where the one before ended, and their sum; return the line below.

    `at` is the first line, and how high bars are.
    """
    line, height = at
    start = 0.0
    for words, value in steps:
        axes.barh(line, value, left=start, height=height, color=GOLD if value >= 0 else VIOLET)
        number = f"{value:+.{digits}f}" if value else "none"
        _write_step(axes, line, (words, number), max(start, start + value), height > 0.5)
        start += value
        line += 1
    axes.barh(line, start, height=height, color=TOTAL)
    _write_step(axes, line, (total, f"{start:.{digits}f}"), max(start, 0.0), height > 0.5, weight="bold")
    return line + 1


def _write_step(
    axes: Axes, line: float, words: tuple[str, str], end: float, is_large: bool, *, weight: str = "normal"
) -> None:
    """Write what a bar stands for to the left of the axes, and its number at its end."""
    left: Any = {"xy": (0, line), "xycoords": ("axes fraction", "data"), "xytext": (-6, 0), "ha": "right"}
    right: Any = {"xy": (end, line), "xytext": (4, 0), "fontsize": 8.5}
    both: Any = {"textcoords": "offset points", "va": "center", "fontweight": weight, "color": INK}
    axes.annotate(
        cut_name(words[0], LONGEST_LABEL), fontsize=9.5 if is_large else 8.5, parse_math=False, **left, **both
    )
    axes.annotate(words[1].replace("-", "−"), **right, **both)


def draw_chances(figure: Figure, box: Box, pair: PairEvidence) -> None:
    """Draw what the models of each fold give on a line from 0 to 1, and the probability."""
    axes = make_axes(figure, box)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.axvline(pair.probability, color=INK, linewidth=2)
    known = [value for value in pair.fold_probabilities if value is not None]
    heights = np.linspace(-0.45, 0.45, len(known)) if len(known) > 1 else np.zeros(len(known))
    axes.scatter(known, heights, s=34, color=DOT, alpha=0.75, linewidths=0, zorder=3, clip_on=False)
