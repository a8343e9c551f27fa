"""The reading plan of a table of aliases: the column of names in the lab's files, and that of the symbols to use."""

from __future__ import annotations

from grnet.dataset.reading.column_words import ID_HEADERS, SYMBOL_HEADERS
from grnet.dataset.reading.edge_columns import column_word, is_index
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, header_line, plan_columns
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import word_set
from grnet.schema.errors import InputError

_NAMES = word_set(
    "alias aliases synonym synonyms from old oldname oldsymbol nameinfile nameinfiles previous previoussymbol "
    "previoussymbols previousname aliassymbol aliassymbols aliasname othername othernames"
)
_SYMBOLS = word_set("symbol to new newname newsymbol approvedsymbol officialsymbol currentsymbol hgncsymbol")
_HEADERS = _NAMES | _SYMBOLS | SYMBOL_HEADERS | ID_HEADERS | word_set("genestableid")


def plan_aliases(raw: RawTable, choices: TableChoices) -> tuple[RawTable, ReadingPlan]:
    """Decide which column has the names in the files, and which the symbols that they stand for.

    Parameters
    ----------
    raw : RawTable
    choices : TableChoices

    Returns
    -------
    RawTable, ReadingPlan
        The table with its header taken off.

    Raises
    ------
    InputError
        There are fewer than two columns.
    """
    if raw.cells.shape[1] < 2:
        raise InputError(f"{raw.path}: one column; expected two, the name in the files and the symbol to use")
    words = [column_word(text) for text in (raw.row_texts(0) if raw.header is None else raw.header)]
    headed = sum(word in _HEADERS for word in words) > 1
    asked = bool(choices.roles) and not all(pattern.startswith("#") for _, pattern in choices.roles)
    table = raw.take_header() if headed or asked else raw
    chosen = {role: column for column, role in choices.find(table).items()}
    ends = _find_ends(table)
    ends = chosen.get(Role.NAME, ends[0]), chosen.get(Role.SYMBOL, ends[1])
    if ends[0] == ends[1]:
        other = next(column for column in range(table.cells.shape[1]) if column != ends[0])
        ends = (other, ends[1]) if Role.SYMBOL in chosen else (ends[0], other)
    roles = {ends[0]: Role.NAME, ends[1]: Role.SYMBOL}
    columns = plan_columns(table, roles)
    return table, ReadingPlan(table.path, TableKind.ALIASES, table.form, columns, header=header_line(raw, table))


def _find_ends(table: RawTable) -> tuple[int, int]:
    """Return the columns of names and symbols by their header, else the first two that do not count the rows."""
    columns = [column for column in range(table.cells.shape[1]) if not is_index(table, column)]
    columns = columns if len(columns) > 1 else list(range(table.cells.shape[1]))
    words = [column_word(name) for name in table.header or [""] * table.cells.shape[1]]
    name = next((column for column in columns if words[column] in _NAMES), None)
    symbol = next((column for column in columns if words[column] in _SYMBOLS and column != name), None)
    if name is not None:
        other = next(column for column in columns if column != name)
        return name, other if symbol is None else symbol
    if symbol is not None and words[columns[0]] in ID_HEADERS | {"genestableid"}:
        return columns[0], symbol
    return columns[0], columns[1]
