"""All models of a run on blocks of pairs: what each of them says of a list of pairs."""

from __future__ import annotations

import pytest
import torch
from late_models import context_of, derive_kernels, score_listed, teach, weigh_all_parts

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late import ensemble as late_ensemble
from grnet.architectures.late.arrays import GeneInputs
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.ensemble import LateEnsemble
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.parts import PATTERNS, Part
from grnet.features.known_network import KnownNetworkBlocks
from grnet.features.pairs import context_tables
from grnet.features.similar_pair_blocks import SimilarPairBlocks
from grnet.features.similar_pairs import PairLabels
from grnet.schema.training_config import KNOWN_NETWORK

CPU = torch.device("cpu")
TFS, TARGETS = torch.tensor([3, 0, 1, 7, 2]), torch.tensor([8, 1, 0, 2, 3, 11, 5])


def labelled_pairs(number):
    labels = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])[number:]
    return PairLabels(torch.tensor([3, 3, 4, 7, 8])[number:], torch.tensor([5, 8, 5, 9, 3])[number:], labels)


def make_models(features, modality, count=3):
    """Models that were not trained: encodings and kernels fitted on other pairs each, and all parts count."""
    torch.manual_seed(0)
    tables = context_tables(features, modality, CPU)
    genes = GeneInputs.from_features(features, CPU)
    models = []
    for number in range(count):
        model = LateInteraction(LateConfig(modality, hidden=16, bins=6, channels=(4,)), InputShape.of(features)).eval()
        tf = torch.randint(0, 14, (80,))
        target = (tf + torch.randint(1, 14, (80,))) % 14  # no gene with itself, whose correlation is 1 but for rounding
        shared = {name: table.present[tf] & table.present[target] for name, table in tables.items()}
        labels = labelled_pairs(number)
        teach(model, features, labels.tf, labels.target, labels.value)
        context = context_of(model, features, tf, target)
        for name in model.modalities:
            model.fit_encodings(name, context, genes, shared)
        weigh_all_parts(model, seed=number)
        models.append(model)
    return models


def score_block(models, features, tf=TFS, target=TARGETS, *, dtype=torch.float32, at_once=None):
    """Return the logits [K, T, N] of the ensemble."""
    ensemble = LateEnsemble(models, dtype=dtype)
    ensemble.at_once = at_once or ensemble.at_once
    tables = context_tables(features, models[0].config.modality, CPU)
    genes = GeneInputs.from_features(features, CPU)
    said = {}
    for name, table in tables.items():
        labels = [PairLabels(*model.labelled).among(table.present) for model in models]
        blocks = SimilarPairBlocks(table.rows(), labels)
        said[name] = blocks.strip(blocks.of_targets(target), tf, blocks.alike_tfs(tf)).features(slice(None))
    with torch.inference_mode():
        codes = [
            ensemble.encode(genes.take(own), role, modalities=ensemble.modalities)
            for own, role in ((tf, "tf"), (target, "target"))
        ]
        context = {name: table.strip(tf, target).features(slice(None)) for name, table in tables.items()}
        network = KnownNetworkBlocks([PairLabels(*model.labelled) for model in models], features.n_genes)
        links = None
        if ensemble.network is not None:
            links = ensemble.network.score(network.strip(tf, target).features(slice(None)))
        return ensemble.score(context, said, kernels_of(models, features, tf, target), links, *codes)


def kernels_of(models, features, tf, target):
    """Return by measurement what each TF looks for in its targets, [K, T, D], and the features of targets, [N, D]."""
    kernels = derive_kernels(features, models[0].config.modality)
    scores = [model.score_kernels(kernels) for model in models]
    return {
        name: (torch.stack([own[name].weights_of(tf) for own in scores]), kernel.features[target])
        for name, kernel in kernels.items()
    }


def score_list(model, features, tf=TFS, target=TARGETS):
    """Return the logits [T, N] of one model, pair by pair."""
    rows, columns = tf.repeat_interleave(len(target)), target.repeat(len(tf))
    return score_listed(model, features, rows, columns).total.reshape(len(tf), len(target))


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_every_model_says_of_a_block_what_it_says_of_its_pairs(patchy_features, modality, at_once):
    models = make_models(patchy_features, modality)
    found = score_block(models, patchy_features, at_once=at_once)
    assert (found.shape, found.dtype) == ((3, 5, 7), torch.float32)
    expected = torch.stack([score_list(model, patchy_features) for model in models])
    assert (expected[0] - expected[1]).abs().max() > 1e-2
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=0)


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
def test_every_part_moves_the_scores_of_a_block_by_what_it_says(patchy_features, modality):
    models = make_models(patchy_features, modality)
    whole = score_block(models, patchy_features)
    rows, columns = TFS.repeat_interleave(len(TARGETS)), TARGETS.repeat(len(TFS))
    for place, part in enumerate(models[0].parts):
        said = torch.stack([score_listed(model, patchy_features, rows, columns).parts[place] for model in models])
        assert said.abs().max() > 1e-3, part
        counts = [part.counts_in(pattern) for pattern in PATTERNS]
        for model in models:
            model.weights[counts, place] += 0.5
        moved = score_block(models, patchy_features) - whole
        torch.testing.assert_close(moved, 0.5 * said.reshape(3, 5, 7), atol=3e-5, rtol=0)
        for model in models:
            model.weights[counts, place] -= 0.5


def test_kernels_without_weight_are_not_asked(patchy_features):
    models = make_models(patchy_features, "fused")
    assert LateEnsemble(models).weighted_kernels == ("expression", "dorsal", "ventral")
    for model in models:
        model.weights[:, [part.measurement == "dorsal" for part in model.parts]] = 0
    assert LateEnsemble(models).weighted_kernels == ("expression", "ventral")


def test_a_known_network_without_weight_or_words_is_not_asked(patchy_features):
    models = make_models(patchy_features, "fused")
    assert LateEnsemble(models).weighs_network
    place = models[0].parts.index(Part("known network"))
    for model in models:
        model.weights[:, place] = 0
    assert not LateEnsemble(models).weighs_network
    for model in models:
        model.weights[:, place] = 1
        torch.nn.init.zeros_(model.known_network.out.weight)
    assert not LateEnsemble(models).weighs_network


def test_models_may_look_at_no_known_network(patchy_features):
    shape = InputShape.of(patchy_features, without=(KNOWN_NETWORK,))
    model = LateInteraction(LateConfig("fused", hidden=16, bins=6, channels=(4,)), shape).eval()
    weigh_all_parts(model)
    assert Part("known network") not in model.parts
    assert not LateEnsemble([model]).weighs_network
    found = score_block([model], patchy_features)[0]
    torch.testing.assert_close(found, score_list(model, patchy_features), atol=2e-5, rtol=0)


def test_one_pair_is_scored_as_in_a_block(patchy_features):
    models = make_models(patchy_features, "fused")
    whole = score_block(models, patchy_features)
    alone = score_block(models, patchy_features, TFS[3:4], TARGETS[5:6])
    torch.testing.assert_close(alone, whole[:, 3:4, 5:6], atol=1e-5, rtol=0)


def test_genes_are_encoded_alike_a_few_at_a_time(patchy_features, monkeypatch):
    models = make_models(patchy_features, "fused")
    whole = score_block(models, patchy_features)
    monkeypatch.setattr(late_ensemble, "GENES_AT_ONCE", {"cpu": 2})
    torch.testing.assert_close(score_block(models, patchy_features), whole, atol=1e-5, rtol=0)


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
def test_bfloat16_rounds_and_does_no_more(patchy_features, modality):
    models = make_models(patchy_features, modality)
    exact = score_block(models, patchy_features)
    rounded = score_block(models, patchy_features, dtype=torch.bfloat16)
    assert rounded.dtype == torch.float32
    error = (rounded - exact).abs().max() / exact.abs().max()
    assert 0 < error < 0.02, "activations have 8 bits"
