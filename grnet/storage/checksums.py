"""The record of a finished folder: the size and the SHA-256 of each file in it, so that damage is found.

checksums.json is written when a folder is closed, and compared when it is opened. A file that grnet writes into a
finished folder later, such as a page, is noted by :func:`update_record`. Folders of earlier versions have no record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from grnet.schema.errors import FormatError
from grnet.schema.provenance import CALL_FILES
from grnet.storage.durability import flush_file
from grnet.storage.placing import NEW
from grnet.storage.read_limits import check_regular_file, reading
from grnet.storage.temporaries import temporary_folder

RECORD_FILE = "checksums.json"
NOT_RECORDED = (RECORD_FILE, *CALL_FILES)
"""Files of a folder itself that differ from call to call, though the result is the same."""
FORMAT, FORMAT_VERSION = "grnet checksums", 1
DEEPEST = 3
"""Folders between a file and the record that it is in, at most: seed-1/fold-0/weights.safetensors has two."""
Kind = Literal["changed", "missing", "not recorded"]


@dataclass(frozen=True)
class Flaw:
    """A file of a folder that is not as its record says.

    Attributes
    ----------
    name : str
        Its path from the folder.
    kind : "changed", "missing" or "not recorded"
    """

    name: str
    kind: Kind


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_record(folder: Path) -> None:
    """Write the record of all files in a folder that is about to be closed."""
    names = sorted(_names_in(folder))
    _save(folder, {name: {"bytes": size, "sha256": digest} for name, size, digest in _measure(folder, names)})


def update_record(path: Path) -> None:
    """Note a file that was just written, where it lies in a finished folder; else do nothing."""
    for folder in path.parents[:DEEPEST]:
        if path.name not in NOT_RECORDED and (folder / RECORD_FILE).is_file():
            with suppress(FormatError):  # a file of somebody else that has this name
                entries = _read(folder)
                name = path.relative_to(folder).as_posix()
                entries[name] = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
                _save(folder, entries)
            return


def check_record(folder: Path, *, mend: str, passing: Iterable[str] = ()) -> None:
    """Make sure that the files of a folder are those that were written; one that is missing is for its reader to miss.

    Parameters
    ----------
    folder : Path
    mend : str
        How to make the folder anew.
    passing : iterable of str
        Patterns of files that are checked elsewhere.

    Raises
    ------
    FormatError
        A file was changed or damaged, or the record was.
    """
    changed = [flaw.name for flaw in find_flaws(folder, passing=passing) if flaw.kind == "changed"]
    if changed:
        more = f", like {len(changed) - 1:,} more of the folder" if len(changed) > 1 else ""
        raise FormatError(
            f"{folder / changed[0]}: was changed or damaged since it was written{more}; {mend} "
            "(`grnet check` says more)"
        )


def has_record(folder: Path) -> bool:
    """Return whether a folder has a record: those of earlier versions have none."""
    return (folder / RECORD_FILE).is_file()


def find_flaws(folder: Path, *, passing: Iterable[str] = ()) -> list[Flaw]:
    """Compare all files of a folder with its record, but those whose names match one of the patterns `passing`.

    Raises
    ------
    FormatError
        The record is damaged.
    """
    if not has_record(folder):
        return []
    entries, there = _read(folder), set(_names_in(folder))
    passed = tuple(passing)
    names = [name for name in entries if not any(fnmatchcase(name, pattern) for pattern in passed)]
    same_size = [
        name for name in names if name in there and (folder / name).stat().st_size == entries[name].get("bytes")
    ]
    whole = {name for name, _, digest in _measure(folder, same_size) if digest == entries[name].get("sha256")}
    flaws = [Flaw(name, "changed" if name in there else "missing") for name in names if name not in whole]
    return flaws + [Flaw(name, "not recorded") for name in sorted(there - entries.keys())]


def _names_in(folder: Path) -> Iterator[str]:
    """Yield the files of a folder by their paths from it, without hidden ones and those that are not recorded."""
    for entry in folder.rglob("*"):
        parts = entry.relative_to(folder).parts
        name = "/".join(parts)
        if not any(part.startswith(".") for part in parts) and name not in NOT_RECORDED and entry.is_file():
            yield name


def _measure(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Yield name, size and SHA-256 of files, in order; some at a time, since hashing leaves the interpreter free."""

    def measure(name: str) -> tuple[str, int, str]:
        file = folder / name
        check_regular_file(file, "a file of the folder", FormatError)
        return name, file.stat().st_size, sha256_of(file)

    with ThreadPoolExecutor() as pool:
        yield from pool.map(measure, names)


def _read(folder: Path) -> dict[str, Any]:
    """Return the entries of a record.

    Raises
    ------
    FormatError
        It is damaged, or of another version.
    """
    file = folder / RECORD_FILE
    with reading(file, "a record of checksums", mend="delete it to do without", error=FormatError):
        record = json.loads(file.read_text(encoding="utf-8"))
        found, entries = (record["format"], record["format_version"]), record["files"]
        if found != (FORMAT, FORMAT_VERSION) or not all(isinstance(entry, dict) for entry in entries.values()):
            raise ValueError(f"format {found[0]} version {found[1]}, expected {FORMAT} version {FORMAT_VERSION}")
        return dict(entries)


def _save(folder: Path, entries: Mapping[str, Any]) -> None:
    """Write the entries of a record, atomically."""
    record = {"format": FORMAT, "format_version": FORMAT_VERSION, "files": dict(sorted(entries.items()))}
    with temporary_folder(folder / RECORD_FILE) as place:
        temporary = place / f".{NEW}.json"
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        flush_file(temporary)
        temporary.replace(folder / RECORD_FILE)
