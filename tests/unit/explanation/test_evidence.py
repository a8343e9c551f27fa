"""What else is said of pairs: the known edges most like them, their places, their genes, and notes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from explained_runs import NOWHERE, explain, open_run, weigh_candidates

from grnet.architectures.run_folder import load_run
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.explanation.evidence import describe_model, explain_pairs
from grnet.explanation.pair_places import place_pair
from grnet.explanation.similar_known_edges import find_largest
from grnet.network.edge_places import find_places
from grnet.schema.errors import InputError
from grnet.schema.evidence import MeasurementInfo
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates
from grnet.scoring.score_blocks import score_block


@pytest.fixture(scope="module")
def opened(gappy_runs):
    return open_run(gappy_runs["late fused"], image_weight=0.6)


@pytest.fixture(scope="module")
def evidence(opened):
    return explain(opened, opened.table, saliency=0)


def test_near_edges_are_those_found_by_comparing_with_every_known_edge(opened, evidence):
    expression, position = opened.dataset.expression, opened.dataset.genes.position
    known = opened.run.out_of_fold
    known = known[known["label"] == 1]

    def r(a, b):
        if a == b:
            return 1.0
        value = np.corrcoef(expression[position[a]], expression[position[b]])[0, 1]
        return 0.0 if np.isnan(value) else value

    n_found = 0
    for (tf, target), pair in evidence.pairs.items():
        alike = []
        for edge in known.itertuples():
            if {edge.tf, edge.target} == {tf, target} or edge.fold == pair.fold:
                continue
            of_tf, of_target = r(tf, edge.tf), r(target, edge.target)
            if of_tf > 0 and of_target > 0:
                alike.append((of_tf * of_target, edge.tf, edge.target, of_tf, of_target))
        alike.sort(key=lambda item: -item[0])
        assert len(pair.near) == min(len(alike), 5)
        for near, wanted in zip(pair.near, alike, strict=False):
            assert near.tf_correlation * near.target_correlation == pytest.approx(wanted[0], abs=1e-5)
            assert (near.tf_correlation, near.target_correlation) == pytest.approx(
                (r(tf, near.tf), r(target, near.target)), abs=1e-5
            )
        n_found += len(pair.near)
    assert n_found > 50


@pytest.mark.parametrize("n_values", [1, 4, 5, 30])
def test_the_largest_are_those_of_a_stable_sort(n_values):
    values = np.random.default_rng(n_values).integers(-2, 4, (50, n_values)).astype(np.float32)
    found = [places.tolist() for places in find_largest(values, 5)]
    assert found == [[place for place in np.argsort(-row, kind="stable")[:5] if row[place] > 0] for row in values]


def test_a_pair_is_placed_as_among_the_scores_of_all(opened):
    symbols = opened.dataset.genes.symbols
    table = score_block(opened.candidates, opened.calibration, opened.candidates.tfs, np.arange(len(symbols)))
    frame = table.to_pandas()
    for column in ("tf", "target"):
        frame[column] = frame[column].astype(str)
    wanted = find_places(lambda: iter([table]), frame)
    position = opened.dataset.genes.position
    for row in range(0, len(frame), 7):
        genes = [position[frame.loc[row, column]] for column in ("tf", "target")]
        assert place_pair(opened.candidates, opened.calibration, *genes) == wanted[row]


def test_genes_have_their_mean_images_and_their_expression(opened, evidence):
    dataset = opened.dataset
    assert set(evidence.genes) == {name for pair in evidence.pairs for name in pair}
    assert set(evidence.genes["g10"].values) == {"expression"}
    assert evidence.genes["g11"].profile("expression") is None
    gene = evidence.genes["t0"]
    assert dict(gene.counts) == {"dorsal": 1, "lateral": 2}
    own = (dataset.image_table["symbol"] == "t0").to_numpy() & (dataset.image_table["view"] == "lateral").to_numpy()
    mean = dataset.images[np.flatnonzero(own)].mean(axis=0)
    assert gene.values["lateral"].dtype == np.uint8
    assert np.abs(gene.values["lateral"] - mean).max() <= 0.5
    assert np.array_equal(gene.values["expression"], dataset.expression[dataset.genes.position["t0"]])
    assert evidence.measurements == (
        MeasurementInfo("expression", "profile", "rna", "", "sample", dataset.samples),
        MeasurementInfo("dorsal", "picture", "image", "", "pixel"),
        MeasurementInfo("lateral", "picture", "image", "", "pixel"),
    )
    assert [view.name for view in evidence.views] == ["dorsal", "lateral"]
    assert evidence.correlated == "expression"


def test_notes_say_what_is_missing_and_who_scored(opened, evidence):
    labels = opened.run.out_of_fold.set_index(["tf", "target"])
    for names, pair in evidence.pairs.items():
        assert ("g10 has no image." in pair.notes) == ("g10" in names)
        assert ("g11 has no expression." in pair.notes) == ("g11" in names)
        disjoint = "g9" in names and bool({"t5", "g0", "g1", "g2"} & set(names))
        assert ("No view has images of both genes." in pair.notes) == disjoint
        if names in labels.index:
            kind = "is a known edge of" if labels.loc[names, "label"] == 1 else "stood for no edge in"
            wanted = f"The pair {kind} the training: only the models of fold {labels.loc[names, 'fold']}"
            assert pair.notes[0].startswith(wanted)
        else:
            assert not any("the training: only" in note for note in pair.notes)
        reverse = names[::-1] in labels.index and labels.loc[names[::-1], "label"] == 1
        assert any("is a known edge of the training." in note for note in pair.notes) == reverse


def test_genes_of_different_rna_measurements_share_none(opened):
    (rna, *views), half = opened.dataset.measurements, 9
    first = replace(rna, values=rna.values[:half], gene=rna.gene[:half])
    second = replace(rna, name="second", values=rna.values[half:], gene=rna.gene[half:])
    apart = SimpleNamespace(**vars(opened))
    apart.dataset = replace(opened.dataset, measurements=(first, *views, second))
    symbols = opened.dataset.genes.symbols
    of_first, of_second = ({symbols[gene] for gene in entry.gene} for entry in (first, second))
    noted = 0
    for names, pair in explain(apart, opened.table, saliency=0).pairs.items():
        differ = bool(set(names) & of_first) and bool(set(names) & of_second)
        assert ("No measurement of RNA has both genes." in pair.notes) == differ
        assert ("g11 has no expression." in pair.notes) == ("g11" in names)
        noted += differ
    assert noted > 20


def test_models_of_one_modality_say_so(gappy_runs):
    for modality, words in (("rna", "The models look at RNA only"), ("image", "The models look at images only")):
        opened = open_run(gappy_runs[f"late {modality}"])
        pairs = explain(opened, opened.table.head(3), saliency=0).pairs
        assert all(any(note.startswith(words) for note in pair.notes) for pair in pairs.values())


def test_a_score_in_bfloat16_is_told_apart_from_its_parts(opened, monkeypatch):
    monkeypatch.setattr("grnet.explanation.evidence.ROUNDED", 2e-5)  # the scores of these models are small
    whole = explain(opened, opened.table, saliency=0).pairs
    coarse = SimpleNamespace(**vars(opened))
    coarse.candidates = Candidates(opened.run, opened.dataset, device="cpu", precision="bf16")
    weigh_candidates(coarse.candidates, 0.6)
    noted = 0
    for names, pair in explain(coarse, opened.table, saliency=0).pairs.items():
        assert pair.contributions == whole[names].contributions
        differs = abs(pair.score - pair.contributions.score) >= 2e-5
        assert any("bfloat16" in note for note in pair.notes) == differs
        assert not any("bfloat16" in note for note in whole[names].notes)
        noted += differs
    assert noted > 0


def test_what_scored_is_said_in_words(gappy_runs):
    late = load_run(gappy_runs["late fused"])
    assert describe_model(late) == "late interaction, RNA and images, 3 folds × 2 seeds"
    settings = {**late.settings, "architecture": "sdinet", "train": {**late.settings["train"], "seeds": 1}}
    paper = replace(late, settings=settings, model_config=SdinetConfig("image"))
    assert describe_model(paper) == "SDINet networks, images, 3 folds"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("t0", "a gene with itself is no candidate"),
        ("g11", "the models need a measurement that both genes have, and there is none"),
    ],
)
def test_a_pair_that_is_no_candidate_is_refused(gappy_runs, target, why):
    opened = open_run(gappy_runs["late rna"])
    genes = [opened.dataset.genes.position[name] for name in ("t0", target)]
    pair = PairIndex(*(np.array([gene]) for gene in genes))
    given = (opened.run, opened.dataset, opened.candidates, opened.calibration)
    with pytest.raises(InputError, match=f"^t0 → {target}: {why}"):
        explain_pairs(*given, pair, [NOWHERE])
    with pytest.raises(InputError, match=f"^t0 → {target}: {why}"):
        place_pair(opened.candidates, opened.calibration, *genes)
    with pytest.raises(ValueError, match="expected a place for each of 1 pairs, got 0"):
        explain_pairs(*given, pair, [])


def test_no_pairs_have_no_evidence(opened):
    nothing = explain(opened, opened.table.head(0))
    assert (dict(nothing.pairs), dict(nothing.genes)) == ({}, {})
