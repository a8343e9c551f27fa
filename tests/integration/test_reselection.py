"""Edges chosen again from the scores of a network folder are those that inference with the same limits keeps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import grnet
from grnet.schema.configs import InferConfig
from grnet.schema.errors import ConfigError, FormatError, MissingInputError, OutputExistsError
from grnet.workflow.reselection import load_selected, reselect

LIMITS = [{"top": 25}, {"probability": 0.4}, {"top_per_target": 1}, {"expected_precision": 0.6, "top": 40}]


@pytest.fixture
def copied(fused_network, tmp_path):
    return Path(shutil.copytree(fused_network, tmp_path / "network"))


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_edges_are_those_of_inference_with_the_same_limits(fused_run, fused_network, tmp_path, limits):
    expected = grnet.infer_network(fused_run, tmp_path / "anew", **limits).network
    found = reselect(fused_network, InferConfig(**limits))
    assert len(found.edges) > 0
    assert found.edges.equals(expected.edges)
    assert found.nodes.equals(expected.nodes)
    survival = found.summary.pop("survival")
    assert survival == {**expected.summary.pop("survival"), "edges": 0, "members": []}
    assert found.summary == expected.summary


def test_limits_that_keep_nothing_give_an_empty_network(fused_network):
    found = reselect(fused_network, InferConfig(probability=1.0))
    assert (len(found.edges), len(found.nodes), found.summary["edges"]) == (0, 0, 0)
    assert found.summary["settings"]["limits"] == {"probability": 1.0}


def test_without_limits_the_edges_of_the_folder_are_taken(fused_network):
    network = grnet.load_network(fused_network)
    found = load_selected(fused_network)
    assert found.edges.equals(network.edges)
    assert found.summary == network.summary
    assert len(load_selected(fused_network, top=7).edges) == 7


@pytest.mark.parametrize("limits", [{}, {"top": 30}, {"probability": 1.0}, {"expected_precision": 0.6}], ids=str)
def test_known_edges_are_added_as_inference_does(fused_run, tmp_path, limits):
    expected = grnet.infer_network(fused_run, tmp_path / "anew", with_known=True, **limits).network
    plain = grnet.infer_network(fused_run, tmp_path / "plain", **limits).network
    found = load_selected(tmp_path / "plain", with_known=True)
    assert found.edges.equals(expected.edges)
    assert found.summary["statement"] == expected.summary["statement"]
    assert load_selected(tmp_path / "plain", with_known=True, top=20).summary["settings"]["limits"] == {"top": 20}
    added = expected.summary["selection"]["added_known"]
    assert added == 77 - int(plain.edges["known"].sum()) > 0
    assert int(expected.edges["known"].sum()) == 77
    assert len(expected.edges) == len(plain.edges) + added
    assert expected.summary["survival"]["threshold"] == plain.summary["survival"]["threshold"]


def test_the_default_network_of_a_folder_is_chosen_again_without_limits(fused_run, tmp_path):
    network = grnet.infer_network(fused_run, tmp_path / "network").network
    assert network.summary["settings"]["limits"] == {"top": 200}
    assert network.edges["rank"].tolist() == list(range(1, 201))
    assert network.summary["selection"] == {
        "rule": "default",
        "known_candidates": 77,
        "with_known": False,
        "added_known": 0,
        "known_without_score": 0,
        "highest_probability": pytest.approx(network.edges["probability"].iloc[0]),
    }
    found = reselect(tmp_path / "network", InferConfig())
    assert found.edges.equals(network.edges)
    assert found.summary["statement"] == network.summary["statement"]


def test_nothing_in_the_folder_changes(copied):
    before = {file: file.read_bytes() for file in copied.rglob("*") if file.is_file()}
    reselect(copied, InferConfig(top=5))
    assert {file: file.read_bytes() for file in copied.rglob("*") if file.is_file()} == before


def test_files_of_a_folder_are_not_replaced_by_those_of_other_edges(copied):
    before = {file: file.read_bytes() for file in copied.rglob("*") if file.is_file()}
    with pytest.raises(OutputExistsError, match=r"belongs to the network in .*, which has other edges"):
        grnet.export(copied, "parquet", out=copied, top=5, overwrite=True)
    with pytest.raises(OutputExistsError, match="choose another place with -o"):
        grnet.view(copied, copied / "network.html", top=5, overwrite=True)
    assert {file: file.read_bytes() for file in copied.rglob("*") if file.is_file()} == before
    grnet.export(copied, "cx2", out=copied, overwrite=True)
    assert (copied / "network.cx2").read_bytes() == before[copied / "network.cx2"]


def test_a_limit_out_of_range_is_refused(fused_network):
    with pytest.raises(ConfigError, match=r"--probability lies in 0\.\.1, got 7"):
        load_selected(fused_network, probability=7)


def test_a_folder_of_an_earlier_version_says_so(copied):
    (copied / "genes.parquet").unlink()
    with pytest.raises(FormatError, match=r"lacks genes\.parquet.*infer the network anew"):
        reselect(copied, InferConfig(top=5))


def test_lost_scores_are_missed(copied):
    next((copied / "scores").glob("part-*.parquet")).unlink()
    with pytest.raises(MissingInputError, match="lacks 1 of"):
        reselect(copied, InferConfig(top=5))
