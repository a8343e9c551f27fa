"""Which section each spot of an annotated matrix belongs to: by a column of its table, or the ids of its libraries."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from grnet.dataset.annotated.cell_choice import read_column
from grnet.dataset.annotated.matrix import AnnotatedMatrix
from grnet.dataset.table_cells import header_word, listed
from grnet.schema.errors import InputError

_USUAL = (
    *("section", "sectionid", "sectionname", "slice", "sliceid", "slicename", "library", "libraryid", "capturearea"),
    *("puck", "puckid", "slide", "slideid", "sample", "sampleid", "samplename", "brainsection", "tissuesection"),
    "region",
)
"""Columns that usually say so, the most telling first."""
_FEWEST_MEAN = 3
"""Spots that a section of a usual column has on average, at least: "sample" may name the spots themselves."""


@dataclass(frozen=True)
class Sections:
    """The section of each spot.

    Attributes
    ----------
    names : tuple of str
        One for each spot; all "" where there is one section without a name.
    origin : str
        Where they are from, for the plan and messages; "" where nothing says so.
    """

    names: tuple[str, ...]
    origin: str


def find_sections(matrix: AnnotatedMatrix, wanted: str) -> Sections:
    """Return the section of each spot.

    Parameters
    ----------
    matrix : AnnotatedMatrix
    wanted : str
        `--section`; "" takes a usual column, else the library of `uns["spatial"]`.

    Raises
    ------
    InputError
        There is no such column, or the file has several libraries and no column says which spot is of which.
    """
    if wanted:
        return _of_column(matrix, wanted, f"--section {wanted}")
    libraries = matrix.libraries
    for column in matrix.cells.columns:
        if len(libraries) > 1 and {str(value) for value in matrix.cells[column].unique()} == set(libraries):
            return _of_column(matrix, str(column), f"column {column}")
    words = {header_word(str(column)): str(column) for column in reversed(list(matrix.cells.columns))}
    for word in _USUAL:
        if word in words and _may_be_sections(matrix.cells[words[word]]):
            return _of_column(matrix, words[word], f"column {words[word]}")
    if len(libraries) > 1:
        raise InputError(
            f"{matrix.source}: holds {len(libraries)} libraries ({listed(libraries, 3)}), and no column says which "
            "spot is of which; name one with --section COLUMN"
        )
    name = libraries[0] if libraries else ""
    return Sections((name,) * len(matrix.cells), 'uns["spatial"]' if libraries else "")


def _of_column(matrix: AnnotatedMatrix, column: str, origin: str) -> Sections:
    values = read_column(matrix.source, matrix.cells, column, "--section")
    return Sections(tuple(values.astype(str)), origin)


def _may_be_sections(values: pd.Series) -> bool:
    return 0 < int(values.astype(object).nunique()) * _FEWEST_MEAN <= len(values)
