from __future__ import annotations

import re
from typing import Any

import pytest

from grnet.network.novel_edges import NovelEdges
from grnet.network.statement import state_network
from grnet.probability.prior import Prior

SETTLED = Prior(0.02, 0.014, 0.027, "estimated", 620, 25_000)
WIDE = Prior(0.23, 0.0001, 0.4, "estimated", 620, 25_000)
RULE = ("known edges among the candidates (2,737)", "at least 200", "at most 2,000")


def holds(text: str, *parts: str) -> bool:
    """Whether a text holds the parts, in their order."""
    return re.search(".*".join(map(re.escape, parts)), text) is not None


def summarised(
    edges: int = 2000,
    known: int = 1152,
    *,
    limits: dict[str, Any] | None = None,
    prior: Prior = SETTLED,
    precision: float = 0.181,
    unlabelled: int | None = None,
    interval: tuple[float, float] | None = None,
    best_novel: float | None = 0.62,
    **selection: Any,
) -> dict[str, Any]:
    """Return the parts of a summary that the statement reads; the default network where no limits are given."""
    new = edges - known if unlabelled is None else unlabelled
    novel_edges = NovelEdges(prior, new, precision if new else None, best_novel, 0.3, new, (), interval)
    default = {"rule": "limits" if limits else "default", "known_candidates": 2737, "with_known": False}
    default |= {"added_known": 0, "known_without_score": 0, "highest_probability": 0.6279}
    return {
        "candidates": 119_520,
        "edges": edges,
        "known": known,
        "novel": edges - known,
        "settings": {"limits": limits or {"top": edges}},
        "selection": default | selection,
        **novel_edges.to_json(),
    }


def test_the_default_network_says_what_was_kept_what_is_true_and_what_changes_it():
    kept, rule, known = state_network(summarised())
    assert holds(kept, "2,000 most probable of 119,520 candidates", "1,152 known and 848 novel", "150", "true", "--top")
    assert holds(rule, *RULE)
    assert holds(known, "--with-known", "other 1,585 known edges")


@pytest.mark.parametrize("prior", [WIDE, Prior(0.02, None, None, "known", 620, 25_000)])
def test_where_the_data_cannot_tell_no_number_is_expected(prior):
    summary = summarised(prior=prior)
    assert summary["ranking_only"] is True
    assert summary["unlabelled"]["expected_true"] is None
    kept = state_network(summary)[0]
    assert holds(
        kept, "1,152 known and 848 novel", "cannot tell how many of the novel edges are true", "ranking", "--top"
    )
    assert "expected" not in kept


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        (0.181, "About 150 of the novel edges are expected to be true"),
        (0.0054, "About 5 of the novel edges are expected to be true"),
        (0.0009, "Fewer than one of the novel edges is expected to be true"),
        (1.0, "About 850 of the novel edges are expected to be true"),
    ],
)
def test_the_number_that_is_expected_to_be_true_is_rounded(precision, words):
    assert f" {words}. " in state_network(summarised(precision=precision))[0]


def test_the_number_that_is_expected_to_be_true_has_an_interval():
    text = state_network(summarised(interval=(0.0003, 0.2512)))[0]
    assert "About 150 of the novel edges are expected to be true (95 % interval 0 to 210). " in text


def test_novel_edges_with_a_negative_label_do_not_count_for_it():
    text = state_network(summarised(unlabelled=800))[0]
    assert holds(text, "848 novel", "About 140 of the 800 novel edges without a label are expected to be true")


def test_limits_are_named_with_their_options():
    limits = {"probability": 0.25, "top_per_target": 2}
    kept, known = state_network(summarised(90, 90, limits=limits))
    named = "90 of 119,520 candidates (probability of at least 0.25, at most 2 per target)"
    assert holds(kept, named, "90 known and 0 novel", "--probability or --top-per-target")
    assert holds(known, "--with-known", "other 2,647 known edges")
    whole = state_network(summarised(119_520, 2737, limits={"probability": 0.0}))[0]
    assert holds(whole, "all 119,520 candidates", "2,737 known and 116,783 novel")
    one = state_network(summarised(1, 1, limits={"top": 1}))[0]
    assert holds(one, "the most probable of 119,520 candidates", "1 known and 0 novel", "--top")


def test_known_edges_that_were_added_or_have_no_score_are_counted():
    summary = summarised(3585, 2737, limits={"top": 2000}, with_known=True, added_known=1585, known_without_score=12)
    kept, added, lost = state_network(summary)
    assert holds(kept, "2,000 most probable", "1,152 known and 848 novel", "150 of the novel edges", "--top")
    assert holds(added, "--with-known added 1,585 known edges")
    assert holds(lost, "12 known edges could not be scored", "measurement")


def test_a_probability_that_none_reaches_says_what_the_best_has_and_what_keeps_some():
    (said,) = state_network(summarised(0, 0, limits={"probability": 0.9}, known_candidates=0))
    assert holds(said, "No candidate", "at least 0.9", "best has 0.62", "--probability 0.62", "--top 500")
    none = summarised(0, 0, limits={"probability": 0.9}, known_candidates=45)
    assert holds(state_network(none)[1], "--with-known", "the 45 known edges")
    added = summarised(5, 5, limits={"probability": 0.9}, known_candidates=5, with_known=True, added_known=5)
    assert holds(state_network(added)[1], "--with-known added 5 known edges")
    assert state_network(added)[0].startswith("No candidate has a probability of at least 0.9")


def test_an_expected_precision_that_none_reaches_says_so():
    limits = {"expected_precision": 0.8, "probability": 0.1}
    (said,) = state_network(summarised(0, 0, limits=limits, known_candidates=0))
    assert holds(said, "expected precision of 0.8", "probability of 0.62", "--expected-precision 0.62", "--top 500")
    (said,) = state_network(summarised(0, 0, limits=limits, known_candidates=0, best_novel=None))
    assert holds(said, "labelled", "none has an expected precision", "--top 500")


@pytest.mark.parametrize(
    ("best", "said"), [(0.6279, "0.62"), (0.00345, "0.0034"), (0.9999999, "0.99"), (1.0, "1"), (0.3, "0.3"), (0.0, "0")]
)
def test_the_best_probability_is_rounded_down_so_that_it_can_be_a_limit(best, said):
    summary = summarised(0, 0, limits={"probability": 0.9}, highest_probability=best)
    assert holds(state_network(summary)[0], f"best has {said}.", f"--probability {said} ")


def test_nothing_scored_and_summaries_of_earlier_versions():
    assert state_network(summarised(0, 0, highest_probability=None, known_candidates=0))[0] == (
        "No edge is kept: there are no scored candidates."
    )
    assert state_network({"edges": 3}) == []
