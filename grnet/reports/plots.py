"""The plots of the report, as Plotly figures with one colour for each name on every plot.

Enter: curves and probabilities. Leave: figures. Colours are those of Okabe & Ito (2008) and of Tol (2021), which the
colour-blind tell apart; baselines are thin and dashed besides.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grnet.evaluation.baseline_inputs import (
    BASELINES,
    BOOSTING,
    DEGREE,
    IMAGES,
    KNOWN_DEGREES,
    KNOWN_NETWORK,
    NEIGHBOUR,
    PEARSON,
    RANDOM,
    RNA,
    SPEARMAN,
    name_kernel,
)
from grnet.evaluation.bootstrap import Estimate
from grnet.evaluation.curves import CalibrationCurve, Curve
from grnet.evaluation.network_evaluation import CORRELATION_BASELINE, DEGREE_BASELINE
from grnet.schema.arrays import Float64, Indices

if TYPE_CHECKING:
    import plotly.graph_objects as go

HistoryRow = tuple[int, float, float]
_MODEL_COLOURS = ("#0072B2", "#000000", "#882255", "#44AA99", "#999933", "#AA4499")
_BASELINE_STYLES = {
    PEARSON: ("#D55E00", "dash"),
    CORRELATION_BASELINE: ("#D55E00", "dash"),
    SPEARMAN: ("#E69F00", "dashdot"),
    DEGREE: ("#56B4E9", "dot"),
    DEGREE_BASELINE: ("#56B4E9", "dot"),
    KNOWN_DEGREES: ("#56B4E9", "longdash"),
    KNOWN_NETWORK: ("#332288", "dash"),
    NEIGHBOUR: ("#009E73", "longdash"),
    BOOSTING: ("#CC79A7", "longdashdot"),
    name_kernel(RNA): ("#117733", "dash"),
    name_kernel(IMAGES): ("#DDCC77", "dash"),
    name_kernel(RNA, IMAGES): ("#661100", "dash"),
    RANDOM: ("#8A8A8A", "dot"),
}
_FOLD_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_GRID, _AXIS, _INK = "#E6E6E6", "#9A9A9A", "#222222"
POSITIVE_COLOUR, NEGATIVE_COLOUR = "#0072B2", "#E69F00"


class LineStyle(NamedTuple):
    """Colour, dash and width (pixels) of a name's line."""

    colour: str
    dash: str
    width: float


def style_names(names: Sequence[str]) -> dict[str, LineStyle]:
    """Return the line style of each name; models in order, baselines by name."""
    styles: dict[str, LineStyle] = {}
    n_models = 0
    for name in names:
        if name in _BASELINE_STYLES:
            styles[name] = LineStyle(*_BASELINE_STYLES[name], 1.6)
        else:
            styles[name] = LineStyle(_MODEL_COLOURS[n_models % len(_MODEL_COLOURS)], "solid", 3.0)
            n_models += 1
    return styles


def is_baseline(name: str) -> bool:
    """Whether `name` is that of a baseline."""
    return name in BASELINES or name in _BASELINE_STYLES


def plot_intervals(
    title: str, estimates: Mapping[str, Estimate], styles: Mapping[str, LineStyle], *, reference: float | None = None
) -> go.Figure:
    """Return a point with its 95 % interval for each name, the first on top; `reference` is a thin line."""
    import plotly.graph_objects as go

    figure = _new_figure(title, "mean over folds, 95 % interval", "")
    shown = {name: estimate for name, estimate in estimates.items() if np.isfinite(estimate.value)}
    for name, estimate in shown.items():
        low, high = np.nan_to_num(estimate.interval, nan=estimate.value).round(5).tolist()
        value = round(estimate.value, 5)
        figure.add_trace(
            go.Scatter(
                x=[value],
                y=[html.escape(name)],
                mode="markers",
                marker={"color": styles[name].colour, "size": 7},
                error_x={"array": [high - value], "arrayminus": [value - low], "thickness": 2, "width": 6},
                hovertemplate=f"%{{y}}: {value:.3f} ({low:.3f} to {high:.3f})<extra></extra>",
                showlegend=False,
            )
        )
    if reference is not None:
        figure.add_vline(x=reference, line={"color": "#B5B5B5", "width": 1})
    figure.update_layout(height=120 + 34 * len(shown), margin={"l": 8, "r": 16, "t": 44, "b": 56})
    figure.update_yaxes(autorange="reversed", automargin=True, title=None)
    return figure


def plot_roc(curves: Mapping[str, Curve], styles: Mapping[str, LineStyle]) -> go.Figure:
    """Return true-positive against false-positive rate."""
    figure = _new_figure("ROC", "false-positive rate", "true-positive rate")
    _add_line(figure, [0, 1], [0, 1], name="chance")
    _add_curves(figure, curves, styles)
    return _make_square(figure)


def plot_precision_recall(
    curves: Mapping[str, Curve], styles: Mapping[str, LineStyle], *, base_rate: float
) -> go.Figure:
    """Return precision against recall, with the base rate as a line."""
    figure = _new_figure("Precision and recall", "recall", "precision")
    _add_line(figure, [0, 1], [base_rate, base_rate], name="base rate")
    _add_curves(figure, curves, styles)
    return _make_square(figure)


def plot_calibration(curves: Mapping[str, CalibrationCurve], styles: Mapping[str, LineStyle]) -> go.Figure:
    """Return observed rate against stated probability, with 95 % intervals and the number of pairs of each bin."""
    import plotly.graph_objects as go

    figure = _new_figure("Calibration", "stated probability (mean of the bin)", "observed rate of positives")
    _add_line(figure, [0, 1], [0, 1], name="perfect")
    for name, curve in curves.items():
        style = styles[name]
        figure.add_trace(
            go.Scatter(
                x=curve.mean.tolist(),
                y=curve.observed.tolist(),
                name=html.escape(name),
                mode="lines+markers",
                line={"color": style.colour, "width": 2},
                marker={"size": 8},
                customdata=np.column_stack([curve.count, curve.low, curve.high]).tolist(),
                hovertemplate="stated %{x:.3f}<br>observed %{y:.3f} (%{customdata[1]:.3f} to %{customdata[2]:.3f})"
                "<br>%{customdata[0]:,} pairs",
                error_y={
                    "array": (curve.high - curve.observed).tolist(),
                    "arrayminus": (curve.observed - curve.low).tolist(),
                    "thickness": 1.5,
                    "width": 4,
                },
            )
        )
    return _make_square(figure)


def plot_probabilities(labels: Indices, probabilities: Float64) -> go.Figure:
    """Return how many pairs of each label have each probability, in steps of 0.05."""
    import plotly.graph_objects as go

    edges = np.linspace(0, 1, 21)
    figure = _new_figure("Probabilities by label", "probability", "pairs")
    parts = ((0, "label 0", NEGATIVE_COLOUR), (1, "label 1", POSITIVE_COLOUR))
    for label, name, colour in parts:
        counts = np.histogram(probabilities[labels == label], edges)[0]
        figure.add_trace(
            go.Bar(
                x=((edges[:-1] + edges[1:]) / 2).round(3).tolist(),
                y=counts.tolist(),
                name=name,
                marker={"color": colour, "line": {"width": 0}},
                hovertemplate="%{y:,} pairs near %{x}",
            )
        )
    figure.update_layout(barmode="group", bargap=0.08, bargroupgap=0)
    figure.update_xaxes(range=[0, 1])
    return figure


def plot_history(title: str, history: Mapping[str, Sequence[HistoryRow]], *, folds: Sequence[str]) -> go.Figure:
    """Return the losses of one stage over its epochs: training dotted, validation solid with a ring at its best.

    The place of a name in `folds` gives its colour, so that a fold looks the same in every stage.
    """
    import plotly.graph_objects as go

    figure = _new_figure(title, "epoch", "loss")
    for name, rows in history.items():
        epochs, training, validation = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
        finite = [(loss, epoch) for epoch, loss in zip(epochs, validation, strict=True) if np.isfinite(loss)]
        loss, epoch = ([value] for value in min(finite)) if finite else ([], [])
        colour, text = _FOLD_COLOURS[folds.index(name) % len(_FOLD_COLOURS)], html.escape(name)
        solid, dotted = {"color": colour, "width": 2}, {"color": colour, "dash": "dot", "width": 1.2}
        ring = {"color": colour, "size": 9, "symbol": "circle-open", "line": {"width": 2}}
        traces = (
            ("validation", go.Scatter(x=epochs, y=validation, mode="lines", line=solid)),
            ("training", go.Scatter(x=epochs, y=training, mode="lines", line=dotted)),
            ("best validation", go.Scatter(x=epoch, y=loss, mode="markers", marker=ring)),
        )
        for part, trace in traces:
            hover = f"{part}, epoch %{{x}}: %{{y:.4f}}"
            trace.update(name=text, legendgroup=text, showlegend=part == "validation", hovertemplate=hover)
            figure.add_trace(trace)
    return figure.update_layout(showlegend=True)


def plot_precision_at_top(tops: Mapping[str, Mapping[int, float]], styles: Mapping[str, LineStyle]) -> go.Figure:
    """Return the precision among the k best for each name, bars in groups of k."""
    import plotly.graph_objects as go

    figure = _new_figure("Precision among the best", "number of best-scored pairs", "precision")
    for name, precisions in tops.items():
        shown = {k: value for k, value in precisions.items() if np.isfinite(value)}
        figure.add_trace(
            go.Bar(
                x=[f"{k:,}" for k in shown],
                y=list(shown.values()),
                name=html.escape(name),
                marker={"color": styles[name].colour, "line": {"width": 0}},
                hovertemplate="%{y:.3f} among the best %{x}",
            )
        )
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1])
    return figure


def plot_overlap(
    curves: Mapping[str, tuple[Sequence[int], Sequence[float]]], styles: Mapping[str, LineStyle]
) -> go.Figure:
    """Return for pairs of networks which part of the best edges they share, at each depth (logarithmic)."""
    figure = _new_figure("Shared among the best edges", "number of best edges", "part that both have")
    for name, (depths, parts) in curves.items():
        style = styles[name]
        figure.add_scatter(
            x=list(depths),
            y=[round(part, 5) for part in parts],
            name=html.escape(name),
            mode="lines",
            line={"color": style.colour, "dash": style.dash, "width": style.width},
            hovertemplate="%{y:.3f} of the best %{x:,}",
        )
    figure.update_layout(showlegend=True)
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(range=[-0.01, 1.01], dtick=0.2)
    return figure


def _new_figure(title: str, x: str, y: str) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(
        template="none",
        title={"text": title, "x": 0, "xref": "container", "font": {"size": 17}, "pad": {"l": 8}},
        font={"family": "system-ui, 'DejaVu Sans', sans-serif", "size": 13, "color": _INK},
        width=480,
        height=520,
        margin={"l": 62, "r": 16, "t": 44, "b": 130},
        hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top"},
    )
    axis = {"gridcolor": _GRID, "linecolor": _AXIS, "zeroline": False, "ticks": "outside", "tickcolor": _AXIS}
    figure.update_xaxes(title={"text": x, "standoff": 6}, **axis)
    figure.update_yaxes(title={"text": y, "standoff": 8}, **axis)
    return figure


def _make_square(figure: go.Figure) -> go.Figure:
    """Show 0..1 on both axes with one scale."""
    figure.update_xaxes(range=[-0.01, 1.01], dtick=0.2, constrain="domain")
    figure.update_yaxes(range=[-0.01, 1.01], dtick=0.2, scaleanchor="x", scaleratio=1, constrain="domain")
    return figure


def _add_line(figure: go.Figure, x: Sequence[float], y: Sequence[float], *, name: str) -> None:
    """Add a thin grey reference line."""
    line = {"color": "#B5B5B5", "width": 1}
    figure.add_scatter(x=list(x), y=list(y), name=name, mode="lines", line=line, hoverinfo="skip")


def _add_curves(figure: go.Figure, curves: Mapping[str, Curve], styles: Mapping[str, LineStyle]) -> None:
    """Add the baselines first, so that the models lie on top; the legend keeps the order of `curves`."""
    ranks = {name: rank for rank, name in enumerate(curves)}
    for name in sorted(curves, key=lambda entry: (not is_baseline(entry), ranks[entry])):
        style, curve = styles[name], curves[name]
        figure.add_scatter(
            x=curve.x.round(5).tolist(),
            y=curve.y.round(5).tolist(),
            name=html.escape(name),
            mode="lines",
            line={"color": style.colour, "dash": style.dash, "width": style.width},
            legendrank=ranks[name],
            hovertemplate="%{x:.3f}, %{y:.3f}",
        )
