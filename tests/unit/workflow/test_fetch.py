"""`grnet.fetch` and what `grnet.prepare` makes of it."""

from __future__ import annotations

import pandas as pd
import pytest
import resource_server as made

import grnet
from grnet.schema.errors import ConfigError
from grnet.workflow.fetch import list_fetchable

GENES = ("MYC", "TERT", "SOX2", "NANOG", "CDK4", "AATF", "BAX")


@pytest.fixture
def server(tmp_path, monkeypatch):
    with made.resources_for_tests(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def expression():
    return {gene: [float((place * 7 + sample * 3) % 11) for sample in range(5)] for place, gene in enumerate(GENES)}


def test_prepare_reads_what_was_fetched_and_keeps_where_it_is_from(server, tmp_path, expression):
    fetched = grnet.fetch("edges", source="collectri", organism="Homo sapiens")
    summary = grnet.prepare(
        tmp_path / "data", expression=expression, known_edges="collectri:human", tfs="collectri:human"
    )
    dataset = grnet.load_dataset(tmp_path / "data")
    pairs = dataset.labelled_pairs
    assert set(zip(pairs["tf"], pairs["target"], pairs["label"], strict=True)) == {
        ("MYC", "CDK4", 1),
        ("MYC", "TERT", 1),
        ("SOX2", "NANOG", 1),  # a repression is an edge
    }
    assert set(pairs["source"]) == {"CollecTRI 2.0"}
    inputs = {entry["role"]: entry for entry in dataset.settings["inputs"]}
    assert inputs["known_edges"]["file"] == "collectri-human.csv"
    assert inputs["tfs"]["file"] == "collectri-human.tfs.txt"
    for role in ("known_edges", "tfs"):
        assert inputs[role]["resource"] == "collectri:human"
        assert inputs[role]["address"] == f"{server.address}/collectri"
        assert inputs[role]["download_sha256"] == fetched.sha256["collectri-human.download"]
        assert inputs[role]["licence"] == "CC BY 4.0"
    assert (
        f"known edges: collectri:human, fetched {fetched.fetched}; licence: CC BY 4.0; cite: Müller-Dott et al. 2023, "
        "doi:10.1093/nar/gkad841; rows of complexes, which are not one gene, left out: 3 ('AP1', 'NFKB')"
    ) in summary.notes


def test_a_level_of_confidence_becomes_the_source_of_an_edge(server, tmp_path, expression):
    grnet.fetch("edges", source="dorothea", organism="human", levels="AC")
    grnet.fetch("tfs", organism="human")
    grnet.prepare(tmp_path / "data", expression=expression, known_edges="dorothea:human", tfs="lambert:human")
    dataset = grnet.load_dataset(tmp_path / "data")
    assert dataset.labelled_pairs[["tf", "target", "source"]].to_numpy().tolist() == [["MYC", "TERT", "DoRothEA A"]]
    assert [entry.get("levels") for entry in dataset.settings["inputs"]] == [None, None, "AC"]
    assert pd.Series(dataset.rejected["name"]).tolist() == ["ZNF10", "SOX2 -> NANOG"]


def test_equal_fetches_make_equal_datasets(server, tmp_path, expression):
    grnet.fetch("edges", source="trrust", organism="human")
    for name in ("one", "two"):
        grnet.prepare(tmp_path / name, expression=expression, known_edges="trrust:human")
    one, two = ((tmp_path / name / "dataset.toml").read_bytes() for name in ("one", "two"))
    assert one == two


def test_compare_takes_what_was_fetched_as_known_edges(server):
    grnet.fetch("edges", source="trrust", organism="human")
    networks = [
        [("MYC", "TERT", 0.9), ("MYC", "BAX", 0.1), ("AATF", "BAX", 0.8), ("AATF", "TERT", 0.2)],
        [("MYC", "TERT", 0.3), ("MYC", "BAX", 0.7), ("AATF", "BAX", 0.2), ("AATF", "TERT", 0.6)],
    ]
    tables = [pd.DataFrame(rows, columns=["tf", "target", "score"]) for rows in networks]
    comparison = grnet.compare(tables, known="trrust:human")
    assert comparison.known is not None
    assert [row.auroc for row in comparison.known.rows[:2]] == [1.0, 0.0]


def test_the_list_tells_what_is_there_and_what_is_damaged(server):
    grnet.fetch("edges", source="trrust", organism="human")
    grnet.fetch("tfs", organism="fly").file_of("tfs").write_text("eve\n", encoding="utf-8")
    entries = {entry.resource.name: entry for entry in list_fetchable()}
    assert entries["trrust:human"].cached is not None
    assert entries["trrust:human"].cached.n_edges == 3
    assert entries["aertslab:fly"].cached is None
    assert "aertslab-fly.tfs.txt: is missing or was changed" in entries["aertslab:fly"].damage
    assert entries["collectri:human"].cached is None
    assert entries["collectri:human"].damage == ""


def test_progress_tells_the_address_or_that_it_is_there(server, capsys):
    for _ in range(2):
        grnet.fetch("tfs", organism="fly", progress=True)
    assert capsys.readouterr().err.splitlines() == [
        f"fetching aertslab:fly from {server.address}/names",
        "aertslab:fly is in the cache; --refresh fetches it again",
    ]


def test_only_tfs_and_edges_can_be_fetched(server):
    with pytest.raises(ConfigError, match="what to fetch is tfs or edges, got 'genes'"):
        grnet.fetch("genes", organism="human")
