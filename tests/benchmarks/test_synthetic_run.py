from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from synthetic_dataset import RunSize
from synthetic_run import list_options, write_synthetic_run

import grnet
from grnet.architectures.late.parts import PATTERNS


def test_dataset_is_of_the_size_that_was_asked_for(synthetic_folder, tiny_size):
    dataset = grnet.load_dataset(synthetic_folder / "dataset")

    assert (len(dataset.genes), len(dataset.genes.tfs), len(dataset.samples)) == (60, 4, 12)
    assert dataset.views == ("dorsal", "lateral")
    assert dataset.images.shape == (30 * 2, 32, 64)
    pictured = dataset.genes.n_images > 0
    assert pictured.sum() == 30
    assert pictured[dataset.genes.tfs].sum() == 2
    assert np.asarray(dataset.images).std(axis=0).min() > 5
    known = dataset.labelled_pairs
    assert len(known) == tiny_size.n_labelled == 60
    assert known["label"].sum() == 30
    assert not (known["tf"] == known["target"]).any()
    assert len({frozenset(pair) for pair in zip(known["tf"], known["target"], strict=True)}) == 60
    size = np.abs(np.corrcoef(dataset.expression))[np.triu_indices(60, 1)]
    assert size.max() > 0.8


def test_each_model_knows_the_labels_of_the_other_folds_alone(synthetic_folder):
    run, dataset = grnet.load_run(synthetic_folder / "run"), grnet.load_dataset(synthetic_folder / "dataset")
    table = run.out_of_fold

    assert (run.folds, run.model_config.modality, run.base_rate) == (3, "fused", 0.5)
    pd.testing.assert_frame_equal(table[["tf", "target", "label"]], dataset.labelled_pairs[["tf", "target", "label"]])
    for fold, model in enumerate(run.load_models(torch.device("cpu"))):
        seen = table[table["fold"] != fold]
        assert model.labelled_tf.tolist() == dataset.genes.indices_of(seen["tf"]).tolist()
        assert model.labelled_target.tolist() == dataset.genes.indices_of(seen["target"]).tolist()
        assert model.labelled_value.tolist() == seen["label"].tolist()
        for part, dual in zip(model.kernels, model.labelled_dual, strict=True):
            assert dual.abs().max() > 0, part
        for pattern, weights in zip(PATTERNS, model.weights.tolist(), strict=True):
            assert weights == [float(part.counts_in(pattern)) for part in model.parts], pattern


def test_it_is_inferred_from_like_any_run_and_scores_vary(synthetic_folder, tmp_path):
    result = grnet.infer_network(synthetic_folder / "run", tmp_path / "network", top=50)
    scores = pd.concat([pd.read_parquet(file) for file in (tmp_path / "network/scores").glob("part-*.parquet")])

    assert result.scoring.n_candidates == len(scores) == 4 * 59
    assert 0.5 < scores["score"].std() < 5
    assert scores.loc[scores["label"].isna(), "spread"].gt(0).all()
    assert scores["label"].notna().sum() == 60


def test_the_same_seed_gives_the_same_bytes(synthetic_folder, tiny_size, tmp_path):
    write_synthetic_run(tmp_path, tiny_size)

    for name in ("dataset/images.npy", "dataset/expression.parquet", "run/fold-2/weights.safetensors"):
        assert (tmp_path / name).read_bytes() == (synthetic_folder / name).read_bytes(), name


def test_images_of_all_genes_and_runs_of_expression_alone(tmp_path):
    everywhere = RunSize(genes=40, tfs=3, samples=8, views=1, images_per_view=2, share_with_images=1.0, folds=2)
    write_synthetic_run(tmp_path / "all", everywhere)
    write_synthetic_run(tmp_path / "rna", RunSize(genes=40, tfs=3, samples=8, views=0, folds=2))

    assert (grnet.load_dataset(tmp_path / "all/dataset").genes.n_images == 2).all()
    assert grnet.load_run(tmp_path / "rna/run").model_config.modality == "rna"
    assert len(grnet.load_dataset(tmp_path / "rna/dataset").images) == 0


def test_options_stand_for_a_size():
    options = list_options(RunSize(genes=50, tfs=5, folds=4))

    assert " ".join(options).startswith("--genes 50 --tfs 5 --samples 72 --views 3")
    assert "--labelled" not in options


def test_sizes_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="1 <= tfs <= genes"):
        RunSize(genes=3, tfs=5)
