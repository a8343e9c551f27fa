"""What a page says in sentences: prepared here, so that page and command line use the same words.

Enters: the summary of a network. Leave: JSON values, plain text that is not yet escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grnet.network.wording import describe_settings, explain_probability, state_expectation, state_interval


def words_of(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a page.

    Parameters
    ----------
    summary : mapping
        From :func:`grnet.network.summary.summarise`, or a part of it.

    Returns
    -------
    dict
        `kept`: what was kept and what of it is expected to be true, sentences; `probability`: what it means, going on
        from "Probability"; `ranking`: whether the data cannot tell how many novel edges are true; `expectation`:
        [value, name] of the figures that say what the novel edges are worth; `interval`: that of their expected
        precision, "" without one; `settings`: [name, value] of settings and versions.
    """
    return {
        "kept": list(summary.get("statement", [])),
        "probability": explain_probability(summary),
        "ranking": bool(summary.get("ranking_only", False)),
        "expectation": [list(figure) for figure in state_expectation(summary)],
        "interval": state_interval(summary.get("unlabelled", {})),
        "settings": [list(row) for row in describe_settings(summary)],
    }
