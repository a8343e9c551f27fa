"""What a page says of the run behind a network, from a run that was trained."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from grnet.architectures.run_folder import load_run
from grnet.workflow.network_report import MEASURES, report_of


def test_the_report_is_that_of_the_run(fused_run):
    run = load_run(fused_run)
    report = report_of(run)
    metrics = json.loads((fused_run / "metrics.json").read_text())
    assert (report["model"], report["folds"], report["seeds"]) == (metrics["model"], 3, 1)
    assert report["measures"] == [
        "AUROC",
        "concordance within TFs (new TFs: within targets)",
        "AUPRC / base rate",
        "accuracy",
        "Brier score",
    ]
    (split,) = report["splits"]
    card = metrics["splits"]["pair"]
    assert (split["title"], split["n"], split["n_positives"]) == ("new pairs", card["n"], card["n_positives"])
    assert [row["name"] for row in split["rows"]] == [row["name"] for row in card["rows"]]
    assert [row["is_baseline"] for row in split["rows"]] == [False, *[True] * (len(card["rows"]) - 1)]
    for row, said in zip(split["rows"], card["rows"], strict=True):
        for figure, (measure, *_) in zip(row["figures"], MEASURES.values(), strict=True):
            np.testing.assert_allclose(figure, [said[measure][part] for part in ("mean", "low", "high")], atol=5e-5)
    assert split["findings"][0] == card["verdict"]
    assert split["warnings"] == [warning["text"] for warning in card["warnings"]]


def test_calibration_is_of_the_pairs_out_of_fold(fused_run):
    pairs = pd.read_parquet(fused_run / "out_of_fold.parquet")
    curve = report_of(load_run(fused_run))["calibration"]
    assert sum(curve["count"]) == len(pairs)
    assert curve["base_rate"] == round((pairs["label"] == 1).mean(), 4)
    means = [np.average(curve[name], weights=curve["count"]) for name in ("observed", "mean")]
    np.testing.assert_allclose(means, [(pairs["label"] == 1).mean(), pairs["probability"].mean()], atol=1e-3)
    low, rate, high = (np.array(curve[name]) for name in ("low", "observed", "high"))
    assert (low <= rate).all()
    assert (rate <= high).all()


def test_the_report_is_small_and_plain_json(fused_run):
    text = json.dumps(report_of(load_run(fused_run)), allow_nan=False)
    assert len(text) < 40_000
    assert text == json.dumps(report_of(load_run(fused_run)), allow_nan=False)
