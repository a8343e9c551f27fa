"""Files that are all or nothing: one appears under its name only when it is complete; and their checksums."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grnet.schema.errors import OutputExistsError


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it is renamed to `path`, on an error it is removed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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


def check_file_free(file: Path, *, overwrite: bool = False) -> None:
    """Make sure that a file can be written at `file`, so that long work does not end in vain.

    Raises
    ------
    OutputExistsError
        Something is there and is not to be replaced, it is a folder, or it lies below a file.
    """
    check_above(file)
    if file.is_dir():
        raise OutputExistsError(f"{file}: is a folder; expected the name of a file to write")
    if (file.exists() or file.is_symlink()) and not overwrite:
        raise OutputExistsError(
            f"{file}: already exists and is left as it is; choose another name or add --overwrite to replace it"
        )


def check_above(path: Path) -> None:
    """Raise OutputExistsError where a file is in the place of a folder that `path` lies in."""
    blocked = next((parent for parent in path.parents if parent.exists() and not parent.is_dir()), None)
    if blocked is not None:
        raise OutputExistsError(f"{path}: cannot be made, since {blocked} is a file; choose another name")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
