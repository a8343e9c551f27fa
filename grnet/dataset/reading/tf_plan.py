"""The reading plan of a list of transcription factors: the column of names, and which rows are chosen by another."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    IS_TF_HEADERS,
    ROW_INDEX_HEADERS,
    SYMBOL_HEADERS,
    TEXT_HEADERS,
    TF_FLAG_HEADERS,
    TF_NAME_HEADERS,
    is_accession,
)
from grnet.dataset.reading.edge_columns import column_word, share_of
from grnet.dataset.reading.numbers import looks_numeric
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, header_line, plan_columns
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError

YES = frozenset({"yes", "y", "true", "t", "1", "1.0", "x", "+", "known", "likely"})
NO = frozenset({"no", "n", "false", "f", "0", "0.0", "-", "unlikely", ""})
TF_WORDS = frozenset(
    {"tf", "tfs", "transcription factor", "transcription factors", "transcription_factor", "regulator"}
)
ONE_LINE, ALL_CELLS = "all names in one line", "names in all columns"
_REMARK = re.compile(r"\s*(?:#|//|;).*$|[;,]+\s*$")
_BEFORE = re.compile(r"^(?:c\(|\[|\w[\w ]*:\s)\s*")
_MOST = 0.5
_NAMED = SYMBOL_HEADERS | ID_HEADERS | IS_TF_HEADERS


@dataclass(frozen=True)
class PlannedNames:
    """Names of TFs, and those whose row says that they are none.

    Attributes
    ----------
    plan : ReadingPlan
    cells : tuple of object
        As the file holds them.
    rows : tuple of int
        1-based.
    refused : tuple of (int, object)
        Row and cell of names that are no TFs by their row.
    """

    plan: ReadingPlan
    cells: tuple[object, ...]
    rows: tuple[int, ...]
    refused: tuple[tuple[int, object], ...] = ()


def plan_tfs(raw: RawTable, *, genes: Set[str], choices: TableChoices) -> PlannedNames:
    """Find the names of a list of TFs.

    Parameters
    ----------
    raw : RawTable
    genes : set of str
        Names of the genes of the dataset: of several columns of names, the one that joins is taken.
    choices : TableChoices

    Raises
    ------
    InputError
        No column holds names, or a column such as "Is TF?" has words other than yes and no.
    """
    raw = _without_title(raw)
    single = _names_in_one_line(raw)
    if single is None and not choices.roles and raw.header is None:
        single = _names_in_all_columns(raw, genes)
    if single is not None:
        return single
    table = _take_header(raw, choices)
    if not len(table.cells):
        raise InputError(f"{raw.path}: names no transcription factor; expected one on each line")
    chosen = choices.find(table)
    words = [column_word(name) for name in table.header or [""] * table.cells.shape[1]]
    column = _name_column(table, words, genes, chosen)
    flag = next((c for c, role in chosen.items() if role is Role.IS_TF), None)
    flag = _flag_column(table, words, column, chosen) if flag is None else flag
    roles = {column: Role.TF} | ({} if flag is None else {flag: Role.IS_TF})
    columns = plan_columns(table, roles)
    plan = ReadingPlan(table.path, TableKind.TFS, table.form, columns, header=header_line(raw, table))
    cells = [_without_remark(cell) for cell in table.cells.iloc[:, column]]
    kept = [True] * len(cells) if flag is None else _says_yes(table, flag)
    return PlannedNames(
        plan,
        tuple(cell for cell, keep in zip(cells, kept, strict=True) if keep),
        tuple(row for row, keep in zip(table.rows, kept, strict=True) if keep),
        tuple((row, cell) for row, cell, keep in zip(table.rows, cells, kept, strict=True) if not keep),
    )


def _take_header(raw: RawTable, choices: TableChoices) -> RawTable:
    """Return the table with its header taken off, where the first row is one."""
    words = [column_word(name) for name in raw.header or raw.row_texts(0)]
    headed = raw.header is not None or any(word in _NAMED for word in words)
    headed |= bool(choices.roles and "header" not in choices.values and not all(p[:1] == "#" for _, p in choices.roles))
    if "header" in choices.values:
        headed = choices.values["header"] != ""
    return raw.take_header() if headed else raw


def _without_title(raw: RawTable) -> RawTable:
    """Return the table without a first row of titles over groups of columns, where the second is the header."""
    if raw.header is not None or len(raw.cells) < 3 or raw.cells.shape[1] < 3:
        return raw
    first, second = ([column_word(text) for text in raw.row_texts(row)] for row in (0, 1))
    named = sum(word in _NAMED for word in second)
    gaps = sum(not word for word in first) > len(first) / 2
    return raw.drop_rows({0}) if gaps and named > 1 and not any(word in _NAMED for word in first) else raw


def _flag_column(table: RawTable, words: Sequence[str], names: int, chosen: dict[int, Role]) -> int | None:
    """Return the column that says which rows are TFs; None where none does.

    Raises
    ------
    InputError
        A column of another name has yes and no.
    """
    free = [column for column in range(len(words)) if column != names and column not in chosen]
    said = {column: {text.lower() for text in table.column_texts(column)} for column in free}
    for column in free:
        if words[column] in IS_TF_HEADERS - {"tfstatus", "tfcheck"}:
            return column
        if words[column] in IS_TF_HEADERS | TF_FLAG_HEADERS and said[column] <= YES | NO:
            return column
    for column in free:
        if said[column] & TF_WORDS and said[column] - TF_WORDS and words[column] not in SYMBOL_HEADERS:
            return column
    unsure = [c for c in free if said[c] <= YES | NO and said[c] & YES and said[c] & NO - {"", "-"}]
    if len(unsure) != 1:
        return None
    handle = table.column_handle(unsure[0])
    raise InputError(
        f"{table.path}: the column {quote(table.column_name(unsure[0]))} has yes and no in some spelling: does it say "
        f"which rows are TFs? Say so with --columns 'tfs:is-tf={handle}', or leave it out with "
        f"--columns 'tfs:set-aside={handle}'"
    )


def _name_column(table: RawTable, words: Sequence[str], genes: Set[str], chosen: dict[int, Role]) -> int:
    asked = next((c for c, role in chosen.items() if role in (Role.TF, Role.SYMBOL)), None)
    if asked is not None:
        return asked
    flags = {c for c in range(len(words)) if set(map(str.lower, table.column_texts(c))) <= YES | NO | TF_WORDS}
    flags |= {c for c, role in chosen.items() if role is not Role.SET_ASIDE}
    usable = [c for c in range(len(words)) if c not in flags] or [0]
    candidates = [c for c in usable if words[c] in TF_NAME_HEADERS]
    symbols = [c for c in usable if words[c] in SYMBOL_HEADERS and words[c] not in TEXT_HEADERS]
    candidates += [c for c in symbols if c not in candidates]
    candidates += [c for c in usable if words[c] in ID_HEADERS and c not in candidates]
    if not candidates:
        texts = [c for c in usable if not _is_numbers(table, c) and words[c] not in TEXT_HEADERS]
        candidates = texts or usable[:1]
    if not genes:
        return candidates[0]
    shares = {c: share_of(table, c, genes) for c in (*candidates, *(c for c in usable if c not in candidates))}
    best = max(shares, key=lambda c: shares[c])
    if table.header is None:
        _check_one_column(table, shares)
    return best if shares[best] > 2 * shares[candidates[0]] else candidates[0]


def _check_one_column(table: RawTable, shares: dict[int, float]) -> None:
    """Raise where two columns without a header hold symbols of genes, as a list of edges does.

    Where no name occurs twice in either, they are the symbols and identifiers of the same genes.
    """
    symbols = [c for c in shares if shares[c] > _MOST and not all(map(_is_id, table.column_texts(c)))]
    repeats = [c for c in symbols if len(set(table.column_texts(c))) < len(table.cells)]
    if len(symbols) > 1 and repeats:
        first, second = (table.columns[column] for column in symbols[:2])
        raise InputError(
            f"{table.path}: {len(symbols)} columns hold names of genes; which holds the TFs? Say so with "
            f"--columns 'tfs:tf=#{first}' or --columns 'tfs:tf=#{second}'"
        )


def _is_id(text: str) -> bool:
    return is_accession(text) or looks_numeric(text)


def _is_numbers(table: RawTable, column: int) -> bool:
    texts = [text for text in table.column_texts(column) if text]
    word = column_word(table.header[column]) if table.header else "-"
    return (
        bool(texts)
        and all(looks_numeric(text) for text in texts)
        and (table.cells.shape[1] > 1 or word in ROW_INDEX_HEADERS)
    )


def _names_in_one_line(raw: RawTable) -> PlannedNames | None:
    """Return the names of a file of one row; None where it has more, or the row is a header."""
    if raw.header is not None or len(raw.cells) != 1 or raw.cells.shape[1] < 2:
        return None
    words = [column_word(name) for name in raw.row_texts(0)]
    if sum(word in SYMBOL_HEADERS or word in ID_HEADERS for word in words) > 1:
        return None
    first, *rest = [text for text in raw.row_texts(0) if text]
    names = tuple(name for name in (_bare(_BEFORE.sub("", first)), *map(_bare, rest)) if name)
    plan = ReadingPlan(raw.path, TableKind.TFS, raw.form, (), shape=ONE_LINE)
    return PlannedNames(plan, names, (raw.rows[0],) * len(names))


def _bare(name: str) -> str:
    """Return a name without the quotes and brackets of a program's list."""
    if name[-1:] == ")" and "(" not in name:
        name = name[:-1]
    return name.strip("[]'\" ")


def _names_in_all_columns(raw: RawTable, genes: Set[str]) -> PlannedNames | None:
    """Return the names of a file of several names a row, in three or more columns that are all genes; else None."""
    if raw.cells.shape[1] < 3 or not genes:
        return None
    cells = [(row, text) for row in range(len(raw.cells)) for text in raw.row_texts(row) if text]
    known = [share_of(raw, column, genes) for column in range(raw.cells.shape[1])]
    if min(known) < _MOST or any(_is_id(text) for _, text in cells):
        return None
    plan = ReadingPlan(raw.path, TableKind.TFS, raw.form, (), shape=ALL_CELLS)
    return PlannedNames(plan, tuple(text for _, text in cells), tuple(raw.rows[row] for row, _ in cells))


def _without_remark(cell: object) -> object:
    """Return a name without a remark behind it: "SOX2  # core" is SOX2."""
    return _REMARK.sub("", cell.strip()) if isinstance(cell, str) and not cell.strip().startswith("#N") else cell


def _says_yes(table: RawTable, column: int) -> list[bool]:
    """Return whether each row is a TF by a column of yes and no, or of "TF" and other words.

    Raises
    ------
    InputError
        A cell is neither.
    """
    texts = [text.lower() for text in table.column_texts(column)]
    if set(texts) & TF_WORDS:
        return [text in TF_WORDS | YES for text in texts]
    for row, text in enumerate(texts):
        if text not in YES | NO:
            name = table.column_name(column)
            raise InputError(
                f"{table.place(row, column)}: the column {quote(name)} says {quote(text)}; expected yes or no for "
                f"each TF; mend the cell, or leave the column out with --columns 'tfs:set-aside={name}'"
            )
    return [text in YES for text in texts]
