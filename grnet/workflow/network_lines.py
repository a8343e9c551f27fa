"""Lines on a network for the screen: the sentences of its summary, the prior, and the page to open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grnet.network.wording import in_brackets, state_interval
from grnet.probability.prior import Prior


def describe_network(summary: Mapping[str, Any], *, folder: Path, page: Path | None = None) -> Iterator[str]:
    """Yield what is to be said of a network, line by line.

    Parameters
    ----------
    summary : mapping
        What `summary.json` holds; of an earlier version, counts alone are said.
    folder : Path
        The network folder, for the command that shows other edges.
    page : Path, optional
        The page that was written; it is offered where it shows anything.
    """
    n_edges = summary["edges"]
    yield from summary.get("statement") or [
        f"{n_edges:,} edges, {summary['known']:,} known and {summary['novel']:,} novel"
    ]
    ends = summary["probability"]
    if n_edges:
        genes = f"{summary['genes']:,} genes"
        yield (
            genes
            if summary.get("ranking_only")
            else f"{genes}; probability {ends['lowest']:.4g} to {ends['highest']:.4g}"
        )
    if "prior" in summary:
        yield from _describe_expectation(Prior.from_json(summary["prior"]), summary)
    if n_edges and page is not None:
        yield f"open {page}"
    elif not n_edges and summary["candidates"]:
        yield f"`grnet view {folder} --top {min(500, summary['candidates'])} -o strongest.html` shows the strongest"


def _describe_expectation(prior: Prior, summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield lines: the prior, the expected precision of the novel edges, and how many each model would keep alone."""
    yield f"prior: {prior.describe()}"
    if not prior.is_settled:
        yield "note: use --prior FRACTION if you know the fraction of true edges"
    new, survival = summary["unlabelled"], summary["survival"]
    if not new["edges"]:
        return
    if prior.is_settled:
        yield (
            f"expected precision of the {new['edges']:,} novel edges without a label: {new['expected_precision']:.3f}"
            f"{in_brackets(state_interval(new))}"
        )
    members = survival["members"]
    if len(members) > 1:
        counts = " to ".join(dict.fromkeys(f"{count:,}" for count in (min(members), max(members))))
        some = survival["edges"] == new["edges"]
        of_them = "of the novel edges" if some else f"of {survival['edges']:,} random ones of the novel edges"
        yield f"each of the {len(members)} models alone would keep {counts} {of_them}"
