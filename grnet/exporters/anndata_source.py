"""A user's AnnData file before anything is added: whether it can take a network, and old ones in today's layout."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from grnet.exporters.cell_values import check_layer, list_matrices
from grnet.schema.errors import InputError, MissingInputError

if TYPE_CHECKING:
    import h5py

log = logging.getLogger(__name__)


def convert_old_file(into: Path, path: Path) -> bool:
    """Write `into` to `path` in today's layout where an anndata before 0.7 wrote it; return whether it was so.

    Such files have tables that cannot be extended. They are read into memory whole.

    Raises
    ------
    MissingInputError, InputError
        The file is not there, or anndata cannot read it.
    """
    import h5py

    with open_h5ad(into) as file:
        if not any(isinstance(file.get(name), h5py.Dataset) for name in ("var", "obs", "obsm")):
            return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the file is old, where things moved to, that pandas 4 drops an option
        # Text as objects: no version of anndata can write pandas' own type of text without further settings.
        with pd.option_context("future.infer_string", False):
            _rewrite(into, path)
    log.warning("%s is in the layout of anndata before 0.7; the copy is in today's", into)
    return True


def _rewrite(into: Path, path: Path) -> None:
    """Read an h5ad of any age and write it anew."""
    import anndata

    try:
        anndata.read_h5ad(into).write_h5ad(path)
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        raise InputError(
            f"{into}: not readable by anndata ({_join(error)}); expected an AnnData file (h5ad)"
        ) from error


def read_variables(path: Path, *, name: Path, layer: str | None) -> pd.Index[Any]:
    """Return the var_names of an h5ad, which errors call `name`.

    Raises
    ------
    ConfigError
        There is no matrix of the name `layer`.
    InputError
        It is no h5ad, or its var_names repeat one.
    """
    from anndata.io import read_elem

    with open_h5ad(path) as file:
        lacking = [table for table in ("obs", "var") if table not in file]
        if lacking:
            raise InputError(f"{name}: holds no {lacking[0]}; expected an AnnData file (h5ad)")
        try:
            names: pd.Index[Any] = pd.Index(read_elem(file["var"]).index.astype(str), dtype=object)
        except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
            raise InputError(
                f"{name}: var is not readable ({_join(error)}); expected an AnnData file (h5ad)"
            ) from error
        check_layer(list_matrices(file), layer)
    twice = names[names.duplicated()]
    if len(twice):
        raise InputError(
            f"{name}: {len(twice)} var_names occur more than once, the first is {twice[0]!r}; make them distinct, as "
            "by adata.var_names_make_unique()"
        )
    return names


def open_h5ad(path: Path) -> h5py.File:
    """Open an HDF5 file for reading.

    Raises
    ------
    MissingInputError
        It is not there.
    InputError
        It is no HDF5.
    """
    import h5py

    if not path.is_file():
        raise MissingInputError(f"{path}: no such file; expected an AnnData file (h5ad)")
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path}: not readable as HDF5 ({error}); expected an AnnData file (h5ad)") from error


def _join(error: Exception) -> str:
    """Return the message of an error as one line."""
    return " ".join(str(error).split())
