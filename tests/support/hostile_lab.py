"""A lab whose names look like paths, markup, formulas or nothing, and the commands from its files to every page."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grnet.cli import main
from grnet.schema.network_formats import EDGE_FORMATS

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
    "a\u2028b",
    "javascript:alert(1)",
    '"><svg onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    "</style><style>*{display:none}",
    "';alert(1);//",
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


COMMANDS = (
    (
        "prepare",
        "[b]data",
        "--expression",
        "<b>genes.csv",
        "--tfs",
        "tfs.csv",
        "--known-edges",
        "edges.csv",
        "--images",
        "images.csv",
        "--name",
        SCRIPT,
        "--organism",
        "[red]fly",
        "--units",
        "</x>",
    ),
    ("inspect", "[b]data", "--contact-sheet", "[b]sheet.png"),
    ("train", "[b]data", "-o", "[b]run", "--folds", "2", "--epochs", "2", "--report", "pair"),
    (
        "infer-network",
        "[b]run",
        "-o",
        "[b]net",
        "--probability",
        "0",
        *tuple(part for name in EDGE_FORMATS for part in ("--format", name)),
    ),
    ("evaluate", "[b]net", "--known", "edges.csv", "-o", "[b]judged"),
)
"""From files to a network that is evaluated."""
MORE_PAGES = (
    ("crossval", "[b]data", "-o", "[b]crossval", "--folds", "2", "--epochs", "2"),
    ("explain", "[b]run", SCRIPT, "<!--", "-o", "[b]why", "--network", "[b]net"),
    ("compare", "[b]net", "edges.csv", "--names", f"{SCRIPT},<i>net</i>", "--known", "edges.csv", "-o", "[b]compared"),
    ("view", "[b]net", "-o", "[b]view.html", "--top", "50"),
)
"""What else writes a page."""


def walk_through(work: Path, commands: Sequence[Sequence[str]]) -> None:
    """Give commands in a folder with the files of the lab, and keep in NAME.screen what each shows."""
    write_lab(work)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(work)
        for command in commands:
            capture = (work / f"{command[0]}.screen").open("w", encoding="utf-8")
            with capture, pytest.MonkeyPatch.context() as screen:
                screen.setattr("sys.stdout", capture)
                main(["--quiet", *command])
