"""Writing that is all or nothing: files and folders appear under their name only when they are complete."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grnet.schema.errors import FormatError, MissingInputError, OutputExistsError


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
def new_folder(path: Path, *, overwrite: bool = False, marker: str | None = None) -> Iterator[Path]:
    """Yield a temporary folder beside `path` that becomes `path` on success and vanishes on an error.

    Raises
    ------
    OutputExistsError
        `path` may not be written, see :func:`check_output_free`; nothing was touched.
    """
    check_output_free(path, overwrite=overwrite, marker=marker)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}."))
    try:
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            retired = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}.old."))
            path.replace(retired / path.name)
            temporary.replace(path)
            shutil.rmtree(retired)
        else:
            temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_output_free(path: Path, *, overwrite: bool = False, marker: str | None = None) -> None:
    """Make sure that a folder can become `path`, so that long work does not end in vain.

    Parameters
    ----------
    path : Path
    overwrite : bool
        Allow a folder that is there, to be replaced.
    marker : str or None
        File that tells a folder of the kind to be written. A folder without it is not replaced, unless it is empty:
        a slip of the hand must not delete someone's data.

    Raises
    ------
    OutputExistsError
        `path` is taken, is not to be replaced, or lies below a file.
    """
    if path.is_symlink() or path.exists():
        if not overwrite:
            raise OutputExistsError(
                f"{path}: already exists and is left as it is; choose another name or add --overwrite to replace it"
            )
        if not path.is_dir():
            raise OutputExistsError(f"{path}: is a file; expected the name of a folder to write")
        if marker is not None and not (path / marker).is_file() and any(path.iterdir()):
            raise OutputExistsError(
                f"{path}: holds other files and no {marker}, so --overwrite leaves it as it is; choose another name"
            )
    blocked = next((parent for parent in path.parents if parent.exists() and not parent.is_dir()), None)
    if blocked is not None:
        raise OutputExistsError(f"{path}: cannot be made, since {blocked} is a file; choose another name")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(value: Mapping[str, Any], path: Path) -> None:
    """Write `value` as indented JSON, atomically; NaN becomes null so that any reader accepts it."""
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(_without_nan(value), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    MissingInputError, FormatError
        The file is absent, or is not a JSON object.
    """
    if not path.is_file():
        raise MissingInputError(f"{path}: no such file; the folder is not complete, write it anew")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: not readable as JSON ({error}); write the folder anew") from error
    if not isinstance(value, dict):
        raise FormatError(f"{path}: expected a JSON object, got {type(value).__name__}")
    return value


def _without_nan(value: Any) -> Any:
    """Replace NaN and infinities by None, in dictionaries and lists to any depth."""
    if isinstance(value, Mapping):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
