"""Inputs as users give them (a path, a DataFrame, a list, arrays) → a source that the readers open like a file.

An object is only unpacked here, into cells or arrays. What its columns mean is decided by the same reading plans as
for files.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from grnet.dataset.given_images import gather_images
from grnet.dataset.given_tables import table_of_frame, table_of_list
from grnet.dataset.resources.catalogue import Holds
from grnet.dataset.resources.named_tables import locate_table
from grnet.dataset.table_cells import quote, text_of
from grnet.schema.errors import InputError
from grnet.schema.sources import (
    GivenAnnData,
    GivenImages,
    GivenTable,
    ImageSource,
    MatrixSource,
    Source,
    TableSource,
)
from grnet.storage.checksums import sha256_of
from grnet.storage.read_limits import check_regular_file

PathLike = str | os.PathLike[str]
TableLike = PathLike | pd.DataFrame | pd.Series | Iterable[Any]
"""A path, or a table: a DataFrame or Series, or a list of names or rows."""
ImagesLike = PathLike | pd.DataFrame | Mapping[str, Any]
"""A path, a manifest as DataFrame, or gene → array, list of arrays, or view → array or list of arrays."""
ExpressionLike = TableLike | Mapping[str, Any]
_TABLES = "a path, a DataFrame, or a list"
_HELD: Mapping[str, Holds] = {"tfs": "tfs", "known_edges": "edges", "known": "edges"}
"""Argument that also takes the name of a fetched resource, such as "collectri:human" → what it needs of it."""


def take_table(value: TableLike, argument: str) -> TableSource:
    """Return the source of a table, whatever holds it.

    Parameters
    ----------
    value : path, DataFrame, Series, sequence, or anything with a method `to_pandas`
        A list has a name, or a sequence of cells, for each row. Sets are sorted. For TFs and known edges, a path may be
        the name of a fetched resource.
    argument : str
        Name of the argument, for messages.

    Raises
    ------
    InputError
        It is nothing of these, or cannot be made a table.
    MissingInputError, FormatError
        It names a resource that was not fetched, or is damaged.
    """
    if isinstance(value, str | os.PathLike):
        path = Path(value)
        return locate_table(path, _HELD[argument], f"--{argument.replace('_', '-')}") if argument in _HELD else path
    if isinstance(value, pd.DataFrame | pd.Series):
        kind = type(value).__name__
        return table_of_frame(_as_frame(value), name=f"{argument} ({kind})", container=kind)
    if callable(convert := getattr(value, "to_pandas", None)):
        name = f"{argument} ({type(value).__module__.partition('.')[0]} {type(value).__name__})"
        return table_of_frame(_as_frame(convert()), name=name, container=type(value).__name__)
    if isinstance(value, Mapping) or not isinstance(value, Iterable) or isinstance(value, bytes):
        raise InputError(f"{argument}: expected {_TABLES}, got {type(value).__name__}{_advise(value)}")
    rows = sorted(value, key=str) if isinstance(value, Set) else list(value)
    return table_of_list(rows, name=f"{argument} ({type(value).__name__})", container=type(value).__name__)


def take_expression(value: ExpressionLike, argument: str = "expression") -> tuple[MatrixSource, ...]:
    """Return the source of one table or AnnData of expression, or of each of a list of them.

    Parameters
    ----------
    value : path, DataFrame, AnnData, mapping of gene to array [S], or a list of these
    argument : str

    Raises
    ------
    InputError
        It is nothing of these.
    """
    if not isinstance(value, list | tuple):
        return (_take_expression(value, argument),)
    if len(value) == 1:
        return (_take_expression(value[0], argument),)
    return tuple(_take_expression(one, f"{argument}[{place}]") for place, one in enumerate(value))


def take_images(value: ImagesLike, argument: str = "images") -> ImageSource:
    """Return the source of images: a folder, a manifest, or arrays by gene.

    Raises
    ------
    InputError
        It is nothing of these, or an array is no image.
    """
    if isinstance(value, str | os.PathLike | pd.DataFrame):
        return take_table(value, argument)
    if isinstance(value, Mapping):
        return gather_images(value, name=f"{argument} ({type(value).__name__})")
    raise InputError(
        f"{argument}: expected a path, a DataFrame (gene, path, …), or a dict of gene to arrays, got "
        f"{type(value).__name__}"
    )


def checksum_of(source: Source) -> str:
    """Return the SHA-256 of a file, or of the contents of a table; "" for folders, arrays and what is not there.

    Raises
    ------
    MissingInputError
        It is a file of the kernel, which may keep a reader waiting.
    """
    if isinstance(source, Path):
        if not source.is_file():
            return ""
        check_regular_file(source, "a file")
        return sha256_of(source)
    if isinstance(source, GivenImages | GivenAnnData):
        return ""
    digest = hashlib.sha256(json.dumps(source.header).encode())
    for _, values in source.cells.items():
        if pd.api.types.is_numeric_dtype(values):
            digest.update(values.to_numpy(dtype="<f8").tobytes())
        else:
            digest.update(json.dumps([text_of(cell) for cell in values]).encode())
    return digest.hexdigest()


def _take_expression(value: Any, argument: str) -> MatrixSource:
    """Return the source of one table or AnnData of expression.

    Raises
    ------
    InputError
        It has no names of genes.
    """
    if _is_anndata(value):
        return GivenAnnData(f"{argument} ({type(value).__name__})", value)
    if isinstance(value, Mapping):
        return _take_profiles(value, argument)
    if isinstance(value, str | os.PathLike | pd.DataFrame) or hasattr(value, "to_pandas"):
        return take_table(value, argument)
    raise InputError(
        f"{argument}: expected a path, a DataFrame, an AnnData, or a dict of gene to values, got {type(value).__name__}"
        f"{_advise(value)}"
    )


def _take_profiles(profiles: Mapping[str, Any], argument: str) -> GivenTable:
    """Return the table of a mapping of gene to its values, in the order of the mapping.

    Raises
    ------
    InputError
        The values of a gene are no numbers, or not as many as those of the first.
    """
    name = f"{argument} ({type(profiles).__name__})"
    rows = {gene: np.asarray(values) for gene, values in profiles.items()}
    lengths = {len(values) if values.ndim == 1 else -1 for values in rows.values()}
    for gene, values in rows.items():
        if values.ndim != 1 or values.dtype.kind not in "iuf":
            raise InputError(
                f"{name}: {quote(gene)} has no list of numbers; expected gene to values of its samples; "
                "pd.DataFrame(…) makes a table of a dict of columns"
            )
    if len(lengths) > 1:
        raise InputError(f"{name}: genes have {min(lengths)} to {max(lengths)} values; expected one for each sample")
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return table_of_frame(frame, name=name, container=type(profiles).__name__)


def _as_frame(value: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return a Series as a column; its index is kept where it names what the values are of."""
    if isinstance(value, pd.DataFrame):
        return value
    texts = not pd.api.types.is_numeric_dtype(value) and not pd.api.types.is_bool_dtype(value)
    return value.reset_index(drop=True).to_frame() if texts else value.to_frame()


def _is_anndata(value: object) -> bool:
    """Tell an AnnData without importing anndata, which is an extra."""
    return hasattr(value, "obs_names") and hasattr(value, "var_names")


def _advise(value: object) -> str:
    """Return how to give what is not taken as it is."""
    if isinstance(value, np.ndarray):
        return ", which names no genes; give pd.DataFrame(array, index=genes, columns=samples)"
    if _is_anndata(value):
        return ", which is taken as expression or spatial"
    return "; give pd.DataFrame(…)" if isinstance(value, Mapping) else ""
