"""Spots of spatial transcriptomics, or cells with coordinates: genes × spots of one or more sections."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from grnet.dataset.spatial.section_tiles import lay_out_spots
from grnet.dataset.spatial.smoothing import remove_section_means, smooth
from grnet.dataset.spatial.spot_places import PLACES, SECTION
from grnet.schema.arrays import Float32
from grnet.schema.measurements import Kind, Recipe

NAME = "spots"
SMOOTHED, WITHIN = "smoothed", "smoothed, within sections"


def derive_from_neighbours(values: Float32, places: pd.DataFrame) -> Mapping[str, Float32]:
    """Return the values smoothed over neighbouring spots, with and without the means of sections, [R, P] by name.

    The counts of one spot are few: without smoothing, correlations of genes are mostly noise. Of one section, what is
    within sections is all there is.
    """
    smoothed = smooth(values, places)
    within = {WITHIN: remove_section_means(smoothed, places)}
    return within if places[SECTION].nunique() == 1 else {SMOOTHED: smoothed} | within


def depict_smoothed(values: Float32, places: pd.DataFrame) -> Float32:
    """Return the values smoothed over neighbouring spots, as parts of each gene's largest, 0..1 where none is below 0.

    As they are, the counts of single spots would be mostly noise, and on a scale of their own for each gene.
    """
    smoothed = smooth(values, places)
    largest = np.abs(smoothed).max(axis=1, keepdims=True, initial=0.0)
    scaled: Float32 = np.divide(smoothed, largest, out=np.zeros_like(smoothed), where=largest > 0)
    return scaled


SPOTS = Kind(
    name="spots",
    modality="image",
    places=PLACES,
    recipe=Recipe(components=(1, 3), coordinates=8, similarity=WITHIN),
    display="picture",
    lay_out=lay_out_spots,
    derive=derive_from_neighbours,
    depict=depict_smoothed,
    group=SECTION,
    place="spot",
)
