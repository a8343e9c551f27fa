"""Command lines of random options with random values: code 0 or 2 and one line, never a traceback.

Inputs are absent, tiny or of another kind, so that nothing that is accepted takes long.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import click
import pytest
from fuzzing import FuzzTarget, run_target

from grnet.cli import COMMANDS, cli, main
from grnet.schema.errors import GrnetError

VALUES = (
    *("0", "-1", "1", "3", "9" * 30, "9" * 5000, "1e-320", "1e308", "nan", "inf", "-0", "0x10", "1_0", "0.5", "1,2"),
    *(
        "",
        " ",
        "\t",
        "\n",
        "é",
        "\u202e",
        "'",
        "a=b",
        "=",
        "a=",
        "x" * 3000,
        "16x32",
        "0x0",
        "99999x99999",
        "1B",
        "9TB",
    ),
    *("auto", "cpu", "cuda:99", "cuda:0,cuda:1", "all", "sif", "graphml", "rna", "late", "sdinet", "*", "[", "local:0"),
    *("no", "no.csv", "empty.csv", "edges.csv", "folder", "folder/x", "edges.csv/x", "./", "-"),
)
LONG_WORK = ("demo", "simulate", "fetch")
"""Commands that need no input: they are given what they cannot take."""


def write_command(dice: random.Random, folder: Path) -> tuple[Path, object]:
    """Write a command line into a file, beside small inputs; the number of the outcome stands for what is expected."""
    (folder / "folder").mkdir()
    (folder / "empty.csv").write_text("")
    (folder / "edges.csv").write_text("tf,target,label\na,b,1\nb,c,0\n")
    name = dice.choice(list(COMMANDS))
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    words = [name]
    for parameter in command.params:
        if isinstance(parameter, click.Argument) and dice.random() < 0.9:
            words.append(dice.choice(VALUES))
        elif isinstance(parameter, click.Option) and (parameter.required or dice.random() < 0.15):
            flag = dice.choice(parameter.opts)
            if parameter.name == "debug":
                continue
            words += [flag] if parameter.is_flag else [flag, dice.choice(VALUES)]
    if name in LONG_WORK:
        words.append(dice.choice(("--strange", "--seed=-1", "--seed=nan")))
    dice.shuffle(words) if dice.random() < 0.05 else None
    (folder / "command").write_text("\0".join(word.replace("\0", "") for word in words), encoding="utf-8")
    return folder / "command", "ended"


def run_command(file: Path) -> object:
    """Run the command line in its folder; one line of refusal becomes a GrnetError.

    Raises
    ------
    GrnetError
        It ended with code 2 and one line.
    AssertionError
        It ended in any other way than that, or with code 0.
    """
    words = file.read_text(encoding="utf-8").split("\0")
    before, there = Path.cwd(), sorted(file.parent.rglob("*"))
    os.chdir(file.parent)
    try:
        main(words)
        code: object = 0
    except SystemExit as stop:
        code = stop.code or 0
    finally:
        os.chdir(before)
    if code == 2 and sorted(file.parent.rglob("*")) == there:
        raise GrnetError("refused")
    assert code == 0, f"code {code}, or something was left behind: {words}"
    return "ended"


@pytest.fixture
def one_line(capfd: pytest.CaptureFixture[str]):
    """Return a reader that also looks at the screen."""

    def read(file: Path) -> object:
        capfd.readouterr()
        refused = None
        try:
            found = run_command(file)
        except GrnetError as error:
            refused, found = error, None
        shown = capfd.readouterr().err
        assert "Traceback" not in shown, shown
        if refused is not None:
            last = [line for line in shown.splitlines() if line.startswith("grnet: error: ")]
            assert len(last) == 1, shown
            assert shown.splitlines()[-1] == last[0], shown
            raise refused
        return found

    return read


def test_any_command_line_ends_well(one_line, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("BROWSER", "true")
    target = FuzzTarget("options", write_command, one_line, mutate=lambda dice, path: None, refusable=True)
    assert run_target(target, tmp_path).failures == []
