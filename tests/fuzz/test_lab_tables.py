"""Tables of a lab under mutation: expression, TFs, known edges, scored edges, terms and ontologies."""

from __future__ import annotations

import gzip
import random
import string
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fuzzing import FuzzTarget, run_target

from grnet.dataset.anatomy.annotations import read_annotations
from grnet.dataset.anatomy.obo import read_obo
from grnet.dataset.expression import read_expression
from grnet.dataset.findings import Findings
from grnet.dataset.known_edges import read_edge_list
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.scored_edges import read_scored_edges
from grnet.dataset.tf_list import read_tf_list

Write = Callable[[random.Random, Path], tuple[Path, object]]
WORDS = ("tin", "eve", "ftz", "hb", "Kr", "E(spl)m7", "l(2)gl", "α-Tub", "CG1234", "Nkx2-5", "Dl", "dpp")


def pick_names(dice: random.Random, most: int) -> list[str]:
    return [f"{word}{dice.choice(('', 'a', 'b'))}" for word in dice.sample(WORDS, dice.randrange(4, most + 1))]


def draw_expression(dice: random.Random) -> pd.DataFrame:
    """Return genes × samples of logarithms, which no reading changes."""
    names = pick_names(dice, 10)
    samples = [f"S{number}" for number in range(1, dice.randrange(4, 8))]
    values = [[round(dice.uniform(-4, 9), 3) + 0.0005 for _ in samples] for _ in names]
    return pd.DataFrame(values, index=pd.Index(names, name="gene"), columns=samples)


def as_rows(frame: pd.DataFrame) -> dict[str, object]:
    values = frame.to_numpy(np.float32)
    return {"samples": list(frame.columns), **dict(zip(frame.index, values.tolist(), strict=True))}


def expression_as(name: str, save: Callable[[pd.DataFrame, Path], object]) -> Write:
    def write(dice: random.Random, folder: Path) -> tuple[Path, object]:
        frame = draw_expression(dice)
        save(frame, folder / name)
        return folder / name, as_rows(frame)

    return write


def read_values(path: Path) -> object:
    table = read_expression([path], {}, known_names=frozenset(WORDS), findings=Findings())
    return {"samples": list(table.samples), **dict(zip(table.symbols, table.values.tolist(), strict=True))}


def save_packed(frame: pd.DataFrame, path: Path) -> None:
    path.write_bytes(gzip.compress(frame.to_csv().encode(), mtime=0))


def write_tfs(dice: random.Random, folder: Path) -> tuple[Path, object]:
    names = pick_names(dice, 10)
    (folder / "tfs.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    return folder / "tfs.txt", names


def read_tfs(path: Path) -> object:
    table = read_table(path, fits=is_name_sheet, ragged=True, long_text=1 << 62)
    return list(read_tf_list(table, genes=set(WORDS)).names)


def draw_pairs(dice: random.Random) -> list[tuple[str, str]]:
    names = pick_names(dice, 8)
    pairs = [(tf, target) for tf in names for target in names if tf != target]
    return dice.sample(pairs, dice.randrange(2, min(len(pairs), 12)))


def write_known(dice: random.Random, folder: Path) -> tuple[Path, object]:
    rows = [(tf, target, number % 2) for number, (tf, target) in enumerate(draw_pairs(dice))]
    text = "".join(f"{tf},{target},{label}\n" for tf, target, label in rows)
    (folder / "edges.csv").write_text("tf,target,label\n" + text, encoding="utf-8")
    return folder / "edges.csv", rows


def read_known(path: Path) -> object:
    edges = read_edge_list(path, genes=set(WORDS))
    return [(tf, target, int(label)) for tf, target, label in zip(edges.tfs, edges.targets, edges.labels, strict=True)]


def scored_as(name: str, write_rows: Callable[[list[tuple[str, str, float]]], str]) -> Write:
    def write(dice: random.Random, folder: Path) -> tuple[Path, object]:
        rows = [(tf, target, round(dice.uniform(0.1, 9), 4)) for tf, target in draw_pairs(dice)]
        (folder / name).write_text(write_rows(rows), encoding="utf-8")
        return folder / name, rows if name != "edges.sif" else [(tf, target, 1.0) for tf, target, _ in rows]

    return write


def as_table(rows: list[tuple[str, str, float]]) -> str:
    return "TF\ttarget\timportance\n" + "".join(f"{tf}\t{target}\t{score}\n" for tf, target, score in rows)


def as_sif(rows: list[tuple[str, str, float]]) -> str:
    return "".join(f"{tf}\tregulates\t{target}\n" for tf, target, _ in rows)


def as_graphml(rows: list[tuple[str, str, float]]) -> str:
    nodes = "".join(
        f'<node id="{name}"/>' for name in sorted({name for tf, target, _ in rows for name in (tf, target)})
    )
    edges = "".join(
        f'<edge source="{tf}" target="{target}"><data key="w">{score}</data></edge>' for tf, target, score in rows
    )
    key = '<key id="w" for="edge" attr.name="weight" attr.type="double"/>'
    graph = f'<graph edgedefault="directed">{nodes}{edges}</graph>'
    return f'<?xml version="1.0" encoding="utf-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">{key}{graph}</graphml>'


def read_scored(path: Path) -> object:
    edges = read_scored_edges(path, genes=set(WORDS))
    return sorted(zip(edges.tfs, edges.targets, edges.scores.tolist(), strict=True))


def sorted_rows(write: Write) -> Write:
    def write_sorted(dice: random.Random, folder: Path) -> tuple[Path, object]:
        path, rows = write(dice, folder)
        return path, sorted(rows)  # type: ignore[call-overload]

    return write_sorted


def write_terms(dice: random.Random, folder: Path) -> tuple[Path, object]:
    words = ["eye disc", "wing disc", "brain", "gut", "muscle"]
    rows = [(name, term) for name in pick_names(dice, 6) for term in dice.sample(words, 2)]
    (folder / "terms.csv").write_text("gene,term\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    return folder / "terms.csv", rows


def read_terms(path: Path) -> object:
    table = read_annotations(path, {}, Findings(), genes=set(WORDS)).table
    return list(zip(table["symbol"], table["term"], strict=True))


def write_obo(dice: random.Random, folder: Path) -> tuple[Path, object]:
    terms = [f"X:{number:04d}" for number in range(dice.randrange(1, 8))]
    names = ["".join(dice.choices(string.ascii_lowercase, k=5)) for _ in terms]
    text = "format-version: 1.2\n"
    for place, (term, name) in enumerate(zip(terms, names, strict=True)):
        text += f"\n[Term]\nid: {term}\nname: {name}\n" + (f"is_a: {terms[place - 1]} ! it\n" if place else "")
    (folder / "x.obo").write_text(text, encoding="utf-8")
    broader = [[], *([term] for term in terms[:-1])]
    return folder / "x.obo", list(zip(terms, names, broader, strict=True))


def read_ontology(path: Path) -> object:
    return [(term.id, term.name, term.broader) for term in read_obo(path).values()]


TARGETS = (
    FuzzTarget("expression csv", expression_as("x.csv", lambda frame, path: frame.to_csv(path)), read_values),
    FuzzTarget("expression tsv", expression_as("x.tsv", lambda frame, path: frame.to_csv(path, sep="\t")), read_values),
    FuzzTarget("expression gzip", expression_as("x.csv.gz", save_packed), read_values, checked=True),
    FuzzTarget("expression xlsx", expression_as("x.xlsx", lambda frame, path: frame.to_excel(path)), read_values),
    FuzzTarget(
        "expression parquet", expression_as("x.parquet", lambda frame, path: frame.to_parquet(path)), read_values
    ),
    FuzzTarget("tf lists", write_tfs, read_tfs),
    FuzzTarget("known edges", write_known, read_known),
    FuzzTarget("scored edges tsv", sorted_rows(scored_as("edges.tsv", as_table)), read_scored),
    FuzzTarget("scored edges sif", sorted_rows(scored_as("edges.sif", as_sif)), read_scored),
    FuzzTarget("scored edges graphml", sorted_rows(scored_as("edges.graphml", as_graphml)), read_scored),
    FuzzTarget("anatomy terms", write_terms, read_terms),
    FuzzTarget("ontologies", write_obo, read_ontology),
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_tables_come_back_or_are_refused(target, tmp_path):
    assert run_target(target, tmp_path).failures == []
