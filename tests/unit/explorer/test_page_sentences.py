from __future__ import annotations

from grnet.explorer.page_sentences import words_of
from grnet.probability.prior import Prior


def test_a_page_says_what_probability_settings_and_novel_edges_mean():
    summary = {
        "prior": Prior(0.0243, 0.018, 0.031, "estimated", 620, 25_000).to_json(),
        "unlabelled": {"edges": 21, "expected_precision": 0.8123, "expected_precision_interval": [0.7, 0.896]},
        "survival": {"edges": 21, "members": [14, 20, 17]},
        "settings": {"limits": {"top": 30}, "fold_models": 5},
        "versions": {"grnet": "1.2"},
        "ranking_only": False,
        "statement": ["Kept are 30.", "More are there."],
    }
    words = words_of(summary)
    assert (words["kept"], words["ranking"]) == (["Kept are 30.", "More are there."], False)
    assert words_of({**summary, "ranking_only": True})["ranking"] is True
    assert words["probability"].startswith("is the chance that the pair is a true edge: 2.4 % of the candidates")
    assert words["expectation"] == [
        ["0.81", "expected precision of the novel edges (95 % interval 0.70 to 0.90)"],
        ["14 to 20", "of 21 novel edges kept by each of 3 models alone"],
    ]
    assert words["interval"] == "95 % interval 0.70 to 0.90"
    assert words["settings"][1:] == [["kept", "at most 30 edges"], ["fold models", "5"], ["grnet version", "1.2"]]


def test_without_a_summary_nothing_is_made_up():
    assert words_of({}) == {
        "kept": [],
        "probability": "is the chance that the pair is a true edge.",
        "ranking": False,
        "expectation": [],
        "interval": "",
        "settings": [],
    }
