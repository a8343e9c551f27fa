"""How much each part of a score counts: fitted on out-of-fold scores.

Stacking (Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1) with weights of 0 or more (Breiman 1996,
doi:10.1007/BF00117832): a logistic regression on what the parts say of pairs that they did not see. The start is the
tower of RNA alone, or of images where there is no RNA. Few pairs do not move it far, and another part enters only where
it speaks for itself by more than one standard error (a lasso: Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x).
The models that score a fold were trained on the folds by which its weights are fitted, and the other way round: parts
that enter by chance would also look right by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grnet.architectures.late.parts import PATTERNS, Part, towers_alone
from grnet.schema.arrays import Bools, Float64, Indices, Int8

FEWEST_PAIRS = 30
"""Pairs below which nothing is fitted."""
DOUBT = 5.0
"""Weight of the start: what a deviation by one standard deviation of a part costs, twice over."""
ENTRANCE = 1.0
"""Standard errors by which a part that is not in the start has to speak for itself."""
LEAST_OF_START = 0.05
"""Part of its weight that what the start consists of keeps: were it 0, a ranking that is wrong would not show."""
LARGEST_WEIGHT = 50.0


@dataclass(frozen=True)
class PartScores:
    """What the parts say of pairs that they did not see.

    Attributes
    ----------
    parts : tuple of Part
    values : float64 array [parts, P]
        0 where the genes of a pair lack the measurement.
    has_rna, has_image : bool arrays [P]
        What the genes of a pair share.
    """

    parts: tuple[Part, ...]
    values: Float64
    has_rna: Bools
    has_image: Bools

    def take(self, rows: Indices | Bools) -> PartScores:
        """Return some of the pairs."""
        return PartScores(self.parts, self.values[:, rows], self.has_rna[rows], self.has_image[rows])

    def join(self, other: PartScores) -> PartScores:
        """Return these pairs, then others."""
        return PartScores(
            self.parts,
            np.hstack([self.values, other.values]),
            np.concatenate([self.has_rna, other.has_rna]),
            np.concatenate([self.has_image, other.has_image]),
        )

    def without(self, silent: Part) -> PartScores:
        """Return the same with a part that says nothing."""
        values = self.values * np.array([[part != silent] for part in self.parts])
        return PartScores(self.parts, values, self.has_rna, self.has_image)

    def sharing(self, pattern: str) -> Bools:
        """Return which pairs [P] share at least what a pattern names."""
        masks = {"rna": self.has_rna, "image": self.has_image, "fused": self.has_rna & self.has_image}
        return masks[pattern]


@dataclass(frozen=True)
class Weights:
    """What the parts count.

    Attributes
    ----------
    base : float64 array [3]
        Added to the score of a pair of each of PATTERNS.
    of_parts : float64 array [3, parts]
        0 or more.
    """

    base: Float64
    of_parts: Float64

    def add_up(self, scores: PartScores, pattern: str | None = None) -> Float64:
        """Return the score of each pair [P]; `pattern` takes all pairs as if they shared no more than that."""
        row = np.where(scores.has_image, np.where(scores.has_rna, 2, 1), 0)
        if pattern is not None:
            row = np.full(len(row), PATTERNS.index(pattern))
        total: Float64 = self.base[row] + np.einsum("pn,np->p", self.of_parts[row], scores.values)
        return total


def fit_weights(scores: PartScores, labels: Int8) -> Weights:
    """Fit what the parts count for each pattern, on all pairs that share at least that.

    A pattern with fewer than FEWEST_PAIRS pairs of either label keeps the start: with both modalities, RNA as it counts
    alone, and no images.

    Parameters
    ----------
    scores : PartScores
    labels : int8 array [P]
        1 or 0.
    """
    start = towers_alone(scores.parts).double().numpy()
    base, of_parts = np.zeros(len(PATTERNS)), start.copy()
    for row, pattern in enumerate(PATTERNS):
        own = scores.sharing(pattern)
        if pattern == "fused" and _has_modality(scores.parts, "rna"):
            base[row], of_parts[row] = base[0], of_parts[0]
        if min((labels[own] == 1).sum(), (labels[own] == 0).sum()) >= FEWEST_PAIRS:
            columns = np.flatnonzero([part.counts_in(pattern) for part in scores.parts])
            fitted = _fit_logistic(scores.values[np.ix_(columns, own)].T, labels[own], of_parts[row, columns])
            base[row], of_parts[row, columns] = fitted[0], fitted[1:]
    return Weights(base, of_parts)


def fit_nested(scores: PartScores, labels: Int8, folds: Int8, *, n_folds: int) -> list[Weights]:
    """Return the weights of each fold, fitted on the pairs of the other folds."""
    others = [folds != fold for fold in range(n_folds)]
    return [fit_weights(scores.take(own), labels[own]) for own in others]


def describe_weights(parts: Sequence[Part], weights: Sequence[Weights]) -> dict[str, float]:
    """Return what each part counts for a pair that shares all modalities of the model, the mean over models."""
    row = PATTERNS.index("fused" if len({part.modality for part in parts if part.modality}) > 1 else parts[0].modality)
    mean = np.mean([entry.of_parts[row] for entry in weights], axis=0)
    return {name_part(part): float(value) for part, value in zip(parts, mean, strict=True)}


def name_part(part: Part) -> str:
    """Return the name of a part for tables of figures."""
    if part.source == "tower":
        return {"rna": "RNA network", "image": "image network"}[part.modality]
    return f"known targets by {part.measurement}" if part.source == "kernel" else "known network"


def _has_modality(parts: Sequence[Part], modality: str) -> bool:
    return any(part.modality == modality for part in parts)


def _fit_logistic(values: Float64, labels: Int8, start: Float64) -> Float64:
    """Return intercept and weights, 0 or more, of a logistic regression of labels on values [P, parts]."""
    from scipy.optimize import minimize

    scale = np.maximum(values.std(axis=0), 1e-9)
    silent = scale <= 1e-9
    x, first = values / scale, np.where(silent, 0.0, start * scale)
    y = labels.astype(np.float64)
    # The slope of the likelihood at a weight of 0 has this standard error where a part says nothing.
    toll = np.where(first > 0, 0.0, ENTRANCE * np.sqrt(len(y) * y.mean() * (1 - y.mean())))

    def loss(line: Float64) -> tuple[float, Float64]:
        z = line[0] + x @ line[1:]
        away = line[1:] - first
        error = 1.0 / (1.0 + np.exp(-z)) - y
        value = np.logaddexp(0.0, z).sum() - y @ z + DOUBT / 2 * away @ away + toll @ line[1:]
        return float(value), np.concatenate([[error.sum()], x.T @ error + DOUBT * away + toll])

    least = LEAST_OF_START * first
    bounds = [(None, None), *((low, 0.0 if dead else LARGEST_WEIGHT) for low, dead in zip(least, silent, strict=True))]
    fit = minimize(
        loss, np.concatenate([[0.0], first]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    )
    return np.concatenate([[fit.x[0]], np.where(silent, start, fit.x[1:] / scale)])
