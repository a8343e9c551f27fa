"""Single cells, or pools of similar cells: genes × cells, with the group of each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.arrays import Float32
from grnet.schema.measurements import Kind, Recipe

NAME = "cells"
CELL, GROUP, N_CELLS = "cell", "group", "n_cells"
WITHIN_GROUPS = "within groups"
FEWEST_IN_GROUP = 10
"""Cells, or pools, that a group needs for the correlation within it to say something."""


def derive_within_groups(values: Float32, places: pd.DataFrame) -> Mapping[str, Float32]:
    """Return the values less the mean of the gene in the group of each cell, float32 [R, P] by name.

    Their correlation is that within groups, all groups together: what is left of two genes once they do not differ
    between cell types. Cells of small groups count as cells of none, and become 0. Without two groups of
    FEWEST_IN_GROUP cells, there is nothing to return.

    Parameters
    ----------
    values : float32 array [R, P]
    places : DataFrame
        P rows, columns of the kind.
    """
    names, group = np.unique(places[GROUP].to_numpy(dtype=str), return_inverse=True)
    sizes = np.bincount(group)
    large = np.flatnonzero((sizes >= FEWEST_IN_GROUP) & (names != ""))
    if len(large) < 2:
        return {}
    within = np.zeros_like(values)
    for number in large:
        own = np.flatnonzero(group == number)
        part = values[:, own]
        within[:, own] = part - part.mean(axis=1, keepdims=True, dtype=np.float64)
    return {WITHIN_GROUPS: within}


CELLS = Kind(
    name="cells",
    modality="rna",
    places=pa.schema([(CELL, pa.string()), (GROUP, pa.string()), (N_CELLS, pa.int32())]),
    recipe=Recipe(components=(1, 3, 5, 10), coordinates=16),
    display="groups",
    derive=derive_within_groups,
    group=GROUP,
    place=CELL,
)
