"""Report cards of fused models are kept short, with what pictures add."""

from __future__ import annotations

import json
import sys

import fusion
import pytest

import grnet

SIZES = {"n_tfs": 12, "n_targets": 60, "n_samples": 24}


def make_estimate(mean):
    return {"mean": mean, "low": mean - 0.1, "high": mean + 0.1}


def make_figures(mean):
    return {name: make_estimate(mean) for name in ("accuracy", "auroc", "auprc", "concordance_within_tfs")}


def make_card(*, ablation=True):
    parts = [
        {
            "pairs": "all pairs",
            "n": 40,
            "figures": {"fused": make_figures(0.7), "RNA alone": make_figures(0.6)},
            "fused_minus": {"RNA alone": make_figures(0.1)},
        },
        {"pairs": "pairs with images of both genes", "n": 10, "figures": {}, "fused_minus": {}},
    ]
    return {
        "split": "pair",
        "n": 40,
        "n_positives": 20,
        "rows": [{"name": "grnet", **make_figures(0.7)}, {"name": "|Pearson|", **make_figures(0.55), "brier": 1.0}],
        "beyond_correlation": {"matched": [{"matched_on": "|r|", "auroc": {"grnet": make_estimate(0.8)}}]},
        "ablation": {"verdict": "Images improve.", "parts": parts} if ablation else None,
        "verdict": "It does.",
    }


def test_a_card_is_shortened_to_what_pictures_add():
    case = fusion.shorten(make_card())

    assert case["parts"] == {"RNA alone": make_figures(0.6), "fused": make_figures(0.7)}
    assert case["fused_minus"]["RNA alone"]["auroc"]["mean"] == 0.1
    assert case["predictors"]["|Pearson|"] == make_figures(0.55)
    assert (case["pairs_with_images"]["n"], case["images"]) == (10, "Images improve.")
    assert case["same_correlation"]["|r|"]["grnet"]["mean"] == 0.8
    lines = fusion.list_rows("embryo-0", case)
    assert lines[2] == ["embryo-0", "RNA alone", 0.6, 0.6, 0.6, 0.6, None, "+0.1000 (+0.0000 to +0.2000)"]


def test_a_model_of_one_modality_has_no_parts():
    case = fusion.shorten(make_card(ablation=False))

    assert (case["parts"], case["fused_minus"], case["pairs_with_images"], case["images"]) == ({}, {}, None, None)
    assert len(fusion.list_rows("fly-eye-pair", case)) == 2


def test_every_case_has_a_division_of_its_own():
    assert list(fusion.CASES) == [
        *("fly-terms-1", "fly-terms-2", "breast-st-1", "breast-st-2", "fly-eye-pair", "fly-eye-tf"),
        *(f"embryo-{seed}" for seed in range(5)),
    ]
    assert [fusion.CASES[f"fly-terms-{seed}"].keywords["seed"] for seed in (1, 2)] == [1, 2]


def test_an_embryo_is_prepared_and_its_card_kept(tmp_path, monkeypatch):
    simulate, seeds = grnet.simulate, []

    def crossval(dataset, out, **settings):
        assert grnet.load_dataset(dataset).labelled_pairs["label"].nunique() == 2
        assert settings == {"modality": "fused", "split": "pair", "seed": 3}
        out.mkdir()
        (out / "metrics.json").write_text(json.dumps({"splits": {"pair": make_card()}}), encoding="utf-8")

    monkeypatch.setattr(
        grnet, "simulate", lambda lab, *, seed, overwrite: seeds.append(seed) or simulate(lab, seed=seed, **SIZES)
    )
    monkeypatch.setattr(grnet, "crossval", crossval)
    options = ("--cases", "embryo-3", "--data", tmp_path, "--out", tmp_path / "out.json", "--work", tmp_path / "work")
    monkeypatch.setattr(sys, "argv", ["fusion.py", *map(str, options)])

    fusion.main()
    monkeypatch.setattr(grnet, "crossval", lambda *_, **__: pytest.fail("cross-validated already"))
    fusion.main()

    case = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["cases"]["embryo-3"]
    assert seeds == [3]
    assert (case["seed"], case["split"], case["parts"]["fused"]["auroc"]["mean"]) == (3, "pair", 0.7)
