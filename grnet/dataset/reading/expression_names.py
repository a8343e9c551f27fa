"""Which columns of an expression table hold the symbols and the identifiers of its genes."""

from __future__ import annotations

from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    ROW_INDEX_HEADERS,
    SYMBOL_HEADERS,
    TEXT_HEADERS,
    is_annotation_word,
)
from grnet.dataset.reading.expression_columns import ExpressionColumns
from grnet.dataset.reading.plan import Role
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import listed
from grnet.schema.errors import InputError

FAR_BETTER, FEWEST_JOINED = 4, 2
"""Another place of names is preferred to the usual one if it has this many times as many names of the TF list and the
known edges, and at least so many."""


def find_names(table: RawTable, columns: ExpressionColumns, chosen: dict[int, Role]) -> tuple[int, int | None]:
    """Return the columns of symbols and of identifiers: as chosen, by their names, and by what joins the lists."""
    symbol = next((column for column, role in chosen.items() if role is Role.SYMBOL), None)
    gene_id = next((column for column, role in chosen.items() if role is Role.ID), None)
    free = [c for c in columns.text if c not in chosen]
    if table.header is None:
        found = _names_without_header(table, columns, free)
    else:
        found = _names_by_header(table, columns, free)
    if symbol is None:
        symbol = found[0] if found[0] != gene_id else None
    if symbol is None and gene_id is None:
        raise _no_names(table, columns)
    if symbol is None:
        symbol, gene_id = gene_id, None
    if gene_id is None and Role.ID not in chosen.values() and found[1] != symbol:
        gene_id = found[1]
    assert symbol is not None
    return symbol, gene_id


def _names_without_header(
    table: RawTable, columns: ExpressionColumns, free: list[int]
) -> tuple[int | None, int | None]:
    if not free:
        return None, None
    ids = [c for c in free if columns.identifiers(c)]
    samples = [c for c in free if columns.dates_and_numbers(c) > 0.5]
    best = max(
        free, key=lambda c: (columns.joined[c], c not in samples, c not in ids and columns.distinct(c) > 0.5, -c)
    )
    others = [c for c in ids if c != best]
    return best, others[0] if others else None


def _names_by_header(table: RawTable, columns: ExpressionColumns, free: list[int]) -> tuple[int | None, int | None]:
    words = columns.words
    numeric_ids = [
        c for c, word in enumerate(words) if columns.numeric[c] and word in ID_HEADERS and _is_whole(columns, c)
    ]
    symbols = [c for c in free if words[c] in SYMBOL_HEADERS and words[c] not in TEXT_HEADERS]
    ids = [c for c in free if words[c] in ID_HEADERS and words[c] not in TEXT_HEADERS] + numeric_ids
    plain = [
        c for c in free if c not in symbols + ids and not is_annotation_word(words[c]) and columns.distinct(c) > 0.5
    ]
    plain = [c for c in plain if (not words[c] or words[c] in ROW_INDEX_HEADERS or c == free[0])]
    ids += [c for c in symbols[1:] if columns.accessions(c) > 0.8]
    for name in [c for c in symbols if columns.accessions(c) > 0.8 and len(free) > 1]:
        symbols.remove(name)
        ids.insert(0, name)
    candidates = [*symbols, *plain, *ids]
    symbol = candidates[0] if candidates else None
    best = max(free, key=lambda c: columns.joined[c], default=None)
    if best is not None and columns.joined[best] >= FEWEST_JOINED and best not in ids and columns.distinct(best) > 0.5:
        rivals = [columns.joined[c] for c in {symbol, *ids} if c is not None and c != best]
        if columns.joined[best] > FAR_BETTER * max(rivals, default=0):
            symbol = best
    if symbol is None and _is_index_of_names(table, columns):
        symbol = 0
    others = sorted((c for c in dict.fromkeys(ids) if c != symbol), key=lambda c: -columns.joined[c])
    if symbol in ids and columns.distinct(symbol) < 0.5:
        symbol = others[0] if others else symbol
    return symbol, next((c for c in others if c != symbol), None)


def _is_whole(columns: ExpressionColumns, column: int) -> bool:
    return all(text.isdigit() for text in columns.texts[column] if text)


def _is_index_of_names(table: RawTable, columns: ExpressionColumns) -> bool:
    """Tell whether the first column holds numbers that name the genes: those of the lists are among them."""
    return _is_whole(columns, 0) and columns.distinct(0) == 1 and columns.joined[0] > 0


def _no_names(table: RawTable, columns: ExpressionColumns) -> InputError:
    if table.header and _is_whole(columns, 0) and columns.distinct(0) == 1:
        return InputError(
            f"{table.path}: the first column ({table.column_name(0)}) holds whole numbers that are no names of the "
            "TF list "
            "and known edges: numeric gene identifiers, or numbers of rows? If they name the genes, say so with "
            f"--columns 'symbol=#{table.columns[0]}', and give TFs and edges by the same identifiers"
        )
    header = [name for name in table.header or () if name]
    return InputError(
        f"{table.path}: no column of gene names, only numbers; expected the names in the first column"
        + (f"; if the header names the genes ({listed(header, 3)}), add --transpose" if header else "")
    )
