"""Splits of other methods are taken as they are, and rankings judged on the pairs that they say."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import peers
import pytest
from given_folds import judge_folds, pad_folds
from ranked_candidates import compare_promise, list_graph_rules, rank_beside_rules, state_ranking
from results_file import show
from sklearn.metrics import average_precision_score, roc_auc_score

import grnet
from grnet.division.splits import contiguous_folds

GENES = [f"g{number}" for number in range(8)]
TFS = GENES[:4]
SUMMARY = {"prior": {"value": 0.1, "low": 0.05, "high": 0.2}, "ranking_only": True}


def make_pairs(rows, *columns):
    return pd.DataFrame(rows, columns=["tf", "target", *columns])


def make_scores(labelled, *, tfs=TFS, genes=GENES):
    """Every candidate with a score that falls from the first to the last, as a network has them."""
    scores = make_pairs([(tf, target) for tf in tfs for target in genes if tf != target])
    labels = {(tf, target): label for tf, target, label in labelled}
    scores["score"] = np.linspace(2, -2, len(scores))
    scores["probability"] = 1 / (1 + np.exp(-scores["score"]))
    scores["correlation"] = np.cos(np.arange(len(scores)))
    keys = zip(scores["tf"], scores["target"], strict=True)
    return scores.assign(label=[labels.get(key, np.nan) for key in keys])


@pytest.fixture
def scored(monkeypatch):
    """Let grnet score candidates without training; returns what each training was asked for."""
    asked = []

    def score(dataset, folder, *, known_network=True):
        known = grnet.load_dataset(dataset).labelled_pairs
        asked.append((len(known), known_network))
        return make_scores(known[["tf", "target", "label"]].itertuples(index=False)), SUMMARY

    monkeypatch.setattr(peers, "score_candidates", score)
    return asked


def write_cells(folder):
    """Write a table of cells and a list of TFs."""
    folder.mkdir(parents=True)
    values = np.random.default_rng(0).gamma(2.0, size=(len(GENES), 12)).round(3)
    table = pd.DataFrame(values, index=pd.Index(GENES, name="gene"), columns=[f"cell{number}" for number in range(12)])
    table.to_csv(folder / "expression.tsv.gz", sep="\t")
    for name in ("tfs.txt", "genelink_tfs.txt"):
        (folder / name).write_text("\n".join(TFS) + "\n", encoding="utf-8")
    return folder


def test_rules_of_the_graph_count_known_edges():
    known = make_pairs([("a", "x"), ("a", "y"), ("b", "x"), ("x", "b")])
    pairs = make_pairs([("a", "x"), ("b", "x"), ("b", "z"), ("x", "a")])

    rules = list_graph_rules(pairs, known)

    degrees = [np.log(3) + np.log(3), np.log(2) + np.log(3), np.log(2), np.log(2)]
    np.testing.assert_allclose(rules["known degrees"], degrees)
    assert np.argsort(-rules["reverse pair, then degrees"]).tolist() == [1, 3, 0, 2]


def test_rankings_agree_with_scikit_learn():
    generator = np.random.default_rng(3)
    true, scores = generator.random(60) < 0.3, generator.random(60)

    ranked = state_ranking(true, scores)

    assert ranked["auroc"] == pytest.approx(roc_auc_score(true, scores), abs=1e-4)
    assert ranked["auprc"] == pytest.approx(average_precision_score(true, scores), abs=1e-4)


def test_promise_is_that_of_the_most_probable(monkeypatch):
    monkeypatch.setattr("ranked_candidates.TOPS", (2, 3))
    unseen = make_pairs([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")])
    unseen = unseen.assign(probability=[0.2, 0.9, 0.5, 0.7], score=[0.1, 0.9, 0.5, 0.7])

    promise = compare_promise(unseen, np.array([True, True, False, False]), SUMMARY)

    assert promise["top 2"] == {"promised": 0.8, "true": 0.5}
    assert promise["top 3"] == {"promised": 0.7, "true": pytest.approx(1 / 3, abs=1e-4)}
    assert (promise["true_prior"], promise["ranking_only"], promise["prior"]["low"]) == (0.5, True, 0.05)


def test_given_folds_are_those_that_the_label_file_is_cut_into():
    rows = make_pairs(
        [("a", "x", 1, 0), ("a", "y", 0, 0), ("b", "x", 1, 1), ("b", "y", 0, 2), ("b", "z", 1, 2), ("x", "b", 1, 2)],
        *("label", "fold"),
    )

    padded = pad_folds(rows.sample(frac=1, random_state=0))

    assert len(padded) == 9
    assert contiguous_folds(len(padded), 3).tolist() == padded["fold"].tolist()
    assert set(padded.itertuples(index=False)) == set(rows.itertuples(index=False))


def test_folds_are_judged_on_distinct_pairs_and_on_new_ones():
    known = make_pairs(
        [("a", "x", 1, 0), ("a", "y", 0, 0), ("a", "a", 1, 0), ("y", "a", 1, 1), ("b", "x", 1, 1), ("b", "y", 0, 1)],
        *("label", "fold"),
    )
    tested = pd.concat([known, known.iloc[:1]]).assign(probability=[0.9, 0.2, 0.9, 0.1, 0.8, 0.3, 0.9])

    figures = judge_folds(tested, known)

    assert (figures["all pairs"]["pairs"], figures["new pairs"]["pairs"]) == (6, 3)
    assert figures["all pairs"]["accuracy"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert figures["all pairs"]["auroc"] == pytest.approx((1 + 0.5) / 2)
    with pytest.raises(SystemExit, match="1 of 6 pairs were tested in another fold than the one given"):
        judge_folds(tested, known.iloc[1:])


def test_a_gold_standard_is_judged_with_and_without_what_was_trained_on(tmp_path, scored):
    source = write_cells(tmp_path / "data/yeast-gasch")
    labelled = [("g0", "g5", 1), ("g1", "g6", 1), ("g0", "g6", 0), ("g1", "g5", 0)]
    make_pairs(labelled, "label").to_csv(source / "known.csv.gz", index=False)
    gold = [("g0", "g5"), ("g1", "g6"), ("g1", "g7"), ("g0", "g6")]
    make_pairs(gold).assign(gold="union").to_csv(source / "golds.csv.gz", index=False)
    published = pd.DataFrame({"GS_src": ["union", "other"], "algorithm": ["pearson", "PIDC"], "AUPR": [0.25, 0.5]})
    published.to_csv(source / "published_aupr.csv", index=False)

    case = peers.measure_yeast(tmp_path / "data", tmp_path / "work", known_network=False)

    assert scored == [(4, False)]
    assert case["golds"]["union"] == {
        **{"tfs": 2, "targets": 3, "pairs": 6, "edges": 4, "pairs_trained_on": 4},
        **{"edges_trained_on_as_edges": 2, "edges_trained_on_as_non_edges": 1},
    }
    whole, unseen = (case["rankings"][f"union, {part} pairs"] for part in ("all", "unseen"))
    assert whole["random order"]["auprc"] == pytest.approx(4 / 6, abs=1e-4)
    assert whole["pearson, published"] == {"auprc": 0.25}
    assert "PIDC, published" not in whole
    assert unseen["random order"]["auprc"] == 0.5  # g0 -> g7 and g1 -> g7
    assert unseen["grnet"] == {"auroc": 0.0, "auprc": 0.5}
    assert not any("published" in name for name in unseen)


def test_the_unknown_half_is_ranked_without_what_is_known(tmp_path, scored):
    source = write_cells(tmp_path / "data/mdc-string")
    make_pairs([("g0", "g5", 1), ("g1", "g6", 0)], "label").to_csv(source / "known.csv", index=False)
    make_pairs([("g0", "g1"), ("g5", "g0"), ("g3", "g7")]).to_csv(source / "gold.csv", index=False)

    case = peers.measure_mdc_string(tmp_path / "data", tmp_path / "work", known_network=True)

    assert scored == [(2, True)]
    assert (case["pairs"], case["edges"]) == (4 * 7 - 2, 2)
    ranked = case["rankings"]["unseen pairs"]
    assert list(ranked) == ["grnet", "|r|", "known degrees", "reverse pair, then degrees"]
    assert ranked["grnet"]["auroc"] == pytest.approx(0.5)  # the first and the last of 26
    unseen = peers.list_unseen(grnet.load_dataset(tmp_path / "work/dataset"))
    assert len(unseen) == case["pairs"]
    assert not {("g0", "g5"), ("g1", "g6")} & set(unseen.itertuples(index=False, name=None))


@pytest.mark.parametrize(("negatives", "known"), [(True, 4), (False, 2)])
def test_test_pairs_that_are_in_training_are_left_out_of_the_clean_ones(tmp_path, scored, negatives, known):
    source = write_cells(tmp_path / "data/mdc-string")
    training = pd.DataFrame(
        [("g0", "g5", 1), ("g1", "g0", 1), ("g2", "g6", 0), ("g3", "g6", 0)], columns=["TF", "Target", "Label"]
    )
    training.to_csv(source / "genelink_train.csv.gz", index=False)
    tested = [("g0", "g1", 1), ("g0", "g6", 0), ("g0", "g5", 0), ("g2", "g6", 0), ("g3", "g5", 1)]
    make_pairs(tested, "label").to_csv(source / "genelink_test.csv.gz", index=False)

    case = peers.measure_genelink(tmp_path / "data", tmp_path / "work", negatives=negatives)

    assert scored == [(known, True)]
    assert (case["test_pairs"], case["test_pairs_in_training"]) == (5, 2)
    assert case["test_positives_with_reverse_in_training"] == 1
    assert case["rankings"]["clean"]["grnet"]["auroc"] == pytest.approx(0.5)
    assert case["rankings"]["clean"]["reverse pair, then degrees"]["auprc"] > 0.7
    assert case["rankings"]["all"]["GENELink, published"] == {"auroc": 0.892, "auprc": 0.315}
    assert case["promise"]["true_prior"] == pytest.approx(2 / (4 * 7 - 4))


def test_pairs_without_a_score_end_the_case(tmp_path, scored):
    source = write_cells(tmp_path / "data/mdc-string")
    training = pd.DataFrame([("g0", "g5", 1), ("g2", "g6", 0)], columns=["TF", "Target", "Label"])
    training.to_csv(source / "genelink_train.csv.gz", index=False)
    make_pairs([("g0", "none", 1), ("g0", "g6", 0)], "label").to_csv(source / "genelink_test.csv.gz", index=False)

    with pytest.raises(SystemExit, match="1 of 2 test pairs have no score"):
        peers.measure_genelink(tmp_path / "data", tmp_path / "work", negatives=True)


def test_a_case_is_added_to_the_file_and_printed(tmp_path, scored, monkeypatch, capsys):
    source = write_cells(tmp_path / "data/mdc-string")
    make_pairs([("g0", "g5", 1), ("g1", "g6", 0)], "label").to_csv(source / "known.csv", index=False)
    make_pairs([("g0", "g1")]).to_csv(source / "gold.csv", index=False)
    options = (
        "--cases",
        "mdc-string-with-known-network",
        "--data",
        tmp_path / "data",
        "--out",
        tmp_path / "peers.json",
    )
    monkeypatch.setattr(sys, "argv", ["peers.py", *map(str, options)])

    peers.main()

    cases = json.loads((tmp_path / "peers.json").read_text(encoding="utf-8"))["cases"]
    assert list(cases) == ["mdc-string-with-known-network"]
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    ranked = cases["mdc-string-with-known-network"]["rankings"]["unseen pairs"]["known degrees"]
    assert ["known", "degrees"] in [line[3:5] for line in printed]
    assert show(ranked["auroc"]) in next(line for line in printed if line[3:5] == ["known", "degrees"])


def test_grnet_stands_beside_correlation_and_the_rules():
    scores = make_scores([])
    true = np.arange(len(scores)) < 5

    ranked = rank_beside_rules(scores, true, make_pairs([("g0", "g5")]))

    assert ranked["grnet"] == {"auroc": 1.0, "auprc": 1.0}
    assert ranked["|r|"]["auroc"] == pytest.approx(roc_auc_score(true, scores["correlation"].abs()), abs=1e-4)
