"""What the known targets of a TF look like by one measurement: pairwise kernel ridge regression.

Enters: the profiles of a measurement, and labelled pairs. Leaves: a number for each labelled pair (dual coefficients),
from which the score of any pair (a, b) follows: the sum over labelled pairs (c, d) of coefficient · K_tf(a, c) ·
K_target(b, d) (Stock et al. 2018, doi:10.1162/neco_a_01096). K_tf is 1 for the same TF, and a little for TFs of similar
profiles, so that TFs without labelled pairs are served, too. K_target has features, K_target(b, d) = φ(b) · φ(d)
(Nyström: Williams & Seeger 2001), so a TF has one vector of weights, and all pairs are one product of matrices.
Features are centred over genes: what is common to all targets of a TF, such as how many it has, does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor

from grnet.features.gene_rows import GeneRows
from grnet.schema.arrays import Float32, Float64
from grnet.schema.features import Profiles

SIMILAR_TFS = 0.3
"""What the similarity of two TFs counts beside their identity."""
RIDGE = 10.0
"""Added to the diagonal of the kernel of labelled pairs."""
LANDMARKS = 512
"""Most genes from which the features of all genes are derived."""
COMPONENTS = 64
"""Most features of a gene by one view of its profile."""
PLACES = 256
"""Most places of a profile; of more, the leading principal coordinates are compared."""
BLOCK_GENES = 4096
MOST_STEPS, TOLERANCE = 100, 1e-3
"""Of the conjugate gradients, and how small the residual is to be relative to the labels."""
SMALLEST = 1e-6


@dataclass(frozen=True)
class PairwiseKernel:
    """The kernels of one measurement.

    Attributes
    ----------
    features : GeneRows [G, D]
        φ of each gene as a target; 0 for a gene without the measurement.
    views : tuple of GeneRows [G, Q]
        The profile of each gene as it is compared between TFs.
    sharpness : tuple of float
        Of the radial kernel over each view: exp(-sharpness · squared distance).
    present : bool tensor [G]
    """

    features: GeneRows
    views: tuple[GeneRows, ...]
    sharpness: tuple[float, ...]
    present: Tensor

    @classmethod
    def of(cls, profiles: Profiles, device: torch.device) -> PairwiseKernel:
        """Derive the kernels from profiles in two views: values standardised at each place, and the shape alone.

        The first view has a linear and a radial kernel, the second a radial one.
        """
        with threadpool_limits(1):
            views = [_View.of(values, linear=linear) for values, linear in _see(profiles)]
            features = np.hstack([view.embed() for view in views]) / np.sqrt(len(views))
        features -= features.mean(axis=0)
        row = torch.from_numpy(profiles.row).to(device)

        def place(values: Float32 | Float64) -> GeneRows:
            padded = np.vstack([values, np.zeros_like(values[:1])]).astype(np.float32)
            return GeneRows(torch.from_numpy(padded).to(device), row)

        return cls(
            features=place(features),
            views=tuple(place(view.values) for view in views),
            sharpness=tuple(view.sharpness for view in views),
            present=torch.from_numpy(profiles.present).to(device),
        )

    def fit(self, tf: Tensor, target: Tensor, label: Tensor) -> Tensor:
        """Return the dual coefficients of labelled pairs, float32 [E].

        Labels are centred. Pairs that lack the measurement get 0.

        Parameters
        ----------
        tf, target : int64 tensors [E]
        label : float32 tensor [E]
            1 or 0.
        """
        dual = torch.zeros(len(tf), device=tf.device)
        own = self.present[tf] & self.present[target]
        if not bool(own.any()):
            return dual
        tfs, row = tf[own].unique(return_inverse=True)
        of_tfs, of_targets = self.compare_tfs(tfs, tfs), self.features[target[own]]
        value = label[own].float()

        def multiply(x: Tensor) -> Tensor:
            weights = of_tfs @ _sum_by_row(row, of_targets * x[:, None], len(tfs))  # [V, D]
            return (weights[row] * of_targets).sum(dim=1) + RIDGE * x

        dual[own] = _solve(multiply, value - value.mean())
        return dual

    def compare_tfs(self, a: Tensor, b: Tensor) -> Tensor:
        """Return K_tf of genes [A] and [B], float32 [A, B]."""
        alike = torch.zeros(len(a), len(b), device=a.device)
        for view, sharpness in zip(self.views, self.sharpness, strict=True):
            alike += torch.exp(-sharpness * torch.cdist(view[a], view[b]).square())
        both = self.present[a][:, None] & self.present[b]
        same = (a[:, None] == b).to(alike.dtype)
        return (same + SIMILAR_TFS / len(self.views) * alike) * both


class KernelScores:
    """The scores of pairs by one measurement, from the labelled pairs of one model.

    Parameters
    ----------
    kernel : PairwiseKernel
    tf, target : int64 tensors [E]
        The labelled pairs.
    dual : float32 tensor [E]
        Their coefficients, see :meth:`PairwiseKernel.fit`.
    """

    def __init__(self, kernel: PairwiseKernel, tf: Tensor, target: Tensor, dual: Tensor) -> None:
        self.kernel = kernel
        self.tfs, row = tf.unique(return_inverse=True)
        self.sums = _sum_by_row(row, kernel.features[target] * dual[:, None], len(self.tfs))  # [V, D]

    def weights_of(self, tf: Tensor) -> Tensor:
        """Return what each TF [T] looks for in its targets, float32 [T, D]: a score is its product with φ."""
        return self.kernel.compare_tfs(tf, self.tfs) @ self.sums

    def of_pairs(self, tf: Tensor, target: Tensor) -> Tensor:
        """Return the scores of listed pairs, float32 [P]; 0 where a gene lacks the measurement."""
        genes, row = tf.unique(return_inverse=True)
        return (self.weights_of(genes)[row] * self.kernel.features[target]).sum(dim=1)


@dataclass(frozen=True)
class _View:
    """One way to look at the profiles of R genes: values [R, Q], compared by a radial and perhaps a linear kernel."""

    values: Float32
    landmarks: Float32  # [L, Q]
    sharpness: float
    linear: bool

    @classmethod
    def of(cls, values: Float32, *, linear: bool) -> _View:
        rows = slice(None, None, max(-(-len(values) // LANDMARKS), 1))
        if values.shape[1] > PLACES:
            _, _, axes = np.linalg.svd(values[rows], full_matrices=False)
            values = values @ axes[:PLACES].T
        landmarks = values[rows]
        apart = _square_distances(landmarks, landmarks)
        apart = apart[apart > SMALLEST]
        return cls(values, landmarks, float(1 / np.median(apart)) if len(apart) else 1.0, linear)

    def embed(self) -> Float64:
        """Return features [R, D] whose products are about the kernel of the view."""
        size, axes = np.linalg.eigh(self._compare(self.landmarks).astype(np.float64))
        kept = np.flatnonzero(size > SMALLEST * max(float(size[-1]), SMALLEST))[-COMPONENTS:]
        project = axes[:, kept] / np.sqrt(size[kept])
        starts = range(0, len(self.values), BLOCK_GENES)
        return np.vstack([self._compare(self.values[start : start + BLOCK_GENES]) @ project for start in starts])

    def _compare(self, values: Float32) -> Float64:
        kernel = np.exp(-self.sharpness * _square_distances(values, self.landmarks))
        return kernel + values @ self.landmarks.T / values.shape[1] if self.linear else kernel


def _see(profiles: Profiles) -> list[tuple[Float32, bool]]:
    """Return the views of a measurement [R, P], and whether each has a linear kernel, too."""
    values = profiles.measurement.values.astype(np.float32)
    deviation = values.std(axis=0)
    standard = (values - values.mean(axis=0)) / np.where(deviation > SMALLEST, deviation, 1.0)
    shape = profiles.unit[profiles.transforms.index("pearson"), :-1] * np.float32(np.sqrt(values.shape[1]))
    return [(standard, True), (shape, False)]


def _square_distances(a: Float32, b: Float32) -> Float64:
    lengths = np.square(a, dtype=np.float64).sum(axis=1)[:, None] + np.square(b, dtype=np.float64).sum(axis=1)
    apart: Float64 = np.maximum(lengths - 2.0 * (a @ b.T), 0.0)
    return apart


def _sum_by_row(row: Tensor, values: Tensor, n_rows: int) -> Tensor:
    """Return the sums of values [E, D] that share a row, [n_rows, D]."""
    return values.new_zeros(n_rows, values.shape[1]).index_add_(0, row, values)


def _solve(multiply: Callable[[Tensor], Tensor], value: Tensor) -> Tensor:
    """Solve a symmetric positive definite system by conjugate gradients (Hestenes & Stiefel 1952)."""
    x, rest = torch.zeros_like(value), value.clone()
    direction, size = rest.clone(), rest @ rest
    enough = TOLERANCE**2 * size
    for _ in range(MOST_STEPS):
        if size <= enough:
            break
        moved = multiply(direction)
        step = size / (direction @ moved)
        x, rest = x + step * direction, rest - step * moved
        before, size = size, rest @ rest
        direction = rest + size / before * direction
    return x
