"""Trees that judge candidates by what is known of their genes, and the network that learns from them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late import distillation
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.distillation import distil_rna
from grnet.architectures.late.fitting import score_rows
from grnet.architectures.late.labelled_pairs import LabelledPairs, RnaInputs
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.teacher_trees import Teacher, choose_situations, score_honestly, tabulate
from grnet.dataset.directory import load_dataset
from grnet.features.build import build_features
from grnet.features.similar_pairs import HIDDEN, PairLabels
from grnet.schema.features import by_similar_pairs
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import TrainConfig

CPU = torch.device("cpu")
ROWS = np.arange(0, 154, 2)


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def features(dataset):
    return build_features(dataset)


@pytest.fixture(scope="module")
def data(dataset, features):
    pairs = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    labels = dataset.labelled_pairs["label"].to_numpy(np.int8)
    return LabelledPairs.build(pairs, labels, features, modality="rna", device=CPU, tfs=dataset.genes.tfs)


@pytest.fixture(scope="module")
def inputs(data):
    return RnaInputs.build(data, PairLabels(data.tf[ROWS], data.target[ROWS], data.labels[ROWS]))


def test_candidates_are_unlabelled_pairs_of_tfs_and_genes_with_expression(data, inputs, dataset):
    tf, target = (genes.numpy() for genes in distillation._draw_candidates(data, inputs, seed=0))
    n_genes = len(dataset.genes)
    keys = tf * n_genes + target
    assert len(np.unique(keys)) == len(keys) == len(dataset.genes.tfs) * (n_genes - 1) - 154
    assert set(tf) == set(dataset.genes.tfs)
    assert not np.isin(keys, data.pairs.keys(n_genes)).any()
    assert (tf != target).all()


def test_a_situation_is_whose_known_edges_are_there(inputs, data):
    knows_tf, knows_target = (set(genes[ROWS].tolist()) for genes in (data.tf, data.target))
    found = inputs.situations_of(data.tf, data.target)
    expected = [
        HIDDEN.index({(1, 1): "pair", (0, 1): "tf", (1, 0): "target", (0, 0): "both"}[a in knows_tf, b in knows_target])
        for a, b in zip(data.tf.tolist(), data.target.tolist(), strict=True)
    ]
    assert found.tolist() == expected
    assert set(found[ROWS]) == {0}


def test_only_situations_of_enough_candidates_get_trees_of_their_own():
    assert choose_situations(np.repeat([0, 1, 2, 3], [90, 5, 4, 1])) == ("pair", "tf", "target")
    assert choose_situations(np.array([2, 2, 2])) == ("target",)
    assert choose_situations(np.zeros(0, np.int64)) == ("pair",)


def test_trees_judge_a_pair_by_its_situation(inputs, data):
    labels = data.labels[ROWS].numpy().astype(np.int8)
    tf, target = data.tf[ROWS], data.target[ROWS]
    both = Teacher(inputs, tf, target, labels, ("pair", "both"), seed=0)
    context = inputs.context_of(data.tf, data.target)
    table = tabulate(inputs, context, data.tf, data.target)
    situation = inputs.situations_of(data.tf, data.target)
    found = both.predict(context, data.tf, data.target)
    for number, name in enumerate(HIDDEN):
        rows = situation == number
        if not rows.any():
            continue
        # What hides most nearly the same stands in for a situation without trees; "pair" comes first among equals.
        trees = both.trees["both" if name == "both" else "pair"]
        np.testing.assert_array_equal(found[rows], trees.predict(table[rows]))
    assert len(np.unique(situation)) > 1
    assert ((found >= 0) & (found <= 1)).all()


def test_trees_see_sums_that_they_cannot_form(inputs, data):
    context = inputs.context_of(data.tf, data.target)
    table = tabulate(inputs, context, data.tf, data.target)
    pair = context["expression"].numpy()  # r, z and |z| of the TF, z and |z| of the target, for each transform
    n = pair.shape[1]
    np.testing.assert_array_equal(table[:, :n], pair)
    np.testing.assert_array_equal(table[:, n : n + n // 5], np.abs(pair[:, ::5]))
    np.testing.assert_allclose(table[:, n + n // 5 : n + 2 * n // 5], pair[:, 1::5] + pair[:, 3::5], rtol=1e-6)
    similar = context[by_similar_pairs("expression")]
    np.testing.assert_array_equal(table[:, -similar.shape[1] :], similar.numpy())


def test_the_network_follows_the_trees(data, inputs, features):
    config = TrainConfig(model=LateConfig("rna", hidden=32), epochs=15)
    torch.manual_seed(0)
    model = LateInteraction(config.model, InputShape.of(features))
    model.keep_labelled(data.tf[ROWS], data.target[ROWS], data.labels[ROWS])
    history, _ = distil_rna(model, data, ROWS, config=config, seed=0)
    assert [epoch.stage for epoch in history] == ["rna"] * len(history)
    labels = data.labels[ROWS].numpy().astype(np.int8)
    teacher = Teacher(inputs, data.tf[ROWS], data.target[ROWS], labels, ("pair", "target"), seed=0)
    context = inputs.context_of(data.tf, data.target)
    trees = teacher.predict(context, data.tf, data.target)
    logits = score_rows(model, data, torch.arange(154)).total.numpy()
    assert np.corrcoef(logits, np.log(trees / (1 - trees)))[0, 1] > 0.85


def test_labels_of_one_kind_teach_nothing(data, features):
    config = TrainConfig(model=LateConfig("rna", hidden=8), epochs=4)
    model = LateInteraction(config.model, InputShape.of(features))
    positives = np.flatnonzero(data.labels.numpy() == 1)
    history, inputs = distil_rna(model, data, positives, config=config, seed=0)
    assert (history, inputs) == ([], None)
    assert not score_rows(model, data, torch.arange(10)).total.any()


def test_candidates_are_balanced_over_situations(monkeypatch):
    monkeypatch.setattr(distillation, "MOST_CANDIDATES", 40)
    situation = np.repeat([0, 1], [100, 10])
    chosen = distillation._balance(situation, 2)
    assert np.bincount(situation[chosen]).tolist() == [30, 10]
    assert np.bincount(situation[distillation._balance(np.repeat([0, 1], 60), 2)]).tolist()[0] >= 20
    assert len(distillation._balance(np.zeros(7, np.int64), 1)) == 7


def test_honest_logits_are_of_models_that_did_not_see_the_pair(data, inputs):
    logits = score_honestly(data, ROWS, inputs, seed=0)
    assert (logits[np.setdiff1d(np.arange(154), ROWS)] == 0).all()
    labels = data.labels[ROWS].numpy()
    seen = np.mean((logits[ROWS] > 0) == labels)
    assert 0.4 < seen < 0.95  # trees that had seen these pairs would be right on nearly all
    assert np.array_equal(logits, score_honestly(data, ROWS, inputs, seed=0))
