"""What a user gives: a file, or a table or images that are Python objects already.

All of them have a `name` and print as what messages call them, so that a reader need not know which it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


@dataclass(frozen=True, eq=False)
class GivenTable:
    """A table that was given as an object.

    Attributes
    ----------
    name : str
        What messages and the dataset call it, such as "known_edges (DataFrame)".
    container : str
        What it was, such as "DataFrame" or "list".
    cells : DataFrame [R, C]
        Columns 0..C-1: numbers, or plain Python objects, None where empty.
    header : tuple of str or None
        Names of the columns; None where the object has none.
    notes : tuple of str
        What the user should know of how it was taken.
    """

    name: str
    container: str
    cells: pd.DataFrame
    header: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class GivenImage:
    """One image that was given as an array.

    Attributes
    ----------
    gene, view : str
        The view is "" where none was given.
    place : str
        Where in the object it stands, such as "eve/lateral/2".
    pixels : array [height, width] or [height, width, 3 or 4]
        Any type of real numbers.
    """

    gene: str
    view: str
    place: str
    pixels: npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class GivenImages:
    """Images that were given as arrays, at least one.

    Attributes
    ----------
    name : str
    images : tuple of GivenImage
    """

    name: str
    images: tuple[GivenImage, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class GivenAnnData:
    """Cells or spots that were given as an object.

    Attributes
    ----------
    name : str
    adata : anndata.AnnData
    """

    name: str
    adata: Any

    def __str__(self) -> str:
        return self.name


TableSource = Path | GivenTable
MatrixSource = Path | GivenTable | GivenAnnData
ImageSource = Path | GivenTable | GivenImages
Source = Path | GivenTable | GivenImages | GivenAnnData
