from __future__ import annotations

import pytest

from grnet.network.wording import describe_settings, explain_probability, state_probability, state_range


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


def test_the_base_rate_is_named_where_it_is_known():
    told = explain_probability({"settings": {"edges_among_labelled_pairs": 0.5102}})
    assert told.startswith("is calibrated on the labelled pairs, of which 51% are edges. Among all candidates")
    assert explain_probability({}).startswith("is calibrated on the labelled pairs. Among all candidates")


def test_settings_read_as_words():
    summary = {
        "settings": {
            "limits": {"probability": 0.9, "top": 1600, "top_per_target": 5},
            "modality": "fused",
            "fold_models": 5,
            "edges_among_labelled_pairs": 0.5102,
            "unscorable_pairs": 0,
            "extra": {"some_list": ["a", 2], "on": True, "none": None},
        },
        "versions": {"grnet": "0.1.0"},
    }
    assert describe_settings(summary) == [
        ("kept", "probability of 0.9 or more, top 1,600, top 5 of each target"),
        ("trained on", "RNA and images"),
        ("fold models", "5"),
        ("edges among labelled pairs", "51.0%"),
        ("unscorable pairs", "0"),
        ("extra", "some list a, 2, on yes, none –"),
        ("grnet version", "0.1.0"),
    ]
    assert describe_settings({}) == []
