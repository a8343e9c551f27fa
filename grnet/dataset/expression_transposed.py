"""An expression table whose columns are genes and whose rows are samples or cells → names and values of its genes."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from grnet.dataset.expression_samples import check_sample_names
from grnet.dataset.expression_table import Part
from grnet.dataset.expression_values import describe_wrong_value
from grnet.dataset.findings import Findings
from grnet.dataset.reading.columns import read_columns
from grnet.dataset.reading.numbers import NumberMarks
from grnet.dataset.reading.plan import ReadingPlan, Role
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.text_tables import read_whole
from grnet.dataset.table_cells import (
    find_date_names,
    listed,
    name_of,
    quote,
    text_of,
)
from grnet.schema.arrays import Float32
from grnet.schema.errors import InputError

_SHOWN_ROWS = 100


def _refuse_odd_margins(table: RawTable, genes: tuple[int, ...], values: Float32, known: Set[str]) -> None:
    """Raise where the first or last columns of a table of cells × genes seem to describe the cells.

    Raises
    ------
    InputError
        Their values or names are not like those of the other columns; the text names the option that decides.
    """
    names = [table.column_name(column) for column in genes]
    known_values = np.nan_to_num(values)
    whole = np.all(known_values == np.rint(known_values), axis=0)
    varied = np.ptp(known_values, axis=0) > 0
    spelled = np.array([("_" in name or " " in name) and not name.isupper() for name in names])
    odd = np.zeros(len(genes), dtype=bool)
    if len(genes) > 2 and varied.any():
        share = float(whole[varied].mean())
        odd |= varied & (whole if share < 0.2 else ~whole & (share > 0.8))
        odd |= spelled & (spelled.mean() < 0.2)
    odd &= np.array([name not in known for name in names])
    ends = [0, len(genes) - 1] if len(genes) > 2 else []
    for place in ends:
        if odd[place]:
            name = names[place]
            raise InputError(
                f"{table.path}: the column {quote(name)} does not look like the other genes; does it describe the "
                f"cells? Say so with --columns 'set-aside={name}', or with --columns 'samples={name}' if it is a gene"
            )


def read_transposed(
    table: RawTable, plan: ReadingPlan, marks: NumberMarks, findings: Findings, *, known: Set[str], chosen: bool
) -> Part:
    """Read a table whose columns are genes and whose rows are samples or cells."""
    genes, name = plan.of_role(Role.GENES), plan.first(Role.NAME)
    columns = read_columns(table, [] if name is None else [name], genes, marks)
    symbols = [name_of(table.column_name(column), table.path, 1) for column in genes]
    dates = find_date_names(symbols)
    if dates:
        findings.note(
            f"{table.path.name}: names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: {listed(dates)}"
        )
    rows = [text_of(cell) for cell in columns.texts[name]] if name is not None else []
    if not chosen:
        _refuse_odd_margins(table, genes, columns.values, known)
    samples = tuple(rows) if rows else tuple(f"sample_{number}" for number in range(1, len(columns.values) + 1))
    samples = tuple(one or f"sample_{place}" for place, one in enumerate(samples, start=1))
    check_sample_names(table.path, samples)
    wrong = ~np.isfinite(columns.values)
    if wrong.any():
        whole = columns.table if columns.table.complete else read_whole(columns.table)
        row, place = (int(index) for index in np.argwhere(wrong)[0])
        text = text_of(whole.cells.iat[row, genes[place]])
        more = f" ({int(wrong.sum()) - 1:,} more such cells)" if wrong.sum() > 1 else ""
        where = f"gene {quote(symbols[place])}, sample {quote(samples[row])}"
        raise InputError(f"{whole.place(row, genes[place])} ({where}): {describe_wrong_value(text)}{more}")
    lines = [f"{table.path}, column {table.columns[column]}" for column in genes]
    values = np.ascontiguousarray(columns.values.T)
    return Part(table.path, symbols, [""] * len(symbols), lines, samples, values, plan)
