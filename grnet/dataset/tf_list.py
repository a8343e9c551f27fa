"""The list of TFs: a name on each line, all names in one line, or a table with a column of names."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from grnet.dataset.findings import Findings, Reason
from grnet.dataset.names import NameBook
from grnet.dataset.reading.edge_names import mend_names, names_in
from grnet.dataset.reading.numbers import ERROR_CELLS
from grnet.dataset.reading.overrides import NO_TABLE_CHOICES, TableChoices
from grnet.dataset.reading.plan import ReadingPlan
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tf_plan import plan_tfs
from grnet.dataset.table_cells import find_date_names, listed, name_of
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource


@dataclass(frozen=True)
class TfList:
    """Names as they stand in the file, and their rows.

    Attributes
    ----------
    path : Path or GivenTable
    names : tuple of str
    rows : tuple of int
        1-based.
    plan : ReadingPlan
    refused : tuple of (int, str)
        Row and name of those that are no TFs by a column such as "Is TF?".
    notes : tuple of str
    """

    path: TableSource
    names: tuple[str, ...]
    rows: tuple[int, ...]
    plan: ReadingPlan
    refused: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


def read_tf_list(raw: RawTable, *, genes: Set[str] = frozenset(), choices: TableChoices = NO_TABLE_CHOICES) -> TfList:
    """Read the names; a header, empty lines, comments and rows that are no TFs are passed over.

    Parameters
    ----------
    raw : RawTable
    genes : set of str
        Names of the genes of the dataset.
    choices : TableChoices

    Raises
    ------
    InputError
        The file names nothing, or its columns cannot be told.
    """
    planned = plan_tfs(raw, genes=genes, choices=choices)
    names: list[str] = []
    rows: list[int] = []
    for cell, row in zip(planned.cells, planned.rows, strict=True):
        name = name_of(cell, raw.path, row)
        if name and name.lower() not in ERROR_CELLS:
            found = names_in(name, genes)
            names += found
            rows += [row] * len(found)
    if not names:
        raise InputError(f"{raw.path}: names no transcription factor; expected one on each line")
    refused = tuple((row, name_of(cell, raw.path, row)) for row, cell in planned.refused)
    notes = list(raw.notes)
    mended, changed = mend_names(names, genes)
    if changed:
        shown = listed((f"{name} = {gene}" for name, gene in changed.items()), 3)
        notes.append(f"{raw.path.name}: names were translated to those of known genes: {shown}")
    dates = find_date_names(names)
    if dates:
        notes.append(
            f"{raw.path.name}: names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: {listed(dates)}"
        )
    return TfList(raw.path, mended, tuple(rows), planned.plan, refused, tuple(notes))


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
    for note in tfs.notes:
        findings.note(note)
    for row, name in tfs.refused:
        findings.reject(tfs.path.name, row, name, Reason.NOT_CHOSEN)
    if tfs.refused:
        findings.note(f"{tfs.path.name}: {len(tfs.refused):,} rows say that they are no TFs")
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
