"""Where the names, ids, sample names and numbers are in an expression table, told from the cells themselves."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from grnet.dataset.cells import MISSING_WORDS, header_word, is_decimal_comma, is_number, word_set
from grnet.dataset.table_files import RawTable
from grnet.schema.errors import InputError

SYMBOL_HEADERS = word_set(
    "symbol genesymbol gene genename genenames genes name names hgncsymbol mgisymbol externalgenename tf tfs "
    "tfname tfsymbol transcriptionfactor regulator"
)
ID_HEADERS = word_set(
    "id geneid ids geneids fbgn fbgnid flybase flybaseid ensembl ensemblid ensemblgeneid entrez entrezid "
    "ncbigeneid dbid accession wbgeneid agi locus locustag"
)
_PEEK_ROWS = 100
_FAR_BETTER = 4


@dataclass(frozen=True)
class ExpressionLayout:
    """Columns of a table whose header, if it has one, has been taken off.

    Attributes
    ----------
    symbol : int
    id : int or None
    values : tuple of int
    set_aside : tuple of int
        Columns with text that is neither symbol nor id, or with row numbers.
    """

    symbol: int
    id: int | None
    values: tuple[int, ...]
    set_aside: tuple[int, ...]


def find_layout(raw: RawTable, known_names: Set[str]) -> tuple[RawTable, ExpressionLayout]:
    """Tell header, names and numbers apart.

    Parameters
    ----------
    raw : RawTable
        As read, transposed where the user has asked for it.
    known_names : set of str
        Names of the TF list and the known edges, which tell whether the genes are in rows or in columns.

    Returns
    -------
    RawTable, ExpressionLayout
        The table with its header taken off, where it has one.

    Raises
    ------
    InputError
        There are no names or no numbers, or the genes are in the columns.
    """
    body_rows = range(0 if raw.header is not None else 1, min(len(raw.cells), _PEEK_ROWS))
    grid = [raw.row_texts(row) for row in body_rows] or [raw.row_texts(0)]
    text_columns = [column for column in range(raw.cells.shape[1]) if _is_text([line[column] for line in grid])]
    first = list(raw.header) if raw.header is not None else raw.row_texts(0)
    has_header = raw.header is not None or _is_header(first, text_columns)
    table = raw.take_header() if has_header else raw
    header = table.header or ()
    if not len(table.cells):
        raise InputError(f"{raw.path}: a header and no rows; expected a row for each gene")
    symbol, gene_id = _name_columns(table, text_columns)
    _check_orientation(table, symbol, known_names)
    counters = [column for column in range(symbol) if _is_row_number(table, column)]
    aside = [column for column in text_columns if column not in (symbol, gene_id)] + counters
    values = [c for c in range(table.cells.shape[1]) if c not in (symbol, gene_id) and c not in aside]
    values = [c for c in values if not header or header[c] or any(table.column_texts(c))]
    if not values:
        raise InputError(f"{raw.path}: no column of numbers; expected gene names and then a column for each sample")
    return table, ExpressionLayout(symbol, gene_id, tuple(values), tuple(sorted(aside)))


def transpose_hint(raw: RawTable) -> str:
    """Return how to mend a table with the genes in the wrong direction."""
    return "leave out --transpose" if raw.transposed else "add --transpose"


def _is_text(cells: list[str]) -> bool:
    """Tell whether most cells that say anything are no numbers."""
    said = [cell for cell in cells if cell.lower() not in MISSING_WORDS]
    return sum(not is_number(cell) and not is_decimal_comma(cell) for cell in said) * 2 > len(said)


def _is_header(first: list[str], text_columns: list[int]) -> bool:
    """Tell whether the first row names the columns: over most numbers it has text, or it begins as headers do."""
    values = [cell for column, cell in enumerate(first) if column not in text_columns]
    if text_columns and text_columns[0] == 0:
        word = header_word(first[0])
        if word in SYMBOL_HEADERS or word in ID_HEADERS or (not word and any(values)):
            return True
    return bool(values) and sum(not is_number(cell) for cell in values) * 2 > len(values)


def _name_columns(table: RawTable, text_columns: list[int]) -> tuple[int, int | None]:
    """Return the columns of symbols and of ids, by the header where it says so, else the first two with text."""
    words = [header_word(name) for name in table.header or ()]
    if not text_columns:
        if words and (words[0] in SYMBOL_HEADERS or words[0] in ID_HEADERS):
            return 0, None
        raise InputError(
            f"{table.path}: no column of gene names, only numbers; expected the names in the first column"
            + (f"; if the header names the genes, {transpose_hint(table)}" if words else "")
        )
    symbols = [column for column in text_columns if words and words[column] in SYMBOL_HEADERS]
    ids = [column for column in text_columns if words and words[column] in ID_HEADERS and column not in symbols[:1]]
    symbol = symbols[0] if symbols else next((c for c in text_columns if c not in ids), text_columns[0])
    others = [column for column in text_columns if column != symbol]
    gene_id = next((column for column in ids if column != symbol), others[0] if others else None)
    return symbol, gene_id


def _is_row_number(table: RawTable, column: int) -> bool:
    """Tell whether a column counts the rows, as data frames do that are saved with their index."""
    texts = table.column_texts(column)
    return any(texts == [str(number) for number in range(start, start + len(texts))] for start in (0, 1))


def _check_orientation(table: RawTable, symbol: int, known_names: Set[str]) -> None:
    """Raise where the header has far more of the known names than the column of symbols."""
    in_header = len(known_names & set(table.header or ()))
    in_column = len(known_names & set(table.column_texts(symbol)))
    if in_header > _FAR_BETTER * in_column:
        raise InputError(
            f"{table.path}: the genes seem to be in the columns: the header has {in_header} names of the TF list and "
            f"known edges, the column of names {in_column}; {transpose_hint(table)}"
        )
