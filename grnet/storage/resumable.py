"""Folders of long work: what is finished stays when the work is interrupted, and the same command resumes from it.

In: the name of a folder, and a plan of what is to be in it. Out: the folder, complete or not at all, and the same bytes
whether it was made in one go or in many.

.NAME.partial/        beside NAME, for as long as the work is not done
    lock              held by the process that works here; the system lets go of it however the process ends
    plan.json         what the finished files belong to
    folder/           becomes NAME; every file in it appears by a rename, so one that is there is finished
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import Timeout

from grnet.schema.errors import FormatError, OutputExistsError
from grnet.schema.kept_work import note_kept_work
from grnet.storage.documents import read_json, write_json
from grnet.storage.file_locks import take_lock
from grnet.storage.folders import check_output_free, close_folder
from grnet.storage.placing import put_in_place
from grnet.storage.temporaries import temporary_folder

LOCK, PLAN, FOLDER = "lock", "plan.json", "folder"
LONGEST_NAME = 255
"""Bytes of a file's name that all common file systems take."""
SHOWN_DIFFERENCES, LONGEST_VALUE = 3, 24
LOCK_SECONDS = 0.2
"""How long to ask for the lock: another process may be deleting its folder just now."""


@dataclass(frozen=True)
class ResumableFolder:
    """A folder that is being written.

    Attributes
    ----------
    path : Path
        Where to write, every file by :func:`grnet.storage.files.replace_file`: what is there is finished.
    resumed : bool
        Whether anything in it was finished before.
    """

    path: Path
    resumed: bool

    def keep_only(self, *names: str) -> None:
        """Delete all entries but `names`: files that are made anew in any case, and might not belong to this plan."""
        for entry in self.path.iterdir():
            if entry.name not in names:
                _delete(entry)


@contextmanager
def resumable_folder(
    path: Path, *, plan: Mapping[str, Any], overwrite: bool = False, marker: str | None = None
) -> Iterator[ResumableFolder]:
    """Yield a folder that becomes `path` on success, and is kept under another name when the work is broken off.

    It is kept once a file in it is finished, whatever ends the work: an error, an interrupt, a kill. Entered again with
    an equal plan, it is the same folder with what was finished.

    Parameters
    ----------
    path : Path
    plan : mapping
        What decides every byte of the files that are kept: checksums of the inputs, settings; JSON, named as the user
        is to read it.
    overwrite : bool
        Replace `path` where it is there, and unfinished work of another plan.
    marker : str or None
        See :func:`grnet.storage.folders.check_output_free`.

    Raises
    ------
    OutputExistsError
        `path` may not be written; or another process is writing it; or unfinished work of another plan is there and
        `overwrite` is False. Nothing was touched.
    """
    check_output_free(path, overwrite=overwrite, marker=marker)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_folder(path)
    folder = partial / FOLDER
    with _lock(partial, path):
        resumed = _open(partial, path, json.loads(json.dumps(plan, allow_nan=False)), overwrite=overwrite)
        try:
            yield ResumableFolder(folder, resumed)
            check_output_free(path, overwrite=overwrite, marker=marker)  # the work was long: much may have come since
            close_folder(folder, marker=marker)
            with temporary_folder(path) as place:
                put_in_place(place, path, kept=folder)
        except BaseException as error:
            if _has_finished(folder):
                note_kept_work(error, partial)
            raise


def partial_folder(path: Path) -> Path:
    """Return where unfinished work on the folder `path` is kept."""
    name = f".{path.name}.partial"
    if len(os.fsencode(name)) > LONGEST_NAME:
        name = f".{path.name[:40]}.{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.partial"
    return path.with_name(name)


@contextmanager
def _lock(partial: Path, path: Path) -> Iterator[None]:
    """Keep other processes out of `partial`, which is made at the start, and deleted at the end if nothing is in it.

    Raises
    ------
    OutputExistsError
        Another process is in it, or it is not of grnet.
    """
    lock = None
    while lock is None:
        _check_own(partial, path)
        partial.mkdir(exist_ok=True)
        try:
            lock = take_lock(partial / LOCK, seconds=LOCK_SECONDS)
        except FileNotFoundError:  # the process before has just deleted it: begin again
            continue
        except Timeout as error:
            raise OutputExistsError(
                f"{path}: another grnet is writing it now; wait for its end, or choose another name"
            ) from error
    try:
        yield
    finally:
        if not _has_finished(partial / FOLDER):
            shutil.rmtree(partial, ignore_errors=True)
        lock.release()


def _check_own(partial: Path, path: Path) -> None:
    """Raise OutputExistsError where `partial` is something else than unfinished work."""
    if partial.is_symlink() or (partial.exists() and not partial.is_dir()):
        raise OutputExistsError(f"{path}: cannot be made, since {partial} is no folder; move that away")
    if partial.is_dir():
        foreign = sorted(e.name for e in partial.iterdir() if e.name not in (LOCK, PLAN, FOLDER) and e.name[0] != ".")
        if foreign:
            raise OutputExistsError(
                f"{path}: cannot be made, since {partial} holds {foreign[0]}, not written by grnet; move that away"
            )


def _open(partial: Path, path: Path, plan: dict[str, Any], *, overwrite: bool) -> bool:
    """Make `partial` ready to work in; return whether anything in it was finished before.

    Raises
    ------
    OutputExistsError
        What is finished in it is of another plan, and `overwrite` is False.
    """
    _sweep(partial)
    folder = partial / FOLDER
    resumed = _has_finished(folder)
    differences = list(_compare(_read_plan(partial / PLAN), plan))
    if resumed and differences and not overwrite:
        shown = "; ".join(differences[:SHOWN_DIFFERENCES])
        more = len(differences) - SHOWN_DIFFERENCES
        raise OutputExistsError(
            f"{path}: {partial} holds unfinished work of another command ({shown}"
            f"{f'; {more:,} more' if more > 0 else ''}). Repeat that command to finish it, add --overwrite to discard "
            f"it, or delete {partial}"
        )
    if differences or not resumed:
        if folder.exists():
            shutil.rmtree(folder)
        write_json(plan, partial / PLAN)
    folder.mkdir(exist_ok=True)
    return resumed and not differences


def _sweep(folder: Path) -> None:
    """Delete the temporary files that a killed process left behind; nobody else writes here now."""
    for entry in list(folder.rglob(".*")):
        _delete(entry)


def _delete(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink(missing_ok=True)


def _has_finished(folder: Path) -> bool:
    """Return whether any file of the folder is finished, that is, has its name."""
    return any(
        entry.is_file() and not any(part.startswith(".") for part in entry.relative_to(folder).parts)
        for entry in folder.rglob("*")
    )


def _read_plan(file: Path) -> dict[str, Any]:
    """Return the plan that is there; an empty one where there is none or it cannot be read."""
    try:
        return read_json(file)
    except (OSError, FormatError):
        return {}


def _compare(before: object, now: object, name: str = "") -> Iterator[str]:
    """Yield a few words on every entry in which two plans differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*now, *before]):
            yield from _compare(before.get(key), now.get(key), f"{name} {key}".strip())
    elif before != now:
        told = [json.dumps(value, ensure_ascii=False) for value in (before, now)]
        short = None not in (before, now) and max(map(len, told)) <= LONGEST_VALUE
        yield f"{name}: {told[0]} before, {told[1]} now" if short else f"{name} differs"
