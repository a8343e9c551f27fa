"""Writing that is all or nothing: files and folders appear under their name only when they are complete."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

from grnet.schema.errors import FormatError, MissingInputError, OutputExistsError

Layout: TypeAlias = "Mapping[str, Layout | None]"
"""Glob pattern of a name → None for a file, the layout of what is below for a folder."""

_DATASET: Layout = {
    "dataset.toml": None,
    "genes.parquet": None,
    "expression.parquet": None,
    "images.parquet": None,
    "images.npy": None,
    "known_edges.parquet": None,
    "rejected.parquet": None,
}
_FOLD: Layout = {"weights.safetensors": None, "history.json": None, "held_out.parquet": None}
_FOLDS: Layout = {"fold-[0-9]*": _FOLD, "seed-[0-9]*": {"fold-[0-9]*": _FOLD}}
_SPLITS: Layout = {"pair": _FOLDS, "tf": _FOLDS, "target": _FOLDS, "both": _FOLDS, "paper": _FOLDS}
_RUN: Layout = {
    "run.toml": None,
    **_FOLDS,
    **_SPLITS,
    "out_of_fold.parquet": None,
    "calibration.json": None,
    "metrics.json": None,
    "report.html": None,
}
_CROSSVAL: Layout = {
    "crossval.toml": None,
    **_SPLITS,
    "out_of_fold.parquet": None,
    "metrics.json": None,
    "report.html": None,
}
_NETWORK: Layout = {
    "summary.json": None,
    "edges.parquet": None,
    "nodes.parquet": None,
    "genes.parquet": None,
    "report.json": None,
    "origin.json": None,
    "network.graphml": None,
    "network.html": None,
    "network.cx2": None,
    "network.sif": None,
    "network.h5ad": None,
    "adjacencies.tsv": None,
    "rankedEdges.csv": None,
    "edges.decoupler.csv": None,
    "edges.arboreto.csv": None,  # until 0.1.0
    "edges.beeline.csv": None,  # until 0.1.0
    "scores": {"part-*.parquet": None, "manifest.json": None, "calibration.json": None},
}
_EVALUATION: Layout = {"evaluation.json": None, "report.html": None}
_COMPARISON: Layout = {"comparison.json": None, "report.html": None, "edges.parquet": None}
_LAB: Layout = {
    "truth.parquet": None,
    "expression_tfs.csv": None,
    "expression_genes.tsv.gz": None,
    "tfs.txt": None,
    "known_edges.csv": None,
    "README.txt": None,
    "images": {"*": {"*": {"[0-9]*.png": None}}},
}
_DEMO: Layout = {"lab": _LAB, "dataset": _DATASET, "run-*": _RUN, "network": _NETWORK, "evaluation": _EVALUATION}
LAYOUTS: Mapping[str, Layout] = {
    "dataset.toml": _DATASET,
    "run.toml": _RUN,
    "crossval.toml": _CROSSVAL,
    "summary.json": _NETWORK,
    "evaluation.json": _EVALUATION,
    "comparison.json": _COMPARISON,
    "truth.parquet": _LAB,
    "lab/truth.parquet": _DEMO,
}
"""Marker of a kind of folder → all that grnet writes into it. What is not listed is someone's own and is never deleted;
so names are as narrow as they can be: a session `network.cys` beside `network.graphml` is not grnet's."""


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
        check_output_free(path, overwrite=overwrite, marker=marker)  # the work was long: much may have come since
        put_in_place(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def put_in_place(folder: Path, path: Path) -> None:
    """Rename a finished folder to `path`, on the same file system, and delete what was there.

    Broken off at any point, the finished folder is under one of the two names and never deleted.
    """
    retired = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}.old."))
    old = retired / "old"
    try:
        if os.path.lexists(path):
            path.replace(old)
        folder.replace(path)
    finally:
        if os.path.lexists(folder) and os.path.lexists(old):
            old.replace(path)  # fails where something has come there meanwhile; then neither is deleted
        shutil.rmtree(retired, ignore_errors=True)


@contextmanager
def folder_in_place(path: Path, *, overwrite: bool = False, marker: str | None = None) -> Iterator[Path]:
    """Make the folder `path` for work that needs its final place; without success all is again as it was before.

    Raises
    ------
    OutputExistsError
        `path` may not be written, see :func:`check_output_free`; nothing was touched.
    """
    check_output_free(path, overwrite=overwrite, marker=marker)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _set_aside(path):
        path.mkdir()
        yield path


@contextmanager
def _set_aside(path: Path) -> Iterator[None]:
    """Rename what is at `path`; delete it on success, else delete what has come in its place and put it back."""
    retired = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}.old."))
    old, taken, finished = retired / "old", os.path.lexists(path), False
    try:
        if taken:
            path.replace(old)
        yield
        finished = True
    finally:
        renamed = os.path.lexists(old)
        if not finished and (renamed or not taken):
            shutil.rmtree(path, ignore_errors=True)
        if not finished and renamed:
            old.replace(path)
        shutil.rmtree(retired, ignore_errors=True)


def check_output_free(path: Path, *, overwrite: bool = False, marker: str | None = None) -> None:
    """Make sure that a folder can become `path`, so that long work does not end in vain.

    Parameters
    ----------
    path : Path
    overwrite : bool
        Allow a folder that is there, to be replaced.
    marker : str or None
        File that tells a folder of the kind to be written, a key of `LAYOUTS`. A folder without it, or with anything
        in it that grnet does not write there, is not replaced, unless it is empty: a slip of the hand must not delete
        someone's data.

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
        if Path.cwd().is_relative_to(path.resolve()):
            raise OutputExistsError(
                f"{path}: is or holds the folder that you work in, so --overwrite leaves it as it is; "
                "go elsewhere first or choose another name"
            )
        kept = sorted(_not_written(path, LAYOUTS.get(marker or "", {})))
        if kept:
            names = ", ".join(kept[:3]) + (f" and {len(kept) - 3:,} more" if len(kept) > 3 else "")
            raise OutputExistsError(
                f"{path}: holds {names}, not written by grnet, so --overwrite leaves it as it is; "
                f"move {'it' if len(kept) == 1 else 'them'} away or choose another name"
            )
    _check_above(path)


def check_file_free(file: Path, *, overwrite: bool = False) -> None:
    """Make sure that a file can be written at `file`, so that long work does not end in vain.

    Raises
    ------
    OutputExistsError
        Something is there and is not to be replaced, it is a folder, or it lies below a file.
    """
    _check_above(file)
    if file.is_dir():
        raise OutputExistsError(f"{file}: is a folder; expected the name of a file to write")
    if (file.exists() or file.is_symlink()) and not overwrite:
        raise OutputExistsError(
            f"{file}: already exists and is left as it is; choose another name or add --overwrite to replace it"
        )


def _check_above(path: Path) -> None:
    """Raise OutputExistsError where a file is in the place of a folder that `path` lies in."""
    blocked = next((parent for parent in path.parents if parent.exists() and not parent.is_dir()), None)
    if blocked is not None:
        raise OutputExistsError(f"{path}: cannot be made, since {blocked} is a file; choose another name")


def _not_written(folder: Path, layout: Layout, above: str = "") -> Iterator[str]:
    """Yield the entries below `folder` that `layout` does not name, each by its path from the top."""
    for entry in folder.iterdir():
        name = f"{above}{entry.name}"
        named = [below for pattern, below in layout.items() if fnmatchcase(entry.name, pattern)]
        if not named or entry.is_symlink() or entry.is_dir() == (named[0] is None):
            yield name
        elif named[0] is not None:
            yield from _not_written(entry, named[0], f"{name}/")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(value: Mapping[str, Any], path: Path) -> None:
    """Write `value` as indented JSON, atomically; NaN becomes null so that any reader accepts it."""
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(drop_nan(value), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_toml(value: Mapping[str, Any], path: Path) -> None:
    """Write `value` as TOML, atomically."""
    import tomli_w

    with replace_file(path) as temporary:
        temporary.write_text(tomli_w.dumps(value), encoding="utf-8")


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


def drop_nan(value: Any) -> Any:
    """Return JSON values in which what is no finite number is None, in dictionaries and lists to any depth."""
    if isinstance(value, Mapping):
        return {str(key): drop_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [drop_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
