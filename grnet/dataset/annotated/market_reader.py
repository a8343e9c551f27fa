"""Matrix Market files with the names of their genes and cells beside them, as 10x and GEO hold them.

A folder `filtered_feature_bc_matrix/` has matrix.mtx.gz, barcodes.tsv.gz and features.tsv.gz, older ones matrix.mtx,
barcodes.tsv and genes.tsv. Elsewhere the three share a beginning: GSM1_matrix.mtx.gz, GSM1_barcodes.tsv.gz, …
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

import pandas as pd
import scipy.io
import scipy.sparse as sp

from grnet.dataset.annotated.stored import StoredCells
from grnet.dataset.annotated.tenx_reader import SYMBOL, TYPE, with_genes_only
from grnet.dataset.reading.unpacking import check_unpacked, count_stream
from grnet.dataset.table_cells import listed, quote
from grnet.schema.errors import InputError, MissingInputError
from grnet.storage.hdf5_files import COPY_AGAIN
from grnet.storage.read_limits import check_memory, check_regular_file, reading

_MAGIC = b"%%MatrixMarket"
_GENE_WORDS, _CELL_WORDS = (
    ("features", "genes", "rows", "rownames", "var"),
    ("barcodes", "cells", "cols", "colnames", "obs"),
)
_TABLES = (".tsv", ".txt", ".csv", ".tsv.gz", ".txt.gz", ".csv.gz")
_Names = list[list[str]]
_PACKED = b"\x1f\x8b"
_BLOCK = 1 << 20
_ENTRY_BYTES = 40
"""Memory of an entry: three numbers while it is read, two in the rows, and again as they are turned over."""


def is_market(path: Path) -> bool:
    """Tell whether a path is a Matrix Market file, or a folder that holds one."""
    return _find_matrix(path) is not None


def read_market(path: Path) -> StoredCells:
    """Read a Matrix Market file and the names beside it into memory.

    Raises
    ------
    MissingInputError
        The names of genes or cells are not beside it.
    InputError
        It is damaged, or has other numbers of genes and cells than the names.
    """
    matrix = _find_matrix(path)
    assert matrix is not None
    check_regular_file(matrix, "a Matrix Market file")
    with reading(matrix, "Matrix Market", mend=COPY_AGAIN), _opened(matrix) as opened:
        n_rows, n_columns, n_entries, form, field, symmetry = scipy.io.mminfo(opened)
    shape, most = (n_rows, n_columns), 1 + max(n_rows, n_columns)
    genes, cells = (_read_names(matrix, words, most) for words in (_GENE_WORDS, _CELL_WORDS))
    (genes, cells), headers = _without_headers((genes, cells), shape)
    if shape not in ((len(genes), len(cells)), (len(cells), len(genes))):
        raise InputError(
            f"{matrix}: is {n_rows:,} × {n_columns:,}, but the files beside it name {len(genes):,} genes and "
            f"{len(cells):,} cells; expected genes × cells of one set of files"
        )
    if field == "complex":
        raise InputError(f"{matrix}: holds complex numbers; expected expression")
    n_stored = n_rows * n_columns if form == "array" else n_entries * (1 if symmetry == "general" else 2)
    check_memory(matrix, _ENTRY_BYTES * n_stored, f"{n_rows:,} × {n_columns:,} with {n_entries:,} entries")
    with reading(matrix, "Matrix Market", mend=COPY_AGAIN), _opened(matrix) as opened:
        rows: Any = sp.csr_matrix(scipy.io.mmread(opened))
    if shape == (len(genes), len(cells)):
        rows = sp.csr_matrix(rows.T)
    frame = pd.DataFrame(index=pd.Index([row[0] for row in cells], dtype=object))
    stored = with_genes_only(path, rows, _as_genes(genes), frame)
    return replace(stored, notes=(*stored.notes, *(f"{path.name}: {header}" for header in headers)))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Yield what SciPy reads of a file: its path, or what it unpacks to, which is counted on the way.

    Raises
    ------
    InputError
        It holds a NUL byte: SciPy 1.17 reads beyond its memory after one in place of a number.
    """
    if not _is_packed(path):
        with path.open("rb") as file:
            text = _Text(path, file)
            while text.read(_BLOCK):
                pass
        yield str(path)
        return
    with _unpack(path) as stream:
        yield stream


class _Text:
    """Bytes of a file of text, none of which may be NUL."""

    def __init__(self, path: Path, source: IO[bytes]) -> None:
        self._path, self._source, self.close = path, source, source.close

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`."""
        block = self._source.read(size)
        if b"\0" in block:
            raise InputError(f"{self._path}: damaged: holds a NUL byte; {COPY_AGAIN}")
        return block


def _unpack(path: Path) -> IO[bytes]:
    """Open what a file unpacks to, refused where it is far more than the file has bytes."""
    size = path.stat().st_size
    return count_stream(
        cast("IO[bytes]", _Text(path, cast("IO[bytes]", gzip.open(path)))),
        lambda n_bytes, _: check_unpacked(path, n_bytes, packed=size),
    )


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == _PACKED


def _find_matrix(path: Path) -> Path | None:
    """Return the Matrix Market file that a path is or holds; None where there is none."""
    if path.is_dir():
        found = [path / name for name in ("matrix.mtx.gz", "matrix.mtx") if (path / name).is_file()]
        found += sorted(file for file in path.iterdir() if file.name.endswith((".mtx", ".mtx.gz")))
        return found[0] if found else None
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
    if head.startswith(_PACKED):
        try:
            with gzip.open(path) as unpacked:
                head = unpacked.read(len(_MAGIC))
        except (EOFError, OSError, zlib.error):  # damaged from its start: nothing tells its form
            return None
    return path if head.startswith(_MAGIC) else None


def _read_names(matrix: Path, words: Sequence[str], most: int) -> _Names:
    """Return the rows of the table of names beside a matrix, which are `most` at most.

    Raises
    ------
    MissingInputError
        There is none.
    InputError
        It is damaged, not UTF-8, or longer.
    """
    stem = matrix.name.removesuffix(".gz").removesuffix(".mtx")
    beginnings = dict.fromkeys((stem.removesuffix("matrix").removesuffix("counts"), f"{stem}_", f"{stem}."))
    names = [f"{begin}{word}{suffix}" for begin in beginnings for word in words for suffix in _TABLES]
    found = next((matrix.with_name(name) for name in names if matrix.with_name(name).is_file()), None)
    if found is None:
        what = "genes" if words is _GENE_WORDS else "cells"
        raise MissingInputError(
            f"{matrix}: the names of its {what} are not beside it; expected {listed([names[0], names[len(_TABLES)]])} "
            "or the like in the same folder"
        )
    check_regular_file(found, "a table of names")
    delimiter = "," if ".csv" in found.suffixes else "\t"
    with reading(found, "a table of names in UTF-8", mend=COPY_AGAIN), _open_table(found) as stream:
        lines = csv.reader(io.TextIOWrapper(stream, "utf-8", newline=""), delimiter=delimiter)
        rows = list(islice(filter(None, lines), most + 1))
    if len(rows) > most:
        raise InputError(f"{found}: has more than the {most - 1:,} names that {matrix.name} has rows or columns")
    return rows


def _open_table(path: Path) -> IO[bytes]:
    return _unpack(path) if _is_packed(path) else path.open("rb")


def _without_headers(tables: tuple[_Names, _Names], shape: tuple[int, int]) -> tuple[tuple[_Names, _Names], list[str]]:
    """Return the names without a first line that is one too many, and what the user should know of it."""
    notes = []
    for rows in tables:
        if len(rows) not in shape and len(rows) - 1 in shape:
            notes.append(f"a first line of names, {quote(rows[0][0])}, is taken for a header: it is one too many")
            del rows[0]
    return tables, notes


def _as_genes(rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return the table of genes: id, symbol and perhaps the type of feature in the columns of the file."""
    width = min(map(len, rows), default=0)
    columns = dict(zip((SYMBOL, TYPE), range(1, width), strict=False))
    table = pd.DataFrame({name: [row[place] for row in rows] for name, place in columns.items()})
    table.index = pd.Index([row[0] for row in rows], dtype=object)
    return table
