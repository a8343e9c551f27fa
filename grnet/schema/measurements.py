"""Measurements: what is known of genes, each a matrix of genes × places with a table that says what the places are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.arrays import Bools, Bytes, Float32, Indices

Display = Literal["profile", "picture", "groups", "terms"]
KindModality = Literal["rna", "image"]
Correlation = Literal["pearson", "spearman"]


@dataclass(frozen=True)
class Recipe:
    """How genes are compared by a measurement.

    Attributes
    ----------
    components : tuple of int
        Numbers of leading principal components that are removed before correlating: shared gradients, batches.
    coordinates : int
        Principal coordinates that are part of what is known of a gene alone.
    correlations : tuple of {"pearson", "spearman"}
        Correlations of genes. "pearson" is always one of them, because coordinates are made of it. For values of 0 and
        1 both are the same, the phi coefficient.
    similarity : str
        Transform whose correlation says how alike two genes are, where the labelled pairs of similar genes are looked
        up: a correlation, or what the kind derives.
    """

    components: tuple[int, ...]
    coordinates: int
    correlations: tuple[Correlation, ...] = ("pearson", "spearman")
    similarity: str = "pearson"

    def __post_init__(self) -> None:
        if "pearson" not in self.correlations:
            raise ValueError(f"a recipe has the correlation 'pearson', got {self.correlations}")


@dataclass(frozen=True)
class Section:
    """A part of a picture that has a name of its own, such as one of several sections side by side.

    Attributes
    ----------
    name : str
        Perhaps empty, where it is the only one.
    top, left : int
        Its first row and column of pixels.
    height, width : int
        Pixels.
    """

    name: str
    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class PictureGrid:
    """Where the places of a measurement lie in a picture of a gene.

    Attributes
    ----------
    height, width : int
        Pixels.
    pixel : int64 array [J, P]
        Row-major number of the pixel in which each place lies, once for each of J projections onto the picture.
    sections : tuple of Section
        Parts of the picture that are shown one by one. None where the picture is shown as a whole.
    """

    height: int
    width: int
    pixel: Indices
    sections: tuple[Section, ...] = ()

    @cached_property
    def filled(self) -> Bools:
        """Pixels in which at least one place lies, bool [H, W]."""
        mask = np.zeros(self.height * self.width, dtype=bool)
        mask[self.pixel.ravel()] = True
        return mask.reshape(self.height, self.width)

    @cached_property
    def is_filled_in_order(self) -> bool:
        """Whether the places are the pixels, row by row."""
        n_pixels = self.height * self.width
        return self.pixel.shape == (1, n_pixels) and bool((self.pixel[0] == np.arange(n_pixels)).all())

    def draw(self, values: Float32) -> Float32:
        """Return the pictures of genes: the mean of the places of each pixel.

        Parameters
        ----------
        values : float32 array [R, P]

        Returns
        -------
        float32 array [R, H, W]
            Pixels without a place have the mean of the gene's other pixels, which says nothing of its pattern.
        """
        shape = (len(values), self.height, self.width)
        if self.is_filled_in_order:
            return values.reshape(shape)
        pixel, n_pixels = self.pixel.ravel(), self.height * self.width
        count = np.bincount(pixel, minlength=n_pixels)
        order = np.argsort(pixel, kind="stable")
        starts = np.flatnonzero(np.diff(pixel[order], prepend=-1))
        own = np.add.reduceat(values[:, order % values.shape[1]], starts, axis=1, dtype=np.float64)
        filled = self.filled.ravel()
        pictures = np.empty((len(values), n_pixels), dtype=np.float32)
        pictures[:, filled] = own / count[filled]
        pictures[:, ~filled] = (own / count[filled]).mean(axis=1, keepdims=True)
        return pictures.reshape(shape)


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
    display : {"profile", "picture", "groups", "terms"}
        How a gene's values are shown: by place, as a picture, as distributions over groups of places, or as the list
        of places that have any.
    lay_out : callable or None
        Takes the table of places; returns where they lie in a picture. None where genes have no pictures.
    derive : callable or None
        Takes values [R, P] of genes and the table of places; returns further versions of the values, float32 [R, P] by
        name, such as "smoothed", by which genes are compared as well.
    depict : callable or None
        Takes the same; returns the values, float32 [R, P], that the pictures of models are drawn of. Kinds without it
        draw the values as they are.
    group : str
        Column of the places that says which group each belongs to; "" where places have no groups.
    place : str
        What one place is called: "sample".
    name_places : callable or None
        Takes the table of places; returns what each is called. None where its columns, separated by commas, say it.
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
    lay_out: Callable[[pd.DataFrame], PictureGrid] | None = None
    derive: Callable[[Float32, pd.DataFrame], Mapping[str, Float32]] | None = None
    depict: Callable[[Float32, pd.DataFrame], Float32] | None = None
    group: str = ""
    place: str = "place"
    name_places: Callable[[pd.DataFrame], tuple[str, ...]] | None = None
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
    def grid(self) -> PictureGrid | None:
        """Where the places lie in a picture; None where genes have no pictures."""
        return None if self.kind.lay_out is None else self.kind.lay_out(self.places)

    def derive(self, values: Float32) -> Mapping[str, Float32]:
        """Return the further versions of values [R, P] by which genes are compared, by name."""
        return {} if self.kind.derive is None else self.kind.derive(values, self.places)

    def draw(self, values: Float32) -> Float32:
        """Return the pictures of values [R, P] as models see them, float32 [R, H, W].

        Raises
        ------
        ValueError
            Genes have no pictures.
        """
        if self.grid is None:
            raise ValueError(f"measurement {self.name!r}: its kind, {self.kind.name}, lays out no pictures")
        return self.grid.draw(values if self.kind.depict is None else self.kind.depict(values, self.places))

    @cached_property
    def place_names(self) -> tuple[str, ...]:
        """What each place is called."""
        if self.kind.name_places is not None:
            return self.kind.name_places(self.places)
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
