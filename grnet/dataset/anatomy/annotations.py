"""A table of genes and anatomy terms → one row for each gene, term and stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

import pandas as pd

from grnet.dataset.findings import Findings, Reason
from grnet.dataset.measurements.terms import STAGE, TERM
from grnet.dataset.reading.overrides import NO_TABLE_CHOICES, TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import read_table
from grnet.dataset.reading.term_plan import plan_terms
from grnet.dataset.table_cells import MISSING_WORDS, listed, name_of, quote
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource
from grnet.schema.tables import ID, SYMBOL

NOTHING_SEEN = frozenset(
    {"no staining", "no expression", "no signal", "not detected", "not expressed", "negative", "absent", "unstained"}
)
"""Terms, in lower case, that say that a gene was looked at and not seen."""
_SEVERAL = re.compile(r"\s*[|;]\s*")
"""Between the terms of a cell."""


@dataclass(frozen=True, eq=False)
class Annotations:
    """What curators wrote of genes.

    Attributes
    ----------
    table : DataFrame
        Columns symbol, id, term and stage, all text; no row twice. Stages are "" where the file has none.
    plan : ReadingPlan
    """

    table: pd.DataFrame
    plan: ReadingPlan


def read_annotations(
    source: TableSource,
    aliases: Mapping[str, str],
    findings: Findings,
    *,
    genes: Set[str],
    choices: TableChoices = NO_TABLE_CHOICES,
) -> Annotations:
    """Read a table of genes and terms.

    Parameters
    ----------
    source : Path or GivenTable
    aliases : mapping of str to str
    findings : Findings
        Takes rows without a gene or a term, and a word on what was read as what.
    genes : set of str
        Names of the genes of the dataset.
    choices : TableChoices

    Raises
    ------
    MissingInputError, InputError
        There is no such file, or no column of genes or of terms, or no row has both.
    """
    raw = read_table(source, choices.file, long_text=1 << 62)
    table, plan = plan_terms(raw, genes=genes, choices=choices)
    if table.cells.empty:
        raise InputError(f"{source}: the table has no rows; expected one for each gene and term")
    rows = _list_rows(table, plan)
    rows[SYMBOL] = [aliases.get(name, name) for name in rows[SYMBOL]]
    rows = _refuse_gaps(rows, source, findings)
    if rows.empty:
        raise InputError(f"{source}: no row has both a gene and a term")
    rows = _merge_cases(_split_cells(rows, source, findings), source, findings)
    once = rows.drop_duplicates([SYMBOL, TERM, STAGE])
    if len(once) < len(rows):
        findings.note(f"{source.name}: rows that repeat a gene, term and stage: {len(rows) - len(once):,}")
    _note_nothing_seen(once, source, findings)
    return Annotations(once.reset_index(drop=True), plan)


def _list_rows(table: RawTable, plan: ReadingPlan) -> pd.DataFrame:
    """Return symbol, id, term and stage of each row, and its place in the file."""
    texts = {}
    for role, name in ((Role.SYMBOL, SYMBOL), (Role.ID, ID), (Role.TERM, TERM), (Role.STAGE, STAGE)):
        column = plan.first(role)
        texts[name] = [""] * len(table.cells) if column is None else table.column_texts(column)
    symbol = plan.first(Role.SYMBOL)
    assert symbol is not None
    cells = zip(table.cells.iloc[:, symbol], table.rows, strict=True)
    texts[SYMBOL] = [name_of(cell, table.path, row) for cell, row in cells]
    texts[SYMBOL] = [name or gene_id for name, gene_id in zip(texts[SYMBOL], texts[ID], strict=True)]
    texts[TERM] = ["" if text.lower() in MISSING_WORDS else " ".join(text.split()) for text in texts[TERM]]
    texts[STAGE] = ["" if text.lower() in MISSING_WORDS else " ".join(text.split()) for text in texts[STAGE]]
    return pd.DataFrame(texts | {"row": table.rows})


def _refuse_gaps(rows: pd.DataFrame, source: TableSource, findings: Findings) -> pd.DataFrame:
    """Return the rows that have a gene and a term; tell of genes that have no term in any row."""
    for row, name, term in zip(rows["row"], rows[SYMBOL], rows[TERM], strict=True):
        if not name:
            findings.reject(source.name, row, term, Reason.NO_NAME)
        elif not term:
            findings.reject(source.name, row, name, Reason.NO_TERM)
    kept = rows[(rows[SYMBOL] != "") & (rows[TERM] != "")]
    with_terms = set(kept[SYMBOL])
    without = [name for name in dict.fromkeys(rows[SYMBOL]) if name and name not in with_terms]
    if without:
        findings.note(
            f"{source.name}: genes without any term, taken as not looked at: {len(without):,}, such as "
            f"{listed(without, 3)}"
        )
    return kept


def _split_cells(rows: pd.DataFrame, source: TableSource, findings: Findings) -> pd.DataFrame:
    """Return a row for each term of cells that hold several."""
    several = rows[TERM].str.contains("[|;]")
    if not several.any():
        return rows
    findings.note(f"{source.name}: cells with several terms, split at | and ;: {int(several.sum()):,}")
    parts = rows.copy()
    parts[TERM] = [_SEVERAL.split(text) for text in rows[TERM]]
    parts = parts.explode(TERM)
    return parts[parts[TERM] != ""]


def _merge_cases(rows: pd.DataFrame, source: TableSource, findings: Findings) -> pd.DataFrame:
    """Write terms that differ in upper and lower case alone as the first of them is written."""
    first: dict[str, str] = {}
    for term in dict.fromkeys(rows[TERM]):
        first.setdefault(term.casefold(), term)
    merged = [first[term.casefold()] for term in rows[TERM]]
    changed = {old: new for old, new in zip(rows[TERM], merged, strict=True) if old != new}
    if changed:
        old, new = next(iter(changed.items()))
        findings.note(
            f"{source.name}: terms that differ from others in upper and lower case alone: {len(changed):,}, such as "
            f"{quote(old)}, read as {quote(new)}"
        )
    return rows.assign(**{TERM: merged})


def _note_nothing_seen(rows: pd.DataFrame, source: TableSource, findings: Findings) -> None:
    counts = rows[rows[TERM].str.lower().isin(NOTHING_SEEN)].groupby(TERM)[SYMBOL].nunique()
    if len(counts):
        told = ", ".join(f"{quote(term)} ({count:,} genes)" for term, count in counts.items())
        findings.note(f"{source.name}: terms that mean that nothing was seen count like any other term: {told}")
