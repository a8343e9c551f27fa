"""The figures and settings of a network in words, as the page shows them.

Enter: numbers and the summary. Leave: plain text, not yet escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grnet.probability.prior import Prior

NO_VALUE = "–"
_MODALITIES = {"rna": "RNA", "image": "images", "fused": "RNA and images"}
_LIMITS = {
    "probability": "probability of at least {:g}",
    "expected_precision": "expected precision of at least {:g}",
    "top": "at most {:,} edges",
    "top_per_target": "at most {:,} per target",
}
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
    """Say what a probability means, which fraction of the candidates it takes to be edges, and on what it rests."""
    meaning = "is the chance that the pair is a true edge"
    if "prior" not in summary:
        return f"{meaning}."
    prior = Prior.from_json(summary["prior"])
    if not prior.is_settled:
        return f"gives a ranking only: {prior.describe()}."
    return f"{meaning}: {prior.describe()}. It is valid only if the known edges are a fair sample of all edges."


def explain_two(summary: Mapping[str, Any]) -> str:
    """Say what the probability of an edge of two networks is."""
    ranking = " Those of a network whose data cannot tell them are a ranking." if summary.get("ranking_only") else ""
    return f"is the higher of those that the two networks give an edge.{ranking}"


def state_expectation(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return value and name of the figures on the novel edges of a network; none without any."""
    unlabelled, survival = summary.get("unlabelled", {}), summary.get("survival", {})
    if not unlabelled.get("edges"):
        return []
    precision = unlabelled["expected_precision"]
    shown = f"{precision:.2f}" if precision >= 0.005 else "< 0.01"
    name = f"expected precision of the novel edges{in_brackets(state_interval(unlabelled))}"
    figures = [("unknown" if summary.get("ranking_only") else shown, name)]
    members = survival.get("members", [])
    if len(members) > 1:
        kept = dict.fromkeys(f"{count:,}" for count in (min(members), max(members)))
        name = f"of {survival['edges']:,} novel edges kept by each of {len(members)} models alone"
        figures.append((" to ".join(kept), name))
    return figures


def state_interval(unlabelled: Mapping[str, Any]) -> str:
    """Return the interval of the expected precision, "95 % interval 0.70 to 0.90", from the summary; "" without one."""
    interval = unlabelled.get("expected_precision_interval")
    return "" if interval is None else f"95 % interval {interval[0]:.2f} to {interval[1]:.2f}"


def in_brackets(text: str) -> str:
    """Return a text in brackets, to go on a sentence; "" stays as it is."""
    return f" ({text})" if text else ""


def describe_settings(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and values of the settings and versions in the order of the summary."""
    rows = [("prior", Prior.from_json(summary["prior"]).describe())] if "prior" in summary else []
    for key, value in summary.get("settings", {}).items():
        if key == "limits" and isinstance(value, Mapping):
            rows.append(("kept", describe_limits(value)))
        elif key == "modality":
            rows.append(("trained on", _MODALITIES.get(value, str(value))))
        elif key == _SHARE and isinstance(value, float | int):
            rows.append((_in_words(key), f"{value:.1%}"))
        else:
            rows.append((_in_words(key), _describe(value)))
    versions = summary.get("versions", {}).items()
    return [*rows, *((f"{_in_words(package)} version", str(version)) for package, version in versions)]


def describe_limits(limits: Mapping[str, Any]) -> str:
    """Return the limits an edge has to pass, such as "probability of at least 0.9, at most 600 edges"."""
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
