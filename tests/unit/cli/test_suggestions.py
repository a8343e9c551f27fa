from __future__ import annotations

import click
import pytest

from grnet.cli import COMMANDS, cli, main
from grnet.cli.suggestions import COMMAND_SYNONYMS, OPTION_SYNONYMS, suggest_commands, suggest_options


def line_of(capsys, *arguments):
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    out, err = capsys.readouterr()
    assert (caught.value.code, out) == (2, "")
    return err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("infer", ["infer-network"]),
        ("infer_network", ["infer-network"]),
        ("Infer-Network", ["infer-network"]),
        ("predict", ["infer-network"]),
        ("crossvalidate", ["crossval"]),
        ("cross-validation", ["crossval"]),
        ("plot", ["view"]),
        ("prepair", ["prepare"]),
        ("eval", ["evaluate"]),
        ("ex", ["explain", "export"]),
        ("xyz", []),
    ],
)
def test_commands_that_may_have_been_meant(typed, meant):
    assert suggest_commands(typed, list(COMMANDS)) == meant


@pytest.mark.parametrize(
    ("command", "typed", "meant"),
    [
        ("prepare", "--tf", ["--tfs"]),
        ("prepare", "--edges", ["--known-edges"]),
        ("prepare", "--known_edges", ["--known-edges"]),
        ("evaluate", "--edges", ["--known"]),
        ("infer-network", "--edges", ["--top"]),
        ("train", "--output", ["--out"]),
        ("view", "--threshold", ["--probability"]),
        ("export", "--format", ["--to"]),
        ("train", "--modalty", ["--modality"]),
        ("train", "--xyz", []),
        ("train", "-x", []),
    ],
)
def test_options_that_may_have_been_meant(command, typed, meant):
    options = [name for option in find_command(command).params for name in option.opts]
    assert suggest_options(typed, options) == meant


def find_command(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return command


def test_one_line_says_what_may_have_been_meant(capsys):
    assert line_of(capsys, "infer", "run", "-o", "net") == (
        "grnet: error: no such command 'infer'; did you mean infer-network? see grnet --help\n"
    )
    assert line_of(capsys, "export", "net", "--format", "sif") == (
        "grnet: error: no such option --format; did you mean --to? see grnet export --help\n"
    )
    assert line_of(capsys, "xyz") == "grnet: error: no such command 'xyz'; see grnet --help\n"
    assert line_of(capsys, "train", "--xyz") == "grnet: error: no such option --xyz; see grnet train --help\n"


def test_synonyms_stand_for_what_is_there_and_are_no_commands_themselves():
    assert set(COMMAND_SYNONYMS) == set(COMMANDS)
    assert not {name for names in COMMAND_SYNONYMS.values() for name in names} & set(COMMANDS)
    options = {name for command in COMMANDS for option in find_command(command).params for name in option.opts}
    assert set(OPTION_SYNONYMS) <= options
