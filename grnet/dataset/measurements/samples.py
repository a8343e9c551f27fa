"""RNA-seq samples: genes × samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.arrays import Float32
from grnet.schema.measurements import Kind, Measurement, Recipe

NAME = "expression"
SAMPLE = "sample"
SAMPLES = Kind(
    name="samples",
    modality="rna",
    places=pa.schema([(SAMPLE, pa.string())]),
    recipe=Recipe(components=(1, 3, 5, 10), coordinates=16),
    display="profile",
    place=SAMPLE,
)


def measure_samples(expression: Float32, samples: Sequence[str], *, units: str = "") -> Measurement:
    """Return the measurement of an expression matrix.

    Parameters
    ----------
    expression : float32 array [G, S]
        Rows that hold NaN are of genes that were not measured.
    samples : sequence of str
        Names of the S samples.
    units : str
    """
    gene = np.flatnonzero(np.isfinite(expression).all(axis=1)).astype(np.int64)
    values = expression if len(gene) == len(expression) else expression[gene]
    return Measurement(NAME, SAMPLES, values, gene, pd.DataFrame({SAMPLE: list(samples)}), units)
