"""Files that are all or nothing: one appears under its name only when it is complete, and takes no other's place."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grnet.schema.errors import OutputExistsError
from grnet.storage.checksums import update_record
from grnet.storage.durability import flush_file
from grnet.storage.layouts import find_owner
from grnet.storage.placing import NEW
from grnet.storage.temporaries import TEMPORARY_SUFFIX, sweep_temporaries, temporary_folder

_TEXT = (".csv", ".tsv", ".txt")
_SAME_KIND = {".html": (".html", ".htm"), **dict.fromkeys(_TEXT, _TEXT)}
"""Suffix of a kind of file → all suffixes that name the same kind."""


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path on the same file system, with the same suffix, for a new file to be written to.

    On success it is on the disk and then renamed to `path`; on an error it is removed. The checksum in the record of a
    finished folder that `path` lies in follows.

    Raises
    ------
    OSError
        It cannot be written; `filename` is `path`.
    """
    with told_path(path), temporary_folder(path) as place:
        temporary = place / f".{NEW}{path.suffix}"
        yield temporary
        flush_file(temporary)
        temporary.replace(path)
    update_record(path)


@contextmanager
def told_path(path: Path) -> Iterator[None]:
    """Let an error of the file system name what is written, where it names nothing, or a temporary beside it."""
    try:
        yield
    except OSError as error:
        temporary = Path(str(error.filename)).parent.name.endswith(TEMPORARY_SUFFIX)
        if error.errno is not None and (error.filename is None or temporary):
            error.filename = str(path)
        raise


@contextmanager
def made_folders(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; those that were made vanish again where nothing came into them."""
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        for place in made:
            with suppress(OSError):  # something is in it
                place.rmdir()


def check_file_free(file: Path, *, overwrite: bool = False, usual: str = "") -> None:
    """Make sure that a file can be written at `file`, so that long work does not end in vain; sweep what lies beside.

    Parameters
    ----------
    file : Path
    overwrite : bool
        Replace a regular file that is there and has the suffix of `usual`.
    usual : str
        Name that such a file has in a folder of grnet; a file of another name in such a folder is never replaced.

    Raises
    ------
    OutputExistsError
        Something is there and is not to be replaced; it is a folder, a link, a device or a part of a folder that grnet
        wrote; or it lies below a file.
    """
    check_above(file)
    sweep_temporaries(file.parent)
    try:
        mode = file.lstat().st_mode
    except FileNotFoundError:
        return
    if file.is_dir():
        raise OutputExistsError(f"{file}: is a folder; expected the name of a file to write")
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "a pipe or a device"
        raise OutputExistsError(f"{file}: is {what}, which is never replaced; expected the name of a file to write")
    if not overwrite:
        raise OutputExistsError(
            f"{file}: already exists and is left as it is; choose another name or add --overwrite to replace it"
        )
    owner = find_owner(file)
    if owner is not None and file.name != usual:
        raise OutputExistsError(f"{file}: is a part of {owner}, so --overwrite leaves it as it is; choose another name")
    wanted = Path(usual).suffix
    if wanted and file.suffix.lower() not in _SAME_KIND.get(wanted, (wanted,)):
        raise OutputExistsError(
            f"{file}: is there and its name does not end in {wanted}, so --overwrite leaves it as it is; "
            f"choose a name that ends in {wanted}"
        )


def check_above(path: Path) -> None:
    """Raise OutputExistsError where a file is in the place of a folder that `path` lies in."""
    blocked = next((parent for parent in path.parents if parent.exists() and not parent.is_dir()), None)
    if blocked is not None:
        raise OutputExistsError(f"{path}: cannot be made, since {blocked} is a file; choose another name")
