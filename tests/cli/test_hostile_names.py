"""Gene names that look like paths, markup, formulas or nothing go from the lab's tables to every file as they are."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from hostile_lab import COMMANDS, CONSTANT, KNOWN, NAMES, SCRIPT, TFS, walk_through


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Go from files to an evaluated network in a working folder three levels deep; return the folder."""
    work = tmp_path_factory.mktemp("hostile") / "a" / "b" / "c"
    work.mkdir(parents=True)
    walk_through(work, COMMANDS)
    return work


def test_nothing_is_written_outside_the_named_outputs(journey):
    root = journey.parents[2]
    assert [path.relative_to(root).as_posix() for path in sorted(root.glob("*/*/*"))] == ["a/b/c"]
    assert [len(list(folder.iterdir())) for folder in (root, root / "a", root / "a" / "b")] == [1, 1, 1]
    made = {path.name for path in journey.iterdir() if path.suffix not in (".png", ".csv", ".screen")}
    assert made == {"[b]data", "[b]run", "[b]net", "[b]judged"}
    assert (journey / "[b]sheet.png").is_file()
    names = {path.name for path in journey.rglob("*")}
    assert not names & set(NAMES)


def test_the_dataset_has_every_name_as_it_is(journey):
    genes = pd.read_parquet(journey / "[b]data/genes.parquet")
    assert genes["symbol"].tolist() == NAMES
    assert genes.loc[genes["is_tf"], "symbol"].tolist() == TFS
    images = pd.read_parquet(journey / "[b]data/images.parquet")
    assert images["symbol"].tolist() == NAMES[:24]
    assert set(images["view"]) == {"<i>side</i>"}
    known = pd.read_parquet(journey / "[b]data/known_edges.parquet")
    assert known[["tf", "target", "label"]].to_numpy().tolist() == [list(edge) for edge in KNOWN]
    rejected = pd.read_parquet(journey / "[b]data/rejected.parquet")
    assert rejected[["file", "row", "name", "reason"]].to_numpy().tolist() == [
        ["tfs.csv", 14, "[red]ghost[/red]", "gene without expression"],
        ["edges.csv", len(KNOWN) + 2, f"tf1 -> {SCRIPT}2", f"unknown gene: {SCRIPT}2"],
    ]


def test_tables_of_run_and_network_have_every_name(journey):
    out_of_fold = pd.read_parquet(journey / "[b]run/out_of_fold.parquet")
    pairs = set(zip(out_of_fold["tf"], out_of_fold["target"], out_of_fold["label"], strict=True))
    assert pairs == set(KNOWN)
    scores = pd.concat([pd.read_parquet(part) for part in sorted((journey / "[b]net/scores").glob("part-*"))])
    candidates = {(tf, target) for tf in TFS for target in NAMES if tf != target}
    assert set(zip(scores["tf"], scores["target"], strict=True)) == candidates
    assert set(pd.read_parquet(journey / "[b]net/nodes.parquet")["symbol"]) == set(NAMES)


def test_the_graph_and_the_edge_lists_have_every_name(journey):
    graph = nx.read_graphml(journey / "[b]net/network.graphml")
    assert set(graph.nodes) == set(NAMES)
    assert {data["name"] for _, data in graph.nodes(data=True)} == set(NAMES)
    edges = pd.read_parquet(journey / "[b]net/edges.parquet")
    pairs = list(zip(edges["tf"], edges["target"], strict=True))
    assert set(graph.edges) == set(pairs)
    for name, separator in (("edges.decoupler.csv", ","), ("adjacencies.tsv", "\t"), ("rankedEdges.csv", "\t")):
        with (journey / "[b]net" / name).open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file, delimiter=separator))[1:]
        assert [(row[0], row[1]) for row in rows] == pairs, name


def test_json_files_hold_names(journey):
    for path in journey.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    assert json.loads((journey / "[b]net/summary.json").read_text())["name"] == SCRIPT


def test_the_screen_shows_markup_as_text(journey):
    screens = {path.stem: path.read_text(encoding="utf-8") for path in journey.glob("*.screen")}
    assert f"1 genes ('{CONSTANT}')" in screens["prepare"]
    assert f"1 genes ('{CONSTANT}')" in screens["inspect"]
    assert "[b]data" in screens["prepare"]
    assert "contact sheet: [b]sheet.png" in screens["inspect"]
    assert "run: [b]run   report: [b]run/report.html" in screens["train"]
    assert "open [b]net/network.html" in screens["infer-network"]
    assert "[b]net against edges.csv" in screens["evaluate"]
    assert "1 known edges without a score: its target is not among the scored targets" in screens["evaluate"]
    assert all("\x1b" not in shown for shown in screens.values())
