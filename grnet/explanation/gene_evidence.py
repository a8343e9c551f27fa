"""What was measured of genes: a profile or a picture by each measurement."""

from __future__ import annotations

import numpy as np

from grnet.dataset.directory import Dataset
from grnet.explanation.picture_masks import find_mask
from grnet.schema.arrays import Bytes, Float32, Indices
from grnet.schema.evidence import GeneEvidence, MeasurementInfo
from grnet.schema.measurements import Measurement


def describe_measurements(dataset: Dataset) -> tuple[MeasurementInfo, ...]:
    """Return what a reader has to know of the measurements of a dataset, in its order."""
    return tuple(
        MeasurementInfo(
            name=entry.name,
            display=entry.kind.display,
            modality=entry.kind.modality,
            units=entry.units,
            place=entry.kind.place,
            places=_name_places(entry),
            place_counts=_count_genes(entry) if entry.kind.display == "terms" else (),
            groups=_name_groups(entry) if entry.kind.display == "groups" else (),
            grid=None if entry.kind.show else entry.grid,
            mask=find_mask(entry) if entry.kind.show else None,
        )
        for entry in dataset.measurements
    )


def _count_genes(measurement: Measurement) -> tuple[int, ...]:
    """Return how many genes have each place."""
    return tuple(np.count_nonzero(measurement.values, axis=0).tolist())


def _name_places(measurement: Measurement) -> tuple[str, ...]:
    """Return what each place is called; without its group, which is told beside it."""
    display = measurement.kind.display
    if display == "groups":
        return tuple(measurement.places.iloc[:, 0].astype(str))
    return () if display == "picture" else measurement.place_names


def _name_groups(measurement: Measurement) -> tuple[str, ...]:
    """Return the group of each place; all are in one where the kind knows no groups."""
    column = measurement.kind.group
    if not column:
        return ("",) * len(measurement.places)
    return tuple(measurement.places[column].astype(str))


def describe_genes(dataset: Dataset, genes: Indices) -> dict[str, GeneEvidence]:
    """Return what was measured of some genes, by symbol, in their order.

    Parameters
    ----------
    dataset : Dataset
    genes : int64 array
        Without repeats.
    """
    return {dataset.genes.symbols[gene]: _describe_gene(dataset, int(gene)) for gene in genes}


def _describe_gene(dataset: Dataset, gene: int) -> GeneEvidence:
    values: dict[str, Float32 | Bytes] = {}
    counts: dict[str, int] = {}
    tops: dict[str, float] = {}
    for measurement in dataset.measurements:
        own = measurement.of_gene(gene)
        if own is None:
            continue
        values[measurement.name] = own
        if measurement.kind.display == "picture":
            shown = measurement.kind.show(dataset, measurement, gene) if measurement.kind.show else None
            if shown is None:
                values[measurement.name], tops[measurement.name] = draw_values(measurement, own)
            else:
                values[measurement.name], counts[measurement.name] = shown
    return GeneEvidence(dataset.genes.symbols[gene], values, counts, tops)


def draw_values(measurement: Measurement, values: Float32) -> tuple[Bytes, float]:
    """Return the picture that the values [P] of a gene make, uint8 [H, W], and the value that 255 stands for.

    That is its largest value; 0, or its least value where that is negative, becomes 0.

    Raises
    ------
    ValueError
        The measurement has no pictures.
    """
    if measurement.grid is None:
        raise ValueError(f"measurement {measurement.name!r}: its kind, {measurement.kind.name}, lays out no pictures")
    wide = measurement.grid.draw(values[None])[0].astype(np.float64)
    low, high = min(float(wide.min()), 0.0), float(wide.max())
    scaled = (wide - low) / (high - low) if high > low else np.zeros_like(wide)
    return np.rint(255 * scaled).astype(np.uint8), high
