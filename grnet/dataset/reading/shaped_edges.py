"""What is read from a file whose edges are not one pair a row."""

from __future__ import annotations

from dataclasses import dataclass

from grnet.dataset.reading.plan import ReadingPlan


@dataclass(frozen=True)
class ShapedEdges:
    """Pairs of a file that has no row for each.

    Attributes
    ----------
    plan : ReadingPlan
    pairs : tuple of (tf, target, row, sign)
        The row is a place in the file, from 1; the sign is "" where unknown.
    scores : tuple of float or None
        Aligned with the pairs; None where the shape has none.
    """

    plan: ReadingPlan
    pairs: tuple[tuple[str, str, int, str], ...]
    scores: tuple[float, ...] | None = None
