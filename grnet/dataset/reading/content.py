"""What a file holds, told by its first bytes: text, compressed or not, a spreadsheet, Parquet, or nothing we read.

The name of a file is only a hint: labs send gzip as .txt and text as .xls.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from grnet.dataset.reading.unpacking import check_unpacked, count_stream
from grnet.dataset.table_cells import listed
from grnet.schema.errors import InputError
from grnet.storage.read_limits import check_regular_file, reading

TEXT, SPREADSHEET = "text", "spreadsheet"
"""Kinds of files that take more than their first bytes to tell."""
MAGIC: dict[bytes, str] = {b"PAR1": "parquet"}
"""First bytes of a file → the reader that takes it, see :mod:`grnet.dataset.reading.readers`."""
COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"PK\x03\x04", "zip"))
_COMPRESSED_SUFFIXES = frozenset({".gz", ".gzip", ".bgz", ".bz2", ".xz", ".zip"})
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls) or one with a password", "save it as XLSX or CSV, without one"),
    (
        b"\x89HDF\r\n",
        "an HDF5 file, such as .h5ad, .h5 or .loom",
        "--expression reads single cells, --spatial spots; here save it as CSV",
    ),
    (b"RDX", "R data", "save the table in R with write.csv"),
    (b"X\n\x00\x00", "R data", "save the table in R with write.csv"),
    (b"A\n3\n", "R data", "save the table in R with write.csv"),
    (b"%PDF", "a PDF file", "save the table as CSV"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data", "decompress it, or compress it with gzip"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"{\\rtf", "a rich-text document", "save the table as CSV"),
    (b"%%MatrixMarket", "a Matrix Market file", "--expression reads it with the names beside it"),
    (b"\x93NUMPY", "a NumPy file, which has no names", "save the matrix as a table with names"),
    (b"\x89PNG", "a PNG image", "name a table"),
    (b"<!DOCTYPE html", "a web page", "download the table itself"),
    (b"<html", "a web page", "download the table itself"),
    (b"<?xml", "XML, such as a spreadsheet of 2003", "save it as XLSX or CSV"),
    (b"version https://git-lfs", "a pointer of Git LFS", "download the file itself with git lfs pull"),
)
_COPY_AGAIN = "copy or download the file again"
_SAVE_AGAIN = "save it anew from the spreadsheet"


@dataclass(frozen=True)
class Content:
    """A file and how its bytes are to be opened.

    Attributes
    ----------
    path : Path
    kind : str
        The name of its reader.
    compression : str
        "gzip", "bzip2", "xz", "zip" or "".
    member : str
        Name of the file inside a zip archive.
    """

    path: Path
    kind: str
    compression: str = ""
    member: str = ""

    @property
    def suffix(self) -> str:
        """The suffix of the text itself, in lower case: ".csv" for x.csv.gz."""
        name = PurePosixPath(self.member) if self.member else PurePosixPath(self.path.name)
        suffix = name.suffix.lower()
        return PurePosixPath(name.stem).suffix.lower() if suffix in _COMPRESSED_SUFFIXES else suffix

    def reading(self) -> AbstractContextManager[None]:
        """Return a context in which damaged bytes raise one line, see :func:`~grnet.storage.read_limits.reading`."""
        return reading(self.path, self.compression or "a table of text", mend=_COPY_AGAIN)

    def open(self) -> IO[bytes]:
        """Open the unpacked bytes, to be read inside :meth:`reading`.

        Reading raises InputError or TooLittleMemoryError once they are more than a file of this size may hold.
        """
        if not self.compression:
            return self.path.open("rb")
        packed = self.path.stat().st_size
        return count_stream(self._unpack(), lambda n_bytes, _: check_unpacked(self.path, n_bytes, packed=packed))

    def _unpack(self) -> IO[bytes]:
        if self.compression == "gzip":
            return cast(IO[bytes], gzip.open(self.path, "rb"))
        if self.compression == "bzip2":
            return bz2.open(self.path, "rb")
        if self.compression == "xz":
            return lzma.open(self.path, "rb")
        return zipfile.ZipFile(self.path).open(self.member)

    def begin(self, size: int = 1 << 18) -> bytes:
        """Return the first unpacked bytes.

        Raises
        ------
        InputError
            The file is damaged.
        """
        with self.reading(), self.open() as stream:
            return stream.read(size)


def recognise(path: Path) -> Content:
    """Tell what a file holds.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        It is empty, damaged, or of a kind that is not read.
    """
    check_regular_file(path, "a table")
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise InputError(f"{path}: the file is empty; expected a table")
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return Content(path, kind)
    compression = next((name for magic, name in COMPRESSIONS if head.startswith(magic)), "")
    if compression == "zip":
        return _look_into_zip(path)
    content = Content(path, TEXT, compression)
    inner = content.begin(1 << 12)
    if not inner:
        raise InputError(f"{path}: the file is empty; expected a table")
    if compression and inner.startswith(b"PAR1"):
        raise InputError(f"{path}: compressed Parquet is not read; decompress it first")
    if inner[257:262] == b"ustar":
        raise InputError(f"{path}: is a tar archive, which is not read as a table; unpack it and name one file")
    if compression and inner.startswith(b"PK\x03\x04"):
        raise InputError(f"{path}: holds a zip archive or XLSX file, compressed; decompress it first")
    lowered = inner.lstrip()
    for magic, what, mend in _FOREIGN:
        if inner.startswith(magic) or lowered[: len(magic)].lower() == magic.lower():
            raise InputError(f"{path}: is {what}, which is not read as a table; {mend}")
    return content


def _look_into_zip(path: Path) -> Content:
    """Tell a spreadsheet from an archive, and find the one table of an archive."""
    is_book = path.suffix.lower() in (".xlsx", ".xlsm")
    mend = _SAVE_AGAIN if is_book else _COPY_AGAIN
    with reading(path, "an XLSX file" if is_book else "a zip archive", mend=mend), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        encrypted = any(entry.flag_bits & 1 for entry in archive.infolist())
    if encrypted:
        raise InputError(f"{path}: is encrypted; {'save it without a password' if is_book else 'unpack it'}")
    if any(name.startswith("xl/") for name in names):
        return Content(path, SPREADSHEET)
    if "mimetype" in names and any(name.endswith("content.xml") for name in names):
        raise InputError(f"{path}: is an OpenDocument file, which is not read; save it as XLSX or CSV")
    files = [name for name in names if not name.endswith("/") and not _is_litter(name)]
    if is_book:
        raise InputError(f"{path}: not readable as an XLSX file (a zip archive of other files); {_SAVE_AGAIN}")
    if len(files) != 1:
        raise InputError(f"{path}: the zip archive holds {len(files)} files ({listed(files, 3)}); unpack it, name one")
    content = Content(path, TEXT, "zip", files[0])
    head = content.begin(1 << 12)
    if head.startswith((b"PK\x03\x04", b"PAR1")) or any(head.startswith(magic) for magic, _ in COMPRESSIONS):
        raise InputError(f"{path}: the zip archive holds no text ({listed(files)}); unpack it and name that file")
    return content


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")


def open_text(content: Content, encoding: str) -> IO[bytes]:
    r"""Open a text as UTF-8 with \n at the ends of lines, whatever its encoding and line ends.

    Parameters
    ----------
    content : Content
        Of kind "text".
    encoding : str
        Name of a Python codec.
    """
    if encoding == "utf-8":
        return content.open()
    return io.BufferedReader(_Transcoded(content.open(), encoding))


class _Transcoded(io.RawIOBase):
    r"""A stream of bytes in some encoding, read as UTF-8; ends of lines become \n."""

    def __init__(self, source: IO[bytes], encoding: str) -> None:
        self._text = io.TextIOWrapper(source, encoding=encoding, newline=None)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with the next bytes of the text in UTF-8; return how many, 0 at its end."""
        if not self._rest:
            self._rest = self._text.read(1 << 16).encode("utf-8", "surrogatepass")
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            self._text.close()
        super().close()
