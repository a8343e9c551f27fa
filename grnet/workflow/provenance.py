"""How a folder came to be: what :func:`recorded` writes beside the results, and reading it again.

Enters: the call of a function that writes a folder, and, from the command line, the command and its options. Leaves:
`provenance.json` and `config.toml` in the folder. The provenance of a folder holds that of the folders it was made
from, so that a network tells of its training and its data wherever it is sent.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from grnet.dataset.resources.cache import describe_origin
from grnet.dataset.sources import take_table
from grnet.schema.errors import FormatError, GrnetError
from grnet.schema.provenance import CONFIG_FILE, FORMAT, FORMAT_VERSION, PROVENANCE_FILE
from grnet.storage.call_files import describing_calls
from grnet.storage.checksums import RECORD_FILE, sha256_of
from grnet.storage.documents import read_json
from grnet.storage.entries import Anything, Form, ListOf, OrNull, TableOf, Text, Whole, check_entries
from grnet.storage.read_limits import reading
from grnet.workflow.call_context import current_command
from grnet.workflow.folder_facts import find_kind, gather_facts
from grnet.workflow.machine import describe_machine, list_versions

P = ParamSpec("P")
R = TypeVar("R")

_FORM: Form = {
    "format": Text((FORMAT,)),
    "format_version": Whole(FORMAT_VERSION, FORMAT_VERSION),
    "kind": Text(),
    "command": OrNull(Text()),
    "call": Text(),
    "started": Text(),
    "finished": Text(),
    "versions": TableOf(Text()),
    "machine": TableOf(Anything()),
    "facts": TableOf(Anything()),
    "inputs": ListOf(TableOf(Anything())),
}
MEND = "delete it to do without"
LONGEST_VALUE = 200
"""Characters of an argument that are kept."""


def recorded(*inputs: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator: each folder that the function writes says how it came to be.

    Parameters
    ----------
    *inputs : str
        Parameters of the function that give what it reads: files, folders, fetched databases, or objects.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs).arguments
            started, said = _now(), _describe_call(function.__name__, given)
            # before the work: what cannot be described must not break it off at its end
            read = [told for name in inputs for told in _describe_inputs(name, given.get(name))]

            def describe(folder: Path) -> dict[str, str]:
                return _describe_folder(folder, call=said, started=started, inputs=read)

            with describing_calls(describe):
                return function(*args, **kwargs)

        return call

    return decorate


def read_provenance(folder: Path) -> dict[str, Any] | None:
    """Return what a folder says of how it came to be; None where it says nothing, as those of earlier versions.

    Raises
    ------
    FormatError
        It is damaged, or of another format version.
    """
    file = folder / PROVENANCE_FILE
    if not file.is_file():
        return None
    told = read_json(file, form=_FORM, mend=MEND)
    with reading(file, "a record of how a folder came to be", mend=MEND, error=FormatError):
        _check_inputs(told, file)
    return told


def _check_inputs(told: Mapping[str, Any], file: Path) -> None:
    """Make sure that the records of the steps before have the form of this one."""
    for entry in told["inputs"]:
        if "provenance" in entry:
            check_entries(entry["provenance"], _FORM, file, mend=MEND)
            _check_inputs(entry["provenance"], file)


def _describe_folder(folder: Path, *, call: str, started: str, inputs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the files that tell of the call, by name."""
    command = current_command()
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "kind": find_kind(folder),
        "command": None if command is None else command.words,
        "call": call,
        "started": started,
        "finished": _now(),
        "versions": list_versions(),
        "machine": describe_machine(),
        "facts": gather_facts(folder),
        "inputs": list(inputs),
    }
    files = {PROVENANCE_FILE: json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"}
    return files if command is None else {**files, CONFIG_FILE: command.config}


def _describe_inputs(argument: str, value: Any) -> list[dict[str, Any]]:
    """Return what is known of each file, folder, database or object that an argument gives; nothing of None."""
    if value is None or (isinstance(value, list | tuple) and not value):
        return []
    several = isinstance(value, list | tuple) and any(_find_path(entry) is not None for entry in value)
    return [{"argument": argument, **_describe_input(argument, entry)} for entry in (value if several else [value])]


def _describe_input(argument: str, value: Any) -> dict[str, Any]:
    path = _find_path(value)
    if path is None:
        return {"object": type(value).__name__}
    if not path.exists():  # perhaps the name of what was fetched; if not, the function says that it is missing
        with suppress(GrnetError):
            found = take_table(path, argument)
            if isinstance(found, Path) and found.is_file():
                return {"path": str(value), "sha256": sha256_of(found), **describe_origin(found)}
        return {"path": str(value)}
    path = path.resolve()
    if path.is_file():
        return {"path": str(path), "bytes": path.stat().st_size, "sha256": sha256_of(path)}
    told: dict[str, Any] = {"path": str(path), "kind": find_kind(path)}
    if (path / RECORD_FILE).is_file():
        told["checksums_sha256"] = sha256_of(path / RECORD_FILE)
    before = read_provenance(path)
    return told if before is None else {**told, "provenance": before}


def _find_path(value: object) -> Path | None:
    """Return the path that a value is, or that an object such as a loaded network lies at."""
    own = value if isinstance(value, str | Path) else getattr(value, "path", None)
    return Path(own) if isinstance(own, str | Path) and own != "" else None


def _describe_call(name: str, given: Mapping[str, Any]) -> str:
    """Return a call as Python would write it, its arguments cut short; objects by the names of their types."""
    return f"grnet.{name}({', '.join(f'{key}={_show(value)}' for key, value in given.items() if key != 'progress')})"


def _show(value: object) -> str:
    if isinstance(value, Path):
        return repr(str(value))
    if isinstance(value, list | tuple):
        ends = "[]" if isinstance(value, list) else "()"
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return _cut(f"{ends[0]}{', '.join(map(_show, value))}{comma}{ends[1]}")
    if value is None or isinstance(value, str | int | float | bool | dict):
        return _cut(repr(value))
    return f"<{type(value).__name__}>"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _now() -> str:
    """Return date and time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
