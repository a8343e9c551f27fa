"""What the lab knows of the network: half of the true edges, and as many sampled pairs that are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.dataset.embryo.network import Network
from grnet.schema.arrays import Float64, Indices

KNOWN_PART = 0.5


@dataclass(frozen=True)
class KnownPairs:
    """Labelled pairs, shuffled.

    Attributes
    ----------
    tf, target : int64 arrays [K]
        Gene numbers.
    label : int64 array [K]
        1 true edge, 0 non-edge.
    """

    tf: Indices
    target: Indices
    label: Indices


def draw_known_pairs(network: Network, rng: np.random.Generator) -> KnownPairs:
    """Draw half of the true edges evenly, and as many non-edges.

    TFs are drawn for non-edges in proportion to their number of known edges, so that the TF alone says little about
    the label; the other gene is drawn evenly from all genes that the TF does not regulate. A TF that runs out of
    such genes has fewer.
    """
    n_edges = len(network.tf)
    known = np.sort(rng.permutation(n_edges)[: max(1, round(KNOWN_PART * n_edges))])
    true = np.zeros((network.n_tfs, network.n_genes), dtype=bool)
    true[network.tf, network.target] = True
    tfs, targets = [network.tf[known]], [network.target[known]]
    degree = np.bincount(network.tf[known], minlength=network.n_tfs)
    for tf, count in enumerate(rng.multinomial(len(known), degree / len(known))):
        free = np.flatnonzero(~true[tf] & (np.arange(network.n_genes) != tf))
        chosen = rng.permutation(free)[:count]
        tfs.append(np.full(len(chosen), tf, dtype=np.int64))
        targets.append(chosen)
    tf_numbers, target_numbers = np.concatenate(tfs), np.concatenate(targets)
    label = (np.arange(len(tf_numbers)) < len(known)).astype(np.int64)
    order = rng.permutation(len(label))
    return KnownPairs(tf_numbers[order], target_numbers[order], label[order])


def correlation_auroc(expression: Float64, pairs: KnownPairs) -> float:
    """Return the AUROC of |Pearson r| over the labelled pairs, 0..1: how hard they are for correlation alone.

    The AUROC is the Mann-Whitney statistic of the ranks, ties at half.

    Parameters
    ----------
    expression : float64 array [G, S]
    pairs : KnownPairs
    """
    centred = expression - expression.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(length > 0, length, 1.0)
    strength = np.abs((unit[pairs.tf] * unit[pairs.target]).sum(axis=1))
    yes, no = strength[pairs.label == 1], strength[pairs.label == 0]
    if not len(no):
        return float("nan")
    ordered = np.sort(no)
    below, upto = np.searchsorted(ordered, yes, "left"), np.searchsorted(ordered, yes, "right")
    return float((below + upto).mean() / (2 * len(no)))
