"""Spots of spatial transcriptomics, or cells with coordinates: genes × spots of one or more sections."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from grnet.dataset.spatial.section_tiles import lay_out_spots
from grnet.dataset.spatial.smoothing import smooth
from grnet.dataset.spatial.spot_places import PLACES, SECTION
from grnet.schema.arrays import Float32
from grnet.schema.measurements import Kind, Recipe

NAME = "spots"
SMOOTHED = "smoothed"


def derive_from_neighbours(values: Float32, places: pd.DataFrame) -> Mapping[str, Float32]:
    """Return the values smoothed over neighbouring spots of the same section, float32 [R, P] by name."""
    return {SMOOTHED: smooth(values, places)}


SPOTS = Kind(
    name="spots",
    modality="image",
    places=PLACES,
    recipe=Recipe(components=(1, 3), coordinates=8),
    display="picture",
    lay_out=lay_out_spots,
    derive=derive_from_neighbours,
    group=SECTION,
    place="spot",
)
