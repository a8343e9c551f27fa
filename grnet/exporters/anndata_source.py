"""A user's AnnData file before anything is added: whether it can take a network, and old ones in today's layout."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from grnet.exporters.cell_values import check_layer, list_matrices
from grnet.schema.errors import InputError
from grnet.storage.hdf5_files import memory_of, opened_hdf5, read_frame
from grnet.storage.read_limits import check_memory, reading

if TYPE_CHECKING:
    import h5py

log = logging.getLogger(__name__)

EXPECTED = "an AnnData file (h5ad)"
MEND = "write it anew with anndata"
_TABLES, _FOLDERS = ("obs", "var"), ("obsm", "varp", "uns")
"""Members that an h5ad has, and groups that something is added to."""


def convert_old_file(into: Path, path: Path) -> bool:
    """Write `into` to `path` in today's layout where an anndata before 0.7 wrote it; return whether it was so.

    Such files have tables that cannot be extended. They are read into memory whole.

    Raises
    ------
    MissingInputError, InputError
        The file is not there, holds links or data of other files, or anndata cannot read it.
    TooLittleMemoryError
        It takes too much memory.
    """
    import h5py

    with opened_hdf5(into, EXPECTED) as file:
        if not any(isinstance(file.get(name), h5py.Dataset) for name in (*_TABLES, "obsm")):
            return False
        check_memory(into, memory_of(file), "a file of anndata before 0.7, which is read whole,")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the file is old, where things moved to, that pandas 4 drops an option
        # Text as objects: no version of anndata can write pandas' own type of text without further settings.
        with pd.option_context("future.infer_string", False), reading(into, EXPECTED, mend=MEND):
            _rewrite(into, path)
    log.warning("%s is in the layout of anndata before 0.7; the copy is in today's", into)
    return True


def _rewrite(into: Path, path: Path) -> None:
    """Read an h5ad of any age and write it anew."""
    import anndata

    anndata.read_h5ad(into).write_h5ad(path)


def read_variables(path: Path, *, name: Path, layer: str | None) -> pd.Index[Any]:
    """Return the var_names of an h5ad, which errors call `name`.

    Raises
    ------
    ConfigError
        There is no matrix of the name `layer`.
    InputError
        It is no h5ad, or its var_names repeat one.
    TooLittleMemoryError
        Its tables take too much memory.
    """
    with opened_hdf5(path, EXPECTED) as file, reading(name, EXPECTED, mend=MEND):
        _check_members(name, file)
        names: pd.Index[Any] = pd.Index(read_frame(name, file, "var").index.astype(str), dtype=object)
        read_frame(name, file, "obs")
        check_layer(list_matrices(file), layer)
    twice = names[names.duplicated()]
    if len(twice):
        raise InputError(
            f"{name}: {len(twice)} var_names occur more than once, the first is {twice[0]!r}; make them distinct, as "
            "by adata.var_names_make_unique()"
        )
    return names


def _check_members(name: Path, file: h5py.File) -> None:
    """Raise InputError where a table is not there, or something else is where a group should be."""
    lacking = [table for table in _TABLES if table not in file]
    if lacking:
        raise InputError(f"{name}: holds no {lacking[0]}; expected {EXPECTED}")
    for member in (*_TABLES, *_FOLDERS):
        if member in file and not hasattr(file[member], "keys"):
            raise InputError(f"{name}: {member} is no group; {MEND}")
