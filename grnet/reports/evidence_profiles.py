"""The profiles in the picture of a pair's evidence: the TF against the target over the places of each measurement.

One measurement has two charts, a scatter plot and a joint histogram. Several share the room, a scatter plot each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grnet.reports.evidence_axes import (
    SOFT,
    Box,
    Genes,
    cut_name,
    draw_histogram,
    draw_scatter,
    write_head,
    write_text,
)
from grnet.reports.evidence_groups import colour_of, draw_groups, gather_groups
from grnet.schema.arrays import Float32
from grnet.schema.evidence import AS_MEASURED, Evidence, MeasurementInfo, PairEvidence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PROFILES = 3
LEFT, RIGHT, TOP, LOW, HEIGHT = 0.03, 0.53, 0.405, 0.075, 0.285
"""Of the room for profiles, and of the charts in it, in parts of the figure."""
MARGIN = 0.045
"""Room for the ticks and the name to the left of a chart."""
LARGEST, NAMES = 8, 0.065
"""Groups that are named beside a chart, and the room for them."""


def draw_profiles(figure: Figure, genes: Genes, evidence: Evidence, pair: PairEvidence) -> None:
    """Draw the profiles of both genes by each measurement that has some; say where one of the genes lacks them."""
    if len(evidence.profiles) > 1:
        _draw_several(figure, genes, evidence, pair)
        return
    profiles = _find_profiles(genes, evidence.profiles[0].name) if evidence.profiles else None
    if profiles is None:
        write_head(figure, LEFT, TOP, "Expression")
        lacking = [gene for gene in genes if not evidence.profiles or evidence.profiles[0].name not in gene.values]
        names = [cut_name(gene.symbol, 24) for gene in lacking]
        words = f"{names[0]} has no" if len(names) == 1 else f"Neither {' nor '.join(names)} has"
        write_text(figure, LEFT, 0.36, f"{words} expression.", colour=SOFT)
        return
    entry = evidence.profiles[0]
    places = f"{len(entry.places):,} {entry.place}s"
    known = entry.name == evidence.correlated and pair.correlation is not None and pair.spearman is not None
    figures = f", Pearson r = {pair.correlation:.2f}, Spearman = {pair.spearman:.2f}" if known else ""
    write_head(figure, LEFT, TOP, "Expression", places + figures + _say_ways(entry, pair))
    if entry.groups:
        groups = gather_groups(entry.groups)
        draw_scatter(figure, (0.075, LOW, 0.15, HEIGHT), genes, profiles, entry.units, colours=_colour_places(entry))
        draw_groups(figure, (0.26, LOW, 0.275, HEIGHT), genes, profiles, groups)
        return
    draw_scatter(figure, (0.075, LOW, 0.195, HEIGHT), genes, profiles, entry.units)
    draw_histogram(figure, (0.335, LOW, 0.195, HEIGHT), genes, profiles, f"{entry.place}s")


def _draw_several(figure: Figure, genes: Genes, evidence: Evidence, pair: PairEvidence) -> None:
    """Draw a scatter plot for each measurement; of too many those that both genes have come first."""
    entries = sorted(evidence.profiles, key=lambda entry: _find_profiles(genes, entry.name) is None)
    left_out = entries[MOST_PROFILES:]
    drawn = [entry for entry in evidence.profiles if entry not in left_out]
    across = (RIGHT - LEFT + 0.01) / len(drawn)
    for number, entry in enumerate(drawn):
        x = LEFT + number * across
        profiles = _find_profiles(genes, entry.name)
        title = cut_name(entry.name[:1].upper() + entry.name[1:], 48 // len(drawn))
        if profiles is None:
            write_head(figure, x, TOP, title)
            for line, gene in enumerate(gene for gene in genes if entry.name not in gene.values):
                words = f"{cut_name(gene.symbol, 16)} has no values."
                write_text(figure, x, 0.36 - 0.02 * line, words, size=9, colour=SOFT)
            continue
        r = pair.correlation if entry.name == evidence.correlated else correlate(*profiles)
        write_head(figure, x, TOP, title, _say_places(entry, r) + _say_ways(entry, pair))
        colours = _colour_places(entry) if entry.groups else None
        room = NAMES if entry.groups and len(drawn) < MOST_PROFILES else 0.0
        box = (x + MARGIN, LOW, across - MARGIN - 0.01 - room, HEIGHT)
        draw_scatter(figure, box, genes, profiles, entry.units, colours=colours)
        if room:
            _write_groups(figure, box, entry)
    if left_out:
        words = f"Measurements not drawn: {cut_name(', '.join(entry.name for entry in left_out), 60)}"
        write_text(figure, RIGHT, 0.02, words, size=8.5, colour=SOFT, align="right")


def _say_ways(entry: MeasurementInfo, pair: PairEvidence) -> str:
    """Say Pearson's r in the further ways in which a measurement compares genes."""
    ways = pair.correlations.get(entry.name, {})
    return "".join(f"; {way} {r:.2f}" for way, r in ways.items() if way != AS_MEASURED)


def _colour_places(entry: MeasurementInfo) -> list[str]:
    return [colour_of(int(group)) for group in gather_groups(entry.groups).of_place]


def _write_groups(figure: Figure, box: Box, entry: MeasurementInfo) -> None:
    """Write what the colours stand for to the right of a scatter plot."""
    x, y, width, height = box
    for line, name in enumerate(gather_groups(entry.groups).names[:LARGEST]):
        low = y + height - 0.018 * (line + 1)
        write_text(figure, x + width + 0.004, low, "●", size=8, colour=colour_of(line))
        write_text(figure, x + width + 0.012, low, cut_name(name, 14), size=7.5, colour=SOFT)


def _say_places(entry: MeasurementInfo, r: float | None) -> str:
    return f"{len(entry.places):,} {entry.place}s" + ("" if r is None else f", Pearson r = {r:.2f}")


def _find_profiles(genes: Genes, name: str) -> tuple[Float32, Float32] | None:
    tf, target = (gene.profile(name) for gene in genes)
    return None if tf is None or target is None else (tf, target)


def correlate(first: Float32, second: Float32) -> float | None:
    """Return Pearson's r of two profiles [P]; None where one of them is constant."""
    a, b = (values.astype(np.float64) - values.mean(dtype=np.float64) for values in (first, second))
    length = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / length if length > 0 else None
