"""How a folder came to be: what :func:`recorded` writes beside the results, and reading it again.

Enters: the call of a function that writes a folder, and, from the command line, the command and its options. Leaves:
`provenance.json` and `config.toml` in the folder. The provenance of a folder holds that of the folders it was made
from, so that a network tells of its training and its data wherever it is sent.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from grnet.schema.provenance import CONFIG_FILE, FORMAT, FORMAT_VERSION, PROVENANCE_FILE
from grnet.storage.call_files import describing_calls
from grnet.storage.checksums import RECORD_FILE, sha256_of
from grnet.storage.documents import read_json
from grnet.storage.entries import Anything, Form, ListOf, OrNull, TableOf, Text, Whole
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
        Parameters of the function that name files or folders which it reads.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs).arguments
            named = {name: _list_paths(given.get(name)) for name in inputs}
            started, said = _now(), _describe_call(function.__name__, given)

            def describe(folder: Path) -> dict[str, str]:
                return _describe_folder(folder, call=said, started=started, inputs=named)

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
    return read_json(file, form=_FORM, mend=MEND) if file.is_file() else None


def _describe_folder(folder: Path, *, call: str, started: str, inputs: Mapping[str, list[Path]]) -> dict[str, str]:
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
        "inputs": [_describe_input(name, path) for name, paths in inputs.items() for path in paths],
    }
    files = {PROVENANCE_FILE: json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"}
    return files if command is None else {**files, CONFIG_FILE: command.config}


def _describe_input(argument: str, path: Path) -> dict[str, Any]:
    """Return what is known of a file or folder that was read: its checksum, and how it came to be."""
    told: dict[str, Any] = {"argument": argument, "path": str(path)}
    if path.is_file():
        return {**told, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
    if (path / RECORD_FILE).is_file():
        told["checksums_sha256"] = sha256_of(path / RECORD_FILE)
    if (path / PROVENANCE_FILE).is_file():
        told["provenance"] = read_provenance(path)
    elif path.is_dir():  # an earlier version made it
        told["kind"], told["facts"] = find_kind(path), gather_facts(path)
    return told


def _list_paths(value: object) -> list[Path]:
    """Return the files and folders that an argument names, by their full paths; objects are none."""
    values = value if isinstance(value, list | tuple) else (value,)
    paths = [path for entry in values if (path := _find_path(entry)) is not None]
    return [path.resolve() for path in paths if path.exists()]


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
