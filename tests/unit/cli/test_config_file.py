"""Options of commands in TOML: read, refused, and written so that reading gives the same."""

from __future__ import annotations

import tomllib

import click
import pytest

from grnet.cli import COMMANDS, cli
from grnet.cli.config_file import read_config, write_config


def read(tmp_path, text, name="train"):
    file = tmp_path / "my.toml"
    file.write_text(text, encoding="utf-8")
    return read_config(file, context_of(name), list(COMMANDS))


def context_of(name):
    return click.Context(cli.get_command(click.Context(cli), name), info_name=name)


def test_options_and_arguments_are_read_by_their_long_names(tmp_path):
    rows = [
        'dataset = "fly"',
        'out = "run"',
        "folds = 3",
        "learning-rate = 0.01",
        'without = ["a", "b"]',
        "overwrite = true",
    ]
    assert read(tmp_path, "\n".join(["[train]", *rows])) == {
        "dataset": "fly",
        "out": "run",
        "folds": "3",
        "learning_rate": "0.01",
        "without": ["a", "b"],
        "overwrite": True,
    }


def test_underscores_stand_for_dashes_and_one_value_for_a_list(tmp_path):
    assert read(tmp_path, '[prepare]\nknown_edges = "k.csv"\nexpression = "e.csv"\n', "prepare") == {
        "known_edges": "k.csv",
        "expression": ["e.csv"],
    }


def test_a_table_gives_names_and_symbols(tmp_path):
    assert read(tmp_path, '[prepare.alias]\nDp = "Dp2"\n"a b" = "c"\n', "prepare") == {"aliases": ["Dp=Dp2", "a b=c"]}


def test_tables_of_other_commands_are_left_alone(tmp_path):
    assert read(tmp_path, '[prepare]\nout = "x"\n[train]\nfolds = 2\n') == {"folds": "2"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("folds = 3\n", "no command is called 'folds'"),
        ("[trian]\nfolds = 3\n", "no command is called 'trian'; did you mean train?"),
        ("train = 3\n", "expected a table [train] with the options of grnet train"),
        ("[train]\nfold = 3\n", "[train] has no option 'fold'; did you mean folds?"),
        ("[train]\nconfig = 'a.toml'\n", "[train] has no option 'config'"),
        ("[train]\nfolds = 'many'\n", "[train] folds: 'many' is not a valid integer"),
        ("[train]\nfolds = [1, 2]\n", "[train] folds: expected one value, got [1, 2]"),
        ("[train]\nfolds = true\n", "[train] folds: expected text or a number, got True"),
        ("[train]\noverwrite = 'yes'\n", "[train] overwrite: expected true or false, got 'yes'"),
        ("[train]\nmodality = 'dna'\n", "[train] modality: 'dna' is not one of 'rna', 'image', 'fused'"),
        ("[train\n", "cannot be read as TOML"),
        ("[prepare]\nout = 'x'\n", "has no table [train], so it holds no options of grnet train"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_option(tmp_path, text, said):
    with pytest.raises(click.BadParameter) as caught:
        read(tmp_path, text)
    assert caught.value.message.startswith(f"{tmp_path / 'my.toml'}: ")
    assert said in caught.value.message


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(click.BadParameter, match="no such file"):
        read_config(tmp_path / "no.toml", context_of("train"), list(COMMANDS))


def test_what_is_written_is_read_as_it_was_given(tmp_path):
    parameters = cli.get_command(click.Context(cli), "train").params
    given = {"dataset": 'a "b"', "out": "run", "folds": "3", "learning_rate": "0.01", "without": ["x"], "seeds": None}
    text = write_config("train", parameters, given)
    table = tomllib.loads(text)["train"]
    assert table == {"dataset": 'a "b"', "out": "run", "folds": 3, "learning-rate": 0.01, "without": ["x"]}
    assert read(tmp_path, text) == {name: value for name, value in given.items() if value is not None}
