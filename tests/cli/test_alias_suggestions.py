"""Suggested aliases are lines that a shell takes as they stand, whatever the names contain."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from grnet.dataset.directory import load_dataset
from grnet.dataset.summary import summarise

PREPARE = ["prepare", "out", "--expression", "genes.csv", "--tfs", "tfs.txt", "--known-edges", "edges.csv"]

pytestmark = pytest.mark.usefixtures("lab")


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("TIN", "--alias TIN=tin"),
        ("t'in", "--alias 't'\"'\"'in=tin'"),
        ("$(tin)", "--alias '$(tin)=tin'"),
        ("t in", "--alias 't in=tin'"),
        ("`tin`;", "--alias '`tin`;=tin'"),
    ],
)
def test_suggestions_can_be_pasted_into_a_shell(accepted, name, option):
    Path("edges.csv").write_text(f"tf,target,label\ntin,eve,1\neve,ftz,0\n{name},hb,1\n")
    assert f"did you mean: {option}\n" in accepted(*PREPARE)
    assert f"did you mean: {option}" in summarise(load_dataset(Path("out"))).lines()
    again = shlex.split(option)
    assert again == ["--alias", f"{name}=tin"]
    assert "did you mean" not in accepted(*PREPARE, *again, "--overwrite")
