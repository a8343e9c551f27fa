"""Spatial transcriptomics of the reference embryo: patterns on its surface → counts of spots in two sections, as .h5ad.

A section is one side of an embryo, unrolled: x runs along its axis, y from the dorsal to the ventral midline. Both
sections have the same patterns and are measured apart.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from grnet.dataset.embryo.surface import GIRTH, Surface
from grnet.schema.arrays import Float64
from grnet.schema.errors import InputError

SECTIONS = ("embryo 1", "embryo 2")
HALF_LENGTH = 250.0
"""Of the embryo, µm."""
DEPTH, DEPTH_SPREAD = 3000.0, 0.3
ABUNDANCE_SPREAD = 1.0
DISPERSION = 0.1
"""Variance of a count = μ + DISPERSION · μ²."""


def check_anndata() -> None:
    """Raise where spots cannot be written.

    Raises
    ------
    InputError
        anndata is not installed.
    """
    try:
        import anndata  # noqa: F401
    except ImportError as error:
        raise InputError('--as spots needs the package anndata: pip install "grnet[anndata]"') from error


def write_spots(
    path: Path,
    symbols: tuple[str, ...],
    ids: tuple[str, ...],
    pattern: Float64,
    surface: Surface,
    rng: np.random.Generator,
) -> int:
    """Write counts, coordinates and sections of spots as .h5ad; return how many spots there are.

    Parameters
    ----------
    path : Path
    symbols, ids : tuple of str
        Of the G genes.
    pattern : float64 array [G, P]
        Level of each gene at each point of the surface.
    surface : Surface
    rng : Generator
    """
    import anndata

    n_sections, n_points = len(SECTIONS), len(surface.ap)
    abundance = np.exp(ABUNDANCE_SPREAD * rng.normal(size=(len(pattern), 1)))
    level = abundance * pattern / pattern.mean(axis=1, keepdims=True)
    share = np.tile((level / level.sum(axis=0)).T, (n_sections, 1))  # [spots, G]
    depth = DEPTH * np.exp(DEPTH_SPREAD * rng.normal(size=(len(share), 1)))
    noise = rng.gamma(1 / DISPERSION, DISPERSION, size=share.shape)
    counts = rng.poisson(depth * share * noise).astype(np.float32)
    section = np.repeat(np.arange(n_sections), n_points)
    names = [f"spot_{number:04d}" for number in range(1, len(counts) + 1)]
    spots = pd.DataFrame(index=pd.Index(names, dtype=object))
    # plain text, which every version of anndata writes
    spots["section"] = pd.Categorical.from_codes(section, pd.Index(SECTIONS, dtype=object))
    genes = pd.DataFrame(index=pd.Index(symbols, dtype=object))
    genes["gene_id"] = pd.Series(list(ids), genes.index, dtype=object)
    adata = anndata.AnnData(sp.csr_matrix(counts), obs=spots, var=genes)
    adata.obsm["spatial"] = np.tile(_unroll(surface), (n_sections, 1))
    adata.write_h5ad(path, compression="gzip")
    return len(counts)


def _unroll(surface: Surface) -> Float64:
    """Return where the points of the surface lie when it is laid flat, µm, float64 [P, 2]."""
    radius = GIRTH * np.sqrt(1 - surface.ap**2)
    flat: Float64 = HALF_LENGTH * np.column_stack([surface.ap, (surface.angle - np.pi / 2) * radius])
    return flat.round(2)
