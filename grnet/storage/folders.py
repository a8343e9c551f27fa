"""Folders that are all or nothing: one appears under its name only when it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from grnet.schema.errors import OutputExistsError
from grnet.storage.call_files import write_call_files
from grnet.storage.checksums import write_record
from grnet.storage.durability import flush_tree
from grnet.storage.files import check_above, told_path
from grnet.storage.layouts import LAYOUTS, RECORDED, Layout
from grnet.storage.placing import NEW, go_back, keep, put_in_place, step_aside
from grnet.storage.temporaries import sweep_temporaries, temporary_folder


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
    with told_path(path), temporary_folder(path) as place:
        made = place / NEW
        made.mkdir()
        yield made
        check_output_free(path, overwrite=overwrite, marker=marker)  # the work was long: much may have come since
        close_folder(made, marker=marker)
        put_in_place(place, path)


def close_folder(folder: Path, *, marker: str | None) -> None:
    """Write what tells of the call and the checksums into a finished folder, where its kind has them; flush all.

    Parameters
    ----------
    folder : Path
    marker : str or None
        See :func:`check_output_free`.
    """
    if marker in RECORDED:
        write_call_files(folder)
        write_record(folder)
    flush_tree(folder)


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
    with temporary_folder(path) as place:
        step_aside(place, path)
        try:
            yield path
            keep(place, path)
        finally:
            go_back(place)


def check_output_free(path: Path, *, overwrite: bool = False, marker: str | None = None) -> None:
    """Make sure that a folder can become `path`, so that long work does not end in vain; sweep what lies beside.

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
    sweep_temporaries(path.parent)
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
        sweep_temporaries(path)
        kept = find_foreign(path, marker)
        if kept:
            names = ", ".join(kept[:3]) + (f" and {len(kept) - 3:,} more" if len(kept) > 3 else "")
            raise OutputExistsError(
                f"{path}: holds {names}, not written by grnet, so --overwrite leaves it as it is; "
                f"move {'it' if len(kept) == 1 else 'them'} away or choose another name"
            )
    check_above(path)


def find_foreign(folder: Path, marker: str | None) -> list[str]:
    """Return what is in a folder that grnet does not write into its kind, each by its path from the folder."""
    return sorted(_not_written(folder, LAYOUTS.get(marker or "", {})))


def _not_written(folder: Path, layout: Layout, above: str = "") -> Iterator[str]:
    """Yield the entries below `folder` that `layout` does not name, each by its path from the top."""
    for entry in folder.iterdir():
        name = f"{above}{entry.name}"
        named = [below for pattern, below in layout.items() if fnmatchcase(entry.name, pattern)]
        if not named or entry.is_symlink() or entry.is_dir() == (named[0] is None):
            yield name
        elif named[0] is not None:
            yield from _not_written(entry, named[0], f"{name}/")
