"""The parts of a score: they add up to it, for every architecture, modality and kind of pair."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch
from explained_runs import explain, open_run
from late_models import score_listed

from grnet.architectures.late.contributions import GROUPS, TYPICAL
from grnet.architectures.late.parts import PATTERNS, Part
from grnet.architectures.sdinet.classifier import PairClassifier
from grnet.architectures.sdinet.config import SdinetConfig
from grnet.architectures.sdinet.contributions import BlindedClassifier
from grnet.schema.evidence import EXACT, SHAPLEY
from grnet.schema.features import by_kernel

KINDS = [f"{architecture} {modality}" for architecture in ("late", "sdinet") for modality in ("rna", "image", "fused")]


@pytest.fixture(scope="module", params=KINDS)
def opened(request, gappy_runs):
    return open_run(gappy_runs[request.param], image_weight=0.7)


@pytest.fixture(scope="module")
def table(opened):
    """Scores of all candidates, or of every third where a pair costs more."""
    return opened.table if opened.run.architecture == "late" else opened.table[::3].reset_index(drop=True)


@pytest.fixture(scope="module")
def evidence(opened, table):
    return explain(opened, table, saliency=0)


def test_figures_are_those_of_the_scores(table, evidence):
    assert list(evidence.pairs) == list(zip(table["tf"], table["target"], strict=True))
    found = list(evidence.pairs.values())
    for column in ("score", "probability", "spread", "seed_spread", "correlation"):
        values = np.array([getattr(pair, column) for pair in found], dtype=float)
        assert values == pytest.approx(table[column].to_numpy(float), abs=1e-4, nan_ok=True), column
    labels = table["label"].to_numpy(float, na_value=np.nan)
    assert [pair.label for pair in found] == [None if np.isnan(value) else int(value) for value in labels]


def test_parts_add_up_to_the_score(table, evidence):
    parts = np.array([pair.contributions.score for pair in evidence.pairs.values()])
    assert parts == pytest.approx(table["score"].to_numpy(float), abs=1e-4)
    kinds = {pair.label is None for pair in evidence.pairs.values()}
    assert kinds == {True, False}


def test_a_labelled_pair_has_the_probability_of_its_fold_only(opened, evidence):
    for pair in evidence.pairs.values():
        known = [value for value in pair.fold_probabilities if value is not None]
        assert len(pair.fold_probabilities) == opened.run.folds
        if pair.fold is None:
            assert len(known) == opened.run.folds
            assert min(known) - 1e-6 <= pair.probability <= max(known) + 1e-6
            assert np.std(known) == pytest.approx(pair.spread, abs=1e-6)
        else:
            assert pair.fold_probabilities[pair.fold] == pytest.approx(pair.probability, abs=1e-6)
            assert len(known) == 1


def test_what_a_pair_lacks_adds_nothing(opened, evidence):
    modality, architecture = opened.run.model_config.modality, opened.run.architecture
    for pair in evidence.pairs.values():
        parts = pair.contributions
        assert parts.method == (EXACT if architecture == "late" else SHAPLEY)
        if architecture == "late":
            assert parts.interaction == 0
        if modality == "rna" or (architecture == "late" and "g10" in (pair.tf, pair.target)):
            assert (parts.image, parts.interaction) == (0, 0)
        if modality == "image" or "g11" in (pair.tf, pair.target):
            assert (parts.rna, parts.interaction, dict(parts.details)) == (0, 0, {})
        if architecture == "sdinet":
            assert parts.network == 0


def test_the_baseline_is_the_base_of_what_the_pair_shares(opened, evidence):
    if opened.run.architecture == "sdinet":
        return
    bases = np.array([model.base.numpy() for model in opened.candidates.scorer.ensemble.models])
    features, position = opened.candidates.features, opened.dataset.genes.position
    used = opened.candidates.scorer.modalities
    patterns = set()
    for (tf, target), pair in evidence.pairs.items():
        genes = [np.array([position[gene]]) for gene in (tf, target)]
        shares = [name for name in used if features.scorable(name, *genes).all()]
        pattern = PATTERNS.index("fused" if len(shares) == 2 else shares[0])
        judges = [member for member in range(len(bases)) if pair.fold in (None, member % opened.run.folds)]
        assert pair.contributions.baseline == pytest.approx(bases[judges, pattern].mean(), abs=1e-5)
        patterns.add(pattern)
    assert len(patterns) == {"rna": 1, "image": 1, "fused": 3}[opened.run.model_config.modality]


def test_details_add_up_to_the_baseline_and_the_rna_part(opened, evidence):
    found = [pair.contributions for pair in evidence.pairs.values() if pair.contributions.details]
    for parts in found:
        assert tuple(parts.details) == (TYPICAL, *GROUPS, by_kernel("expression"))
        assert sum(parts.details.values()) == pytest.approx(parts.baseline + parts.rna, abs=1e-5)
    assert bool(found) == (opened.run.architecture == "late" and opened.run.model_config.modality != "image")


def test_known_targets_and_the_known_network_speak_as_they_count(gappy_runs):
    """What a part adds is its weight times what it says, the mean over the models that judge the pair."""
    opened = open_run(gappy_runs["late fused"], image_weight=0.7)
    models, features = opened.candidates.scorer.ensemble.models, opened.candidates.features
    position = opened.dataset.genes.position
    places = [models[0].parts.index(part) for part in (Part("kernel", "rna", "expression"), Part("known network"))]
    table = opened.table[opened.table["target"].isin(["g3", "g10"])]
    for (tf, target), pair in explain(opened, table, saliency=0).pairs.items():
        genes = torch.tensor([position[tf]]), torch.tensor([position[target]])
        judges = [models[m] for m in range(len(models)) if pair.fold in (None, m % opened.run.folds)]
        said = np.mean([score_listed(model, features, *genes).weighted[places, 0].numpy() for model in judges], axis=0)
        found = [pair.contributions.details[by_kernel("expression")], pair.contributions.network]
        assert found == pytest.approx(said, abs=1e-5)
        assert np.abs(found).min() > 1e-6


def test_the_weight_of_images_counts_where_a_pair_has_both(gappy_runs):
    whole, half = (open_run(gappy_runs["late fused"], image_weight=weight) for weight in (1.0, 0.5))
    of_whole, of_half = (explain(opened, opened.table, saliency=0).pairs for opened in (whole, half))
    moved = 0
    for names, pair in of_whole.items():
        other = of_half[names].contributions
        share = 1.0 if "g11" in names else 0.5
        assert other.rna == pytest.approx(pair.contributions.rna, abs=1e-6)
        assert other.image == pytest.approx(share * pair.contributions.image, abs=1e-6)
        assert other.network == pytest.approx(pair.contributions.network, abs=1e-6)
        moved += abs(pair.contributions.image) > 1e-3
    assert moved > 20


def test_shapley_values_are_means_over_the_orders_in_which_groups_come():
    from grnet.architectures.late.contributions import _shapley

    rng = np.random.default_rng(0)
    sets = [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
    worth = {group: torch.from_numpy(rng.normal(size=4)) for group in sets}
    for player in range(3):
        gains = []
        for order in permutations(range(3)):
            before = tuple(sorted(order[: order.index(player)]))
            gains.append(worth[tuple(sorted((*before, player)))] - worth[before])
        assert _shapley(worth, player, 3).numpy() == pytest.approx(torch.stack(gains).mean(dim=0).numpy())


@pytest.mark.parametrize("per_sample", [False, True])
def test_a_hidden_modality_is_zero_once_normalised(per_sample):
    model = PairClassifier(SdinetConfig("fused", image_size=(32, 64), paper_normalisation=per_sample)).eval()
    model.fit_normaliser("images", 30.0, 100.0, 10)
    seen = []
    for normaliser in model.normalisers.values():
        normaliser.register_forward_hook(lambda _, __, out: seen.append(out.clone()))
    inputs = {"images": torch.rand(2, 2, 32, 64), "histograms": torch.rand(2, 1, 64, 64)}
    with torch.inference_mode():
        BlindedClassifier(model, ("rna",))(**inputs)
        assert [bool((values == 0).all()) for values in seen] == [True, False]
        seen.clear()
        whole = model(**inputs)
        assert torch.equal(BlindedClassifier(model, ("rna", "image"))(**inputs), whole)


def test_interaction_is_what_both_add_to_the_two_alone(gappy_runs):
    opened = open_run(gappy_runs["sdinet fused"])
    pair = opened.table[opened.table["label"].isna()].head(1)
    parts = explain(opened, pair, saliency=0).pairs[tuple(pair[["tf", "target"]].iloc[0])].contributions
    scorer = opened.candidates.scorer
    genes = [torch.tensor([opened.dataset.genes.position[pair[role].iloc[0]]]) for role in ("tf", "target")]
    (_, inputs), *more = scorer.samples.batches(*genes, size=100)
    assert not more

    def worth(*kept):
        with torch.inference_mode():
            models = [BlindedClassifier(model, kept) for model in scorer.models]
            chances = [torch.sigmoid(model(**inputs)).double().mean() for model in models]
        return np.mean([float(torch.logit(chance)) for chance in chances])

    nothing, rna, image, both = worth(), worth("rna"), worth("image"), worth("rna", "image")
    wanted = (nothing, rna - nothing, image - nothing, both - rna - image + nothing)
    assert (parts.baseline, parts.rna, parts.image, parts.interaction) == pytest.approx(wanted, abs=1e-4)
