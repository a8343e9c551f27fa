"""Edges whose reverse a model was trained on are counted, whatever pairs count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from candidate_streams import as_stream

from grnet.evaluation.network_evaluation import evaluate_scores
from grnet.evaluation.reverse_pairs import ReverseTally

GENES = [f"g{number}" for number in range(12)]
TFS = GENES[:8]


def make_candidates(trained):
    """Every TF with every gene; `trained` is (tf, target) → label."""
    pairs = [(tf, target) for tf in TFS for target in GENES if tf != target]
    table = pd.DataFrame(pairs, columns=["tf", "target"])
    table["score"] = np.random.default_rng(0).normal(size=len(table)).astype(np.float32)
    table["probability"] = (1 / (1 + np.exp(-table["score"]))).astype(np.float32)
    table["correlation"] = np.float32(0.5)
    table["label"] = pd.array([trained.get(pair, pd.NA) for pair in pairs], dtype="Int8")
    return table


def draw(seed=0):
    """Return labels of half of the candidates that a model was trained on, and known edges of the others."""
    rng = np.random.default_rng(seed)
    table = make_candidates({})
    names = list(zip(table["tf"], table["target"], strict=True))
    own = rng.random(len(names)) < 0.5
    trained = {pair: int(rng.integers(0, 2)) for pair, one in zip(names, own, strict=True) if one}
    rest = [
        (*pair, int(rng.random() < 0.4)) for pair, one in zip(names, own, strict=True) if not one and rng.random() < 0.8
    ]
    return trained, pd.DataFrame(rest, columns=["tf", "target", "label"])


def count_by_loop(trained, known, universe):
    listed = {(tf, target): label for tf, target, label in known.itertuples(index=False)}
    positives = [pair for pair, label in listed.items() if label == 1]
    tfs, targets = {tf for tf, _ in positives}, {target for _, target in positives}
    counts = [0, 0, 0, 0]
    for pair in zip(*(make_candidates({})[name] for name in ("tf", "target")), strict=True):
        inside = {"labelled": pair in listed, "tested": pair[0] in tfs and pair[1] in targets, "all": True}[universe]
        if not inside or pair in trained:
            continue
        place = 0 if trained.get(pair[::-1]) == 1 else 2
        counts[place] += 1
        counts[place + 1] += listed.get(pair, 0)
    return ReverseTally(*counts)


@pytest.mark.parametrize("universe", ["labelled", "tested", "all"])
@pytest.mark.parametrize("novel_only", [False, True])
def test_reverses_are_counted_as_by_a_loop_over_candidates(universe, novel_only):
    trained, known = draw()
    stream = as_stream(make_candidates(trained))
    result = evaluate_scores(stream, known, universe=universe, novel_only=novel_only)
    expected = count_by_loop(trained, known, universe)
    assert result.reverses == expected
    assert expected.n_reversed_positives > 0
    plain = result.to_json()
    assert plain["reverse_pairs"]["n_reversed_positives"] == expected.n_reversed_positives
    assert plain["warnings"] == list(result.warnings)
    assert result.warnings == expected.warn()
    assert f"warning: {result.warnings[0]}" in result._repr_html_()


def test_the_warning_says_how_many_and_what_the_reverse_tells():
    (text,) = ReverseTally(1000, 814, 3000, 876).warn()
    assert text == (
        "Of the 1,690 positives that the model was not trained on, the reverse of 814 (48.2%) is an edge that it was "
        "trained on. Of all 1,000 such pairs 81.4% are positive, of the others 29.2%: the reverse alone may tell the "
        "label. Report figures without these pairs as well."
    )
    assert "of the others" not in ReverseTally(10, 5, 0, 0).warn()[0]


@pytest.mark.parametrize(
    "tally", [ReverseTally(0, 0, 100, 10), ReverseTally(5, 0, 100, 10), ReverseTally(1, 1, 999, 500)]
)
def test_few_reverses_are_not_warned_of(tally):
    assert tally.warn() == ()
