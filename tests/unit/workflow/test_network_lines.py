from __future__ import annotations

from pathlib import Path

from grnet.probability.prior import Prior
from grnet.workflow.network_lines import describe_network

SETTLED = Prior(0.02, 0.014, 0.027, "estimated", 620, 25_000)
WIDE = Prior(0.23, 0.0001, 0.4, "estimated", 620, 25_000)


def lines_of(prior: Prior, *, edges: int = 30, members: tuple[int, ...] = (14, 20)) -> list[str]:
    summary = {
        "edges": edges,
        "known": 9,
        "novel": 21,
        "genes": 25,
        "candidates": 400,
        "probability": {"lowest": 0.2, "highest": 0.96},
        "statement": ["Kept are 30.", "By default."],
        "ranking_only": not prior.is_settled,
        "prior": prior.to_json(),
        "unlabelled": {
            "edges": 21 if edges else 0,
            "expected_precision": 0.8123,
            "expected_precision_interval": [0.7, 0.896],
        },
        "survival": {"edges": 21, "members": list(members)},
    }
    return list(describe_network(summary, folder=Path("net"), page=Path("net/network.html")))


def test_the_screen_has_the_statement_the_prior_and_the_page():
    assert lines_of(SETTLED) == [
        "Kept are 30.",
        "By default.",
        "25 genes; probability 0.2 to 0.96",
        "prior: 2 % of the candidates without a label are taken to be edges (estimated; 95 % interval 1.4 % to 2.7 %)",
        "expected precision of the 21 novel edges without a label: 0.812 (95 % interval 0.70 to 0.90)",
        "each of the 2 models alone would keep 14 to 20 of the novel edges",
        "open net/network.html",
    ]


def test_where_the_data_cannot_tell_no_probability_is_shown():
    assert lines_of(WIDE, members=(7,)) == [
        "Kept are 30.",
        "By default.",
        "25 genes",
        "prior: the scores cannot tell how many of the candidates are edges (95 % interval 0.01 % to 40 %)",
        "note: use --prior FRACTION if you know the fraction of true edges",
        "open net/network.html",
    ]


def test_an_empty_network_is_not_offered_to_be_opened():
    assert lines_of(SETTLED, edges=0)[2:] == [
        "prior: 2 % of the candidates without a label are taken to be edges (estimated; 95 % interval 1.4 % to 2.7 %)",
        "`grnet view net --top 400 -o strongest.html` shows the strongest",
    ]


def test_a_network_of_an_earlier_version_has_counts():
    summary = {"edges": 3, "known": 1, "novel": 2, "genes": 4, "candidates": 9}
    summary |= {"probability": {"lowest": 0.5, "highest": 0.5}}
    assert list(describe_network(summary, folder=Path("net"))) == [
        "3 edges, 1 known and 2 novel",
        "4 genes; probability 0.5 to 0.5",
    ]
