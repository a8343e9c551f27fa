from __future__ import annotations

from typing import Any

import pytest

from grnet.network.novel_edges import NovelEdges
from grnet.network.statement import state_network
from grnet.probability.prior import Prior

SETTLED = Prior(0.02, 0.014, 0.027, "estimated", 620, 25_000)
WIDE = Prior(0.23, 0.0001, 0.4, "estimated", 620, 25_000)
RULE = (
    "By default as many edges are kept as there are known edges among the candidates (2,737), but at least 200 and at "
    "most 2,000."
)


def summarised(
    edges: int = 2000,
    known: int = 1152,
    *,
    limits: dict[str, Any] | None = None,
    prior: Prior = SETTLED,
    precision: float = 0.181,
    unlabelled: int | None = None,
    best_novel: float | None = 0.62,
    **selection: Any,
) -> dict[str, Any]:
    """Return the parts of a summary that the statement reads; the default network where no limits are given."""
    new = edges - known if unlabelled is None else unlabelled
    novel_edges = NovelEdges(prior, new, precision if new else None, best_novel, 0.3, new, ())
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
    assert state_network(summarised()) == [
        "Kept are the 2,000 most probable of 119,520 candidates, 1,152 known and 848 novel; about 150 of the novel "
        "edges are expected to be true; --top changes this.",
        RULE,
        "--with-known adds the other 1,585 known edges.",
    ]


@pytest.mark.parametrize("prior", [WIDE, Prior(0.02, None, None, "known", 620, 25_000)])
def test_where_the_data_cannot_tell_no_number_is_expected(prior):
    summary = summarised(prior=prior)
    assert summary["ranking_only"] is True
    assert summary["unlabelled"]["expected_true"] is None
    assert state_network(summary)[0] == (
        "Kept are the 2,000 most probable of 119,520 candidates, 1,152 known and 848 novel; the data cannot tell how "
        "many of the novel edges are true: read their order as a ranking; --top changes this."
    )


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        (0.181, "about 150 of the novel edges are expected to be true"),
        (0.0054, "about 5 of the novel edges are expected to be true"),
        (0.0009, "fewer than one of the novel edges is expected to be true"),
        (1.0, "about 850 of the novel edges are expected to be true"),
    ],
)
def test_the_number_that_is_expected_to_be_true_is_rounded(precision, words):
    assert f"; {words}; " in state_network(summarised(precision=precision))[0]


def test_novel_edges_with_a_negative_label_do_not_count_for_it():
    text = state_network(summarised(unlabelled=800))[0]
    assert "848 novel; about 140 of the 800 novel edges without a label are expected to be true" in text


def test_limits_are_named_with_their_options():
    limits = {"probability": 0.25, "top_per_target": 2}
    assert state_network(summarised(90, 90, limits=limits)) == [
        "Kept are 90 of 119,520 candidates (probability of at least 0.25, at most 2 per target), 90 known and 0 novel; "
        "--probability or --top-per-target changes this.",
        "--with-known adds the other 2,647 known edges.",
    ]
    assert state_network(summarised(119_520, 2737, limits={"probability": 0.0}))[0].startswith(
        "Kept are all 119,520 candidates, 2,737 known and 116,783 novel; "
    )
    assert state_network(summarised(1, 1, limits={"top": 1}))[0] == (
        "Kept are the most probable of 119,520 candidates, 1 known and 0 novel; --top changes this."
    )


def test_known_edges_that_were_added_or_have_no_score_are_counted():
    summary = summarised(3585, 2737, limits={"top": 2000}, with_known=True, added_known=1585, known_without_score=12)
    assert state_network(summary) == [
        "Kept are the 2,000 most probable of 119,520 candidates, 1,152 known and 848 novel; about 150 of the novel "
        "edges are expected to be true; --top changes this.",
        "--with-known added 1,585 known edges that the limits leave out.",
        "12 known edges could not be scored: the two genes do not share what the models look at.",
    ]


def test_a_probability_that_none_reaches_says_what_the_best_has_and_what_keeps_some():
    assert state_network(summarised(0, 0, limits={"probability": 0.9}, known_candidates=0)) == [
        "No candidate has a probability of at least 0.9; the best has 0.62; --probability 0.62 keeps some, --top 500 "
        "keeps the strongest."
    ]
    none = summarised(0, 0, limits={"probability": 0.9}, known_candidates=45)
    assert state_network(none)[1:] == ["--with-known adds the 45 known edges."]
    added = summarised(5, 5, limits={"probability": 0.9}, known_candidates=5, with_known=True, added_known=5)
    assert state_network(added)[1:] == ["--with-known added 5 known edges that the limits leave out."]
    assert state_network(added)[0].startswith("No candidate has a probability of at least 0.9")


def test_an_expected_precision_that_none_reaches_says_so():
    limits = {"expected_precision": 0.8, "probability": 0.1}
    assert state_network(summarised(0, 0, limits=limits, known_candidates=0)) == [
        "No set of candidates reaches an expected precision of 0.8; the best novel candidate has a probability of "
        "0.62; --expected-precision 0.62 keeps some, --top 500 keeps the strongest."
    ]
    assert state_network(summarised(0, 0, limits=limits, known_candidates=0, best_novel=None)) == [
        "No candidate is without a label, so none has an expected precision; --top 500 keeps the strongest."
    ]


@pytest.mark.parametrize(
    ("best", "said"), [(0.6279, "0.62"), (0.00345, "0.0034"), (0.9999999, "0.99"), (1.0, "1"), (0.3, "0.3"), (0.0, "0")]
)
def test_the_best_probability_is_rounded_down_so_that_it_can_be_a_limit(best, said):
    summary = summarised(0, 0, limits={"probability": 0.9}, highest_probability=best)
    assert f"the best has {said}; --probability {said} keeps some" in state_network(summary)[0]


def test_nothing_scored_and_summaries_of_earlier_versions():
    assert state_network(summarised(0, 0, highest_probability=None, known_candidates=0))[0] == (
        "No edge is kept: there are no scored candidates."
    )
    assert state_network({"edges": 3}) == []
