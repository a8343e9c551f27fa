"""Where to draw each gene: every community in a disc of its own, linked communities side by side.

Force-directed placement of a whole network of thousands of edges ends in a hairball. Here the forces act within a
community only; the discs are then packed around those they are linked to, and turned to face them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from grnet.network.communities import seeded_igraph
from grnet.network.graph import end_points
from grnet.schema.arrays import Float64, Indices
from grnet.schema.tables import COMMUNITY, IS_TF, OUT_DEGREE

ROOM = 0.8
"""Radius of a disc = ROOM × √genes, in units of the distance that neighbours should keep."""
GAP = 1.6
WINDOW = 1.4
"""Width of a drawing in units of its height: the discs are packed so that they fill it."""
ASPECTS, MOST_TRIED = (1.0, 1.3, 1.7, 2.2), 100
"""Shapes of the spiral along which discs are packed; the best is kept. Where discs are many only the third is tried."""
FORCE_ITERATIONS, FEWEST_ITERATIONS, MOVED_GENES = 500, 150, 150_000
"""Rounds of the forces: as many as move so many genes in all, since a round of many genes takes long."""
LARGEST_EXACT = 1000
PUSHES, PUSHED_PAIRS = 60, 2e7
"""Most rounds of pushing apart, and most pairs of genes looked at in all of them: a bound on time."""
PUSHED_ROWS = 256
"""Genes whose distances to all others are in memory at once."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def lay_out(edges: pd.DataFrame, nodes: pd.DataFrame, *, seed: int) -> Float64:
    """Return the position of each node.

    Parameters
    ----------
    edges, nodes : DataFrame
        Columns of `EDGES` and `NODES`; every gene of an edge is a node.
    seed : int

    Returns
    -------
    float64 array [N, 2]
        Around (0, 0), wider than high; genes next to each other are about 1 apart.
    """
    if nodes.empty:
        return np.zeros((0, 2))
    source, target = end_points(edges, nodes)
    member = np.unique(nodes[COMMUNITY].to_numpy(np.int64), return_inverse=True)[1].astype(np.int64)
    discs = np.split(np.argsort(member, kind="stable"), np.cumsum(np.bincount(member))[:-1])
    with seeded_igraph(seed):
        local = _fill_discs(discs, _room_of(nodes), source, target)
    radii = np.array([np.linalg.norm(local[rows], axis=1).max() for rows in discs]) + 0.8
    across = member[source] != member[target]
    source, target = source[across], target[across]
    centres = _pack_well(radii, member[source], member[target])
    outward = _pull_of_partners(centres[member], source, target)
    for rows in discs:
        local[rows] = _turn(local[rows], outward[rows])
    placed = local + centres[member]
    centred: Float64 = placed - (placed.max(axis=0) + placed.min(axis=0)) / 2
    return centred


def _room_of(nodes: pd.DataFrame) -> Float64:
    """Return the diameter that each node needs, float64 [N]: 1 for a target, up to 2.5 for a hub."""
    growth = np.minimum(1.0, 0.12 * np.sqrt(nodes[OUT_DEGREE].to_numpy(np.float64)))
    room: Float64 = np.where(nodes[IS_TF].to_numpy(bool), 1.5 + growth, 1.0)
    return room


def _fill_discs(discs: list[Indices], room: Float64, source: Indices, target: Indices) -> Float64:
    """Return positions around the middle of each node's own disc, [N, 2]; igraph draws the random starts."""
    member = np.empty(len(room), dtype=np.int64)
    for disc, rows in enumerate(discs):
        member[rows] = disc
    inside = np.flatnonzero((member[source] == member[target]) & (source != target))
    by_disc = inside[np.argsort(member[source[inside]], kind="stable")]
    starts = np.searchsorted(member[source[by_disc]], np.arange(len(discs) + 1))
    place = np.zeros(len(member), dtype=np.int64)
    local = np.zeros((len(member), 2))
    for disc, rows in enumerate(discs):
        place[rows] = np.arange(len(rows))
        own = by_disc[starts[disc] : starts[disc + 1]]
        local[rows] = _fill_disc(room[rows], place[source[own]], place[target[own]])
    return local


def _fill_disc(room: Float64, source: Indices, target: Indices) -> Float64:
    """Return a force-directed layout of one community that fills a disc evenly.

    Parameters
    ----------
    room : float64 array [n]
        Diameter that each node needs.
    source, target : int64 arrays [E]
        Edges within the community, 0..n-1.

    Returns
    -------
    float64 array [n, 2]
    """
    import igraph

    n_nodes = len(room)
    radius = ROOM * np.sqrt((room**2).sum())
    if n_nodes == 1:
        return np.zeros((1, 2))
    if n_nodes == 2:
        return np.array([[-0.8, 0.0], [0.8, 0.0]])
    graph = igraph.Graph(n=n_nodes, edges=np.stack([source, target], axis=1).tolist()).simplify()
    rounds = min(max(MOVED_GENES // n_nodes, FEWEST_ITERATIONS), FORCE_ITERATIONS)
    points = np.array(graph.layout_fruchterman_reingold(niter=rounds, grid=n_nodes > LARGEST_EXACT).coords)
    points -= np.median(points, axis=0)
    distance = np.maximum(np.linalg.norm(points, axis=1), 1e-9)
    order = np.empty(n_nodes)
    order[np.argsort(distance, kind="stable")] = np.arange(n_nodes)
    # Half as the forces want it, half as if each ring of the disc held its share of the genes.
    even = np.sqrt((order + 0.5) / n_nodes)
    wanted = radius * (0.35 * distance / distance.max() + 0.65 * even)
    points = _push_apart(points * (wanted / distance)[:, None], room)
    centred: Float64 = points - (points.max(axis=0) + points.min(axis=0)) / 2
    return centred


def _push_apart(points: Float64, room: Float64) -> Float64:
    """Move points apart that are closer than the room that they need, in place, [n, 2]."""
    rounds = min(PUSHES, int(PUSHED_PAIRS / len(points) ** 2))
    if rounds == 0:
        return points
    for _ in range(rounds):
        moves = np.zeros_like(points)
        for start in range(0, len(points), PUSHED_ROWS):
            rows = np.arange(start, min(start + PUSHED_ROWS, len(points)))
            x, y = (points[rows, axis, None] - points[:, axis] for axis in (0, 1))  # [b, n]
            distance = np.sqrt(x * x + y * y)
            overlap = (room[rows, None] + room) / 2 - distance
            overlap[rows - start, rows] = 0.0
            push = 0.35 * np.maximum(overlap, 0.0) / np.maximum(distance, 1e-6)
            moves[rows] = np.stack([(x * push).sum(axis=1), (y * push).sum(axis=1)], axis=1)
        if not moves.any():
            break
        points += moves
    return points


def _pack_well(radii: Float64, source: Indices, target: Indices) -> Float64:
    """Return the centre of each disc, [C, 2], as they are largest in a window; arguments of :func:`_pack_discs`."""
    aspects = ASPECTS if len(radii) <= MOST_TRIED else ASPECTS[2:3]
    packed = [_pack_discs(radii, source, target, aspect=aspect) for aspect in aspects]
    return max(packed, key=lambda centres: _scale_in_window(radii, centres))


def _scale_in_window(radii: Float64, centres: Float64) -> float:
    """Return the largest scale at which all discs fit into a window of width `WINDOW` and height 1."""
    low, high = (centres - radii[:, None]).min(axis=0), (centres + radii[:, None]).max(axis=0)
    width, height = high - low
    return float(min(WINDOW / width, 1 / height))


def _pack_discs(radii: Float64, source: Indices, target: Indices, *, aspect: float) -> Float64:
    """Return the centre of each disc, [C, 2]: in the order given, next to the placed discs it has edges with.

    Parameters
    ----------
    radii : float64 array [C]
    source, target : int64 arrays [E]
        Discs at the ends of each edge that runs between two of them.
    aspect : float
        How much wider than high the spiral is along which a place is sought.
    """
    n_discs = len(radii)
    ends, others = np.concatenate([source, target]), np.concatenate([target, source])
    order = np.argsort(ends, kind="stable")
    starts = np.searchsorted(ends[order], np.arange(n_discs + 1))
    centres = np.zeros((n_discs, 2))
    first_free = 0  # unlinked discs come in falling size: no place passed over by one is free for the next but small
    for disc in range(n_discs):
        partners = others[order[starts[disc] : starts[disc + 1]]]
        partners = partners[partners < disc]
        wish = 0.6 * centres[partners].mean(axis=0) if len(partners) else np.zeros(2)
        step = 0 if len(partners) else first_free
        centres[disc], step = _first_free_place(
            wish, step, radii[disc], centres=centres[:disc], radii=radii[:disc], aspect=aspect
        )
        if not len(partners):
            first_free = step
    return centres


def _first_free_place(
    wish: Float64, step: int, radius: float, *, centres: Float64, radii: Float64, aspect: float
) -> tuple[Float64, int]:
    """Return the first point of a sunflower spiral around `wish` where a disc overlaps no other, and its step."""
    while True:
        steps = np.arange(step, step + 64)
        angle, reach = steps * GOLDEN_ANGLE, 0.7 * np.sqrt(steps)
        points = wish + np.stack([aspect * reach * np.cos(angle), reach * np.sin(angle)], axis=1)  # [64, 2]
        distance = np.linalg.norm(points[:, None, :] - centres[None, :, :], axis=2)
        free = np.flatnonzero((distance >= radii + radius + GAP).all(axis=1))
        if len(free):
            return points[free[0]], step + int(free[0])
        step += 64


def _pull_of_partners(centre: Float64, source: Indices, target: Indices) -> Float64:
    """Return the sum of unit vectors from each node's disc to those of its partners elsewhere, [N, 2]."""
    pull = np.zeros_like(centre)
    for ends, others in ((source, target), (target, source)):
        direction = centre[others] - centre[ends]
        np.add.at(pull, ends, direction / np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9))
    return pull


def _turn(points: Float64, outward: Float64) -> Float64:
    """Rotate a disc's points by the angle that best aligns them with `outward` (least squares), [n, 2]."""
    along = (points * outward).sum()
    across = (points[:, 0] * outward[:, 1] - points[:, 1] * outward[:, 0]).sum()
    angle = np.arctan2(across, along)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned: Float64 = points @ rotation
    return turned
