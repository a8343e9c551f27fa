"""Sentences on a network: how many edges it keeps, by which rule, and how many of them are expected to be true.

Enters: the summary of a network. Leave: sentences for the screen, for `summary.json` and for the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from grnet.network.wording import describe_limits
from grnet.schema.configs import FEWEST_EDGES, MOST_EDGES

SHOWN_INSTEAD = 500
"""Edges of the network that is offered where limits keep nothing."""


def state_network(summary: Mapping[str, Any]) -> list[str]:
    """Return sentences: the kept edges, how many are expected to be true, and which option changes the limits.

    Parameters
    ----------
    summary : mapping
        From :func:`grnet.network.summary.summarise`; one of an earlier version, without `selection`, says nothing.

    Returns
    -------
    list of str
        Where no candidate passes the limits: what the best one has, and what would keep some.
    """
    selection = summary.get("selection")
    if selection is None:
        return []
    by_limits = summary["edges"] - selection["added_known"]
    sentences = [_state_kept(summary, by_limits) if by_limits else _state_none(summary)]
    if selection["rule"] == "default":
        sentences.append(
            f"By default, a network has as many edges as there are known edges among the candidates "
            f"({selection['known_candidates']:,}), but at least {FEWEST_EDGES:,} and at most {MOST_EDGES:,}."
        )
    return [*sentences, *_state_known(summary["known"], selection)]


def _state_kept(summary: Mapping[str, Any], by_limits: int) -> str:
    """Say what the limits kept."""
    limits, n_candidates = summary["settings"]["limits"], summary["candidates"]
    if by_limits == n_candidates:
        what = f"The network keeps all {n_candidates:,} candidates"
    elif list(limits) == ["top"]:
        most = "the most probable" if by_limits == 1 else f"the {by_limits:,} most probable"
        what = f"The network keeps {most} of {n_candidates:,} candidates"
    else:
        what = f"The network keeps {by_limits:,} of {n_candidates:,} candidates ({describe_limits(limits)})"
    known = summary["known"] - summary["selection"]["added_known"]
    options = " or ".join(f"--{name.replace('_', '-')}" for name in limits)
    counts = f"{what}: {known:,} known and {summary['novel']:,} novel edges."
    return " ".join(part for part in (counts, _state_true(summary), f"Change this with {options}.") if part)


def _state_true(summary: Mapping[str, Any]) -> str:
    """Say how many of the novel edges are expected to be true; "" where there are none."""
    unlabelled = summary.get("unlabelled", {})
    if not unlabelled.get("edges"):
        return ""
    if summary["ranking_only"]:
        return "The data cannot tell how many of the novel edges are true: read their order as a ranking."
    of_them = "of the novel edges"
    if unlabelled["edges"] < summary["novel"]:
        of_them = f"of the {unlabelled['edges']:,} novel edges without a label"
    expected = unlabelled["expected_true"]
    if expected < 1:
        return f"Fewer than one {of_them} is expected to be true."
    return f"About {_round(expected):,} {of_them} are expected to be true{_state_interval(unlabelled)}."


def _state_interval(unlabelled: Mapping[str, Any]) -> str:
    """Return the interval of the number of true edges in brackets; "" without one."""
    interval = unlabelled.get("expected_precision_interval")
    if interval is None:
        return ""
    low, high = (f"{_round(unlabelled['edges'] * end):,}" for end in interval)
    return f" (95 % interval {low} to {high})"


def _state_none(summary: Mapping[str, Any]) -> str:
    """Say why no candidate passes the limits, what the best one has, and what would keep some."""
    limits, best = summary["settings"]["limits"], summary["selection"]["highest_probability"]
    new = summary.get("unlabelled", {}).get("highest_probability")
    wanted = limits.get("expected_precision")
    if best is None:
        return "No edge is kept: there are no scored candidates."
    instead = f"--top {min(SHOWN_INSTEAD, summary['candidates'])} to keep the strongest."
    if wanted is not None and new is None:
        return f"All candidates are labelled, so none has an expected precision. Use {instead}"
    if wanted is not None and new < wanted:
        return (
            f"No set of candidates reaches an expected precision of {wanted:g}. The best novel candidate has a "
            f"probability of {_floor(new)}. Use --expected-precision {_floor(new)} to keep some, or {instead}"
        )
    return (
        f"No candidate has a probability of at least {limits['probability']:g}. The best has {_floor(best)}. "
        f"Use --probability {_floor(best)} to keep some, or {instead}"
    )


def _state_known(n_known: int, selection: Mapping[str, Any]) -> list[str]:
    """Say which known edges were added or are not in the network."""
    sentences = []
    added, beyond = selection["added_known"], selection["known_candidates"] - n_known
    if selection["with_known"]:
        sentences.append(f"--with-known added {added:,} {_edges(added, 'known')} outside the limits.")
    elif beyond > 0:
        other = "other " if n_known else ""
        sentences.append(f"Use --with-known to add the {other}{beyond:,} {_edges(beyond, 'known')}.")
    lost = selection["known_without_score"]
    if lost:
        sentences.append(
            f"{lost:,} {_edges(lost, 'known')} could not be scored: the two genes share no measurement of the models."
        )
    return sentences


def _edges(count: int, kind: str) -> str:
    return f"{kind} {'edge' if count == 1 else 'edges'}"


def _round(value: float) -> int:
    """Return a number of 1 or more with two significant digits."""
    return int(float(f"{value:.2g}")) if value >= 10 else round(value)


def _floor(probability: float) -> str:
    """Return a probability with two significant digits, never more than it is, so that it can be given as a limit."""
    if probability <= 0:
        return "0"
    scale = 10.0 ** (1 - math.floor(math.log10(probability)))
    return f"{math.floor(probability * scale + 1e-9) / scale:.2g}"
