from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from grnet.evaluation.known_comparison import evaluate_lists
from grnet.evaluation.network_comparison import (
    compare_lists,
    join_edges,
    overlap_at_depths,
    rank_biased_overlap,
)
from grnet.evaluation.ranked_lists import RankedList, pair_keys, split_keys
from grnet.reports.comparison_page import write_comparison_report
from grnet.schema.errors import InputError

N_TFS, N_GENES = 6, 40


def make_list(name: str, seed: int, *, complete: bool, held: int, keep: float = 1.0) -> RankedList:
    """Random scores over TFs × genes; the best `held` are edges."""
    rng = np.random.default_rng(seed)
    tf, target = np.repeat(np.arange(N_TFS), N_GENES), np.tile(np.arange(N_GENES), N_TFS)
    rows = np.flatnonzero((tf != target) & (rng.random(len(tf)) < keep))
    rng.shuffle(rows)
    tf, target = tf[rows].astype(np.int32), target[rows].astype(np.int32)
    score = np.round(np.sin(tf * 7 + target * 3) + rng.normal(0, 0.5, len(tf)), 1)
    place = np.empty(len(tf), dtype=np.int64)
    place[np.lexsort((target, tf, -score))] = np.arange(1, len(tf) + 1)
    return RankedList(
        name=name,
        tf=tf,
        target=target,
        score=score,
        place=place,
        sign=rng.integers(-1, 2, len(tf)).astype(np.int8),
        held=place <= held,
        complete=complete,
        correlation=rng.uniform(-1, 1, len(tf)) if complete else None,
        trained=rng.random(len(tf)) < 0.2 if complete else None,
    )


def pairs_of(entry: RankedList, rows) -> list[tuple[int, int]]:
    return list(zip(entry.tf[rows].tolist(), entry.target[rows].tolist(), strict=True))


@pytest.fixture
def lists():
    return [
        make_list("grnet", 1, complete=True, held=60),
        make_list("other", 2, complete=False, held=500, keep=0.6),
    ]


@pytest.mark.parametrize("top", [None, 1, 25])
def test_overlap_is_that_of_sets(lists, top):
    n = top or 60
    entry = compare_lists(lists, top=top).agreements[0]
    best = [set(pairs_of(one, one.edges()[:n])) for one in lists]
    assert entry.shared == len(best[0] & best[1])
    assert entry.jaccard == pytest.approx(len(best[0] & best[1]) / len(best[0] | best[1]))
    for end, shared, jaccard in (
        (0, entry.shared_tfs, entry.jaccard_tfs),
        (1, entry.shared_targets, entry.jaccard_targets),
    ):
        genes = [{pair[end] for pair in pairs} for pairs in best]
        assert (shared, jaccard) == (len(genes[0] & genes[1]), len(genes[0] & genes[1]) / len(genes[0] | genes[1]))
    every = [set(pairs_of(one, one.edges())) for one in lists]
    assert entry.shared_of_all == len(every[0] & every[1])
    assert entry.jaccard_of_all == pytest.approx(entry.shared_of_all / len(every[0] | every[1]))


def test_edges_are_the_held_ones_best_first(lists):
    entry = lists[0]
    scores = entry.score[entry.edges()]
    assert len(scores) == entry.n_edges == 60
    assert (np.diff(scores) <= 0).all()
    assert scores.min() >= entry.score[~entry.held].max()


def test_ranks_are_compared_over_all_pairs_that_both_score(lists):
    entry = compare_lists(lists).agreements[0]
    scores = [dict(zip(pairs_of(one, slice(None)), one.score, strict=True)) for one in lists]
    both = sorted(scores[0].keys() & scores[1].keys())
    x, y = ([one[pair] for pair in both] for one in scores)
    assert entry.ranked == len(both) == len(lists[1].tf)
    assert entry.spearman == pytest.approx(spearmanr(x, y).statistic)
    assert entry.kendall == pytest.approx(kendalltau(x, y).statistic)
    assert 0.3 < entry.kendall < entry.spearman < 1


def test_signs_are_compared_where_both_have_one(lists):
    entry = compare_lists(lists, top=50).agreements[0]
    signs = [dict(zip(pairs_of(one, rows := one.edges()[:50]), one.sign[rows].tolist(), strict=True)) for one in lists]
    both = [(signs[0][pair], signs[1][pair]) for pair in signs[0].keys() & signs[1].keys()]
    assert entry.signed == sum(a != 0 and b != 0 for a, b in both)
    assert entry.same_sign == sum(a == b != 0 for a, b in both)


def test_overlap_at_each_depth_and_its_biased_mean():
    first, second = np.array([3, 1, 4, 5, 9, 2]), np.array([4, 3, 8, 1, 9])
    expected = [len({*first[:d].tolist()} & {*second[:d].tolist()}) / d for d in range(1, 6)]
    found = overlap_at_depths(first, second)
    assert found.tolist() == pytest.approx(expected)
    assert expected == [0, 0.5, 2 / 3, 0.75, 0.8]
    p = 0.9
    by_hand = (1 - p) / p * sum(part * p**d for d, part in enumerate(expected, 1)) + expected[-1] * p**5
    assert rank_biased_overlap(found, persistence=p) == pytest.approx(by_hand)
    assert rank_biased_overlap(np.ones(7)) == pytest.approx(1)


def test_a_list_agrees_with_itself():
    one, same = make_list("a", 4, complete=True, held=30), make_list("b", 4, complete=True, held=30)
    entry = compare_lists([one, same]).agreements[0]
    assert (entry.jaccard, entry.jaccard_of_all, entry.jaccard_tfs) == (1, 1, 1)
    assert entry.spearman == pytest.approx(1)
    assert entry.rank_biased_overlap == pytest.approx(1)
    assert entry.signed == entry.same_sign
    assert set(entry.overlap) == {1.0}


def test_lists_without_scores_have_no_rank_correlation(lists):
    flat = RankedList(
        "flat", lists[0].tf, lists[0].target, np.ones(len(lists[0].tf)), lists[0].place, lists[0].sign, lists[0].held
    )
    compared = compare_lists([flat, lists[1]])
    entry = compared.agreements[0]
    assert np.isnan(entry.rank_biased_overlap)
    assert compared.notes == ()
    assert compare_lists([flat, lists[1]], top=20).notes == (
        "flat: all its edges have the same score, so its best 20 are the first by name.",
    )
    assert np.isnan(entry.spearman)
    assert np.isnan(entry.kendall)
    assert entry.ranked == len(lists[1].tf)


def test_networks_without_a_gene_in_common_are_told(lists):
    other = lists[1]
    far = RankedList("far", other.tf + 1000, other.target + 1000, other.score, other.place, other.sign, other.held)
    assert compare_lists([lists[0], other, far]).notes == tuple(
        f"{name} and far have no gene in common; are the names of the same kind? --alias and --aliases translate them."
        for name in ("grnet", "other")
    )


def make_known(seed: int = 9, *, negatives: bool):
    rng = np.random.default_rng(seed)
    tf = np.repeat(np.arange(N_TFS + 2), 12).astype(np.int32)
    target = np.concatenate([rng.permutation(N_GENES)[:12] for _ in range(N_TFS + 2)]).astype(np.int32)
    label = (np.sin(tf * 7 + target * 3) > 0).astype(np.int8)
    rows = slice(None) if negatives else label == 1
    return tf[rows], target[rows], label[rows]


def expected_pairs(lists, known) -> dict[tuple[int, int], int]:
    """The pairs that count, as five lines have it: all that the complete list scores."""
    scored = set(pairs_of(lists[0], slice(None)))
    labels = {
        pair: label for *pair, label in zip(*(part.tolist() for part in known), strict=True) for pair in [(*pair,)]
    }
    labels = {pair: label for pair, label in labels.items() if pair in scored}
    if 0 in labels.values():
        return labels
    tfs, targets = {pair[0] for pair in labels}, {pair[1] for pair in labels}
    return {(a, b): labels.get((a, b), 0) for a in tfs for b in targets if (a, b) in scored}


@pytest.mark.parametrize("negatives", [True, False])
def test_every_list_is_evaluated_on_the_same_pairs(lists, negatives):
    known = make_known(negatives=negatives)
    found = evaluate_lists(lists, known, top=40)
    expected = expected_pairs(lists, known)
    assert (found.n_pairs, found.n_positives) == (len(expected), sum(expected.values()))
    y = list(expected.values())
    for row, entry in zip(found.rows, lists, strict=False):
        scores = dict(zip(pairs_of(entry, slice(None)), entry.score.tolist(), strict=True))
        lowest = min(scores.values()) - 1
        values = [scores.get(pair, lowest) for pair in expected]
        assert row.auroc == pytest.approx(roc_auc_score(y, values))
        assert row.auprc == pytest.approx(average_precision_score(y, values))
        assert row.auprc_ratio == pytest.approx(row.auprc / found.base_rate)
        assert row.absent == sum(pair not in scores for pair in expected)
        best = pairs_of(entry, entry.edges()[:40])
        assert row.recovered == sum(expected.get(pair) == 1 for pair in best)
    assert [row.name for row in found.rows] == ["grnet", "other", "|correlation|", "random"]
    correlation = dict(zip(pairs_of(lists[0], slice(None)), np.abs(lists[0].correlation), strict=True))
    assert found.rows[2].auroc == pytest.approx(roc_auc_score(y, [correlation[pair] for pair in expected]))
    assert found.rows[2].recovered is None
    assert found.rows[1].absent > 0


def test_the_evaluation_says_what_it_rests_on(lists):
    known = make_known(negatives=False)
    found = evaluate_lists(lists, known)
    expected = expected_pairs(lists, known)
    trained = dict(zip(pairs_of(lists[0], slice(None)), lists[0].trained, strict=True))
    absent = found.rows[1].absent
    assert found.notes == (
        f"grnet: {sum(trained[pair] for pair in expected)} of the pairs were labelled in its training, each scored by "
        "models that did not see it.",
        f"other does not list {absent} of the {len(expected)} pairs. These are tied below all pairs that it lists.",
        "It is not known whether other used these edges. The figures of a network that did are too high.",
    )
    tfs, targets = ({pair[end] for pair, label in expected.items() if label} for end in (0, 1))
    assert found.statement.startswith(
        f"Counted are the pairs that every network of grnet scores of {len(tfs)} TFs × {len(targets)} targets"
    )


def test_without_a_complete_list_the_genes_that_any_names_count(lists):
    others = [lists[1], make_list("third", 5, complete=False, held=500, keep=0.3)]
    tf, target, label = make_known(negatives=True)
    found = evaluate_lists(others, (tf, target, label))
    inside = (tf < N_TFS) & (tf != target)
    assert found.n_pairs == int(inside.sum())
    assert [row.name for row in found.rows] == ["other", "third", "random"]


def test_refuses_known_edges_of_other_genes(lists):
    far = np.array([900, 901], dtype=np.int32)
    with pytest.raises(InputError, match=r"^none of the 2 known positive edges is among the pairs that every network"):
        evaluate_lists(lists, (far, far[::-1].copy(), np.ones(2, dtype=np.int8)))


def test_refuses_what_cannot_be_compared(lists):
    with pytest.raises(InputError, match=r"^a comparison needs two networks or more, got 1$"):
        compare_lists(lists[:1])
    with pytest.raises(InputError, match=r"^each network needs a name of its own, got grnet, grnet; give them with"):
        compare_lists([lists[0], lists[0]])
    with pytest.raises(InputError, match=r"^--top lies in 1..60, the number of edges of grnet, got 61$"):
        compare_lists(lists, top=61)
    empty = make_list("empty", 3, complete=True, held=0)
    with pytest.raises(InputError, match=r"^empty: holds no edges, so there is nothing to compare$"):
        compare_lists([lists[0], empty])


def test_the_union_has_what_each_says(lists):
    keys, columns = join_edges(lists)
    edges = [set(pairs_of(one, one.edges())) for one in lists]
    found = list(zip(*(part.tolist() for part in split_keys(keys)), strict=True))
    assert set(found) == edges[0] | edges[1]
    for one in lists:
        scores = dict(zip(pairs_of(one, slice(None)), zip(one.score, one.place, strict=True), strict=True))
        for pair, score, rank in zip(found, columns[one.name]["score"], columns[one.name]["rank"], strict=True):
            expected = scores.get(pair)
            assert (np.isnan(score) and rank == 0) if expected is None else (score, rank) == expected


def test_keys_hold_both_ends():
    tf, target = np.array([0, 3, 2**31 - 1], dtype=np.int32), np.array([2**31 - 1, 0, 5], dtype=np.int32)
    found = split_keys(pair_keys(tf, target))
    assert (found[0].tolist(), found[1].tolist()) == (tf.tolist(), target.tolist())


def test_the_page_holds_figures_and_names_as_text(lists, tmp_path):
    script = "<script>alert(1)</script>"
    hostile = make_list(script, 2, complete=False, held=500, keep=0.6)
    named = [lists[0], hostile]
    known = evaluate_lists(named, make_known(negatives=True))
    comparison = replace(compare_lists(named, notes=["a <b>note</b>"]), known=known)
    for name in ("first", "second"):
        write_comparison_report(tmp_path / name, comparison, title=f"grnet and {script}")
    text = (tmp_path / "first").read_text("utf-8")
    assert (tmp_path / "second").read_text("utf-8") == text
    assert "<script>alert" not in text
    assert "<b>note" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert f"{known.rows[0].auroc:.3f}" in text
    assert f"{comparison.agreements[0].spearman:.3f}" in text
    assert json.loads(json.dumps(comparison.to_json()))["known"]["rows"][1]["name"] == script
