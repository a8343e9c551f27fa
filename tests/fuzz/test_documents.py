"""JSON documents and GMT files under mutation: what they hold comes back, or one line says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fuzzing import FuzzTarget, run_target

from grnet.dataset.gene_sets import read_gene_sets
from grnet.schema.gene_sets import GeneSet
from grnet.storage.documents import read_json


def write_document(dice, folder: Path):
    value = {
        f"key {n}": dice.choice([1, 0.5, "text", None, [1, 2], {"a": {"b": True}}]) for n in range(dice.randrange(9))
    }
    path = folder / "value.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path, value


def write_sets(dice, folder: Path):
    sets = tuple(
        GeneSet(f"set {n}", dice.choice(["", "of something"]), tuple(f"gene{k}" for k in dice.sample(range(99), 5)))
        for n in range(dice.randrange(1, 9))
    )
    path = folder / "sets.gmt"
    lines = ("\t".join([one.name, one.description, *one.genes]) + "\n" for one in sets)
    path.write_text("".join(lines), encoding="utf-8")
    return path, sets


TARGETS = (
    FuzzTarget("json documents", write_document, read_json),
    FuzzTarget("gene sets", write_sets, read_gene_sets),
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_inputs_come_back_or_are_refused(target, tmp_path):
    assert run_target(target, tmp_path).failures == []
