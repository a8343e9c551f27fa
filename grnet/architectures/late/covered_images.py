"""What late interaction sees of genes when a patch of their mean image is covered.

A covered patch takes the mean level of its picture. A gene in that state is worked out as a gene of its own: its map,
its correlations in all transforms, mean, deviation and coordinates of its picture. What stands for all genes stays: the
components that are removed, the gene's background of correlations, and what the labelled pairs of similar genes say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from grnet.architectures.patches import PatchGrid
from grnet.architectures.threads import map_in_threads
from grnet.features.pairs import ContextTable
from grnet.features.profiles import Transforms
from grnet.schema.arrays import Bools, Float32, Indices
from grnet.schema.features import Profiles
from grnet.schema.genes import PairIndex

if TYPE_CHECKING:
    from grnet.architectures.late.scorer import LateScorer

GENES_AT_ONCE, PAIRS_AT_ONCE = 16, 64
ROLES = ("tf", "target")


@dataclass(frozen=True)
class CoveredGenes:
    """Some genes with one view in each of its S states: as it is, then with each of the patches covered.

    Attributes
    ----------
    view : str
    maps : float32 tensor [N, S, H, W]
    level : float32 tensor [N, S, Q]
    pairs : mapping of role to two int64 arrays [R]
        The pairs in which one of the genes has that role and the other gene the view too, and which gene it is.
    context : mapping of role to float32 tensor [R, S, F]
        Of these pairs, with the gene in each state.
    """

    view: str
    maps: Tensor
    level: Tensor
    pairs: Mapping[str, tuple[Indices, Indices]]
    context: Mapping[str, Tensor]


class CoveredImages:
    """Covers the images of all genes of some pairs.

    Parameters
    ----------
    scorer : LateScorer
        Of models that look at images.
    pairs : PairIndex

    Attributes
    ----------
    parts : list of (str, int64 array)
        A view, and some of the genes that it shows: what is worked out together by :meth:`cover`.
    """

    def __init__(self, scorer: LateScorer, pairs: PairIndex) -> None:
        self.scorer, self.pairs = scorer, pairs
        self.genes = np.unique(np.concatenate([pairs.tf, pairs.target]))
        wanted = scorer.ensemble.towers["image"].pictures
        self.profiles = {p.name: p for p in scorer.features.profiles if p.name in wanted}
        self.grids = {name: PatchGrid.of(*_pictures_of(profiles).shape[1:]) for name, profiles in self.profiles.items()}
        measurements = [profiles.measurement for profiles in self.profiles.values()]
        fitted = map_in_threads(Transforms, measurements, threads=scorer.threads)
        self.transforms = dict(zip(self.profiles, fitted, strict=True))
        self.parts = [(view, some) for view in self.profiles for some in self._divide(view)]

    def states(self, view: str) -> int:
        """How many states of a picture there are: as it is, and each patch covered."""
        down, across = self.grids[view].shape
        return 1 + down * across

    def share(self, view: str) -> Bools:
        """Return which pairs have a view of both genes."""
        present = self.profiles[view].present
        shared: Bools = present[self.pairs.tf] & present[self.pairs.target]
        return shared

    def _divide(self, view: str) -> Iterator[Indices]:
        """Yield the genes of pairs that share a view, some at a time."""
        shown = self.pairs.take(self.share(view))
        genes = np.unique(np.concatenate([shown.tf, shown.target]))
        for start in range(0, len(genes), GENES_AT_ONCE):
            yield genes[start : start + GENES_AT_ONCE]

    def cover(self, view: str, genes: Indices) -> CoveredGenes:
        """Return what the models see of some genes that a view shows, with their pairs."""
        device, profiles, transforms = self.scorer.device, self.profiles[view], self.transforms[view]
        measurement = profiles.measurement
        assert measurement.grid is not None
        covered = self.grids[profiles.name].cover(measurement.values[profiles.row[genes]], measurement.grid)
        flat = covered.reshape(-1, covered.shape[2])  # [N S, P]
        units = transforms.units_of(flat)
        maps = measurement.draw(flat)
        level = np.repeat(profiles.level[genes][:, None], covered.shape[1], axis=1)
        own = transforms.level_of(flat, units)
        level[..., -own.shape[1] :] = own.reshape(*level.shape[:2], -1)
        table = self._extend(profiles.name, genes, torch.from_numpy(transforms.rows_of(units)).to(device))
        pairs = {role: self._find_pairs(getattr(self.pairs, role), genes, profiles.name) for role in ROLES}
        return CoveredGenes(
            profiles.name,
            torch.from_numpy(maps.reshape(*covered.shape[:2], *maps.shape[1:])).to(device),
            torch.from_numpy(level).to(device),
            pairs,
            {role: self._compare(table, role, profiles.name, *places) for role, places in pairs.items()},
        )

    def _find_pairs(self, of_role: Indices, genes: Indices, view: str) -> tuple[Indices, Indices]:
        rows = np.flatnonzero(np.isin(of_role, genes) & self.share(view))
        return rows, np.searchsorted(genes, of_role[rows])

    def _extend(self, view: str, genes: Indices, unit: Tensor) -> ContextTable:
        """Return a table of all genes of the pairs, then of some of them in each state, with rows [M, N S, pixels]."""
        table, n_genes = self.scorer.tables[view], len(self.genes)
        every = torch.from_numpy(np.concatenate([self.genes, np.repeat(genes, self.states(view))])).to(unit.device)
        rows = torch.cat([table.unit[:, table.row[every[:n_genes]]], unit], dim=1)
        places = torch.arange(len(every), device=unit.device)
        return ContextTable(rows, places, table.background[:, :, every], table.present[every])

    def _compare(self, table: ContextTable, role: str, view: str, rows: Indices, places: Indices) -> Tensor:
        """Return the context of pairs with their gene of a role in each state, [R, S, F]."""
        other, states = self.pairs.target if role == "tf" else self.pairs.tf, self.states(view)
        fixed = np.repeat(np.searchsorted(self.genes, other[rows]), states)
        covered = len(self.genes) + (places[:, None] * states + np.arange(states)).ravel()
        device, size = table.row.device, PAIRS_AT_ONCE * states
        changed, same = (torch.from_numpy(genes).to(device).split(size) for genes in (covered, fixed))
        sides = zip(changed, same, strict=True) if role == "tf" else zip(same, changed, strict=True)
        context = torch.cat([table.of_pairs(*side) for side in sides])
        return context.view(len(rows), states, context.shape[1])


def _pictures_of(profiles: Profiles) -> Float32:
    """Return the pictures [R + 1, H, W] of a measurement that has some."""
    assert profiles.maps is not None
    return profiles.maps
