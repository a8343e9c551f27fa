"""How well the scores of all candidates find known edges, beside baselines on the same pairs.

Enter: the table of candidates and known edges. Leave: one :class:`NetworkEvaluation` for the screen, JSON and report.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.evaluation.curves import CalibrationCurve, Curve, trace_precision_recall, trace_roc, wilson_interval
from grnet.evaluation.metrics import base_rate
from grnet.evaluation.ranking import RankedCounts, rank_pairs
from grnet.evaluation.universe import Universe, UniverseName, UnscoredEdge, choose_universe, require_columns
from grnet.schema.calibration import move_base_rate
from grnet.schema.prior import state_percent
from grnet.schema.tables import CORRELATION, PROBABILITY, SCORE

MODEL, CORRELATION_BASELINE, DEGREE_BASELINE, RANDOM_BASELINE = "model", "|correlation|", "TF degree", "random"
THRESHOLDS = (0.5, 0.8, 0.9)
KEPT = "kept"
"""Column of the candidates that says which are edges of the network."""
_LISTED_IN_JSON = 100


@dataclass(frozen=True)
class Ranking:
    """How well one order of the pairs finds the positives.

    Attributes
    ----------
    name : str
    auroc, auprc : float
        NaN with one class only.
    auprc_ratio, early_precision_ratio : float
        Over the base rate: 1 is random order.
    early_precision : float
        Precision among as many pairs as there are positives.
    precision_at : mapping of int to float
        Precision among the k best; NaN where there are fewer pairs.
    """

    name: str
    auroc: float
    auprc: float
    auprc_ratio: float
    early_precision: float
    early_precision_ratio: float
    precision_at: Mapping[int, float]


@dataclass(frozen=True)
class StatedPrecision:
    """Pairs of at least a probability: how many, their mean probability, and which part of them is positive."""

    threshold: float
    n: int
    expected: float
    observed: float


@dataclass(frozen=True)
class NetworkEvaluation:
    """The evaluation of a scored network.

    Attributes
    ----------
    universe, statement : str
        Which pairs were counted, as a word and as sentences.
    n_pairs, n_positives : int
    base_rate : float
    prior : float
        Fraction of the candidates without a label that probabilities take to be edges; NaN where it is not known.
    rankings : tuple of Ranking
        The model first, then the baselines.
    stated_precision : tuple of StatedPrecision
    kept : StatedPrecision or None
        The same of the counted pairs that are edges of the network; its threshold is their lowest probability. None
        where the network's edges are not known.
    notes : tuple of str
        How expected and observed precision are to be read, in sentences.
    n_known, n_repeats, n_left_out : int
        Distinct known edges, further rows that repeat one, pairs left out because the model was trained on them.
    unscored : tuple of UnscoredEdge
        Known edges without a score.
    roc, precision_recall : mapping of ranking name to Curve
    calibration : CalibrationCurve
    """

    universe: str
    statement: str
    n_pairs: int
    n_positives: int
    base_rate: float
    prior: float
    rankings: tuple[Ranking, ...]
    stated_precision: tuple[StatedPrecision, ...]
    kept: StatedPrecision | None
    notes: tuple[str, ...]
    n_known: int
    n_repeats: int
    n_left_out: int
    unscored: tuple[UnscoredEdge, ...]
    roc: Mapping[str, Curve]
    precision_recall: Mapping[str, Curve]
    calibration: CalibrationCurve

    @property
    def model(self) -> Ranking:
        """The model's ranking."""
        return self.rankings[0]

    @property
    def unscored_reasons(self) -> dict[str, int]:
        """Known edges without a score by reason, most frequent first."""
        return dict(Counter(edge.reason for edge in self.unscored).most_common())

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file: all but the curves, and the first 100 edges without a score."""
        return {
            "universe": self.universe,
            "statement": self.statement,
            "n_pairs": self.n_pairs,
            "n_positives": self.n_positives,
            "base_rate": self.base_rate,
            "prior": None if math.isnan(self.prior) else self.prior,
            "rankings": [asdict(ranking) for ranking in self.rankings],
            "kept_edges": None if self.kept is None else asdict(self.kept),
            "stated_precision": [asdict(entry) for entry in self.stated_precision],
            "notes": list(self.notes),
            "known_edges": {
                "distinct": self.n_known,
                "repeated_rows": self.n_repeats,
                "left_out_as_trained": self.n_left_out,
                "without_score": len(self.unscored),
                "reasons": self.unscored_reasons,
                "first_without_score": [asdict(edge) for edge in self.unscored[:_LISTED_IN_JSON]],
            },
        }


def evaluate_scores(
    candidates: pd.DataFrame,
    known: pd.DataFrame,
    *,
    universe: UniverseName = "auto",
    novel_only: bool = False,
    prior: float | None = None,
    ks: Sequence[int] = (100, 500, 1000),
) -> NetworkEvaluation:
    """Compare the scores of candidates with known edges, and what probabilities promise with what is observed.

    Parameters
    ----------
    candidates : DataFrame
        Columns tf, target, score, probability (0..1), correlation (null where unknown), label (null, or what the model
        was trained on); each pair once. Optionally kept (bool): the edges of the network.
    known : DataFrame
        Columns tf, target, label.
    universe, novel_only
        Which pairs count: see :func:`~grnet.evaluation.universe.choose_universe`.
    prior : float, optional
        Fraction of the candidates without a label that the probabilities take to be edges. In the universe "labelled",
        which has edges and non-edges in another proportion, they are moved to that first.
    ks : sequence of int
        Sizes of the top at which the precision is given.

    Returns
    -------
    NetworkEvaluation
        Baselines: "|correlation|" (0 where unknown), "TF degree" (how many positive edges of the TF the model was
        trained on; absent where there is none), "random" (as expected).

    Notes
    -----
    "TF degree" counts a pair's own training label too, which flatters it a little. Without it, each positive
    would rank just below all negatives of its TF.

    Raises
    ------
    InputError
        The tables cannot be used: see :func:`~grnet.evaluation.universe.choose_universe`.
    """
    require_columns(candidates, (SCORE, PROBABILITY, CORRELATION), "candidates")
    chosen = choose_universe(candidates, known, universe=universe, novel_only=novel_only)
    y = chosen.labels
    scores = {MODEL: candidates[SCORE].to_numpy(np.float64)[chosen.rows], **_score_baselines(candidates, chosen)}
    counts = {name: rank_pairs(y, values) for name, values in scores.items()}
    rate = base_rate(y)
    probability = candidates[PROBABILITY].to_numpy(np.float64)[chosen.rows]
    if prior is not None and chosen.name == "labelled" and 0 < rate < 1:
        probability = move_base_rate(probability, before=prior, after=rate)
    kept = None
    if KEPT in candidates.columns:
        kept = _state_kept(y, probability, candidates[KEPT].to_numpy(bool)[chosen.rows])
    return NetworkEvaluation(
        universe=chosen.name,
        statement=chosen.statement,
        n_pairs=len(y),
        n_positives=int(y.sum()),
        base_rate=rate,
        prior=float("nan") if prior is None else prior,
        rankings=(*(_rank(name, ranked, ks) for name, ranked in counts.items()), _expect_random(y, ks)),
        stated_precision=tuple(_state_precision(y, probability, threshold) for threshold in THRESHOLDS),
        kept=kept,
        notes=_explain_precision(chosen, prior, rate),
        n_known=chosen.n_known,
        n_repeats=chosen.n_repeats,
        n_left_out=chosen.n_left_out,
        unscored=chosen.unscored,
        roc={name: trace_roc(ranked) for name, ranked in counts.items()},
        precision_recall={name: trace_precision_recall(ranked) for name, ranked in counts.items()},
        calibration=_compare_by_tenths(y, probability),
    )


def _score_baselines(candidates: pd.DataFrame, chosen: Universe) -> dict[str, npt.NDArray[np.float64]]:
    """Return a score of each counted pair for every baseline that the table allows."""
    baselines = {}
    correlation = candidates[CORRELATION].to_numpy(np.float64, na_value=np.nan)[chosen.rows]
    if np.isfinite(correlation).any():
        baselines[CORRELATION_BASELINE] = np.abs(np.nan_to_num(correlation, nan=0.0))
    positive = (chosen.trained == 1).astype(np.float64)
    if positive.any():
        degree = np.bincount(chosen.tf, weights=positive)
        baselines[DEGREE_BASELINE] = degree[chosen.tf[chosen.rows]]
    return baselines


def _rank(name: str, counts: RankedCounts, ks: Sequence[int]) -> Ranking:
    rate = counts.n_positives / counts.n
    area = counts.auprc()
    early, *tops = counts.precision_at([counts.n_positives, *ks])
    return Ranking(name, counts.auroc(), area, area / rate, early, early / rate, dict(zip(ks, tops, strict=True)))


def _expect_random(labels: npt.NDArray[np.int64], ks: Sequence[int]) -> Ranking:
    """Return what random order gives on average."""
    rate = base_rate(labels)
    precisions = {k: rate if 1 <= k <= len(labels) else float("nan") for k in ks}
    return Ranking(RANDOM_BASELINE, 0.5, rate, 1.0, rate, 1.0, precisions)


def _compare_by_tenths(labels: npt.NDArray[np.int64], probability: npt.NDArray[np.float64]) -> CalibrationCurve:
    """Return the observed rate in each tenth of the probabilities: few candidates are probable, and those matter."""
    tenth = np.minimum((probability * 10).astype(np.int64), 9)
    count = np.bincount(tenth, minlength=10)
    filled = count > 0
    sums = [np.bincount(tenth, weights=values, minlength=10)[filled] for values in (probability, labels)]
    low, high = wilson_interval(sums[1], count[filled])
    return CalibrationCurve(sums[0] / count[filled], sums[1] / count[filled], count[filled], low, high)


def _state_precision(
    labels: npt.NDArray[np.int64], probability: npt.NDArray[np.float64], threshold: float
) -> StatedPrecision:
    above = probability >= threshold
    n = int(above.sum())
    if not n:
        return StatedPrecision(threshold, 0, float("nan"), float("nan"))
    return StatedPrecision(threshold, n, float(probability[above].mean()), float(labels[above].mean()))


def _state_kept(
    labels: npt.NDArray[np.int64], probability: npt.NDArray[np.float64], kept: npt.NDArray[np.bool_]
) -> StatedPrecision:
    if not kept.any():
        return StatedPrecision(float("nan"), 0, float("nan"), float("nan"))
    own = probability[kept]
    return StatedPrecision(float(own.min()), int(kept.sum()), float(own.mean()), float(labels[kept].mean()))


def _explain_precision(chosen: Universe, prior: float | None, rate: float) -> tuple[str, ...]:
    """Say how expected and observed precision are to be read."""
    notes = []
    if prior is not None and chosen.name == "labelled":
        notes.append(
            f"Probabilities take {state_percent(prior)} of the candidates to be edges; of the pairs counted "
            f"{state_percent(rate)} are, so they are moved to that (Bayes' rule) before they are compared."
        )
    elif prior is not None:
        notes.append(
            f"Probabilities take {state_percent(prior)} of the candidates without a label to be edges; of the pairs "
            f"counted {state_percent(rate)} are listed as edges."
        )
    if chosen.name != "labelled":
        notes.append(
            "Pairs that are not listed count as negatives: unless every true edge is listed, the observed precision is "
            "a lower bound."
        )
        if (chosen.trained[chosen.rows] >= 0).any():
            notes.append(
                "Pairs of the training are counted as well, and edges are more frequent among them than among other "
                "candidates; --novel-only leaves them out."
            )
    return tuple(notes)
