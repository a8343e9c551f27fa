"""The commands of docs/first_network.md run in their order, and print what the page says they print."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from readme_commands import read_commands

from grnet.cli import main

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs/first_network.md"
QUICK = ("--epochs", "1", "--folds", "2")
"""Options of a training that learns little, in a fraction of the time: what is compared does not depend on it."""
BLOCK = re.compile(r"^```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


def join_words(text: str) -> str:
    return " ".join(text.split())


def test_the_commands_of_the_page_run_and_print_what_it_says(tmp_path, monkeypatch, capsys):
    commands = read_commands(PAGE, "grnet")
    assert [words[0] for words in commands] == ["simulate", "prepare", "train", "infer-network", "evaluate"]
    monkeypatch.setattr("grnet.architectures.late.teacher_trees.MOST_ROUNDS", 10)
    monkeypatch.setattr("grnet.architectures.late.distillation.PASS_STEPS", 4)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    printed = {}
    for words in commands:
        with contextlib.suppress(SystemExit):
            main(["--quiet", *words, *(QUICK if words[0] == "train" else ())])
        output = capsys.readouterr()
        assert output.err == ""
        printed[words[0]] = join_words(output.out)
    simulated, prepared = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert join_words(simulated) in printed["simulate"]
    missing = [line for line in prepared.splitlines() if join_words(line) not in printed["prepare"]]
    assert missing == []
    assert "2,205 pairs, 195 positive" in printed["evaluate"]
    assert "2,205 pairs, 195 positive" in PAGE.read_text(encoding="utf-8")
    assert "most probable of 3,580 candidates" in printed["infer-network"]
    assert Path("network/network.html").is_file()
