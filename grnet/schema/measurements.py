"""Measurements: what is known of genes, each a matrix of genes × places with a table that says what the places are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.arrays import Bools, Bytes, Float32, Indices

Display = Literal["profile", "picture"]
KindModality = Literal["rna", "image"]


@dataclass(frozen=True)
class Recipe:
    """How genes are compared by a measurement.

    Attributes
    ----------
    components : tuple of int
        Numbers of leading principal components that are removed before correlating: shared gradients, batches.
    coordinates : int
        Principal coordinates that are part of what is known of a gene alone.
    """

    components: tuple[int, ...]
    coordinates: int


@dataclass(frozen=True)
class Kind:
    """One kind of measurement, declared in a file of its own in `grnet.dataset.measurements`.

    Attributes
    ----------
    name : str
        In `dataset.toml`.
    modality : {"rna", "image"}
    places : pyarrow.Schema
        Columns of the table of places.
    recipe : Recipe
    display : {"profile", "picture"}
        How a gene's values are shown.
    picture_shape : callable or None
        Takes the table of places; returns height and width where the values of a gene fill a picture, row by row.
    place : str
        What one place is called: "sample".
    show : callable or None
        Takes the dataset, one of its measurements of this kind and a gene of it; returns the picture to show, uint8
        [H, W], and the mean of how many images it is; None where there is no image of the gene. Kinds without it show
        the values of the measurement.
    """

    name: str
    modality: KindModality
    places: pa.Schema
    recipe: Recipe
    display: Display
    picture_shape: Callable[[pd.DataFrame], tuple[int, int]] | None = None
    place: str = "place"
    show: Callable[[Any, Measurement, int], tuple[Bytes, int] | None] | None = None


@dataclass(frozen=True, eq=False)
class Measurement:
    """What was measured of some genes.

    Attributes
    ----------
    name : str
        Distinct in a dataset: "expression", or the view of images.
    kind : Kind
    values : float32 array [R, P]
        Finite.
    gene : int64 array [R]
        Which gene of the catalogue each row is of, ascending.
    places : DataFrame
        P rows, columns of `kind.places`.
    units : str
    """

    name: str
    kind: Kind
    values: Float32
    gene: Indices
    places: pd.DataFrame
    units: str = ""

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.gene), len(self.places)):
            raise ValueError(
                f"measurement {self.name!r}: values of shape {self.values.shape} for {len(self.gene)} genes and "
                f"{len(self.places)} places"
            )
        if (np.diff(self.gene) <= 0).any():
            raise ValueError(f"measurement {self.name!r}: genes are not ascending")

    @cached_property
    def shape(self) -> tuple[int, int] | None:
        """Height and width of a gene's picture; None where its values are no picture."""
        return None if self.kind.picture_shape is None else self.kind.picture_shape(self.places)

    @cached_property
    def place_names(self) -> tuple[str, ...]:
        """What each place is called: its columns, separated by commas."""
        columns = [self.places[name].astype(str) for name in self.places]
        return tuple(", ".join(row) for row in zip(*columns, strict=True))

    def present(self, n_genes: int) -> Bools:
        """Return which genes [G] were measured."""
        mask = np.zeros(n_genes, dtype=bool)
        mask[self.gene] = True
        return mask

    def of_all_genes(self, n_genes: int) -> Float32:
        """Return the values of every gene, float32 [G, P]; NaN where a gene was not measured."""
        if len(self.gene) == n_genes:
            return self.values
        values = np.full((n_genes, self.values.shape[1]), np.nan, dtype=np.float32)
        values[self.gene] = self.values
        return values

    def to_frame(self, symbols: Sequence[str]) -> pd.DataFrame:
        """Return the values as a table of genes × places, by symbol and, where it is one column, by name of the place.

        Parameters
        ----------
        symbols : sequence of str
            Of all genes of the catalogue.
        """
        names = self.places.iloc[:, 0] if self.places.shape[1] == 1 else pd.MultiIndex.from_frame(self.places)
        return pd.DataFrame(self.values, index=[symbols[gene] for gene in self.gene], columns=list(names))

    def of_gene(self, gene: int) -> Float32 | None:
        """Return the values of one gene, float32 [P]; None where it was not measured."""
        row = int(np.searchsorted(self.gene, gene))
        found = row < len(self.gene) and self.gene[row] == gene
        return self.values[row] if found else None
