"""Matrix Market files with the names of their genes and cells beside them, as 10x and GEO hold them.

A folder `filtered_feature_bc_matrix/` has matrix.mtx.gz, barcodes.tsv.gz and features.tsv.gz, older ones matrix.mtx,
barcodes.tsv and genes.tsv. Elsewhere the three share a beginning: GSM1_matrix.mtx.gz, GSM1_barcodes.tsv.gz, …
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import scipy.io
import scipy.sparse as sp

from grnet.dataset.annotated.stored import StoredCells
from grnet.dataset.annotated.tenx_reader import SYMBOL, TYPE, with_genes_only
from grnet.dataset.table_cells import listed
from grnet.schema.errors import InputError, MissingInputError

_MAGIC = b"%%MatrixMarket"
_GENE_WORDS, _CELL_WORDS = (
    ("features", "genes", "rows", "rownames", "var"),
    ("barcodes", "cells", "cols", "colnames", "obs"),
)
_TABLES = (".tsv", ".txt", ".csv", ".tsv.gz", ".txt.gz", ".csv.gz")
_EMPTY_HEAD = 64


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
    genes, cells = (_read_names(matrix, words) for words in (_GENE_WORDS, _CELL_WORDS))
    try:
        values = scipy.io.mmread(matrix)
    except (EOFError, OSError, OverflowError, ValueError) as error:
        said = " ".join(str(error).split())[:100]
        raise InputError(
            f"{matrix}: not readable as Matrix Market ({said}); copy or download the file again"
        ) from error
    rows: Any = sp.csr_matrix(values)
    n_genes, n_cells = len(genes), len(cells)
    genes, cells = _without_header(genes, cells, rows.shape)
    if rows.shape == (len(genes), len(cells)):
        rows = sp.csr_matrix(rows.T)
    elif rows.shape != (len(cells), len(genes)):
        raise InputError(
            f"{matrix}: is {rows.shape[0]:,} × {rows.shape[1]:,}, but the files beside it name {n_genes:,} genes and "
            f"{n_cells:,} cells; expected genes × cells of one set of files"
        )
    return with_genes_only(
        path, rows, _as_genes(genes), pd.DataFrame(index=pd.Index([row[0] for row in cells], dtype=object))
    )


def _find_matrix(path: Path) -> Path | None:
    """Return the Matrix Market file that a path is or holds; None where there is none."""
    if path.is_dir():
        found = [path / name for name in ("matrix.mtx.gz", "matrix.mtx") if (path / name).is_file()]
        found += sorted(file for file in path.iterdir() if file.name.endswith((".mtx", ".mtx.gz")))
        return found[0] if found else None
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(_EMPTY_HEAD)
    if head.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as unpacked:
                head = unpacked.read(len(_MAGIC))
        except (EOFError, OSError):
            return None
    return path if head.startswith(_MAGIC) else None


def _read_names(matrix: Path, words: Sequence[str]) -> list[list[str]]:
    """Return the rows of the table of names beside a matrix.

    Raises
    ------
    MissingInputError
        There is none.
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
    opened = gzip.open if found.suffix == ".gz" else open
    delimiter = "," if ".csv" in found.suffixes else "\t"
    with opened(found, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file, delimiter=delimiter) if row]


def _without_header(
    genes: list[list[str]], cells: list[list[str]], shape: tuple[int, int]
) -> tuple[list[list[str]], list[list[str]]]:
    """Return the names without a first line that is one too many."""
    lengths = set(shape)
    if len(genes) not in lengths and len(genes) - 1 in lengths:
        genes = genes[1:]
    if len(cells) not in lengths and len(cells) - 1 in lengths:
        cells = cells[1:]
    return genes, cells


def _as_genes(rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return the table of genes: id, symbol and perhaps the type of feature in the columns of the file."""
    width = min(map(len, rows), default=0)
    columns = dict(zip((SYMBOL, TYPE), range(1, width), strict=False))
    table = pd.DataFrame({name: [row[place] for row in rows] for name, place in columns.items()})
    table.index = pd.Index([row[0] for row in rows], dtype=object)
    return table
