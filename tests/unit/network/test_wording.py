from __future__ import annotations

import pytest

from grnet.network.novel_edges import NovelEdges
from grnet.network.wording import (
    describe_settings,
    explain_probability,
    state_expectation,
    state_probability,
    state_range,
)
from grnet.probability.prior import Prior


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "< 0.001"),
        (0.0004, "< 0.001"),
        (0.0006, "0.001"),
        (0.9, "0.900"),
        (0.9994, "0.999"),
        (0.9996, "> 0.999"),
        (1.0, "> 0.999"),
    ],
)
def test_a_probability_is_never_shown_as_certain(value, text):
    assert state_probability(value) == text


def test_a_range_has_two_ends_one_or_none():
    assert state_range(0.9, 0.99978536) == "0.900 to > 0.999"
    assert state_range(0.9998, 0.9999) == "> 0.999"
    assert state_range(None, None) == "–"


PRIOR = Prior(0.02, None, None, "given", 620, 25_000)


def test_a_probability_is_explained_with_the_prior_that_it_rests_on():
    share = "2 % of the candidates without a label are taken to be edges (as given)"
    assert explain_probability({"prior": PRIOR.to_json()}) == (
        f"is the chance that the pair is a true edge: {share}. It is valid only if the known edges are a fair sample "
        "of all edges."
    )
    assert explain_probability({}) == "is the chance that the pair is a true edge."
    assert describe_settings({"prior": PRIOR.to_json()}) == [("prior", share)]


def test_where_the_data_cannot_tell_probabilities_are_a_ranking():
    wide = Prior(0.23, 0.0001, 0.4, "estimated", 620, 25_000)
    assert explain_probability({"prior": wide.to_json()}) == (
        "gives a ranking only: the scores cannot tell how many of the candidates are edges (95 % interval 0.01 % to "
        "40 %)."
    )
    assert state_expectation(NovelEdges(wide, 90, 0.8004, 0.94, 0.7, 90, ()).to_json()) == [
        ("unknown", "expected precision of the novel edges")
    ]


def test_what_the_new_edges_are_worth():
    novel_edges = NovelEdges(PRIOR, 90, 0.8004, 0.94, 0.7, 90, (78, 88, 34)).to_json()
    assert state_expectation(novel_edges) == [
        ("0.80", "expected precision of the novel edges"),
        ("34 to 88", "of 90 novel edges kept by each of 3 models alone"),
    ]
    known = NovelEdges(PRIOR, 90, 0.8004, 0.94, 0.7, 90, (), (0.6512, 0.9)).to_json()
    name = "expected precision of the novel edges (95 % interval 0.65 to 0.90)"
    assert state_expectation(known) == [("0.80", name)]
    assert known["unlabelled"]["expected_precision_interval"] == [0.6512, 0.9]
    hopeless = NovelEdges(PRIOR, 90_000, 0.0033, 0.94, 0.0, 300, ()).to_json()
    assert state_expectation(hopeless)[0] == ("< 0.01", "expected precision of the novel edges")
    alike = NovelEdges(PRIOR, 90, 0.8004, 0.94, 0.7, 90, (78, 78)).to_json()
    assert state_expectation(alike)[1][0] == "78"
    assert len(state_expectation(NovelEdges(PRIOR, 9, 0.8, 0.9, 0.7, 9, (8,)).to_json())) == 1
    assert state_expectation(NovelEdges(PRIOR, 0, None, 0.4, None, 0, (0, 0)).to_json()) == []
    assert state_expectation({}) == []


WORDS = "probability of at least 0.9, expected precision of at least 0.8, at most 1,600 edges, at most 5 per target"


def test_settings_read_as_words():
    summary = {
        "settings": {
            "limits": {"probability": 0.9, "expected_precision": 0.8, "top": 1600, "top_per_target": 5},
            "modality": "fused",
            "fold_models": 5,
            "edges_among_labelled_pairs": 0.5102,
            "unscorable_pairs": 0,
            "extra": {"some_list": ["a", 2], "on": True, "none": None},
        },
        "versions": {"grnet": "0.1.0"},
    }
    assert describe_settings(summary) == [
        ("kept", WORDS),
        ("trained on", "RNA and images"),
        ("fold models", "5"),
        ("edges among labelled pairs", "51.0%"),
        ("unscorable pairs", "0"),
        ("extra", "some list a, 2, on yes, none –"),
        ("grnet version", "0.1.0"),
    ]
    assert describe_settings({}) == []
