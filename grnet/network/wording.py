"""The figures and settings of a network in words, as the page shows them.

Enter: numbers and the summary. Leave: plain text, not yet escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NO_VALUE = "–"
_MODALITIES = {"rna": "RNA", "image": "images", "fused": "RNA and images"}
_LIMITS = {"probability": "probability of {} or more", "top": "top {:,}", "top_per_target": "top {:,} of each target"}
_SHARE = "edges_among_labelled_pairs"


def state_probability(value: float) -> str:
    """Return a probability (0..1) with three decimals; what would round to 0 or 1 is "< 0.001" or "> 0.999"."""
    text = f"{value:.3f}"
    return {"0.000": "< 0.001", "1.000": "> 0.999"}.get(text, text)


def state_range(lowest: float | None, highest: float | None) -> str:
    """Return the range of the kept probabilities, an en dash where there are none."""
    if lowest is None or highest is None:
        return NO_VALUE
    ends = dict.fromkeys((state_probability(lowest), state_probability(highest)))
    return " to ".join(ends)


def explain_probability(summary: Mapping[str, Any]) -> str:
    """Say what the probabilities are calibrated on, and how to read them among all candidates."""
    share = summary.get("settings", {}).get(_SHARE)
    of_which = f", of which {share:.0%} are edges" if isinstance(share, float | int) else ""
    return (
        f"is calibrated on the labelled pairs{of_which}. Among all candidates edges are rarer, so fewer of the edges "
        "shown are true than their probabilities say: read it as a ranking."
    )


def describe_settings(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and values of the settings and versions in the order of the summary."""
    rows = []
    for key, value in summary.get("settings", {}).items():
        if key == "limits" and isinstance(value, Mapping):
            rows.append(("kept", _describe_limits(value)))
        elif key == "modality":
            rows.append(("trained on", _MODALITIES.get(value, str(value))))
        elif key == _SHARE and isinstance(value, float | int):
            rows.append((_in_words(key), f"{value:.1%}"))
        else:
            rows.append((_in_words(key), _describe(value)))
    versions = summary.get("versions", {}).items()
    return [*rows, *((f"{_in_words(package)} version", str(version)) for package, version in versions)]


def _describe_limits(limits: Mapping[str, Any]) -> str:
    """Return the limits an edge has to pass, such as "probability of 0.9 or more, top 600"."""
    return ", ".join(
        _LIMITS[key].format(value) if key in _LIMITS else f"{key} {value}" for key, value in limits.items()
    )


def _describe(value: Any) -> str:
    if value is None or value == "":
        return NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{_in_words(key)} {_describe(entry)}" for key, entry in value.items()) or NO_VALUE
    if isinstance(value, list | tuple):
        return ", ".join(_describe(entry) for entry in value) or NO_VALUE
    return str(value)


def _in_words(key: Any) -> str:
    return str(key).replace("_", " ")
