"""Groups of places, such as cell types, in the picture of a pair's evidence: how both genes are distributed in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grnet.reports.evidence_axes import FAINT, INK, SOFT, Box, Genes, cut_name, make_axes
from grnet.schema.arrays import Float32
from grnet.schema.place_groups import BINS, GroupSummary, PlaceGroups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_GROUPS = 12
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7b3f9e", "#8f8a1c")
"""Of the largest groups; all others share one."""
LABELS = 0.3
"""Part of the width for the names of groups."""


def gather_groups(groups: tuple[str, ...]) -> PlaceGroups:
    """Return the groups as the picture tells them apart."""
    return PlaceGroups.of(groups, most=MOST_GROUPS)


def colour_of(group: int) -> str:
    """Return the colour of a group, by its place in the order of sizes."""
    return COLOURS[group] if group < len(COLOURS) else FAINT


def draw_groups(figure: Figure, box: Box, genes: Genes, profiles: tuple[Float32, Float32], groups: PlaceGroups) -> None:
    """Draw a row for each group: a histogram of each gene, whose heights are square roots, and a line at the mean."""
    x, y, width, height = box
    across = width * (1 - LABELS) / 2
    for column, (gene, profile) in enumerate(zip(genes, profiles, strict=True)):
        left = x + width * LABELS + column * across
        axes = make_axes(figure, (left, y, across - 0.008, height))
        axes.spines["left"].set_visible(False)
        _draw_rows(axes, groups.summarise(profile))
        axes.set_ylim(len(groups.names) - 0.05, -0.05)
        labels = [f"{cut_name(name, 18)} ({n:,})" for name, n in zip(groups.names, groups.sizes, strict=True)]
        axes.set_yticks([row + 0.65 for row in range(len(labels))], labels if column == 0 else [])
        axes.tick_params(axis="y", length=0, labelsize=8, labelcolor=INK)
        for label in axes.get_yticklabels():
            label.set_parse_math(False)
        axes.xaxis.label.set_parse_math(False)
        axes.set_xlabel(cut_name(gene.symbol, 14), fontsize=9, color=INK)


def _draw_rows(axes: Axes, found: GroupSummary) -> None:
    limits = np.linspace(found.low, found.high if found.high > found.low else found.low + 1, BINS + 1)
    tallest = max(float(np.sqrt(found.share.max())), 1e-9)
    for row, (share, mean) in enumerate(zip(found.share, found.mean, strict=True)):
        heights = 0.85 * np.sqrt(share) / tallest
        axes.bar(
            limits[:-1],
            -heights,
            width=0.92 * np.diff(limits),
            bottom=row + 0.9,
            align="edge",
            color=colour_of(row),
            linewidth=0,
        )
        axes.plot([limits[0], limits[-1]], [row + 0.9] * 2, color=FAINT, linewidth=0.6)
        axes.plot([mean, mean], [row + 0.05, row + 0.95], color=SOFT, linewidth=1.2)
