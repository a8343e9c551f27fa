"""Measurements on disk: one form for all kinds, a folder each in `measurements/`.

values.npy       float32 [R, P]
genes.parquet    symbol of each row
places.parquet   what each column is, in the columns of the kind

Which folder is which measurement stands in `dataset.toml`, so names of measurements never become paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.dataset.measurements.registry import KINDS
from grnet.schema.arrays import Float32
from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.measurements import Measurement
from grnet.schema.tables import SYMBOL
from grnet.storage.files import replace_file
from grnet.storage.tables import read_table, write_table

FOLDER = "measurements"
VALUES_FILE, GENES_FILE, PLACES_FILE = "values.npy", "genes.parquet", "places.parquet"
_ROWS = pa.schema([(SYMBOL, pa.string())])
_PREPARE = "make the dataset anew with: grnet prepare"


def write_measurements(
    dataset: Path, measurements: Sequence[Measurement], genes: GeneCatalogue
) -> list[dict[str, str]]:
    """Write measurements into the folder of a dataset; return what `dataset.toml` says of them."""
    listed = []
    for number, measurement in enumerate(measurements):
        folder = dataset / FOLDER / str(number)
        folder.mkdir(parents=True)
        with replace_file(folder / VALUES_FILE) as temporary:
            np.save(temporary, np.ascontiguousarray(measurement.values, dtype=np.float32))
        symbols = [genes.symbols[gene] for gene in measurement.gene]
        write_table(pd.DataFrame({SYMBOL: symbols}), folder / GENES_FILE, _ROWS)
        write_table(measurement.places, folder / PLACES_FILE, measurement.kind.places)
        listed.append({"name": measurement.name, "kind": measurement.kind.name, "units": measurement.units})
    return listed


def read_measurements(
    dataset: Path, listed: Sequence[Mapping[str, Any]], genes: GeneCatalogue
) -> tuple[Measurement, ...]:
    """Read the measurements of a dataset.

    Raises
    ------
    MissingInputError, FormatError
        A file is missing or damaged, or names a gene that the catalogue lacks.
    """
    return tuple(_read(dataset / FOLDER / str(number), entry, genes) for number, entry in enumerate(listed))


def list_files(dataset: Path, n_measurements: int) -> Iterator[Path]:
    """Yield the files of all measurements of a dataset."""
    for number in range(n_measurements):
        yield from (dataset / FOLDER / str(number) / name for name in (VALUES_FILE, GENES_FILE, PLACES_FILE))


def _read(folder: Path, entry: Mapping[str, Any], genes: GeneCatalogue) -> Measurement:
    kind = KINDS.get(str(entry.get("kind")))
    if kind is None:
        raise FormatError(
            f"{folder}: a measurement of the kind {entry.get('kind')!r}; this grnet knows {', '.join(KINDS)}"
        )
    symbols = read_table(folder / GENES_FILE, _ROWS)[SYMBOL]
    strange = sorted(set(symbols) - set(genes.position))
    if strange:
        raise FormatError(f"{folder / GENES_FILE}: names {strange[0]!r}, which genes.parquet lacks; {_PREPARE}")
    places = read_table(folder / PLACES_FILE, kind.places)
    values = _read_values(folder / VALUES_FILE, (len(symbols), len(places)))
    try:
        return Measurement(
            str(entry.get("name")), kind, values, genes.indices_of(symbols), places, str(entry.get("units", ""))
        )
    except ValueError as error:
        raise FormatError(f"{folder}: {error}; {_PREPARE}") from error


def _read_values(file: Path, shape: tuple[int, int]) -> Float32:
    if not file.is_file():
        raise MissingInputError(f"{file}: no such file; the dataset directory is not complete; {_PREPARE}")
    try:
        values: Float32 = np.load(file, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise FormatError(f"{file}: not a readable NumPy file ({error}); {_PREPARE}") from error
    if values.dtype != np.float32 or values.shape != shape or not np.isfinite(values).all():
        raise FormatError(
            f"{file}: got {values.dtype} {list(values.shape)}, expected finite float32 {list(shape)}; {_PREPARE}"
        )
    return values
