from __future__ import annotations

from grnet.network.page_words import words_of
from grnet.schema.prior import Prior


def test_a_page_says_what_probability_settings_and_novel_edges_mean():
    summary = {
        "prior": Prior(0.0243, 0.018, 0.031, "estimated", 620, 25_000).to_json(),
        "unlabelled": {"edges": 21, "expected_precision": 0.8123},
        "survival": {"edges": 21, "members": [14, 20, 17]},
        "settings": {"limits": {"top": 30}, "fold_models": 5},
        "versions": {"grnet": "1.2"},
    }
    words = words_of(summary)
    assert words["probability"].startswith("is the chance that the pair is a true edge: 2.4 % of the candidates")
    assert words["expectation"] == [
        ["0.81", "expected precision of the novel edges"],
        ["14 to 20", "of 21 novel edges kept by each of 3 models alone"],
    ]
    assert words["settings"][1:] == [["kept", "top 30"], ["fold models", "5"], ["grnet version", "1.2"]]


def test_without_a_summary_nothing_is_made_up():
    assert words_of({}) == {
        "probability": "is the chance that the pair is a true edge.",
        "expectation": [],
        "settings": [],
    }
