"""Bulk RNA-seq: expected transcripts → counts with noise → log2(1 + CPM)."""

from __future__ import annotations

import numpy as np

from grnet.schema.arrays import Float64

MEDIAN_CPM, ABUNDANCE_SPREAD = 60.0, 1.0
DEPTH, DEPTH_SPREAD = 4e6, 0.25
DISPERSION = 0.02
"""Variance of a count = μ + DISPERSION · μ², usual between biological replicates."""


def sequence_samples(bulk: Float64, rng: np.random.Generator) -> Float64:
    """Return measured expression as log2(1 + counts per million), at least 0.

    Counts are negative binomial, drawn as Poisson counts of gamma-distributed means (Robinson & Smyth 2007,
    doi:10.1093/bioinformatics/btm453). Transcripts of other genes fill the rest of each library.

    Parameters
    ----------
    bulk : float64 array [G, S]
        Mean level of each gene over each embryo.
    rng : Generator

    Returns
    -------
    float64 array [G, S]
    """
    abundance = MEDIAN_CPM * np.exp(ABUNDANCE_SPREAD * rng.normal(size=(len(bulk), 1)))
    expected = abundance * bulk / bulk.mean(axis=1, keepdims=True)  # CPM
    depth = DEPTH * np.exp(DEPTH_SPREAD * rng.normal(size=bulk.shape[1]))
    mean = expected * depth / 1e6
    counts = rng.poisson(mean * rng.gamma(1 / DISPERSION, DISPERSION, size=mean.shape))
    return np.asarray(np.log2(1 + counts * 1e6 / depth))
