"""Groups of places, such as cell types: how many places each has, and how a gene's values are distributed in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Float32, Float64, Indices

BINS = 24
MOST_GROUPS = 20
NO_GROUP = "no group"


@dataclass(frozen=True, eq=False)
class GroupSummary:
    """How the values of one gene are distributed in each of G groups.

    Attributes
    ----------
    low, high : float
        The least and the largest value of all.
    share : float64 array [G, BINS]
        Which part of a group's places lies in each bin between `low` and `high`; rows add up to 1.
    mean : float64 array [G]
    detected : float64 array [G]
        Which part of a group's places has a value above 0.
    """

    low: float
    high: float
    share: Float64
    mean: Float64
    detected: Float64


@dataclass(frozen=True, eq=False)
class PlaceGroups:
    """The groups that places belong to.

    Attributes
    ----------
    names : tuple of str
        G groups, the largest first, equals by name. Of too many the smallest stand together as the last.
    sizes : tuple of int
        Places of each.
    of_place : int64 array [P]
        The group of each place.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    of_place: Indices

    @classmethod
    def of(cls, groups: Sequence[str], *, most: int = MOST_GROUPS) -> PlaceGroups:
        """Gather the groups of P places; at most `most` are told apart."""
        counts = sorted(Counter(groups).items(), key=lambda item: (-item[1], item[0]))
        apart, together = counts[:most], []
        if len(counts) > most:
            apart, together = counts[: most - 1], counts[most - 1 :]
        row_of = {name: row for row, (name, _) in enumerate(apart)}
        names = [name or NO_GROUP for name, _ in apart]
        sizes = [count for _, count in apart]
        if together:
            names.append(f"{len(together):,} smaller groups")
            sizes.append(sum(count for _, count in together))
        of_place = np.array([row_of.get(name, len(apart)) for name in groups], dtype=np.int64)
        return cls(tuple(names), tuple(sizes), of_place)

    def choose_places(self, most: int) -> Indices:
        """Return at most `most` places, evenly spaced within the groups, so that each has its share; ascending."""
        n_places = len(self.of_place)
        if n_places <= most:
            return np.arange(n_places, dtype=np.int64)
        by_group = np.argsort(self.of_place, kind="stable")
        chosen = np.unique(np.rint(np.linspace(0, n_places - 1, most)).astype(np.int64))
        return np.sort(by_group[chosen]).astype(np.int64)

    def summarise(self, values: Float32) -> GroupSummary:
        """Return how values [P] are distributed in the groups."""
        wide, n_groups = values.astype(np.float64), len(self.names)
        low, high = float(wide.min()), float(wide.max())
        scale = BINS / (high - low) if high > low else 0.0
        bins = np.minimum(((wide - low) * scale).astype(np.int64), BINS - 1)
        sizes = np.array(self.sizes, dtype=np.float64)
        counts = np.bincount(self.of_place * BINS + bins, minlength=n_groups * BINS).reshape(n_groups, BINS)
        sums = np.bincount(self.of_place, weights=wide, minlength=n_groups)
        above = np.bincount(self.of_place, weights=wide > 0, minlength=n_groups)
        return GroupSummary(low, high, counts / sizes[:, None], sums / sizes, above / sizes)
