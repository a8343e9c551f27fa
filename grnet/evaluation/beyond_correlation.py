"""What a model adds beyond correlation: strata of |r|, negatives matched to the positives, and a verdict.

Enter: labels, folds and probabilities of the tested pairs with their correlation and the degrees of their genes. Leave:
tables, and one sentence that says whether the model tells pairs of the same |r| apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from grnet.evaluation.baselines import PEARSON, RANDOM
from grnet.evaluation.bootstrap import (
    Estimate,
    Resampling,
    as_json,
    estimate_figures,
    format_estimate,
    format_figure,
)
from grnet.evaluation.correlation_strata import tabulate_strata
from grnet.evaluation.matching import Couples, match_negatives, training_degrees
from grnet.schema.arrays import Float64
from grnet.schema.genes import PairIndex

ON_CORRELATION, ON_DEGREE = "|r|", "|r| and degrees"
R_CALIPER = 0.02
DEGREE_CALIPER = 0.5
FEWEST_COUPLES = 25


@dataclass(frozen=True)
class MatchedSet:
    """Positives and as many negatives that resemble them.

    Attributes
    ----------
    name : str
        What they were matched on.
    n_couples : int
        Matched positives; 0 where there are too few for a figure.
    n_positives : int
        All positives.
    auroc : dict of name to Estimate
        Of the model, of |Pearson|, and of the best other baseline.
    gain : Estimate
        AUROC of the model minus that of |Pearson|, paired.
    """

    name: str
    n_couples: int
    n_positives: int
    auroc: dict[str, Estimate]
    gain: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """Return the counts and figures."""
        return {
            "matched_on": self.name,
            "n_couples": self.n_couples,
            "n_positives": self.n_positives,
            "auroc": {name: estimate.to_json() for name, estimate in self.auroc.items()},
            "model_minus_pearson": None if self.gain is None else self.gain.to_json(),
        }


@dataclass(frozen=True)
class BeyondCorrelation:
    """What a model adds beyond correlation.

    Attributes
    ----------
    strata : DataFrame
        See :func:`grnet.evaluation.correlation_strata.tabulate_strata`.
    matched : tuple of MatchedSet
        Matched on |r|, then on |r| and the degrees.
    adds : bool or None
        Whether the model tells pairs of the same |r| apart; None where that cannot be said.
    verdict : str
    """

    strata: pd.DataFrame
    matched: tuple[MatchedSet, ...]
    adds: bool | None
    verdict: str

    def to_json(self) -> dict[str, Any]:
        """Return strata, matched sets and verdict."""
        strata = [
            {str(name): as_json(float(value)) for name, value in row.items()}
            for row in self.strata.to_dict(orient="records")
        ]
        matched = [one.to_json() for one in self.matched]
        return {"adds": self.adds, "verdict": self.verdict, "matched": matched, "strata": strata}


@dataclass(frozen=True)
class BeyondInputs:
    """Tested pairs and what is said of them.

    `best_other` is the baseline shown beside |Pearson|, None for none; `is_chance`: over all pairs the model is no
    better than chance.
    """

    pairs: PairIndex
    n_genes: int
    resampling: Resampling
    model: str
    predictors: Mapping[str, Float64]
    best_other: str | None
    is_chance: bool


def look_beyond_correlation(inputs: BeyondInputs, correlation: Float64) -> BeyondCorrelation:
    """Return strata, matched sets and the verdict; `correlation` is Pearson's r [P], NaN where unknown.

    Matched are pairs whose |r| differs by at most 0.02; in the second set also the log(1 + degree) of the TF and of the
    target by at most 0.5. A degree counts positives in the other folds: what a model can know of a gene.
    """
    source, pairs = inputs.resampling, inputs.pairs
    strata = tabulate_strata(source.labels, inputs.predictors, correlation)
    size = np.abs(correlation)
    tf, target = training_degrees(pairs, source.labels, source.folds, n_genes=inputs.n_genes)
    both = np.column_stack([size, np.log1p(tf), np.log1p(target)])
    plans = (
        (ON_CORRELATION, size[:, None], (R_CALIPER,)),
        (ON_DEGREE, both, (R_CALIPER, DEGREE_CALIPER, DEGREE_CALIPER)),
    )
    keys = pairs.keys(inputs.n_genes)
    matched = tuple(
        _judge_couples(
            inputs, name, match_negatives(source.labels, source.folds, coordinates, calipers=calipers, keys=keys)
        )
        for name, coordinates, calipers in plans
    )
    adds, verdict = _pronounce(inputs.model, matched[0], is_chance=inputs.is_chance)
    return BeyondCorrelation(strata, matched, adds, verdict)


def choose_best_other(figures: Mapping[str, Mapping[str, Estimate]], baselines: Mapping[str, Float64]) -> str | None:
    """Return the baseline of the highest AUROC, |Pearson| and random left out; None without others."""
    others = [name for name in baselines if name not in (PEARSON, RANDOM)]
    return max(others, key=lambda name: np.nan_to_num(figures[name]["auroc"].value, nan=-1.0), default=None)


def _judge_couples(inputs: BeyondInputs, name: str, couples: Couples) -> MatchedSet:
    """Return the AUROC on the rows of the couples; drawn are couples, in the groups of their positives.

    To draw both sides apart would undo the matching (Austin & Small 2014, doi:10.1002/sim.6276).
    """
    n_positives = int(inputs.resampling.labels.sum())
    names = [entry for entry in (inputs.model, PEARSON, inputs.best_other) if entry in inputs.predictors]
    if len(couples.positives) < FEWEST_COUPLES:
        return MatchedSet(name, len(couples.positives), n_positives, {}, None)
    rows = np.concatenate(couples)
    drawn = replace(inputs.resampling.take(rows), groups=np.tile(inputs.resampling.groups[couples.positives], 2))
    shown = {entry: inputs.predictors[entry][rows] for entry in names if entry is not None}
    figures = estimate_figures(drawn, shown)
    auroc = {entry: figure["auroc"] for entry, figure in figures.items()}
    gain = auroc[inputs.model].minus(auroc[PEARSON]) if PEARSON in auroc else None
    return MatchedSet(name, len(couples.positives), n_positives, auroc, gain)


def _pronounce(model: str, matched: MatchedSet, *, is_chance: bool) -> tuple[bool | None, str]:
    """Say whether the model tells pairs of the same |r| apart."""
    if is_chance:
        return False, f"{model} adds nothing useful beyond correlation: it hardly separates positives from negatives."
    if matched.gain is None or np.isnan(matched.gain.low):
        return None, (
            f"It is unknown whether {model} adds anything beyond correlation: only {matched.n_couples:,} of "
            f"{matched.n_positives:,} positives have a negative of the same |r| (within {R_CALIPER:g})."
        )
    own, pearson, gain = matched.auroc[model], matched.auroc[PEARSON], format_estimate(matched.gain, sign=True)
    figures = (
        f"among {matched.n_couples:,} positives and as many negatives of the same |r| (within {R_CALIPER:g}) its AUROC "
        f"is {format_estimate(own)}, that of {PEARSON} {pearson.value:.3f}"
    )
    if own.low > 0.5 and matched.gain.low > 0:
        return True, f"{model} separates positives from negatives beyond correlation: {figures}; it adds {gain}."
    if matched.gain.high < 0:
        reason = f", which is better by {format_figure(-matched.gain.value)}"
    elif own.low > 0.5:
        reason = f"; the difference of {gain} may be chance"
    else:
        reason = ", which may be chance (0.5 is random order)"
    return False, f"{model} does not separate positives from negatives beyond correlation: {figures}{reason}."
