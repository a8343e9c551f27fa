"""`--without NAME` from training to explanations: the same as a dataset that never had the measurement."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import grnet
from grnet.schema.errors import InputError


@pytest.fixture(scope="module")
def narrow_dataset(embryo_lab, tmp_path_factory):
    """The embryo prepared from its dorsal images alone."""
    folder = tmp_path_factory.mktemp("narrow") / "dataset"
    views = embryo_lab.parent / "dorsal.csv"
    files = sorted((embryo_lab / "images").glob("*/dorsal/*.png"))
    rows = [(file.parent.parent.name, str(file), "dorsal") for file in files]
    pd.DataFrame(rows, columns=["gene", "path", "view"]).to_csv(views, index=False)
    expression = [embryo_lab / "expression_tfs.csv", embryo_lab / "expression_genes.tsv.gz"]
    grnet.prepare(
        folder,
        expression=expression,
        tfs=embryo_lab / "tfs.txt",
        known_edges=embryo_lab / "known_edges.csv",
        images=views,
    )
    return folder


@pytest.fixture(scope="module")
def runs(embryo_dataset, narrow_dataset, tiny_config, tmp_path_factory):
    """A run without two views, and one on a dataset that never had them."""
    folder = tmp_path_factory.mktemp("runs")
    settings = {"config": tiny_config, "report": "pair"}
    views = grnet.load_dataset(embryo_dataset).views
    others = [view for view in views if view != "dorsal"]
    result = grnet.train(embryo_dataset, folder / "without", without=others, **settings)
    grnet.train(narrow_dataset, folder / "never", **settings)
    return folder / "without", folder / "never", others, result


def test_it_is_the_run_of_a_dataset_without_the_measurement(runs):
    without, never, others, result = runs
    one, two = (pd.read_parquet(folder / "out_of_fold.parquet") for folder in (without, never))
    pd.testing.assert_frame_equal(one, two)
    settings = tomllib.loads((without / "run.toml").read_text())
    assert settings["train"]["without"] == others
    assert list(settings["shape"]["modality"]) == ["expression", "dorsal"]
    assert f"left out of the models: {', '.join(others)}" in result.notes


def test_scores_and_explanations_keep_to_what_is_left(runs, tmp_path):
    without, never, *_ = runs
    for run in (without, never):
        grnet.infer_network(run, tmp_path / run.name, top=30)
    one, two = (pd.read_parquet(tmp_path / run.name / "edges.parquet") for run in (without, never))
    pd.testing.assert_frame_equal(one, two)
    tf, target = one.loc[0, ["tf", "target"]]
    evidence = grnet.explain(without, tf, target, tmp_path / "pair").evidence
    assert [entry.name for entry in evidence.measurements] == ["expression", "dorsal"]


def test_the_networks_of_the_paper_see_the_other_views_alone(gappy_dataset, sdinet_config, tmp_path):
    settings = {"config": sdinet_config, "report": "pair"}
    grnet.train(gappy_dataset, tmp_path / "run", without="dorsal", **settings)
    grnet.infer_network(tmp_path / "run", tmp_path / "network")
    pairs = pd.read_parquet(tmp_path / "run" / "out_of_fold.parquet")
    assert np.isfinite(pairs["probability"]).all()
    grnet.train(gappy_dataset, tmp_path / "whole", **settings)
    whole = pd.read_parquet(tmp_path / "whole" / "out_of_fold.parquet")
    assert not pairs["probability"].equals(whole["probability"])


def test_wrong_names_leave_nothing_behind(embryo_dataset, tiny_config, tmp_path):
    with pytest.raises(InputError, match=r"--without Dorsl: .* did you mean dorsal\?"):
        grnet.crossval(embryo_dataset, tmp_path / "figures", without=["Dorsl"], config=tiny_config)
    assert list(tmp_path.iterdir()) == []


def test_the_report_has_a_row_for_each_measurement_that_shares_its_modality(embryo_dataset, tiny_config, tmp_path):
    views = grnet.load_dataset(embryo_dataset).views
    settings = {"config": tiny_config, "split": "target"}
    result = grnet.crossval(embryo_dataset, tmp_path / "figures", ablation="measurements", **settings)
    metrics = json.loads((tmp_path / "figures" / "metrics.json").read_text())
    part = metrics["splits"]["target"]["ablation"]["parts"][0]
    names = ["images alone", "RNA alone", "without the known network", *(f"without {view}" for view in views)]
    assert list(part["figures"]) == [*names, "fused"]
    assert list(part["fused_minus"]) == names
    for figures in (*part["figures"].values(), *part["fused_minus"].values()):
        assert list(figures) == ["auroc", "auprc", "concordance_within_tfs", "accuracy"]
    left_out = grnet.crossval(embryo_dataset, tmp_path / "left-out", without=views[0], **settings)
    row = result.card.ablation.parts[0].figures[f"without {views[0]}"]
    assert row["auroc"].value == pytest.approx(left_out.card.model.figures["auroc"].value)
    assert row["concordance_within_tfs"].value == pytest.approx(
        left_out.card.model.figures["concordance_within_tfs"].value
    )
    assert "without lateral" in (tmp_path / "figures" / "report.html").read_text(encoding="utf-8")


def test_a_model_of_one_modality_is_compared_with_those_without_each_measurement(embryo_dataset, tiny_config, tmp_path):
    config = replace(tiny_config, model=replace(tiny_config.model, modality="image"))
    result = grnet.crossval(embryo_dataset, tmp_path / "figures", ablation="measurements", config=config)
    views = grnet.load_dataset(embryo_dataset).views
    ablation = result.card.ablation
    assert list(ablation.parts[0].figures) == [
        "without the known network",
        *(f"without {view}" for view in views),
        "all measurements",
    ]
    assert ablation.verdict.startswith("Of models trained without one measurement, the one without ")
    assert list(ablation.parts[0].to_json()) == ["pairs", "n", "figures", "all_measurements_minus"]
