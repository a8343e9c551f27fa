"""What differs between embryos: maternal doses, perturbed TFs, and the nuisances that make bulk RNA-seq hard.

Condition 0 is the reference embryo, the one that is photographed; conditions 1..S are those of the RNA-seq samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.dataset.embryo.network import Kind, Network
from grnet.dataset.embryo.surface import GRADIENTS
from grnet.schema.arrays import Float64

DOSE_SPREAD = 0.1
LEVEL_SPREAD: dict[Kind, float] = {"patterned": 0.06, "responsive": 0.6, "both": 0.65}
"""Standard deviation over samples of the natural log of a TF's level, beyond what its regulators cause."""
KNOCK_DOWN = 0.35
BATCHES = 3
AGE_SPREAD, STRESS_SPREAD, BATCH_SPREAD, OWN_SPREAD = 0.24, 0.18, 0.15, 0.14
"""Standard deviations over genes of the response to developmental age, to stress, to a batch; and of a gene alone."""


@dataclass(frozen=True)
class Conditions:
    """One reference embryo and S perturbed ones.

    Attributes
    ----------
    dose : float64 array [1 + S, M]
        Factor on each maternal gradient.
    level : float64 array [1 + S, F]
        Factor on each TF's activity.
    nuisance : float64 array [1 + S, G]
        Factor on each gene's transcript that no regulator causes (age, stress, batch, the gene's own), and that
        acts on nothing else.
    """

    dose: Float64
    level: Float64
    nuisance: Float64


def draw_conditions(network: Network, n_samples: int, rng: np.random.Generator) -> Conditions:
    """Draw the perturbations: every sample has its own doses and TF levels, and one TF knocked down."""
    dose = np.exp(DOSE_SPREAD * rng.normal(size=(n_samples, len(GRADIENTS))))
    spread = np.array([LEVEL_SPREAD[kind] for kind in network.kind])
    level = np.exp(spread * rng.normal(size=(n_samples, network.n_tfs)))
    level[np.arange(n_samples), rng.integers(network.n_tfs, size=n_samples)] *= KNOCK_DOWN
    nuisance = np.exp(_nuisance(network.n_genes, n_samples, rng))
    return Conditions(*(np.vstack([np.ones(array.shape[1]), array]) for array in (dose, level, nuisance)))


def _nuisance(n_genes: int, n_samples: int, rng: np.random.Generator) -> Float64:
    """Return natural logs: responses of genes to factors that samples share, and each gene's own noise, [S, G]."""
    age = rng.uniform(-1.7, 1.7, n_samples)
    stress = rng.normal(size=n_samples)
    batch = np.eye(BATCHES)[rng.permutation(np.arange(n_samples) % BATCHES)]  # [S, BATCHES]
    factors = np.column_stack([age, stress, batch])
    response = rng.normal(size=(factors.shape[1], n_genes))
    response *= np.array([AGE_SPREAD, STRESS_SPREAD, *[BATCH_SPREAD] * BATCHES])[:, None]
    return np.asarray(factors @ response + OWN_SPREAD * rng.normal(size=(n_samples, n_genes)))
