"""Steady-state expression of every gene on the embryo's surface, in every condition.

Enters: network, surface, conditions. Leaves: the reference embryo's patterns (for images) and each
condition's mean over the surface (for bulk RNA-seq).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.dataset.embryo.conditions import Conditions
from grnet.dataset.embryo.network import Network
from grnet.dataset.embryo.surface import DECAY, GRADIENTS, Surface, maternal_gradients, smooth_fields
from grnet.schema.arrays import Float64, Indices

LEAK = 0.05
"""Transcription without any activator, as a part of the most."""
BAND_EXPONENT = 7.0
BAND_WIDTH = (0.15, 0.35)
"""Least and most width of a domain that reads one gradient, as a part of the axis."""
TF_FIELD, FLAT_FIELD, TARGET_FIELD = 1.0, 0.12, 0.25
"""Strength (natural log) of the own spatial competence of patterned TFs, of responsive TFs and of targets."""


@dataclass(frozen=True)
class Expression:
    """Expression without any measurement noise.

    Attributes
    ----------
    pattern : float64 array [G, P]
        Reference embryo: level at each point of the surface, at least 0.
    bulk : float64 array [G, S]
        Perturbed embryos: mean level over the surface, at least 0.
    """

    pattern: Float64
    bulk: Float64


def hill(level: npt.ArrayLike, threshold: float, exponent: float) -> Float64:
    """Return the Hill function xⁿ / (kⁿ + xⁿ), 0..1: the part of promoters that a regulator occupies.

    Parameters
    ----------
    level : array of float, at least 0
        Activity x of the regulator.
    threshold : float above 0
        k, the activity at half occupancy.
    exponent : float above 0
        n, the steepness (Hill 1910; for promoters see Alon, An Introduction to Systems Biology, chapter 2).
    """
    powered = np.asarray(level, dtype=np.float64) ** exponent
    return np.asarray(powered / (threshold**exponent + powered))


def solve_expression(
    network: Network, surface: Surface, conditions: Conditions, rng: np.random.Generator
) -> Expression:
    """Solve all genes: TFs in the order of their layers, then targets."""
    own = np.exp(_competence(network, surface, rng))  # [G, P]
    gradients = conditions.dose[:, :, None] * maternal_gradients(surface)  # [1 + S, M, P]
    activity = np.empty((network.n_tfs, len(conditions.dose), len(surface.ap)))  # [F, 1 + S, P]
    pattern = np.empty((network.n_genes, len(surface.ap)))
    bulk = np.empty((network.n_genes, len(conditions.dose)))
    for gene in range(network.n_genes):
        level = _transcription(network, gene, activity, gradients, rng) * own[gene]  # [1 + S, P]
        if gene < network.n_tfs:
            level *= conditions.level[:, gene, None]
            activity[gene] = level / _typical_level(level[0], surface)
        pattern[gene] = level[0]
        bulk[gene] = (level @ surface.area) * conditions.nuisance[:, gene]
    return Expression(pattern, bulk[:, 1:])


def _competence(network: Network, surface: Surface, rng: np.random.Generator) -> Float64:
    """Return each gene's own spatial field, natural log: what regulators outside the network would cause, [G, P]."""
    tf_strength = [FLAT_FIELD if kind == "responsive" else TF_FIELD for kind in network.kind]
    strength = np.array(tf_strength + [TARGET_FIELD] * network.n_targets)
    return strength[:, None] * smooth_fields(surface, network.n_genes, rng)


def _transcription(
    network: Network, gene: int, activity: Float64, gradients: Float64, rng: np.random.Generator
) -> Float64:
    """Return the transcription of one gene from its regulators, 0..1, [1 + S, P]."""
    edges = network.edges_into(gene)
    if len(edges):
        return _regulated(network, edges, activity, joint=bool(network.joint[gene]))
    if gene < network.n_tfs and network.kind[gene] != "responsive":
        return LEAK + (1 - LEAK) * _maternal_band(gene, gradients, rng)
    return np.ones((gradients.shape[0], gradients.shape[2]))


def _regulated(network: Network, edges: Indices, activity: Float64, *, joint: bool) -> Float64:
    """Combine the Hill functions of activators (product or mean) and of repressors (product of what they leave)."""
    on, off = [], np.ones(activity.shape[1:])
    for edge in edges:
        bound = hill(activity[network.tf[edge]], network.threshold[edge], network.exponent[edge])
        if network.sign[edge] > 0:
            on.append(bound)
        else:
            off *= 1 - bound
    active = np.ones_like(off)
    if on:
        active = np.prod(on, axis=0) ** (1 / len(on)) if joint else np.mean(on, axis=0)
    return LEAK + (1 - LEAK) * active * off


def _maternal_band(gene: int, gradients: Float64, rng: np.random.Generator) -> Float64:
    """Return a domain that reads the gradients as positions: along AP, along DV or both in turn, [1 + S, P]."""
    axes = (("anterior", "posterior"), ("ventral", "dorsal"), ("anterior", "posterior", "ventral", "dorsal"))
    chosen = axes[(0, 1, 2, 0, 2)[gene % 5]]
    domain = np.ones((gradients.shape[0], gradients.shape[2]))
    for start in range(0, len(chosen), 2):
        source = chosen[start + int(rng.random() < 0.5)]
        near = rng.uniform(-0.1, 0.5)
        far = near + rng.uniform(*BAND_WIDTH)
        level = gradients[:, GRADIENTS.index(source)]
        reach, gap = (float(np.exp(-distance / DECAY[source])) for distance in (far, near))
        domain *= hill(level, reach, BAND_EXPONENT) * (1 - hill(level, gap, BAND_EXPONENT))
    return domain


def _typical_level(level: Float64, surface: Surface) -> float:
    """Return the mean of a pattern weighted with itself: its level where it is on, [P] → number."""
    return float((level**2 @ surface.area) / (level @ surface.area))
