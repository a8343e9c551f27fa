"""Figures of results, for a notebook or a paper: each function takes a result and returns a figure.

ROC, precision and recall, calibration, intervals and probabilities are those of the report pages, as Plotly figures.
`evidence` is the picture that `grnet explain` writes, as a Matplotlib figure. Nothing is written or shown here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

import numpy.typing as npt

from grnet.evaluation.curves import Curve, calibration_curve, precision_recall_curve, roc_curve
from grnet.evaluation.known_comparison import KnownComparison
from grnet.evaluation.network_comparison import Comparison
from grnet.evaluation.network_evaluation import MODEL, NetworkEvaluation
from grnet.evaluation.report_card import ReportCard
from grnet.reports.network_figure import plot_network
from grnet.reports.plots import (
    plot_calibration,
    plot_intervals,
    plot_precision_recall,
    plot_probabilities,
    plot_roc,
    style_names,
)
from grnet.schema.arrays import check_scores
from grnet.schema.errors import InputError

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

    from grnet.network.network import Network
    from grnet.workflow.explain import PairExplanation

__all__ = ["calibration", "evidence", "intervals", "network", "precision_recall", "probabilities", "roc"]


class Carded(Protocol):
    """What has a report card: results of :func:`grnet.train` and :func:`grnet.crossval`."""

    @property
    def card(self) -> ReportCard:
        """The first report card."""


Judged = Carded | ReportCard | NetworkEvaluation | Comparison
"""A report card or what has one, an evaluation, or a comparison with known edges."""


def roc(result: Judged) -> go.Figure:
    """Return the ROC curves of a model or network and its baselines.

    Parameters
    ----------
    result : ReportCard, TrainingResult, CrossvalResult, NetworkEvaluation or Comparison
        Of a report card: the tested pairs of all folds together.

    Raises
    ------
    InputError
        A comparison was made without known edges.
    """
    judged = _unwrap(result)
    curves = _curves_of_card(judged, roc_curve) if isinstance(judged, ReportCard) else judged.roc
    return plot_roc(curves, style_names(list(curves)))


def precision_recall(result: Judged) -> go.Figure:
    """Return precision against recall of a model or network and its baselines; see :func:`roc`."""
    judged = _unwrap(result)
    if isinstance(judged, ReportCard):
        curves = _curves_of_card(judged, precision_recall_curve)
    else:
        curves = judged.precision_recall
    return plot_precision_recall(curves, style_names(list(curves)), base_rate=judged.base_rate)


def calibration(result: Carded | ReportCard | NetworkEvaluation) -> go.Figure:
    """Return observed rates against stated probabilities, with 95 % intervals.

    Parameters
    ----------
    result : ReportCard, TrainingResult, CrossvalResult or NetworkEvaluation
    """
    if isinstance(result, NetworkEvaluation):
        curves = {MODEL: result.calibration}
    else:
        card = _card_of(result)
        labels, _ = check_scores(card.inputs.labels, card.inputs.models[card.model.name])
        curves = {name: calibration_curve(labels, values) for name, values in card.inputs.models.items()}
    return plot_calibration(curves, style_names(list(curves)))


def probabilities(result: Carded | ReportCard) -> go.Figure:
    """Return how many tested pairs of each label have each out-of-fold probability."""
    card = _card_of(result)
    return plot_probabilities(*check_scores(card.inputs.labels, card.inputs.models[card.model.name]))


def intervals(result: Carded | ReportCard, figure: str = "auroc") -> go.Figure:
    """Return a figure of models and baselines with its 95 % interval.

    Parameters
    ----------
    result : ReportCard, TrainingResult or CrossvalResult
    figure : str
        Such as "auroc", "auprc", "concordance_within_tfs" ("concordance_within_targets" for new TFs), "accuracy", "f1";
        see :data:`grnet.evaluation.bootstrap.FIGURES`.

    Raises
    ------
    InputError
        There is no such figure.
    """
    card = _card_of(result)
    if figure not in card.model.figures:
        raise InputError(f"there is no figure {figure!r}; expected one of {', '.join(card.model.figures)}")
    estimates = {row.name: row.figures[figure] for row in card.rows}
    within = card.concordance
    reference = 0.5 if figure in ("auroc", within.key) else None
    title = f"Concordance {within.within}" if figure == within.key else figure.upper()
    return plot_intervals(title, estimates, style_names(list(estimates)), reference=reference)


def evidence(explanation: PairExplanation) -> Figure:
    """Return the evidence for a pair as a Matplotlib figure: images, expression, parts of the score, places."""
    from grnet.reports.evidence_figure import draw_evidence

    return draw_evidence(explanation.evidence, explanation.pair)


def network(network: Network, *, edges: int = 300) -> go.Figure:
    """Return a network drawn as its page draws it: TFs as diamonds, edges in the colours of their signs.

    Parameters
    ----------
    network : Network
        As :func:`grnet.load_network` returns it.
    edges : int
        Draw at most this many, the most probable first.
    """
    return plot_network(network.strongest(edges), title=str(network.summary.get("name", "")))


def _card_of(result: Carded | ReportCard) -> ReportCard:
    return result if isinstance(result, ReportCard) else result.card


def _unwrap(result: Judged) -> ReportCard | NetworkEvaluation | KnownComparison:
    """Return what holds the curves.

    Raises
    ------
    InputError
        A comparison was made without known edges.
    """
    if isinstance(result, Comparison):
        if result.known is None:
            raise InputError("the networks were compared without known edges: grnet.compare(…, known=…) gives curves")
        return result.known
    return result if isinstance(result, NetworkEvaluation) else _card_of(result)


def _curves_of_card(card: ReportCard, trace: Callable[[npt.ArrayLike, npt.ArrayLike], Curve]) -> Mapping[str, Curve]:
    """Return the curve of each model and baseline over the tested pairs of all folds."""
    return {name: trace(card.inputs.labels, values) for name, values in card.inputs.predictors.items()}
