"""What a file holds is told by its bytes, whatever its name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from grnet.dataset.reading.content import recognise
from grnet.schema.errors import InputError

TEXT = b"gene\ts1\ntin\t1\n"


@pytest.mark.parametrize(
    ("name", "data", "compression"),
    [
        ("a.csv.gz", TEXT, ""),
        ("a.txt", gzip.compress(TEXT, mtime=0), "gzip"),
        ("a", bz2.compress(TEXT), "bzip2"),
        ("a.csv", lzma.compress(TEXT), "xz"),
    ],
)
def test_compression_is_told_by_content(tmp_path, name, data, compression):
    (tmp_path / name).write_bytes(data)
    content = recognise(tmp_path / name)
    assert (content.kind, content.compression) == ("text", compression)
    assert content.begin() == TEXT


def test_the_one_table_of_a_zip_archive_is_read(tmp_path):
    path = tmp_path / "a.txt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("folder/table.tsv", TEXT)
        archive.writestr("__MACOSX/._table.tsv", "x")
    content = recognise(path)
    assert (content.member, content.suffix, content.begin()) == ("folder/table.tsv", ".tsv", TEXT)


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("table.tsv")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (_tar(), "is a tar archive, which is not read as a table; unpack it and name one file"),
        (gzip.compress(_tar(), mtime=0), "is a tar archive, which is not read as a table; unpack it and name one file"),
        (
            gzip.compress(b"PK\x03\x04xxxx", mtime=0),
            "holds a zip archive or XLSX file, compressed; decompress it first",
        ),
        (
            b'<?xml version="1.0"?><Workbook/>',
            "is XML, such as a spreadsheet of 2003, which is not read as a table; save it as XLSX or CSV",
        ),
    ],
)
def test_other_kinds_are_refused_in_a_line(tmp_path, data, text):
    path = tmp_path / "t"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        recognise(path)
    assert str(caught.value) == f"{path}: {text}"
