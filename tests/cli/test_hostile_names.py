"""Gene names that look like paths, markup, formulas or nothing go from the lab's tables to the page as they are."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from grnet.cli import main

SCRIPT = "<script>alert(1)</script>"
HOSTILE_TFS = ["../../x", SCRIPT, "a\"b'c&d", "</script>", "NA", "[bold]rich[/bold]", "Dup", "DUP", "a -> b", "/etc/x"]
HOSTILE_GENES = [
    "名前",
    "n" * 300,
    "nan",
    "None",
    "null",
    "=1+1",
    "dup",
    "a,b;c\td",
    "]]>",
    "<!--",
    "__proto__",
    "constructor",
    "..",
    "C:\\x",
    "${HOME}%s{0}",
    "<img src=x onerror=alert(1)>",
    "True",
    "1e5",
    "07",
    "TF",
]
TFS = [*HOSTILE_TFS, "tf1", "tf2"]
NAMES = [*TFS, *HOSTILE_GENES, *(f"g{number}" for number in range(8))]
CONSTANT = "[bold]rich[/bold]"
EDGES = [
    (tf, NAMES[(7 * number + 3 * place + 12) % 40], (number + place) % 2)
    for number, tf in enumerate(TFS)
    for place in range(5)
]
KNOWN = [(tf, target, label) for tf, target, label in EDGES if tf != target]


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def write_lab(folder: Path) -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(len(NAMES), 20)).round(3)
    values[NAMES.index(CONSTANT)] = 2
    samples = ["<b>", "nan", "=2", *(f"s{number}" for number in range(17))]
    write_csv(folder / "<b>genes.csv", [["gene", *samples], *([n, *row] for n, row in zip(NAMES, values, strict=True))])
    write_csv(folder / "tfs.csv", [["TF"], *([name] for name in [*TFS, "[red]ghost[/red]"])])
    unknown = ("tf1", SCRIPT + "2", 1)
    write_csv(folder / "edges.csv", [["tf", "target", "label"], *KNOWN, unknown])
    rows = [["gene", "path", "view", "stage"]]
    for number, name in enumerate(NAMES[:24]):
        pixels = random.integers(0, 255, (16, 32)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        rows.append([name, f"{number}.png", "<i>side</i>", "../4"])
    write_csv(folder / "images.csv", rows)


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Go through all commands in a working folder three levels deep; return the folder."""
    work = tmp_path_factory.mktemp("hostile") / "a" / "b" / "c"
    work.mkdir(parents=True)
    write_lab(work)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(work)
        inputs = ["--expression", "<b>genes.csv", "--tfs", "tfs.csv", "--known-edges", "edges.csv"]
        described = ["--images", "images.csv", "--name", SCRIPT, "--organism", "[red]fly", "--units", "</x>"]
        commands = [
            ["prepare", "[b]data", *inputs, *described],
            ["inspect", "[b]data", "--contact-sheet", "[b]sheet.png"],
            ["train", "[b]data", "-o", "[b]run", "--folds", "2", "--epochs", "2", "--report", "pair"],
            ["infer-network", "[b]run", "-o", "[b]net", "--probability", "0", *all_formats()],
            ["evaluate", "[b]net", "--known", "edges.csv", "-o", "[b]judged"],
        ]
        for command in commands:
            capture = (work / f"{command[0]}.screen").open("w", encoding="utf-8")
            with capture, pytest.MonkeyPatch.context() as screen:
                screen.setattr("sys.stdout", capture)
                main(["--quiet", *command])
    return work


def all_formats() -> list[str]:
    from grnet.schema.network_formats import EDGE_FORMATS

    return [part for name in EDGE_FORMATS for part in ("--format", name)]


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


class Tags(HTMLParser):
    """Collects the elements of a page and the attributes that could run code."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.close: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self.close.append(tag)


@pytest.mark.parametrize("page", ["[b]run/report.html", "[b]net/network.html", "[b]judged/report.html"])
def test_pages_hold_names_as_text(journey, page):
    text = (journey / page).read_text(encoding="utf-8")
    assert "alert(1)" in text
    for raw in ("<script>alert", "<img src=x", "<i>side", "<b>genes", "<!--<"):
        assert raw not in text, raw
    tags = Tags()
    tags.feed(text)
    assert tags.open.count("script") == tags.close.count("script")
    assert tags.handlers == []
    assert not {"x", "red"} & set(tags.open)


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
