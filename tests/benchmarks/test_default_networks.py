"""The default network of a small embryo is measured, and compared with the truth."""

from __future__ import annotations

import json
import sys

import default_networks
import pandas as pd
import pytest

import grnet


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["default_networks.py", *map(str, arguments)])
    default_networks.main()


def test_a_small_embryo_is_measured(tmp_path, monkeypatch):
    run(monkeypatch, "--quick", "--out", tmp_path / "out.json", "--work", tmp_path / "work")

    content = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (content["complete"], list(content["cases"])) == (True, ["embryo"])
    case = content["cases"]["embryo"]
    network = grnet.load_network(tmp_path / "work/embryo/network")
    assert (case["candidates"], case["edges"], case["known"] + case["novel"]) == (852, 200, 200)
    assert (case["known"], case["known_candidates"]) == (int(network.edges["known"].sum()), 77)
    assert case["statement"] == network.summary["statement"]
    assert (case["expected_precision"] is None) == case["ranking_only"] == network.summary["ranking_only"]
    truth = pd.read_parquet(tmp_path / "work/embryo/lab/truth.parquet")
    true = set(zip(truth["tf"], truth["target"], strict=True))
    scores = pd.concat(network.scores())
    labelled = scores[scores["label"].notna()]
    known = set(zip(labelled["tf"], labelled["target"], strict=True))
    new = [pair for pair in zip(network.edges["tf"], network.edges["target"], strict=True) if pair not in known]
    assert case["without_label"] == len(new)
    assert case["observed_precision"] == pytest.approx(sum(pair in true for pair in new) / len(new), abs=1e-4)
    assert case["share_of_candidates"] == pytest.approx((len(true) - 77) / (852 - len(known)), abs=1e-4)


def test_without_the_data_it_is_said_where_it_was_looked_for(tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match=r"none: no such folder; name the one that holds fly-eye/ with --data"):
        run(monkeypatch, "--data", tmp_path / "none")
