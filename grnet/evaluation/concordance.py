"""The concordance within TFs, or within targets: how often a positive is ranked above a negative of the same gene.

Enter: the TF or target, label, fold and probabilities of the tested pairs. Leaves: one figure for each predictor, with
draws. A ranking of all pairs may be good because it knows which TFs have many edges, or, where labels are balanced by
TF, what the training pairs of a TF leave for the test. A comparison within one TF and one fold is blind to both: its
two pairs have the TF in common, and one model scored them. Where TFs are what is new, pairs of one target are compared:
which of the new TFs regulates it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.evaluation.bootstrap import Estimate, Resampling, Role, draw_weights, estimate_figures
from grnet.schema.arrays import Float64, Indices, check_scores


@dataclass(frozen=True)
class Concordance:
    """Which genes pairs are compared within, and what the figure is called.

    Attributes
    ----------
    role : {"tf", "target"}
    key : str
        Of the figure, in JSON.
    gene, genes : str
        One of these genes, and several.
    """

    role: Role
    key: str
    gene: str
    genes: str

    @property
    def within(self) -> str:
        """Name of a narrow column: "within TFs"."""
        return f"within {self.genes}"

    @property
    def title(self) -> str:
        """Name in running text: "concordance within TFs"."""
        return f"concordance {self.within}"


CONCORDANCES: dict[Role, Concordance] = {
    "tf": Concordance("tf", "concordance_within_tfs", "TF", "TFs"),
    "target": Concordance("target", "concordance_within_targets", "target", "targets"),
}
_STREAM = 1_000
"""Number of the random stream of the draws, beyond those of the folds, which are at most 127."""


@dataclass(frozen=True)
class Comparisons:
    """The comparisons within TFs or targets: each positive with each negative of the same gene and fold.

    Attributes
    ----------
    gene : int64 array [T]
        The genes that have any, ascending.
    n : int64 array [T]
        How many each of them has.
    concordance : Concordance
        Which genes these are.
    """

    gene: Indices
    n: Indices
    concordance: Concordance

    @classmethod
    def count(cls, resampling: Resampling) -> Comparisons:
        """Count the comparisons of some pairs."""
        gene, stratum = _stratify(resampling)
        positives, negatives = (
            np.bincount(stratum, weights=resampling.labels == label, minlength=len(gene)) for label in (1, 0)
        )
        n = np.rint(_sum_by_gene(gene, positives * negatives)).astype(np.int64)
        return cls(np.unique(gene)[n > 0], n[n > 0], CONCORDANCES[resampling.role])

    def describe(self) -> str:
        """Return "1,234 comparisons in 56 TFs"."""
        return f"{self.n.sum():,} comparisons in {len(self.gene):,} {self.concordance.genes}"

    def to_json(self) -> dict[str, int]:
        """Return the number of TFs or targets, and of comparisons."""
        return {f"n_{self.concordance.genes.lower()}": len(self.gene), "n_comparisons": int(self.n.sum())}


def estimate_card_figures(resampling: Resampling, predictors: Mapping[str, Float64]) -> dict[str, dict[str, Estimate]]:
    """Return the figures of a report card: those of :func:`estimate_figures`, and the concordance by its key.

    Raises
    ------
    InputError
        Lengths differ, or a value is impossible.
    """
    figures, within = estimate_figures(resampling, predictors), estimate_concordance(resampling, predictors)
    key = CONCORDANCES[resampling.role].key
    return {name: {**figures[name], key: within[name]} for name in predictors}


def estimate_concordance(resampling: Resampling, predictors: Mapping[str, Float64]) -> dict[str, Estimate]:
    """Return the concordance within TFs, or targets, of each predictor: 0.5 is random order, 1 is perfect.

    The value is the fraction of the comparisons, of all these genes together, in which the positive has the higher
    probability; ties count one half. A gene counts by the number of its comparisons. Each draw of the bootstrap draws
    genes, of those that have comparisons, and all predictors see the same draws, as in
    :mod:`grnet.evaluation.bootstrap`.

    Parameters
    ----------
    resampling : Resampling
        Of P pairs, with the genes within which they are compared.
    predictors : mapping of name to float64 array [P]

    Returns
    -------
    dict of name to Estimate
        NaN where no gene has both labels in one fold.

    Raises
    ------
    InputError
        Lengths differ, or a value is impossible.
    """
    comparisons = Comparisons.count(resampling)
    if not len(comparisons.gene):
        return dict.fromkeys(predictors, Estimate(float("nan"), np.full(resampling.n_draws, np.nan)))
    gene, stratum = _stratify(resampling)
    compared = np.isin(np.unique(gene), comparisons.gene)
    weights = draw_weights(np.random.default_rng([resampling.seed, _STREAM]), resampling.n_draws, len(comparisons.gene))
    totals = weights @ comparisons.n
    results = {}
    for name, values in predictors.items():
        y, p = check_scores(resampling.labels, values)
        right = _sum_by_gene(gene, count_concordant(stratum, y, p, n_strata=len(gene)))[compared]
        results[name] = Estimate(float(right.sum() / comparisons.n.sum()), weights @ right / totals)
    return results


def count_concordant(
    stratum: Indices, labels: npt.NDArray[np.integer[Any]], values: Float64, *, n_strata: int
) -> Float64:
    """Return in how many comparisons of each stratum the positive has the higher value; ties count one half.

    It takes one sort: what a positive is above are the negatives that come before it in its stratum.

    Parameters
    ----------
    stratum : int64 array [P]
        0..S - 1.
    labels : int array [P]
    values : float64 array [P]
    n_strata : int
        S.

    Returns
    -------
    float64 array [S]
    """
    order = np.lexsort((values, stratum))
    stratum, values, negative = stratum[order], values[order], labels[order] == 0
    before = np.concatenate([[0], np.cumsum(negative)])  # negatives before each place, [P + 1]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (np.diff(stratum) != 0) | (np.diff(values) != 0)
    first = np.flatnonzero(is_first)
    last = np.append(first[1:], len(order))  # equal values of one stratum stand in first..last
    tied = before[last] - before[first]
    below = before[first] - before[np.searchsorted(stratum, stratum[first])]
    points = (last - first - tied) * (below + tied / 2)
    return np.bincount(stratum[first], weights=points, minlength=n_strata).astype(np.float64)


def _stratify(resampling: Resampling) -> tuple[Indices, Indices]:
    """Return the gene of each stratum (a gene in a fold) [S], and the stratum of each pair [P]."""
    assert resampling.compared is not None
    n_folds = int(resampling.folds.max()) + 1
    keys, member = np.unique(resampling.compared * n_folds + resampling.folds, return_inverse=True)
    return keys // n_folds, member.astype(np.int64)


def _sum_by_gene(gene: Indices, values: npt.NDArray[Any]) -> Float64:
    """Sum over the strata of each gene, genes ascending: [S] → [T]."""
    return np.bincount(np.unique(gene, return_inverse=True)[1], weights=values).astype(np.float64)
