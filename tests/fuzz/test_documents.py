"""JSON documents under mutation: the values come back, or one line says that the file is not readable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fuzzing import FuzzTarget, run_target

from grnet.storage.documents import read_json


def write_document(dice, folder: Path):
    value = {
        f"key {n}": dice.choice([1, 0.5, "text", None, [1, 2], {"a": {"b": True}}]) for n in range(dice.randrange(9))
    }
    path = folder / "value.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path, value


TARGETS = (FuzzTarget("json documents", write_document, read_json),)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_inputs_come_back_or_are_refused(target, tmp_path):
    assert run_target(target, tmp_path).failures == []
