"""The charts in the picture of a pair's evidence: expression, contributions, probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from grnet.schema.evidence import Contributions, Float32, GeneEvidence, PairEvidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 100
INK, SOFT, FAINT = "#1d2733", "#566270", "#a9b4bf"
GOLD, VIOLET, TOTAL, DOT = "#d99a00", "#7b3f9e", "#45525f", "#0067a1"
"""For and against an edge, which the colour-blind tell apart; sums; measurements."""

Box = tuple[float, float, float, float]
Genes = tuple[GeneEvidence, GeneEvidence]


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


def shorten(name: str, most: int) -> str:
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


def draw_scatter(figure: Figure, box: Box, genes: Genes, profiles: tuple[Float32, Float32], units: str) -> None:
    """Draw a dot for each sample."""
    axes = make_axes(figure, box)
    many = len(profiles[0]) > 500
    axes.scatter(*profiles, s=6 if many else 20, color=DOT, alpha=0.35 if many else 0.7, linewidths=0)
    _name_axes(axes, genes, f" ({shorten(units, 16)})" if units else "")


def draw_histogram(figure: Figure, box: Box, genes: Genes, profiles: tuple[Float32, Float32]) -> None:
    """Draw the joint histogram: how many samples fall into each square."""
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
    write_text(figure, x + width + 0.012, y + height + 0.006, "samples", size=8, colour=SOFT, align="right")


def _name_axes(axes: Axes, genes: Genes, units: str) -> None:
    for label, gene in ((axes.xaxis.label, genes[0]), (axes.yaxis.label, genes[1])):
        label.set_parse_math(False)
        label.set_text(shorten(gene.symbol, 24) + units)
        label.set_fontsize(9)
        label.set_color(INK)


def draw_parts(figure: Figure, box: Box, parts: Contributions) -> None:
    """Draw the parts of the score as steps from 0 to it; then what RNA consists of, where that is known."""
    steps = [("RNA", parts.rna), ("images", parts.image), ("both together", parts.interaction)]
    if parts.baseline:
        steps.insert(0, ("without either", parts.baseline))
    details = list(parts.details.items())
    axes = make_axes(figure, box)
    axes.axvline(0, color=FAINT, linewidth=1)
    labels: list[tuple[float, str, bool]] = []
    line = 0.0
    end = _draw_steps(axes, steps, 0.0, line, labels, height=0.62)
    line += len(steps)
    _draw_bar(axes, (0.0, end), line, TOTAL, 0.62)
    labels.append((line, "score", True))
    line += 1.5
    if details:
        before = line
        axes.axhline(before - 0.75, color=FAINT, linewidth=0.6)
        end = _draw_steps(axes, details, 0.0, line, labels, height=0.42)
        line += len(details)
        _draw_bar(axes, (0.0, end), line, TOTAL, 0.42)
        labels.append((line, "RNA" if not parts.baseline else "without either + RNA", True))
        line += 1
    axes.set_ylim(line - 0.4, -0.6)
    low, high = axes.get_xlim()
    axes.set_xlim(low - 0.12 * (high - low), high + 0.18 * (high - low))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for place, words, is_total in labels:
        at: Any = {"xy": (0, place), "xycoords": ("axes fraction", "data"), "xytext": (-6, 0)}
        weight = "bold" if is_total else "normal"
        size = 9.5 if place <= len(steps) else 8.5
        axes.annotate(
            words, **at, textcoords="offset points", ha="right", va="center", fontsize=size, fontweight=weight
        )


def _draw_steps(
    axes: Axes,
    steps: Sequence[tuple[str, float]],
    start: float,
    line: float,
    labels: list[tuple[float, str, bool]],
    *,
    height: float,
) -> float:
    """Draw bars that begin where the one before ended; return where the last ends."""
    for number, (words, value) in enumerate(steps):
        _draw_bar(axes, (start, start + value), line + number, GOLD if value >= 0 else VIOLET, height, value=value)
        labels.append((line + number, words, False))
        start += value
    return start


def _draw_bar(
    axes: Axes, ends: tuple[float, float], line: float, colour: str, height: float, *, value: float | None = None
) -> None:
    """Draw a bar with its number at its right end."""
    axes.barh(line, ends[1] - ends[0], left=ends[0], height=height, color=colour)
    number = f"{ends[1] - ends[0]:.2f}" if value is None else f"{value:+.2f}" if value else "none"
    right = max(*ends, 0.0) if value is None else max(ends)
    text = number.replace("-", "−")
    at: Any = {"xy": (right, line), "xytext": (4, 0), "textcoords": "offset points"}
    axes.annotate(text, **at, va="center", fontsize=8.5, fontweight="bold" if value is None else "normal", color=INK)


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
