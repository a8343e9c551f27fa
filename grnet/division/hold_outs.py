"""Which of the pairs that a model may learn from decide when its training stops.

Enter: pairs with labels. Leave: those to fit on and those to stop by, which are as new to the fitted ones
as test pairs are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grnet.division.splits import GROUP_NAMES, Groups, Split, group_rows
from grnet.schema.arrays import Bools, check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex


class HoldOut(NamedTuple):
    """Pairs to fit on and pairs to stop by, bool arrays [P]; disjoint."""

    fit: Bools
    stop: Bools


def hold_out(
    pairs: PairIndex, labels: npt.ArrayLike, *, n_genes: int, fraction: float, seed: int, split: Split = "pair"
) -> HoldOut:
    """Choose pairs to decide when training stops, as new to the fitted pairs as test pairs are.

    Parameters
    ----------
    pairs : PairIndex of P pairs
    labels : int array [P]
    n_genes : int
    fraction : float
        Of the groups to hold out, between 0 and 1; about that of the pairs, stratified by label. With "both" of the TFs
        and of the targets: pairs of both are held out, pairs of neither fitted on, and all others left out.
    seed : int
    split : {"pair", "tf", "target", "both"}
        What stays together, as in :func:`divide_pairs`.

    Returns
    -------
    HoldOut
        Systematic sampling over the groups, sorted by their labels and shuffled within.

    Raises
    ------
    InputError
        `fraction` leaves nothing on one side.
    """
    y = check_labels(labels, len(pairs))
    rng = np.random.default_rng(seed)
    keys = {"pair": pairs.unordered_keys(n_genes), "tf": pairs.tf, "target": pairs.target}
    if split == "both":
        by_tf, by_target = (_choose_groups(group_rows(keys[role], y), fraction, rng) for role in ("tf", "target"))
        held = HoldOut(~by_tf & ~by_target, by_tf & by_target)
    else:
        chosen = _choose_groups(group_rows(keys[split], y), fraction, rng)
        held = HoldOut(~chosen, chosen)
    if not held.fit.any() or not held.stop.any():
        n_groups = len(np.unique(keys["pair" if split == "both" else split]))
        raise InputError(
            f"a validation fraction of {fraction:g} of {len(pairs)} pairs ({n_groups} {GROUP_NAMES[split]}) leaves "
            "no pairs on one side; give more known edges or another fraction"
        )
    return held


def _choose_groups(groups: Groups, fraction: float, rng: np.random.Generator) -> Bools:
    """Return which rows [P] belong to a chosen `fraction` of the groups."""
    n_groups = len(groups.counts)
    shuffled = rng.permutation(n_groups)
    order = shuffled[np.lexsort(groups.counts[shuffled].T)]
    steps = np.floor(np.arange(n_groups + 1) * fraction + rng.random())
    chosen = np.zeros(n_groups, dtype=bool)
    chosen[order] = np.diff(steps) > 0
    rows: Bools = chosen[groups.member]
    return rows
