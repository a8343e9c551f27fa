"""How well the scores of all candidates find known edges, beside baselines on the same pairs.

Enter: the candidates, block by block, and known edges. Leave: one :class:`NetworkEvaluation` for the screen, JSON and
report.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from grnet.evaluation.candidate_stream import CandidateStream, Floats
from grnet.evaluation.counted_pairs import CountedPairs, UniverseName, UnscoredEdge, choose_counted_pairs
from grnet.evaluation.curves import CalibrationCurve, Curve, trace_precision_recall, trace_roc, wilson_interval
from grnet.evaluation.metrics import base_rate
from grnet.evaluation.ranking import RankedCounts, rank_pairs
from grnet.probability.calibration import move_base_rate
from grnet.probability.prior import state_percent
from grnet.schema.arrays import Bools, Int8
from grnet.schema.notebook import render_block, render_figure, render_lines, render_table

MODEL, CORRELATION_BASELINE, DEGREE_BASELINE, RANDOM_BASELINE = "model", "|correlation|", "TF degree", "random"
THRESHOLDS = (0.5, 0.8, 0.9)
_LISTED_IN_JSON = 100
_CHUNK = 1 << 20


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

    def _repr_html_(self) -> str:
        columns = ("", "AUROC", "AUPRC", "AUPRC ratio", "early precision", "early ratio")
        names = ("auroc", "auprc", "auprc_ratio", "early_precision", "early_precision_ratio")
        rows = [(row.name, *(render_figure(getattr(row, name)) for name in names)) for row in self.rankings]
        lacking = [f"{count:,} known edges without a score: {why}" for why, count in self.unscored_reasons.items()]
        said = [self.statement, *(f"note: {note}" for note in self.notes), *lacking]
        title = f"Known edges: {self.n_pairs:,} pairs, {self.n_positives:,} positive"
        return render_block(title, render_table(columns, rows, strong=[0]), render_lines(said))

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
    candidates: CandidateStream,
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
    candidates : CandidateStream
        Each pair once.
    known : DataFrame
        Columns tf, target, label.
    universe, novel_only
        Which pairs count: see :func:`~grnet.evaluation.counted_pairs.choose_counted_pairs`.
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
        The tables cannot be used: see :func:`~grnet.evaluation.counted_pairs.choose_counted_pairs`.
    """
    chosen = choose_counted_pairs(candidates, known, universe=universe, novel_only=novel_only)
    y = chosen.labels
    rankings, roc, precision_recall = [], {}, {}
    for name, scores in _rank_by(chosen):  # one after the other: the counts are the largest arrays of all
        counts = rank_pairs(y, scores)
        rankings.append(_rank(name, counts, ks))
        roc[name], precision_recall[name] = trace_roc(counts), trace_precision_recall(counts)
    rate = base_rate(y)
    probability = chosen.probability
    if prior is not None and chosen.name == "labelled" and 0 < rate < 1:
        probability = move_base_rate(probability.astype(np.float64), before=prior, after=rate)
    return NetworkEvaluation(
        universe=chosen.name,
        statement=chosen.statement,
        n_pairs=len(y),
        n_positives=int(y.sum()),
        base_rate=rate,
        prior=float("nan") if prior is None else prior,
        rankings=(*rankings, _expect_random(y, ks)),
        stated_precision=tuple(_state_precision(y, probability, threshold) for threshold in THRESHOLDS),
        kept=None if chosen.kept is None else _state_kept(y, probability, chosen.kept),
        notes=_explain_precision(chosen, prior, rate),
        n_known=chosen.n_known,
        n_repeats=chosen.n_repeats,
        n_left_out=chosen.n_left_out,
        unscored=chosen.unscored,
        roc=roc,
        precision_recall=precision_recall,
        calibration=_compare_by_tenths(y, probability),
    )


def _rank_by(chosen: CountedPairs) -> Iterator[tuple[str, Floats]]:
    """Yield the model's score of each counted pair, and that of every baseline that the candidates allow."""
    yield MODEL, chosen.score
    if np.isfinite(chosen.correlation).any():
        yield CORRELATION_BASELINE, np.abs(np.nan_to_num(chosen.correlation, nan=0.0))
    if chosen.degree is not None:
        yield DEGREE_BASELINE, chosen.degree.astype(np.float32)


def _rank(name: str, counts: RankedCounts, ks: Sequence[int]) -> Ranking:
    rate = counts.n_positives / counts.n
    area = counts.auprc()
    early, *tops = counts.precision_at([counts.n_positives, *ks])
    return Ranking(name, counts.auroc(), area, area / rate, early, early / rate, dict(zip(ks, tops, strict=True)))


def _expect_random(labels: Int8, ks: Sequence[int]) -> Ranking:
    """Return what random order gives on average."""
    rate = base_rate(labels)
    precisions = {k: rate if 1 <= k <= len(labels) else float("nan") for k in ks}
    return Ranking(RANDOM_BASELINE, 0.5, rate, 1.0, rate, 1.0, precisions)


def _compare_by_tenths(labels: Int8, probability: Floats) -> CalibrationCurve:
    """Return the observed rate in each tenth of the probabilities: few candidates are probable, and those matter."""
    count, sums = np.zeros(10, dtype=np.int64), np.zeros((2, 10))
    for start in range(0, len(labels), _CHUNK):
        values = probability[start : start + _CHUNK].astype(np.float64)
        tenth = np.minimum((values * 10).astype(np.int64), 9)
        count += np.bincount(tenth, minlength=10)
        np.add.at(sums[0], tenth, values)  # one after the other, as if all were in one chunk
        np.add.at(sums[1], tenth, labels[start : start + _CHUNK])
    filled = count > 0
    low, high = wilson_interval(sums[1][filled], count[filled])
    return CalibrationCurve(sums[0][filled] / count[filled], sums[1][filled] / count[filled], count[filled], low, high)


def _state_precision(labels: Int8, probability: Floats, threshold: float) -> StatedPrecision:
    above = probability >= np.float64(threshold)
    if not above.any():
        return StatedPrecision(threshold, 0, float("nan"), float("nan"))
    return _compare(labels, probability, above, threshold)


def _state_kept(labels: Int8, probability: Floats, kept: Bools) -> StatedPrecision:
    if not kept.any():
        return StatedPrecision(float("nan"), 0, float("nan"), float("nan"))
    return _compare(labels, probability, kept, float(probability[kept].min()))


def _compare(labels: Int8, probability: Floats, rows: Bools, threshold: float) -> StatedPrecision:
    """Return the mean probability of some pairs, one or more, and the part of them that is positive."""
    expected = float(probability[rows].astype(np.float64).mean())
    return StatedPrecision(threshold, int(rows.sum()), expected, float(labels[rows].mean()))


def _explain_precision(chosen: CountedPairs, prior: float | None, rate: float) -> tuple[str, ...]:
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
        if chosen.n_trained:
            notes.append(
                "Pairs of the training are counted as well, and edges are more frequent among them than among other "
                "candidates; --novel-only leaves them out."
            )
    return tuple(notes)
