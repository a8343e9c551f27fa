"""Expression tables whose columns are the genes: whether a table is one, and what its columns are taken for."""

from __future__ import annotations

from collections.abc import Sequence, Set

from grnet.dataset.reading.column_words import ROW_INDEX_HEADERS, is_cell_word
from grnet.dataset.reading.expression_columns import ExpressionColumns
from grnet.dataset.reading.expression_names import FAR_BETTER, FEWEST_JOINED
from grnet.dataset.reading.plan import ColumnPlan, Role, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.schema.errors import InputError


def are_genes_in_columns(
    table: RawTable, columns: ExpressionColumns, known: Set[str], *, transpose: bool, chosen: dict[int, Role]
) -> bool:
    """Tell whether the header names the genes.

    Raises
    ------
    InputError
        The user says so, and the names of the lists stand in a column instead.
    """
    header = set(table.header or ())
    in_header = len(header & known)
    in_column = max((columns.joined[c] for c in range(len(columns.words))), default=0)
    if Role.SYMBOL in chosen.values() and not transpose:
        return False
    if transpose:
        if in_column > FAR_BETTER * in_header and in_column >= FEWEST_JOINED:
            raise InputError(
                f"{table.path}: the genes seem to be in the rows: a column has {in_column} names of the TF list and "
                "known "
                f"edges, the header {in_header}; leave out --transpose"
            )
        if table.header is None:
            raise InputError(f"{table.path}: --transpose, and no header that names the genes; expected one")
        return True
    return in_header > FAR_BETTER * in_column and in_header >= FEWEST_JOINED


def plan_gene_columns(
    table: RawTable, columns: ExpressionColumns, chosen: dict[int, Role], known: Set[str]
) -> list[ColumnPlan]:
    """Return what each column is taken for: a gene, the names of the samples, or nothing that is read."""
    header = table.header or ()
    plans = []
    name = next((column for column, role in chosen.items() if role is Role.NAME), None)
    if name is None:
        name = next((c for c in columns.text if columns.distinct(c) > 0.9 and header[c] not in known), None)
    if name is None and (not header[0] or columns.words[0] in ROW_INDEX_HEADERS):
        name = 0
    outside = _columns_beside_genes(header, columns, known, name)
    for column in range(len(columns.words)):
        title = header[column]
        if column == name:
            role, why = Role.NAME, ""
        elif column in chosen and chosen[column] is not Role.SAMPLES:
            role, why = (Role.GENES, "") if chosen[column] is Role.GENES else (Role.SET_ASIDE, "as chosen")
        elif column in outside and title not in known:
            role, why = Role.SET_ASIDE, "describes cells or samples"
        elif not columns.numeric[column]:
            role, why = Role.SET_ASIDE, "text"
        elif not title:
            role, why = Role.SET_ASIDE, "no name"
        else:
            role, why = Role.GENES, ""
        plans.append(plan_column(table, column, role, why))
    return plans


def _columns_beside_genes(
    header: Sequence[str], columns: ExpressionColumns, known: Set[str], name: int | None
) -> set[int]:
    """Return the columns before and after the genes that describe cells; some of their names are genes, too."""
    found: set[int] = set()
    for order in (range(len(header)), range(len(header) - 1, -1, -1)):
        for column in order:
            title = header[column]
            if column == name:
                continue
            plain = (
                columns.numeric[column] and not is_cell_word(title) and columns.words[column] not in ROW_INDEX_HEADERS
            )
            if title in known or plain:
                break
            found.add(column)
    return {c for c in found if is_cell_word(header[c]) or columns.words[c] in ROW_INDEX_HEADERS}
