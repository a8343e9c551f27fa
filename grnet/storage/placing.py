"""A finished folder takes the name of another at once: a reader, or a kill, finds the old one or the new one.

Linux and macOS exchange two names in one step. Elsewhere the old folder steps aside first; what is noted beside it lets
the next command put it back where the process died in between.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from grnet.storage.durability import flush_file

NOTE, NEW, OLD = "placing.json", "new", "old"
_HERE = -100
"""AT_FDCWD of Linux: names are relative to the working folder."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS."""


def put_in_place(place: Path, path: Path, *, kept: Path | None = None) -> None:
    """Give the finished folder `place`/new the name `path`; what was there becomes `place`/old.

    Parameters
    ----------
    place : Path
        A temporary folder beside `path`.
    path : Path
    kept : Path or None
        Where the finished folder is instead of `place`/new, somewhere below the folder of `path`. It goes back there,
        should the process die before it has its name; None: then it is deleted.
    """
    new, old = place / NEW, place / OLD
    _note(place, path, kept or new, kept=kept)
    if kept:
        kept.rename(new)
    if not os.path.lexists(path):
        new.rename(path)
    elif exchange(new, path):
        new.rename(old)
    else:
        path.rename(old)
        new.rename(path)
    flush_file(path.parent)


def step_aside(place: Path, path: Path) -> None:
    """Make `path` a new, empty folder; what was there becomes `place`/old, until :func:`keep` or :func:`go_back`."""
    (place / NEW).mkdir()
    put_in_place(place, path)
    _note(place, path, path, unfinished=True)


def keep(place: Path, path: Path) -> None:
    """Note that the folder at `path`, made by :func:`step_aside`, is finished."""
    _note(place, path, path)


def go_back(place: Path) -> None:
    """Undo what the owner of a temporary folder, who is gone, had begun; nothing that is finished is undone."""
    try:
        note = json.loads((place / NOTE).read_text(encoding="utf-8"))
        path, inode = place.with_name(str(note["name"])), int(note["inode"])
        kept = place.parent / str(note["kept"]) if note["kept"] else None
        unfinished = bool(note["unfinished"])
    except (OSError, ValueError, KeyError, TypeError):
        return  # it had not begun
    new, old = place / NEW, place / OLD
    if unfinished and _inode_of(path) == inode:
        shutil.rmtree(path, ignore_errors=True)
    if os.path.lexists(old) and not os.path.lexists(path):
        old.rename(path)
    if kept and _inode_of(new) == inode and not os.path.lexists(kept):
        with suppress(OSError):
            new.rename(kept)


def exchange(first: Path, second: Path) -> bool:
    """Exchange the names of two files or folders in one step; return False where the system cannot, nothing changed."""
    names = os.fsencode(first), os.fsencode(second)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return bool(library.renamex_np(*names, _EXCHANGE) == 0)
        return bool(library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    except (AttributeError, TypeError):  # a system, or an old C library, without it
        return False


def _note(place: Path, path: Path, folder: Path, *, kept: Path | None = None, unfinished: bool = False) -> None:
    """Note which folder is to be at `path`."""
    note = {
        "name": path.name,
        "inode": _inode_of(folder),
        "kept": kept.relative_to(place.parent).as_posix() if kept else None,
        "unfinished": unfinished,
    }
    new = place / f"{NOTE}.new"
    new.write_text(json.dumps(note), encoding="utf-8")
    new.replace(place / NOTE)


def _inode_of(path: Path) -> int | None:
    """Return the number that a folder keeps when it is renamed; None where nothing is there."""
    try:
        return path.lstat().st_ino
    except OSError:
        return None
