"""Measurements made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from grnet.dataset.measurements.images import IMAGES, X, Y
from grnet.dataset.measurements.samples import SAMPLE, SAMPLES
from grnet.features.profiles import make_profiles
from grnet.schema.features import Profiles
from grnet.schema.measurements import Measurement


def make_pictures(name: str, maps: np.ndarray, gene: np.ndarray) -> Measurement:
    """Return pictures [R, H, W] of some genes as a measurement."""
    y, x = np.divmod(np.arange(maps[0].size, dtype=np.int32), np.int32(maps.shape[2]))
    places = pd.DataFrame({Y: y, X: x})
    return Measurement(name, IMAGES, maps.reshape(len(maps), -1), np.asarray(gene, dtype=np.int64), places)


def profile_samples(expression: np.ndarray, present: np.ndarray) -> Profiles:
    """Return the profiles of genes × samples; rows of genes that are not present do not matter."""
    gene = np.flatnonzero(present)
    places = pd.DataFrame({SAMPLE: [f"s{number}" for number in range(expression.shape[1])]})
    return make_profiles(Measurement("expression", SAMPLES, expression[present], gene, places), len(present))


def profile_pictures(name: str, maps: np.ndarray, present: np.ndarray) -> Profiles:
    """Return the profiles of pictures [R, H, W] of the genes that are present."""
    return make_profiles(make_pictures(name, maps, np.flatnonzero(present)), len(present))
