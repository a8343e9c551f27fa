"""What a file holds, told by its first bytes: text, compressed or not, a spreadsheet, Parquet, or nothing we read.

The name of a file is only a hint: labs send gzip as .txt and text as .xls.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from grnet.dataset.table_cells import listed
from grnet.schema.errors import InputError, MissingInputError

TEXT, SPREADSHEET = "text", "spreadsheet"
"""Kinds of files that take more than their first bytes to tell."""
MAGIC: dict[bytes, str] = {b"PAR1": "parquet"}
"""First bytes of a file → the reader that takes it, see :mod:`grnet.dataset.reading.readers`."""
COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"PK\x03\x04", "zip"))
_COMPRESSED_SUFFIXES = frozenset({".gz", ".gzip", ".bgz", ".bz2", ".xz", ".zip"})
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)", "save it as XLSX or CSV"),
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
DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, NotImplementedError)
"""What opening and decompressing a damaged file raises; RuntimeError is an encrypted archive."""


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

    def open(self) -> IO[bytes]:
        """Open the decompressed bytes; reading them raises one of DAMAGE where the file is damaged."""
        if self.compression == "gzip":
            return cast(IO[bytes], gzip.open(self.path, "rb"))
        if self.compression == "bzip2":
            return bz2.open(self.path, "rb")
        if self.compression == "xz":
            return lzma.open(self.path, "rb")
        if self.compression == "zip":
            return zipfile.ZipFile(self.path).open(self.member)
        return self.path.open("rb")

    def begin(self, size: int = 1 << 18) -> bytes:
        """Return the first decompressed bytes.

        Raises
        ------
        InputError
            The file is damaged.
        """
        try:
            with self.open() as stream:
                return stream.read(size)
        except DAMAGE as error:
            raise damaged(self.path, self.compression, error) from error


def recognise(path: Path) -> Content:
    """Tell what a file holds.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        It is empty, damaged, or of a kind that is not read.
    """
    if not path.is_file():
        other = "is a pipe or a device, not a file" if path.exists() else "no such file"
        raise MissingInputError(f"{path}: {'is a folder' if path.is_dir() else other}; expected a table")
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


def damaged(path: Path, compression: str, error: BaseException) -> InputError:
    """Return the error of a file that cannot be decompressed or read."""
    what = f"as {compression}" if compression else "as a table of text"
    said = " ".join(str(error).split())[:100] or type(error).__name__
    return InputError(f"{path}: not readable {what} ({said}); copy or download the file again")


def _look_into_zip(path: Path) -> Content:
    """Tell a spreadsheet from an archive, and find the one table of an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            encrypted = any(entry.flag_bits & 1 for entry in archive.infolist())
    except (*DAMAGE, ValueError) as error:
        what = "XLSX file" if path.suffix.lower() in (".xlsx", ".xlsm") else "zip archive"
        raise InputError(f"{path}: not a readable {what} ({error}); save it anew from the spreadsheet") from error
    if any(name.startswith("xl/") for name in names):
        return Content(path, SPREADSHEET)
    if "mimetype" in names and any(name.endswith("content.xml") for name in names):
        raise InputError(f"{path}: is an OpenDocument file, which is not read; save it as XLSX or CSV")
    files = [name for name in names if not name.endswith("/") and not _is_litter(name)]
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise InputError(
            f"{path}: not a readable XLSX file (a zip archive of other files); save it anew from the spreadsheet"
        )
    if encrypted:
        raise InputError(f"{path}: the zip archive is encrypted; unpack it")
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
