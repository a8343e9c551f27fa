"""One expression table by its plan → names, identifiers, samples and values of its genes."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace

import numpy as np

from grnet.dataset.expression_samples import name_of_file, name_samples, settle_samples
from grnet.dataset.expression_table import ExpressionOptions, Part
from grnet.dataset.expression_transposed import read_transposed
from grnet.dataset.expression_values import check_values
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.reading.column_statistics import (
    FEWEST_ROWS,
)
from grnet.dataset.reading.column_words import SUMMARY_ROWS, is_accession, is_cell_word
from grnet.dataset.reading.columns import ColumnValues, read_columns
from grnet.dataset.reading.double_names import split_names
from grnet.dataset.reading.expression_plan import (
    plan_expression,
    with_sample_names,
)
from grnet.dataset.reading.numbers import ERROR_CELLS, looks_numeric
from grnet.dataset.reading.plan import Role
from grnet.dataset.reading.tables import is_number_sheet, read_table
from grnet.dataset.table_cells import (
    MISSING_WORDS,
    find_date_names,
    header_word,
    listed,
    name_of,
    quote,
    text_of,
)
from grnet.schema.arrays import Float32
from grnet.schema.errors import InputError
from grnet.schema.progress import SILENT, Progress
from grnet.schema.sources import TableSource

_SHOWN_ROWS = 100


def read_part(
    path: TableSource,
    known_names: Set[str],
    options: ExpressionOptions,
    findings: Findings,
    progress: Progress = SILENT,
) -> Part:
    """Read one table: plan it, then take names, samples and values by the plan; it is too quick for any progress.

    Raises
    ------
    MissingInputError, InputError
        The file is missing or cannot be used as it is.
    """
    del progress
    choices = options.choices.of_table(options.kind, path)
    raw = read_table(path, choices.file, fits=is_number_sheet)
    table, plan, marks = plan_expression(raw, known=known_names, choices=choices, transpose=options.transpose)
    plan = replace(plan, kind=options.kind)
    for note in table.notes:
        findings.note(note)
    if plan.transposed:
        chosen = bool(choices.roles)
        return read_transposed(table, plan, marks, findings, known=known_names, chosen=chosen)
    symbol, gene_id = plan.first(Role.SYMBOL), plan.first(Role.ID)
    assert symbol is not None
    value_columns = plan.of_role(Role.SAMPLES)
    columns = read_columns(table, [symbol] if gene_id is None else [symbol, gene_id], value_columns, marks)
    plan = replace(plan, form=columns.table.form)
    for note in columns.table.notes:
        if note not in table.notes:
            findings.note(note)
    names, ids = _read_names(path, columns, symbol, gene_id, known_names, findings)
    kept = _kept_rows(columns, value_columns, names, findings)
    plan, value_columns, places = settle_samples(table, plan, columns, kept, chosen=bool(choices.roles))
    samples = name_samples(table, plan) if table.header is not None else None
    if samples is None and len(places) == 1:
        samples = (name_of_file(path),)
    plan = plan if samples is None else with_sample_names(plan, samples)
    check_values(columns, value_columns, places, names, kept, samples)
    values = columns.values if len(kept) == len(names) and len(places) == columns.values.shape[1] else None
    return Part(
        path,
        [names[row] for row in kept],
        [ids[row] for row in kept],
        [f"{path}:{columns.rows[row]}" for row in kept],
        samples,
        columns.values[np.ix_(kept, places)] if values is None else values,
        plan,
    )


def _read_names(
    path: TableSource, columns: ColumnValues, symbol: int, gene_id: int | None, known: Set[str], findings: Findings
) -> tuple[list[str], list[str]]:
    """Return the name and id of each row; a row without a symbol is named by its id."""
    names = [name_of(cell, path, int(row)) for cell, row in zip(columns.texts[symbol], columns.rows, strict=True)]
    names = ["" if name.lower() in ERROR_CELLS else name for name in names]
    ids = [""] * len(names) if gene_id is None else [text_of(cell) for cell in columns.texts[gene_id]]
    ids = ["" if gene.lower() in MISSING_WORDS else gene for gene in ids]
    parts = None if gene_id is not None else split_names(names, known)
    if parts is not None:
        findings.note(f"{path.name}: names such as {quote(names[0])} are taken as {quote(parts[0][0])} and an id")
        names, ids = parts
    if gene_id is not None or parts is not None:
        bare = [row for row, name in enumerate(names) if ids[row] and (not name or name.lower() in MISSING_WORDS)]
        for row in bare:
            names[row] = ids[row]
        if bare:
            findings.note(
                f"{path.name}: rows without a symbol, named by their id: {len(bare)} ({listed(ids[r] for r in bare)})"
            )
    dates = find_date_names(names)
    if dates:
        findings.note(
            f"{path.name}: names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: {listed(dates)}"
        )
    return names, ids


def _kept_rows(
    columns: ColumnValues, value_columns: tuple[int, ...], names: list[str], findings: Findings
) -> list[int]:
    """Return the rows that are genes; others are refused with their reason."""
    path = columns.table.path
    top = _rows_of_samples(columns, value_columns, names) | _rows_below_genes(columns, names)
    kept, aside = [], []
    for row, name in enumerate(names):
        if not name:
            findings.reject(path.name, int(columns.rows[row]), "", Reason.NO_NAME)
        elif row in top or (header_word(name) in SUMMARY_ROWS and _is_summary(name)):
            findings.reject(path.name, int(columns.rows[row]), name, Reason.NO_GENE)
            aside.append(name)
        else:
            kept.append(row)
    if aside:
        findings.note(f"{path.name}: rows that are no genes, set aside: {listed(aside)}")
    _note_whole_rows(columns, names, kept, findings)
    if not kept:
        raise InputError(f"{path}: no row has a gene name; expected a row for each gene")
    return kept


def _note_whole_rows(columns: ColumnValues, names: list[str], kept: list[int], findings: Findings) -> None:
    """Tell of first rows of whole numbers above rows with fractions: they may describe the samples."""
    part = columns.values[kept[:_SHOWN_ROWS]]
    whole = np.all(part == np.rint(part), axis=1)
    varied = np.ptp(part, axis=1) > 0 if part.size else whole
    if len(part) < FEWEST_ROWS or not varied.any() or whole[varied].mean() > 0.3:
        return
    first = int(np.argmin(whole & varied))
    if first:
        shown = listed(names[row] for row in kept[:first])
        findings.note(
            f"{columns.table.path.name}: first rows of whole numbers, where others have fractions: {shown}; they are "
            "kept as genes; delete rows that describe the samples"
        )


def _is_summary(name: str) -> bool:
    """Tell whether a name is that of a row of sums or of reads without a gene, as tools write it."""
    return name.startswith(("N_", "__")) or name.lower() in (
        "total",
        "totals",
        "sum",
        "grand total",
        "unassigned",
        "assigned",
    )


def _rows_below_genes(columns: ColumnValues, names: list[str]) -> set[int]:
    """Return the last rows that describe samples, or that are the mean or median of those above."""
    found: set[int] = set()
    for row in range(len(names) - 1, max(len(names) - 20, 0), -1):
        above = columns.values[:row]
        rules: dict[str, Callable[..., Float32]] = {"mean": np.mean, "average": np.mean, "median": np.median}
        rule = rules.get(header_word(names[row]))
        is_mean = rule is not None and np.allclose(rule(above, axis=0), columns.values[row], rtol=1e-2, atol=1e-2)
        if not (is_cell_word(names[row]) or is_mean or (header_word(names[row]) in SUMMARY_ROWS)):
            break
        found.add(row)
    return found


def _rows_of_samples(columns: ColumnValues, value_columns: tuple[int, ...], names: list[str]) -> set[int]:
    """Return the rows above the genes that describe the samples, such as `cluster` or a row of groups."""
    found: set[int] = set()
    missing = np.asarray(np.isnan(columns.values[:20]).all(axis=1))
    for row, name in enumerate(names[:20]):
        texts = missing[row] and not columns.table.complete
        if missing[row] and columns.table.complete:
            cells = [text_of(columns.table.cells.iat[row, column]) for column in value_columns]
            texts = bool(cells) and all(
                cell and not looks_numeric(cell) and cell.lower() not in MISSING_WORDS for cell in cells
            )
        if not (is_cell_word(name) or (texts and not name) or (texts and not is_accession(name) and row == len(found))):
            break
        found.add(row)
    return found
