"""The list of transcription factors: text with a name on each line, or a table whose first column names them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grnet.dataset.cells import header_word, listed, name_of
from grnet.dataset.expression_layout import ID_HEADERS, SYMBOL_HEADERS
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.names import NameBook
from grnet.dataset.table_files import read_raw_table
from grnet.schema.errors import InputError


@dataclass(frozen=True)
class TfList:
    """Names as they stand in the file, and their rows.

    Attributes
    ----------
    path : Path
    names : tuple of str
    rows : tuple of int
        1-based.
    """

    path: Path
    names: tuple[str, ...]
    rows: tuple[int, ...]


def read_tf_list(path: Path) -> TfList:
    """Read the names; a header, empty lines and lines that begin with # are passed over.

    Raises
    ------
    MissingInputError, InputError
        The file is missing, unreadable or names nothing.
    """
    raw = read_raw_table(path).without_comments()
    if not len(raw.cells):
        raise InputError(f"{path}: names no transcription factor; expected one on each line")
    words = [header_word(name) for name in raw.header or raw.row_texts(0)]
    is_header = words[0] in SYMBOL_HEADERS or words[0] in ID_HEADERS
    table = raw.take_header() if is_header or raw.header is not None else raw
    symbols = [column for column, word in enumerate(words) if word in SYMBOL_HEADERS]
    column = symbols[0] if words[0] in ID_HEADERS and symbols else 0
    names, rows = [], []
    for cell, row in zip(table.cells.iloc[:, column], table.rows, strict=True):
        name = name_of(cell, path, row)
        if name:
            names.append(name)
            rows.append(row)
    if not names:
        raise InputError(f"{path}: names no transcription factor; expected one on each line")
    return TfList(path, tuple(names), tuple(rows))


def join_tfs(tfs: TfList, book: NameBook, *, refusal: Reason, findings: Findings) -> frozenset[str]:
    """Return the symbols of the TFs that are genes of the dataset.

    Parameters
    ----------
    tfs : TfList
    book : NameBook
    refusal : Reason
        Why a TF that is no gene of the dataset is refused.
    findings : Findings
        Takes refused names.

    Raises
    ------
    InputError
        None of them is.
    """
    joined: set[str] = set()
    for name, row in zip(tfs.names, tfs.rows, strict=True):
        symbol = book.resolve(name)
        if symbol is None:
            findings.miss(name)
            findings.reject(tfs.path.name, row, name, refusal)
        elif symbol in joined:
            findings.reject(tfs.path.name, row, name, Reason.REPEATED_TF)
        else:
            joined.add(symbol)
    if not joined:
        raise InputError(
            f"{tfs.path}: none of its {len(tfs.names)} names ({listed(tfs.names, 3)}) is a gene of the expression "
            f"tables ({listed(sorted(book.symbols), 3)}); expected names of the same kind; --aliases translates names"
        )
    return frozenset(joined)
