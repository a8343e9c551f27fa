"""A network as a Plotly figure: genes where the page draws them, edges in the colours of their signs."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from grnet.network.graph import end_points
from grnet.network.network import Network
from grnet.schema.tables import ACTIVATION, IS_TF, OUT_DEGREE, REPRESSION, SIGN, SYMBOL, UNKNOWN_SIGN

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SIGN_COLOURS = {ACTIVATION: "#0072B2", REPRESSION: "#D55E00", UNKNOWN_SIGN: "#8A8A8A"}
_TF_COLOUR, _GENE_COLOUR, _INK = "#332288", "#E8B545", "#222222"
LABELLED_TFS = 25
"""TFs whose symbols are written beside them, those of most targets."""


def plot_network(network: Network, *, title: str) -> go.Figure:
    """Return a network drawn: TFs as diamonds, other genes as dots, edges as lines with one trace for each sign.

    Parameters
    ----------
    network : Network
    title : str
        Plain text.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    source, target = end_points(network.edges, network.nodes)
    points = network.layout
    signs = network.edges[SIGN].to_numpy()
    for sign, colour in _SIGN_COLOURS.items():
        rows = np.flatnonzero(signs == sign)
        if len(rows):
            gap = np.full(len(rows), np.nan)  # ends a line, so that one trace holds all of a sign
            x, y = (np.column_stack([points[source[rows], k], points[target[rows], k], gap]).ravel() for k in (0, 1))
            line = {"color": colour, "width": 1}
            name = f"{sign} ({len(rows):,})"
            figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, opacity=0.5, hoverinfo="skip", name=name))
    _add_genes(figure, network)
    hidden = {"visible": False}
    figure.update_layout(
        template="none",
        title={"text": html.escape(title), "font": {"size": 17}},
        font={"family": "system-ui, 'DejaVu Sans', sans-serif", "size": 12, "color": _INK},
        width=900,
        height=680,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        xaxis=hidden,
        yaxis={**hidden, "scaleanchor": "x"},
    )
    return figure


def _add_genes(figure: go.Figure, network: Network) -> None:
    """Add the TFs and the other genes, each as a trace, with the symbols of the TFs of most targets."""
    import plotly.graph_objects as go

    nodes, points = network.nodes, network.layout
    is_tf = nodes[IS_TF].to_numpy(dtype=bool)
    degree = nodes[OUT_DEGREE].to_numpy(dtype=np.int64)
    names = np.array([html.escape(symbol) for symbol in nodes[SYMBOL]], dtype=object)
    hubs = np.argsort(-degree, kind="stable")[:LABELLED_TFS]
    labelled = np.isin(np.arange(len(nodes)), hubs) & is_tf & (degree > 0)
    for kind, rows, shape, colour in (
        ("TFs", np.flatnonzero(is_tf), "diamond", _TF_COLOUR),
        ("other genes", np.flatnonzero(~is_tf), "circle", _GENE_COLOUR),
    ):
        figure.add_trace(
            go.Scatter(
                x=points[rows, 0],
                y=points[rows, 1],
                mode="markers+text",
                text=np.where(labelled[rows], names[rows], ""),
                textposition="top center",
                hovertext=names[rows],
                hoverinfo="text",
                marker={"symbol": shape, "color": colour, "size": 11 if kind == "TFs" else 6},
                name=f"{kind} ({len(rows):,})",
            )
        )
