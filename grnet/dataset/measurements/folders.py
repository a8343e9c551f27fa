"""Measurements on disk: one form for all kinds, two Parquet files each in the folder of the dataset.

expression.parquet           symbol, then one float32 column for each place; a row for each gene that was measured
expression.places.parquet    what each place is, in the columns of the kind
expression-2.parquet …       further measurements of RNA; pictures.parquet, pictures-2.parquet …: those of pictures

Which file is which measurement stands in `dataset.toml`, so names of measurements never become paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from grnet.dataset.measurements.registry import KINDS
from grnet.schema.arrays import Float32
from grnet.schema.errors import FormatError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.measurements import Measurement
from grnet.schema.tables import SYMBOL
from grnet.storage.entries import Form, Text
from grnet.storage.files import replace_file
from grnet.storage.read_limits import check_memory, check_regular_file, reading
from grnet.storage.tables import read_table, write_table

STEMS = {"rna": "expression", "image": "pictures"}
MEASUREMENT_FORM: Form = {"name": Text(), "kind": Text(), "units?": Text(), "file": Text()}
"""What `dataset.toml` says of each measurement."""
_COLUMNS_AT_ONCE = 100
_PREPARE = "make the dataset anew with: grnet prepare"


def write_measurements(
    dataset: Path, measurements: Iterable[Measurement], genes: GeneCatalogue
) -> list[dict[str, str]]:
    """Write measurements into the folder of a dataset; return what `dataset.toml` says of them."""
    listed: list[dict[str, str]] = []
    for measurement in measurements:
        stem = STEMS[measurement.kind.modality]
        before = sum(entry["file"].startswith(stem) for entry in listed)
        name = f"{stem}-{before + 1}" if before else stem
        _write_values(measurement, genes, dataset / f"{name}.parquet")
        write_table(measurement.places, dataset / f"{name}.places.parquet", measurement.kind.places)
        listed.append(
            {
                "name": measurement.name,
                "kind": measurement.kind.name,
                "units": measurement.units,
                "file": f"{name}.parquet",
            }
        )
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
    return tuple(_read(dataset, entry, genes) for entry in listed)


def list_files(dataset: Path) -> list[Path]:
    """Return the files of all measurements of a dataset, sorted."""
    return sorted(file for stem in STEMS.values() for file in dataset.glob(f"{stem}*.parquet"))


def _write_values(measurement: Measurement, genes: GeneCatalogue, file: Path) -> None:
    names = _name_places(measurement)
    schema = pa.schema([(SYMBOL, pa.string()), *((name, pa.float32()) for name in names)])
    columns = [pa.array([genes.symbols[gene] for gene in measurement.gene], pa.string())]
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        block = np.ascontiguousarray(measurement.values[:, start : start + _COLUMNS_AT_ONCE].T)
        columns += [pa.array(column) for column in block]
    with replace_file(file) as temporary:
        table = pa.Table.from_arrays(columns, schema=schema)
        pq.write_table(table, temporary, compression="zstd", use_dictionary=[SYMBOL])


def _name_places(measurement: Measurement) -> list[str]:
    """Return a distinct name for each place: its own where it has one, else what the table of places says of it."""
    rows = measurement.places.itertuples(index=False)
    names = [", ".join(map(str, row)) for row in rows]
    distinct = len({*names, SYMBOL}) == len(names) + 1
    return names if distinct else [f"place {number}" for number in range(1, len(names) + 1)]


def _read(dataset: Path, entry: Mapping[str, Any], genes: GeneCatalogue) -> Measurement:
    kind = KINDS.get(entry["kind"])
    if kind is None:
        raise FormatError(
            f"{dataset}: a measurement of the kind {entry['kind']!r}; this grnet knows {', '.join(KINDS)}"
        )
    file = dataset / Path(entry["file"]).name
    symbols, values = _read_values(file)
    strange = sorted(set(symbols) - set(genes.position))
    if strange:
        raise FormatError(f"{file}: names {strange[0]!r}, which genes.parquet lacks; {_PREPARE}")
    places = read_table(file.with_suffix(".places.parquet"), kind.places, mend=_PREPARE)
    index, units = genes.indices_of(symbols), entry.get("units", "")
    try:
        return Measurement(entry["name"], kind, values, index, places, units)
    except ValueError as error:
        raise FormatError(f"{file}: {error}; {_PREPARE}") from error


def _read_values(file: Path) -> tuple[list[str], Float32]:
    """Return symbols and values, some columns at a time."""
    check_regular_file(file, f"a table of genes × places; the dataset directory is not complete; {_PREPARE}")
    with reading(file, "a Parquet file", mend=_PREPARE, error=FormatError), pq.ParquetFile(file) as parquet:
        names = parquet.schema_arrow.names
        if not names or names[0] != SYMBOL or len(set(names)) != len(names):
            raise FormatError(f"{file}: expected the column {SYMBOL} and a column for each place; {_PREPARE}")
        check_memory(file, 4.0 * parquet.metadata.num_rows * len(names), f"{len(names) - 1:,} places")
        symbols: list[str] = parquet.read(columns=[SYMBOL]).column(0).cast(pa.string()).to_pylist()
        values = np.empty((len(symbols), len(names) - 1), dtype=np.float32)
        for start in range(1, len(names), _COLUMNS_AT_ONCE):
            table = parquet.read(columns=names[start : start + _COLUMNS_AT_ONCE])
            for place, column in enumerate(table.columns, start=start - 1):
                values[:, place] = column.cast(pa.float32()).to_numpy()
    if not np.isfinite(values).all():
        raise FormatError(f"{file}: holds values that are missing or infinite; {_PREPARE}")
    return symbols, values
