"""What the explorer page holds: the network as JSON, small enough for a page and safe inside one.

Enter: edges, nodes, summary, and what is known about their evidence. Leave: the tables cut to what the page shows, and
JSON in which the edges name their ends by row. The page's scripts read this JSON and nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from grnet.network.graph import end_points, shorten
from grnet.network.summary import find_hubs
from grnet.network.two_networks import TwoNetworks
from grnet.schema.arrays import Float64, Indices
from grnet.schema.tables import (
    COMMUNITY,
    CORRELATION,
    ID,
    IN_DEGREE,
    IS_TF,
    KNOWN,
    N_IMAGES,
    OUT_DEGREE,
    PROBABILITY,
    RANK,
    SCORE,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    SYMBOL,
    TARGET,
    TF,
)

HUB_LABELS = 12
DRAWN_AT_FIRST = 1500
"""The page opens at a threshold that lets no more edges through: more are a hairball."""


def describe_network(edges: pd.DataFrame, nodes: pd.DataFrame, points: Float64) -> dict[str, Any]:
    """Return what the page shows of edges and genes, as columns of JSON values.

    Parameters
    ----------
    edges, nodes : DataFrame
        What is in the page.
    points : float64 array [N, 2]

    Returns
    -------
    dict
        `nodes` and `edges`: column → list, where the edges name their ends by row in `nodes` (`tf`, `target`) and null
        is what is missing; `communities`: number, genes, and the circle around them; `labels`: rows of the hubs, the
        largest first; `threshold`: the probability from which edges are drawn at first.
    """
    source, target = end_points(edges, nodes)
    node_columns = (SYMBOL, ID, IS_TF, N_IMAGES, IN_DEGREE, OUT_DEGREE, COMMUNITY)
    row_of = {symbol: row for row, symbol in enumerate(nodes[SYMBOL])}
    probability = shorten(edges[PROBABILITY])
    some = {
        name: [value if value == value else None for value in shorten(edges[name])]
        for name in (SPREAD, SEED_SPREAD, SCORE, CORRELATION)
    }
    return {
        "nodes": {
            **{name: nodes[name].tolist() for name in node_columns},
            "x": np.round(points[:, 0], 3).tolist(),
            "y": np.round(points[:, 1], 3).tolist(),
        },
        "edges": {
            TF: source.tolist(),
            TARGET: target.tolist(),
            PROBABILITY: probability,
            **some,
            RANK: edges[RANK].tolist(),
            SIGN: edges[SIGN].tolist(),
            KNOWN: edges[KNOWN].tolist(),
        },
        "communities": _circles(nodes[COMMUNITY].to_numpy(np.int64), points),
        "labels": [row_of[symbol] for symbol in find_hubs(nodes, HUB_LABELS)[SYMBOL]],
        "threshold": choose_threshold(probability),
    }


def describe_two(two: TwoNetworks) -> dict[str, Any]:
    """Return what the page says of two networks in one.

    Returns
    -------
    dict
        `names` of both; `held`: "first", "second" or "both" for each edge; `probability`: of each edge in both, null
        where it has none.
    """
    return {
        "names": list(two.names),
        "held": two.held.tolist(),
        "probability": [
            [value if value == value else None for value in shorten(pd.Series(own))] for own in two.probability
        ],
    }


def choose_threshold(probability: list[float], at_most: int = DRAWN_AT_FIRST) -> float:
    """Return the lowest probability that at most so many edges reach, the highest of all where equals are too many.

    Parameters
    ----------
    probability : list of float
        In falling order; 0 is returned where there are none.
    at_most : int
    """
    if not probability:
        return 0.0
    if len(probability) <= at_most:
        return probability[-1]
    passing = [value for value in probability[:at_most] if value > probability[at_most]]
    return passing[-1] if passing else probability[0]


def _circles(community: Indices, points: Float64) -> list[dict[str, Any]]:
    """Return for each community its number, count of genes, and the circle that holds them."""
    circles = []
    for number in np.unique(community):
        inside = points[community == number]
        centre = (inside.max(axis=0) + inside.min(axis=0)) / 2
        radius = float(np.linalg.norm(inside - centre, axis=1).max()) + 0.8
        x, y, radius = (round(float(value), 3) for value in (*centre, radius))
        circles.append({"community": int(number), "genes": len(inside), "x": x, "y": y, "radius": radius})
    return circles
