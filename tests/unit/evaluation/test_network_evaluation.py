import json

import numpy as np
import pandas as pd
import pytest
from candidate_streams import as_stream
from sklearn.metrics import average_precision_score, roc_auc_score

from grnet.evaluation import counted_pairs as universe
from grnet.evaluation import network_evaluation, stated_precision
from grnet.evaluation.candidate_stream import KnownEdges, gather_pairs
from grnet.schema.errors import InputError

TFS, TARGETS = ["A", "B", "C"], ["A", "B", "C", "d", "e", "f"]


def make_candidates(seed=0):
    rng = np.random.default_rng(seed)
    pairs = [(tf, target) for tf in TFS for target in TARGETS if tf != target]
    table = pd.DataFrame(pairs, columns=["tf", "target"])
    table["score"] = rng.normal(size=len(table)).astype(np.float32)
    table["probability"] = (1 / (1 + np.exp(-table["score"]))).astype(np.float32)
    table["correlation"] = rng.uniform(-1, 1, len(table)).astype(np.float32)
    table["label"] = pd.array([pd.NA] * len(table), dtype="Int8")
    return table


def edges(*rows):
    return pd.DataFrame(rows, columns=["tf", "target", "label"])


def choose_counted_pairs(candidates, known, **options):
    return universe.choose_counted_pairs(as_stream(candidates), known, **options)


def evaluate_scores(candidates, known, **options):
    return network_evaluation.evaluate_scores(as_stream(candidates), known, **options)


def counted(candidates, chosen):
    """Return name → label of the pairs that count; each candidate has a score of its own."""
    table = candidates.set_index("score").loc[chosen.score]
    names = zip(table["tf"], table["target"], strict=True)
    return dict(zip((f"{tf}{target}" for tf, target in names), chosen.labels.tolist(), strict=True))


KNOWN = edges(("A", "d", 1), ("A", "e", 0), ("B", "d", 1), ("B", "f", 0), ("B", "A", 1))
POSITIVE = KNOWN[KNOWN["label"] == 1]


def test_labelled_counts_listed_pairs_only_and_is_the_choice_where_negatives_are_known():
    for name in ("labelled", "auto"):
        chosen = choose_counted_pairs(make_candidates(), KNOWN, universe=name)
        assert chosen.name == "labelled"
        assert counted(make_candidates(), chosen) == {"Ad": 1, "Ae": 0, "Bd": 1, "Bf": 0, "BA": 1}
        assert chosen.statement.startswith("Counted are the candidates that the known edges list, with their labels.")


def test_tested_counts_genes_of_known_positives_and_is_the_choice_without_negatives():
    for name in ("tested", "auto"):
        chosen = choose_counted_pairs(make_candidates(), POSITIVE, universe=name)
        assert chosen.name == "tested"
        assert counted(make_candidates(), chosen) == {"Ad": 1, "Bd": 1, "BA": 1}
    chosen = choose_counted_pairs(make_candidates(), edges(("A", "d", 1), ("B", "e", 1)), universe="tested")
    assert counted(make_candidates(), chosen) == {"Ad": 1, "Ae": 0, "Bd": 0, "Be": 1}
    assert "2 TFs × 2 targets that have a known positive edge" in chosen.statement


def test_all_counts_every_candidate():
    chosen = choose_counted_pairs(make_candidates(), POSITIVE.drop(columns="label"), universe="all")
    assert len(chosen.labels) == 15
    assert chosen.labels.sum() == 3


def test_novel_only_leaves_out_what_the_model_was_trained_on_and_says_so():
    candidates = make_candidates()
    trained = (candidates["tf"] == "A") & candidates["target"].isin(["d", "e"])
    candidates.loc[trained, "label"] = [1, 0]
    chosen = choose_counted_pairs(candidates, KNOWN, novel_only=True)
    assert counted(candidates, chosen) == {"Bd": 1, "Bf": 0, "BA": 1}
    assert chosen.n_left_out == 2
    assert "2 further pairs are left out because the model was trained on them" in chosen.statement
    everything = choose_counted_pairs(candidates, KNOWN)
    assert "2 of them were training pairs, each scored by the fold model that did not see it" in everything.statement
    with pytest.raises(InputError, match="none of the 1 known positive edges is new to the model"):
        choose_counted_pairs(candidates, edges(("A", "d", 1)), universe="all", novel_only=True)


def test_known_edges_without_a_score_are_named_with_the_reason():
    known = edges(
        ("A", "d", 1), ("A", "A", 1), ("Z", "d", 1), ("d", "A", 0), ("B", "zz", 1), ("Y", "yy", 1), ("C", "f", 1)
    )
    candidates = make_candidates()
    candidates = candidates[~((candidates["tf"] == "C") & (candidates["target"] == "f"))]
    got = evaluate_scores(candidates, known, universe="tested")
    assert [(edge.tf, edge.target, edge.label, edge.reason) for edge in got.unscored] == [
        ("A", "A", 1, "a gene with itself is no candidate"),
        ("Z", "d", 1, "its TF is not among the scored TFs"),
        ("d", "A", 0, "its TF is not among the scored TFs"),
        ("B", "zz", 1, "its target is not among the scored targets"),
        ("Y", "yy", 1, "neither gene was scored in this role"),
        ("C", "f", 1, "the pair is not among the candidates"),
    ]
    assert got.unscored_reasons["its TF is not among the scored TFs"] == 2
    assert got.n_known == 7


def test_repeats_are_merged_and_contradictions_refused():
    twice = pd.concat([KNOWN, KNOWN.iloc[:2]])
    assert choose_counted_pairs(make_candidates(), twice).n_repeats == 2
    with pytest.raises(InputError, match="1 pairs have both labels, 1 and 0: A → d; keep one label of each"):
        choose_counted_pairs(make_candidates(), pd.concat([KNOWN, edges(("A", "d", 0))]))


@pytest.mark.parametrize(
    ("candidates", "known", "universe", "text"),
    [
        (make_candidates(), POSITIVE, "labelled", "needs known edges of label 0 as well"),
        (
            make_candidates(),
            edges(("x", "y", 1)),
            "auto",
            "none of the 1 known positive edges has a score .first: x → y",
        ),
        (make_candidates(), KNOWN.iloc[:0], "auto", "the table has no rows"),
        (make_candidates(), KNOWN.drop(columns="tf"), "auto", "known edges: lacks the columns tf"),
        (pd.concat([make_candidates()] * 2), KNOWN, "auto", "A → d stands in more than one row"),
        (make_candidates(), KNOWN, "some", "one of auto, labelled, tested, all, got 'some'"),
        (make_candidates(), edges(("A", "d", 2)), "auto", "labels are 1 or 0, got 2.0 in row 0"),
    ],
)
def test_unusable_tables_are_refused(candidates, known, universe, text):
    with pytest.raises(InputError, match=text):
        choose_counted_pairs(candidates, known, universe=universe)


def test_figures_equal_scikit_learn_on_the_counted_pairs():
    candidates = make_candidates(3)
    candidates.loc[0, "correlation"] = np.nan
    got = evaluate_scores(candidates, POSITIVE, universe="all", ks=(2, 99))
    y = [
        int((tf, target) in {("A", "d"), ("B", "d"), ("B", "A")}) for tf, target in candidates[["tf", "target"]].values
    ]
    assert (got.n_pairs, got.n_positives, got.base_rate) == (15, 3, 0.2)
    assert [ranking.name for ranking in got.rankings] == ["model", "|correlation|", "random"]
    assert got.model.auroc == pytest.approx(roc_auc_score(y, candidates["score"]))
    assert got.model.auprc == pytest.approx(average_precision_score(y, candidates["score"]))
    assert got.model.auprc_ratio == pytest.approx(got.model.auprc / 0.2)
    best = np.array(y)[np.argsort(-candidates["score"])]
    assert got.model.early_precision == pytest.approx(best[:3].mean())
    assert got.model.precision_at[2] == pytest.approx(best[:2].mean())
    assert np.isnan(got.model.precision_at[99])
    correlation = candidates["correlation"].abs().fillna(0)
    assert got.rankings[1].auroc == pytest.approx(roc_auc_score(y, correlation))
    assert (got.rankings[2].auroc, got.rankings[2].auprc, got.rankings[2].precision_at[2]) == (0.5, 0.2, 0.2)
    above = candidates["probability"] >= 0.5
    stated = got.stated_precision[0]
    assert (stated.threshold, stated.n) == (0.5, above.sum())
    assert stated.expected == pytest.approx(candidates["probability"][above].mean())
    assert stated.observed == pytest.approx(np.array(y)[above].mean())


def test_row_order_does_not_matter():
    candidates = make_candidates(3)
    shuffled = candidates.sample(frac=1, random_state=0)
    one, two = (evaluate_scores(table, POSITIVE, universe="all", ks=(2, 5)) for table in (candidates, shuffled))
    assert one.rankings == two.rankings


def test_tf_degree_counts_the_positive_edges_of_the_training():
    candidates = make_candidates()
    candidates.loc[candidates["tf"] == "B", "label"] = [1, 1, 0, 1, 0]
    got = evaluate_scores(candidates, edges(("B", "d", 1), ("A", "d", 0), ("C", "d", 0)))
    degree = {ranking.name: ranking for ranking in got.rankings}["TF degree"]
    assert (degree.auroc, degree.early_precision) == (1.0, 1.0)


def test_json_has_the_figures_and_no_curves():
    value = evaluate_scores(make_candidates(), KNOWN).to_json()
    assert json.loads(json.dumps(value))["known_edges"] == {
        "distinct": 5,
        "repeated_rows": 0,
        "left_out_as_trained": 0,
        "without_score": 0,
        "reasons": {},
        "first_without_score": [],
    }
    assert set(value) == {
        "universe",
        "statement",
        "n_pairs",
        "n_positives",
        "base_rate",
        "prior",
        "rankings",
        "kept_edges",
        "stated_precision",
        "reverse_pairs",
        "warnings",
        "notes",
        "known_edges",
    }


def test_kept_edges_among_the_counted_pairs_are_judged_together():
    candidates = make_candidates(3).assign(kept=False)
    assert evaluate_scores(make_candidates(3), KNOWN).kept is None
    nothing = evaluate_scores(candidates, POSITIVE, universe="all").kept
    assert nothing.n == 0
    assert np.isnan([nothing.expected, nothing.observed]).all()
    candidates.loc[candidates["tf"] != "C", "kept"] = True
    kept = evaluate_scores(candidates, POSITIVE, universe="all").kept
    own = candidates[candidates["kept"]]["probability"].to_numpy(float)
    assert (kept.n, kept.threshold) == (10, own.min())
    assert (kept.expected, kept.observed) == (pytest.approx(own.mean()), 0.3)
    labelled = evaluate_scores(candidates.assign(kept=candidates["tf"] == "B"), KNOWN, universe="labelled").kept
    assert (labelled.n, labelled.observed) == (3, pytest.approx(2 / 3))


def test_probabilities_of_labelled_pairs_are_moved_to_their_base_rate():
    candidates = make_candidates(3).assign(kept=True)
    plain = evaluate_scores(candidates, KNOWN, universe="labelled")
    moved = evaluate_scores(candidates, KNOWN, universe="labelled", prior=0.1)
    table = candidates.merge(KNOWN, on=["tf", "target"], suffixes=("", "_known"))
    p = table["probability"].to_numpy(float)
    odds = p / (1 - p) * (0.6 / 0.4) / (0.1 / 0.9)
    assert plain.kept.expected == pytest.approx(p.mean())
    assert moved.kept.expected == pytest.approx((odds / (1 + odds)).mean())
    assert moved.model.auroc == plain.model.auroc
    assert moved.notes[0].startswith(
        "Probabilities assume that 10 % of the candidates are edges. Of the counted pairs 60 % are."
    )
    everywhere = evaluate_scores(candidates, KNOWN, universe="all", prior=0.1)
    assert everywhere.kept.expected == pytest.approx(candidates["probability"].mean())
    assert everywhere.prior == 0.1


def test_notes_say_what_unlisted_and_trained_pairs_do_to_the_precision():
    candidates = make_candidates()
    bound, trained = "the observed precision is a lower bound", "Use --novel-only to leave them out."
    assert evaluate_scores(candidates, KNOWN, universe="labelled").notes == ()
    unlisted = " ".join(evaluate_scores(candidates, KNOWN, universe="all").notes)
    assert bound in unlisted
    assert trained not in unlisted
    candidates.loc[candidates["tf"] == "A", "label"] = 1
    assert trained in " ".join(evaluate_scores(candidates, KNOWN, universe="all").notes)
    assert trained not in " ".join(evaluate_scores(candidates, KNOWN, universe="all", novel_only=True).notes)


def test_calibration_is_shown_by_tenths_of_the_probability():
    rng = np.random.default_rng(1)
    candidates = pd.DataFrame(
        {"tf": "A", "target": [f"g{row}" for row in range(400)], "label": None, "correlation": 0.1}
    )
    candidates["probability"] = np.concatenate([rng.uniform(0, 0.1, 380), rng.uniform(0.55, 1, 19), [1.0]])
    candidates["score"] = candidates["probability"]
    known = candidates.iloc[370:][["tf", "target"]].assign(label=1)
    curve = evaluate_scores(candidates, known, universe="all").calibration
    tenth = np.minimum((candidates["probability"] * 10).astype(int), 9)
    expected = candidates.assign(y=np.arange(400) >= 370).groupby(tenth)
    np.testing.assert_allclose(curve.mean, expected["probability"].mean())
    np.testing.assert_allclose(curve.observed, expected["y"].mean())
    assert curve.count.tolist() == expected.size().tolist()
    assert np.all((curve.low <= curve.observed) & (curve.observed <= curve.high))


@pytest.mark.parametrize("name", ["labelled", "tested", "all"])
@pytest.mark.parametrize("novel_only", [False, True])
def test_blocks_change_nothing(name, novel_only):
    rng = np.random.default_rng(5)
    candidates = make_candidates(5).assign(kept=rng.random(15) < 0.5)
    candidates.loc[rng.random(15) < 0.3, "label"] = 1
    candidates.loc[0, "label"] = 0
    known = pd.concat([KNOWN, edges(("C", "A", 1), ("C", "f", 0))])
    whole, single = (
        network_evaluation.evaluate_scores(
            as_stream(candidates, rows=rows), known, universe=name, novel_only=novel_only, prior=0.1
        )
        for rows in (100, 1)
    )
    assert repr(single) == repr(whole)


def test_tenths_are_added_up_alike_whatever_the_chunk(monkeypatch):
    rng = np.random.default_rng(2)
    labels, probability = (rng.random(1000) < 0.2).astype(np.int8), rng.random(1000).astype(np.float32)
    whole = stated_precision.compare_by_tenths(labels, probability)
    monkeypatch.setattr(stated_precision, "_CHUNK", 7)
    for name, values in vars(stated_precision.compare_by_tenths(labels, probability)).items():
        np.testing.assert_array_equal(values, getattr(whole, name))


def test_only_what_may_count_is_kept_of_the_candidates():
    table = KNOWN.astype({"label": "int8"})
    for name, n in (("labelled", 5), ("tested", 3), ("all", 15)):
        stream = as_stream(make_candidates())
        gathered = gather_pairs(stream.blocks, KnownEdges(table, stream.number), name)
        assert {len(values) for values in gathered.columns.values()} == {n}
