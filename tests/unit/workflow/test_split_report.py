"""What the cross-fit of a split is said to be worth, and what is said of trust in images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score

from grnet.dataset.directory import load_dataset
from grnet.evaluation.ablation import FUSED, IMAGES_ALONE, RNA_ALONE, name_without
from grnet.evaluation.baselines import BASELINES
from grnet.evaluation.cautions import REPEATS_ACROSS_FOLDS
from grnet.features.pairs import ContextTable, context_tables
from grnet.probability.calibration_fit import cross_calibrate
from grnet.schema.training_config import KNOWN_NETWORK
from grnet.training.crossfit import fit_folds
from grnet.training.training_data import build_training_data
from grnet.workflow.baseline_scores import _describe_context, score_baselines
from grnet.workflow.split_report import as_sentence, report_split

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def judged(dataset, tiny_config):
    """The fused model on new TFs and new targets."""
    data = build_training_data(dataset, tiny_config, CPU, split="both")
    crossfit = fit_folds(data, tiny_config, None, device=CPU)
    return data, crossfit, report_split("both", data, crossfit, tiny_config)


def test_only_tested_pairs_are_judged(judged, dataset):
    data, crossfit, result = judged
    tested = data.training.tested
    labels, folds = data.training.labels[tested], data.training.folds[tested]
    expected = cross_calibrate(crossfit.scores[tested], labels, folds)
    assert list(result.models) == ["grnet (fused)"]
    assert result.models["grnet (fused)"][tested] == pytest.approx(expected)
    assert np.isnan(result.models["grnet (fused)"][~tested]).all()
    assert (result.card.n, result.card.split) == (tested.sum(), "both")
    assert [row.name for row in result.card.rows] == ["grnet (fused)", *BASELINES]
    areas = [roc_auc_score(labels[folds == fold], expected[folds == fold]) for fold in range(3)]
    assert result.card.model.figures["auroc"].value == pytest.approx(np.mean(areas))
    table = result.tabulate(dataset.genes.symbols)
    assert len(table) == tested.sum()
    assert set(table["split"]) == {"both"}
    assert table["probability"].to_numpy() == pytest.approx(expected)
    assert table["fold"].tolist() == folds.tolist()


def test_repeats_are_warned_of_where_a_model_learnt_from_them(dataset, tiny_config):
    known = dataset.labelled_pairs
    mirrored = known.assign(tf=known["target"], target=known["tf"], row=known["row"] + 1000)
    twins = replace(dataset, labelled_pairs=pd.concat([known, mirrored], ignore_index=True))
    doubled = replace(twins, labelled_pairs=twins.labelled_pairs[~twins.labelled_pairs.duplicated(["tf", "target"])])
    config = replace(tiny_config, epochs=1)
    warned = {}
    for split in ("tf", "paper"):
        data = build_training_data(doubled, config, CPU, split=split)
        judged = report_split(split, data, fit_folds(data, config, None, device=CPU), config)
        warned[split] = [entry.text for entry in judged.card.warnings if entry.kind == REPEATS_ACROSS_FOLDS]
    assert (len(warned["tf"]), len(warned["paper"])) == (0, 1)


def test_baselines_learn_from_what_the_model_may_learn_from(judged):
    """Labels that no model of a fold may see change nothing in what the baselines say of the fold."""
    data, _, result = judged
    training = data.training
    before = score_baselines(data, split="both", seed=0)
    for fold in range(3):
        labels = training.labels.copy()
        hidden = ~training.allowed[fold]
        labels[hidden] = 1 - labels[hidden]
        after = score_baselines(replace(data, training=replace(training, labels=labels)), split="both", seed=0)
        own = training.folds == fold
        for name, values in before.items():
            np.testing.assert_array_equal(after[name][own], values[own], err_msg=name)
            assert np.isnan(values[~training.tested]).all()
    assert result.card.row("|Pearson|").is_baseline


def test_each_part_of_a_fused_model_is_judged_on_the_same_pairs(judged):
    data, crossfit, result = judged
    training, ablation = data.training, result.card.inputs.ablation
    tested = training.tested
    without = name_without(KNOWN_NETWORK)
    assert list(ablation) == [IMAGES_ALONE, RNA_ALONE, without, FUSED]
    np.testing.assert_array_equal(ablation[FUSED], result.models["grnet (fused)"][tested])
    labels, folds = training.labels[tested], training.folds[tested]
    of_parts = {RNA_ALONE: crossfit.parts["rna"], IMAGES_ALONE: crossfit.parts["image"]}
    for name, values in (of_parts | {without: crossfit.without[KNOWN_NETWORK]}).items():
        scores = values[tested]
        has = np.isfinite(scores)
        expected = np.array([labels[folds != fold].mean() for fold in folds])
        expected[has] = cross_calibrate(scores[has], labels[has], folds[has])
        assert ablation[name] == pytest.approx(expected), name
        assert has.all() == (name != IMAGES_ALONE)


def test_the_part_of_rna_is_the_rna_model(dataset, tiny_config):
    """RNA alone is not a part of a whole: the tower is fitted first, as that of a model that sees no images."""
    scores = {}
    for modality in ("fused", "rna"):
        config = replace(tiny_config, model=replace(tiny_config.model, modality=modality))
        data = build_training_data(dataset, config, CPU)
        crossfit = fit_folds(data, config, None, device=CPU)
        scores[modality] = crossfit.parts["rna"] if modality == "fused" else crossfit.scores
        assert (crossfit.parts == {}) == (modality == "rna")
    assert scores["fused"] == pytest.approx(scores["rna"], abs=1e-5)


def test_the_context_of_the_baseline_is_that_of_the_expression_with_both_backgrounds(dataset, tiny_config):
    data = build_training_data(dataset, tiny_config, CPU)
    pairs = data.training.pairs
    context = _describe_context(data.features, pairs)
    table: ContextTable = context_tables(data.features, "rna", CPU)["expression"]
    expected = table.of_pairs(torch.from_numpy(pairs.tf), torch.from_numpy(pairs.target)).numpy()
    np.testing.assert_array_equal(context[:, : expected.shape[1]], expected)
    background = data.features.profiles[0].background.reshape(40, -1).T
    np.testing.assert_array_equal(context[:, -80:-40], background[pairs.tf])
    np.testing.assert_array_equal(context[:, -40:], background[pairs.target])
    assert context.shape[1] == expected.shape[1] + 80
    silent = replace(data.features.profiles[0], present=np.arange(len(dataset.genes)) != pairs.tf[0])
    some = _describe_context(replace(data.features, profiles=(silent, *data.features.profiles[1:])), pairs)
    lost = (pairs.tf == pairs.tf[0]) | (pairs.target == pairs.tf[0])
    assert np.isnan(some).any(axis=1).tolist() == lost.tolist()
    assert _describe_context(replace(data.features, profiles=data.features.profiles[1:]), pairs) is None


@pytest.fixture(scope="module")
def data(dataset, tiny_config):
    return build_training_data(dataset, tiny_config, CPU)


def test_a_note_reads_as_a_sentence():
    assert as_sentence("images were given no say") == "Images were given no say."
    assert as_sentence("12 left out.") == "12 left out."
