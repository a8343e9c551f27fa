"""Options of commands in a TOML file: read by `--config FILE`, and written beside the results.

The file has a table for each command, with the long options without their dashes, and the arguments by name:

    [train]
    dataset = "fly"
    out = "run"
    modality = "rna"
    without = ["lateral"]

Paths are relative to the folder that the command is run in, as on the command line. What is typed there counts more.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from grnet.cli.suggestions import ask_whether, suggest_names

HINT = "--config"
UNSAVED = frozenset({"config", "debug", "help", "log", "overwrite", "quiet"})
"""Options that say nothing of the results, or must be meant each time."""


def read_config(file: Path, context: click.Context, commands: Sequence[str]) -> dict[str, Any]:
    """Return the values of a command's parameters in a file, by the names of the parameters, as click takes them.

    Parameters
    ----------
    file : Path
    context : click.Context
        Of the command.
    commands : sequence of str
        All commands: those whose tables the file may hold.

    Raises
    ------
    click.BadParameter
        The file cannot be read, or holds what the command does not have.
    """
    tables = _read_tables(file)
    for name, table in tables.items():
        if name not in commands:
            raise _refuse(file, f"no command is called {name!r}", suggest_names(name, commands))
        if not isinstance(table, dict):
            raise _refuse(file, f"expected a table [{name}] with the options of grnet {name}")
    own = str(context.info_name)
    if own not in tables:
        raise _refuse(file, f"has no table [{own}], so it holds no options of grnet {own}")
    named = _name_parameters(context.command.params)
    values: dict[str, Any] = {}
    for key, value in tables[own].items():
        spelled = key.replace("_", "-")
        if spelled not in named:
            raise _refuse(file, f"[{own}] has no option {key!r}", suggest_names(spelled, list(named)))
        parameter = named[spelled]
        try:
            values[str(parameter.name)] = _take_value(parameter, value)
            parameter.type_cast_value(context, values[str(parameter.name)])
        except click.BadParameter as error:
            raise _refuse(file, f"[{own}] {key}: {error.message.rstrip('.')}") from error
    return values


def write_config(command: str, parameters: Iterable[click.Parameter], typed: Mapping[str, Any]) -> str:
    """Return the TOML of what was given to a command, by the names of its parameters.

    Parameters
    ----------
    command : str
    parameters : iterable of click.Parameter
        Of the command.
    typed : mapping
        Name of a parameter → what was given, as text, true or false, or a list of text.
    """
    import tomli_w

    named = {str(parameter.name): (key, parameter) for key, parameter in _name_parameters(parameters).items()}
    rows = {
        named[name][0]: _as_toml(named[name][1], value)
        for name, value in typed.items()
        if name in named and isinstance(value, str | bool | int | float | list | tuple) and value not in ([], ())
    }
    return tomli_w.dumps({command: rows})


def _read_tables(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise _refuse(file, "no such file; expected TOML with a table for each command")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refuse(file, f"cannot be read as TOML ({error})") from error


def _name_parameters(parameters: Iterable[click.Parameter]) -> dict[str, click.Parameter]:
    """Return the parameters that a file may hold, by their names in it."""
    named: dict[str, click.Parameter] = {}
    for parameter in parameters:
        long = [option[2:] for option in parameter.opts if option.startswith("--")]
        name = long[0] if long else str(parameter.name).replace("_", "-")
        if name not in UNSAVED - {"quiet", "overwrite"}:
            named[name] = parameter
    return named


def _take_value(parameter: click.Parameter, value: object) -> Any:
    """Return a value of TOML as it would be typed.

    Raises
    ------
    click.BadParameter
        It is of another form.
    """
    several = parameter.multiple if isinstance(parameter, click.Option) else parameter.nargs != 1
    if isinstance(parameter, click.Option) and parameter.is_flag:
        if not isinstance(value, bool):
            raise click.BadParameter(f"expected true or false, got {value!r}")
        return value
    if isinstance(value, dict) and several:
        value = [f"{name}={entry}" for name, entry in value.items()]
    entries = value if isinstance(value, list) else [value]
    if any(isinstance(entry, bool) or not isinstance(entry, str | int | float) for entry in entries):
        raise click.BadParameter(f"expected text or a number{' or a list of these' if several else ''}, got {value!r}")
    if isinstance(value, list | dict) and not several:
        raise click.BadParameter(f"expected one value, got {value!r}")
    texts = [str(entry) for entry in entries]
    return texts if several else texts[0]


def _as_toml(parameter: click.Parameter, value: Any) -> Any:
    """Return what was typed as a value of TOML: numbers as numbers, the rest as it is."""
    if isinstance(value, list | tuple):
        return [_as_toml(parameter, entry) for entry in value]
    if isinstance(value, str) and isinstance(parameter.type, click.types.IntParamType | click.types.FloatParamType):
        number = int if isinstance(parameter.type, click.types.IntParamType) else float
        return number(value)
    return value


def _refuse(file: Path, said: str, meant: Sequence[str] = ()) -> click.BadParameter:
    return click.BadParameter(f"{file}: {said}{ask_whether(meant)}", param_hint=HINT)
