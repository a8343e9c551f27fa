"""Small files that hold more than there is memory for: refused in one line before the memory is taken."""

from __future__ import annotations

import gzip
import subprocess
import sys

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from grnet.dataset.reading.tables import read_table
from grnet.schema.errors import InputError

LIMIT = 64 << 20
MEND = "and 64 MB may be taken; check that the file is what you think, or raise --memory"
READ = """
import resource, sys
from pathlib import Path
from grnet.dataset.expression import read_expression
from grnet.dataset.findings import Findings
from grnet.dataset.reading import spreadsheets
from grnet.schema.errors import TooLittleMemoryError
from grnet.storage.read_limits import memory_limit
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[2:]:
    try:
        with memory_limit(int(sys.argv[1])):
            read_expression([Path(path)], {}, known_names=frozenset(), findings=Findings())
    except TooLittleMemoryError as error:
        print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def write_far_cell(path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "gene", 1
    book.save(path)


def write_far_column(path):
    book = openpyxl.Workbook()
    for row in range(1, 2000):
        book.active.cell(row, 1 if row > 1 else 16000, 1)
    book.save(path)


def pack(*parts):
    def write(path):
        with gzip.open(path, "wb", compresslevel=9) as file:
            for part in parts:
                file.write(part)

    return write


def write_repeated(path):
    n_rows = 1_000_000
    columns = {"gene": pa.DictionaryArray.from_arrays(np.zeros(n_rows, np.int32), ["tin"])}
    columns |= {f"s{number}": np.zeros(n_rows, np.float32) for number in range(20)}
    pq.write_table(pa.table(columns), path)


BOMBS = {
    "cell.xlsx": (write_far_cell, "the sheet 'Sheet' of 1,048,576 rows × 16,384 columns and more would take about"),
    "column.xlsx": (write_far_column, "the sheet 'Sheet' of 1,024 rows × 16,000 columns and more would take about"),
    "wide.csv.gz": (pack(b"gene,a\n", *[b"0," * (40 << 20)] * 3), "72 MB and more that it unpacks to would take"),
    "long.csv.gz": (pack(b"gene,a,b\n", *[b"g,0,0\n" * (5 << 20)] * 3), "lines and more would take about"),
    "blank.csv.gz": (pack(b"gene,a\n", b"\n" * (1 << 20)), "lines and more would take about"),
    "cells.csv.gz": (pack(b"gene,a\n", b"g,x\n" * 400_000), "lines and more would take"),
    "repeated.parquet": (write_repeated, "1,000,000 rows × 21 columns would take about"),
}


def test_small_files_take_no_more_memory_than_they_may(tmp_path):
    for name, (write, _) in BOMBS.items():
        write(tmp_path / name)
    command = [sys.executable, "-c", READ, str(LIMIT), *(str(tmp_path / name) for name in BOMBS)]
    *errors, taken = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    for (name, (_, said)), error in zip(BOMBS.items(), errors, strict=True):
        assert error.startswith(f"{tmp_path / name}: ")
        assert said in error
        assert error.endswith(MEND)
    assert int(taken) << 10 < 3 * LIMIT


def test_a_large_file_that_unpacks_to_a_thousand_times_its_size_is_no_table(tmp_path, monkeypatch):
    monkeypatch.setattr("grnet.dataset.reading.unpacking.UNPACKED_FREELY", 1 << 20)
    pack(b"gene,a\n", b"1," * (8 << 20))(tmp_path / "x.csv.gz")
    with pytest.raises(InputError, match=r"x\.csv\.gz: unpacks to more than 200 times its size of .* KB; check that"):
        read_table(tmp_path / "x.csv.gz")
