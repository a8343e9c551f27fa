"""The reading plan of an expression table: where its names and samples are, and in which direction it lies."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from grnet.dataset.reading.expression_columns import PEEK_ROWS, look_at_columns
from grnet.dataset.reading.expression_header import take_header
from grnet.dataset.reading.gene_columns import are_genes_in_columns, plan_gene_columns
from grnet.dataset.reading.measures import set_measures_aside
from grnet.dataset.reading.numbers import NumberMarks, find_marks
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, header_line
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.sample_columns import plan_sample_columns
from grnet.dataset.table_cells import text_of
from grnet.schema.errors import InputError

_PEEK_COLUMNS = 200


def plan_expression(
    raw: RawTable, *, known: Set[str], choices: TableChoices, transpose: bool
) -> tuple[RawTable, ReadingPlan, NumberMarks]:
    """Decide what the columns of an expression table are.

    Parameters
    ----------
    raw : RawTable
    known : set of str
        Names of the TF list and the known edges.
    choices : TableChoices
    transpose : bool
        The user says that the genes are in the columns.

    Returns
    -------
    RawTable, ReadingPlan, NumberMarks
        The table with its header taken off.

    Raises
    ------
    InputError
        There are no names or no numbers, or several readings fit.
    """
    marks = _find_marks(raw, choices)
    table = take_header(raw, known, choices)
    columns = look_at_columns(table, known)
    chosen = choices.find(table)
    if are_genes_in_columns(table, columns, known, transpose=transpose, chosen=chosen):
        plans = plan_gene_columns(table, columns, chosen, known)
    else:
        plans = set_measures_aside(table, plan_sample_columns(table, columns, chosen), chosen=bool(chosen))
    value_role = Role.GENES if any(plan.role is Role.GENES for plan in plans) else Role.SAMPLES
    if not any(plan.role is value_role for plan in plans):
        raise InputError(f"{table.path}: no column of numbers; expected gene names and then a column for each sample")
    plan = ReadingPlan(
        table.path,
        TableKind.EXPRESSION,
        table.form,
        tuple(plans),
        header=header_line(raw, table),
        decimal=marks.decimal,
        thousands=marks.thousands,
        transposed=value_role is Role.GENES,
    )
    return table, plan, marks


def _find_marks(raw: RawTable, choices: TableChoices) -> NumberMarks:
    shown = raw.cells.iloc[:PEEK_ROWS, :_PEEK_COLUMNS].to_numpy(dtype=object)
    cells = (text_of(cell) for row in shown for cell in row if isinstance(cell, str))
    return find_marks(
        raw.path,
        cells,
        separator=raw.form.separator,
        decimal=choices.values.get("decimal", ""),
        thousands=choices.values.get("thousands", ""),
    )


def with_roles(plan: ReadingPlan, changed: dict[int, tuple[Role, str]]) -> ReadingPlan:
    """Return the plan with other roles for some columns."""
    columns = tuple(
        replace(column, role=changed[column.index][0], reason=changed[column.index][1])
        if column.index in changed
        else column
        for column in plan.columns
    )
    return replace(plan, columns=columns)


def with_sample_names(plan: ReadingPlan, samples: Sequence[str]) -> ReadingPlan:
    """Return the plan with the names that the samples have in the dataset, which may be shorter than in the file."""
    names = dict(zip(plan.of_role(Role.SAMPLES), samples, strict=True))
    columns = tuple(replace(column, name=names.get(column.index, column.name)) for column in plan.columns)
    return replace(plan, columns=columns)
