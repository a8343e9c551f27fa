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
from grnet.evaluation.curves import CalibrationCurve, Curve, trace_precision_recall, trace_roc
from grnet.evaluation.metrics import base_rate
from grnet.evaluation.ranking import RankedCounts, rank_pairs
from grnet.evaluation.reverse_pairs import ReverseTally
from grnet.evaluation.stated_precision import (
    StatedPrecision,
    compare_by_tenths,
    explain_precision,
    state_kept,
    state_precision,
)
from grnet.probability.calibration import move_base_rate
from grnet.schema.arrays import Int8
from grnet.schema.notebook import render_block, render_figure, render_lines, render_table

MODEL, CORRELATION_BASELINE, DEGREE_BASELINE, RANDOM_BASELINE = "model", "|correlation|", "TF degree", "random"
THRESHOLDS = (0.5, 0.8, 0.9)
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
    reverses : ReverseTally
        Which pairs have a reverse that the model was trained on.
    warnings : tuple of str
        What may mislead in the figures, in sentences.
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
    reverses: ReverseTally
    warnings: tuple[str, ...]
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
        columns = ("", "AUROC", "AUPRC", "AUPRC / base", "early precision", "EP / base")
        names = ("auroc", "auprc", "auprc_ratio", "early_precision", "early_precision_ratio")
        rows = [(row.name, *(render_figure(getattr(row, name)) for name in names)) for row in self.rankings]
        lacking = [f"{count:,} known edges without a score: {why}" for why, count in self.unscored_reasons.items()]
        said = [self.statement, *(f"note: {note}" for note in self.notes), *lacking]
        said += [f"warning: {warning}" for warning in self.warnings]
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
            "reverse_pairs": self.reverses.to_json(),
            "warnings": list(self.warnings),
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
        stated_precision=tuple(state_precision(y, probability, threshold) for threshold in THRESHOLDS),
        kept=None if chosen.kept is None else state_kept(y, probability, chosen.kept),
        reverses=chosen.reverses,
        warnings=chosen.reverses.warn(),
        notes=explain_precision(chosen, prior, rate),
        n_known=chosen.n_known,
        n_repeats=chosen.n_repeats,
        n_left_out=chosen.n_left_out,
        unscored=chosen.unscored,
        roc=roc,
        precision_recall=precision_recall,
        calibration=compare_by_tenths(y, probability),
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
