"""The table of known edges → TF, target and, if given, label and source of each row.

Every row of the file ends in `known_edges.parquet` or, with its reason, in `rejected.parquet`.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from grnet.dataset.edge_labels import counts_minus_as_edge, parse_labels, parse_signs
from grnet.dataset.findings import REASON_MARK, Findings, Reason
from grnet.dataset.names import NameBook
from grnet.dataset.reading.edge_names import fill_down, mend_names, split_names
from grnet.dataset.reading.edge_plan import plan_edges
from grnet.dataset.reading.edge_shapes import read_shaped_edges
from grnet.dataset.reading.numbers import ERROR_CELLS
from grnet.dataset.reading.overrides import NO_COLUMN_CHOICES, ColumnChoices, TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.table_cells import find_date_names, listed, name_of
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource
from grnet.schema.tables import LABEL, PAIR_ARROW, ROW, SOURCE, TARGET, TF

_ALIGNED = ("tfs", "targets", "labels", "sources", "rows")
_MINUS_NOTE = "{}: - and -1 were read as repression, which is an edge; write 0 for no edge"
_FEWEST_PAIRS, _IN_BOTH = 10, 0.8


@dataclass(frozen=True)
class EdgeList:
    """Pairs as they stand in the file.

    Attributes
    ----------
    path : Path or GivenTable
    tfs, targets, sources : tuple of str
    labels : tuple of int
        1 or 0.
    rows : tuple of int
        1-based.
    notes : tuple of str
    plan : ReadingPlan
    """

    path: TableSource
    tfs: tuple[str, ...]
    targets: tuple[str, ...]
    labels: tuple[int, ...]
    sources: tuple[str, ...]
    rows: tuple[int, ...]
    notes: tuple[str, ...]
    plan: ReadingPlan


def open_edges(path: TableSource, choices: ColumnChoices = NO_COLUMN_CHOICES) -> RawTable:
    """Read the cells of a table of edges.

    Raises
    ------
    MissingInputError, InputError
        The file is missing or unreadable.
    """
    own = choices.of_table(TableKind.KNOWN_EDGES, path)
    return read_table(path, own.file, fits=is_name_sheet, ragged=True, long_text=1 << 62)


def read_edge_list(
    path: TableSource,
    *,
    genes: Set[str] = frozenset(),
    tfs: Set[str] = frozenset(),
    choices: ColumnChoices = NO_COLUMN_CHOICES,
) -> EdgeList:
    """Read pairs, labels and sources.

    Parameters
    ----------
    path : Path or GivenTable
    genes, tfs : set of str
        Names of the genes and TFs of the dataset, which tell columns of symbols from others.
    choices : ColumnChoices

    Raises
    ------
    MissingInputError, InputError
        The file is missing or unreadable, has one column, or has a label that is none.
    """
    return plan_edge_list(
        open_edges(path, choices), genes=genes, tfs=tfs, choices=choices.of_table(TableKind.KNOWN_EDGES, path)
    )


def plan_edge_list(raw: RawTable, *, genes: Set[str], tfs: Set[str], choices: TableChoices) -> EdgeList:
    """Read pairs, labels and sources from the cells of a file; see :func:`read_edge_list`."""
    shaped = read_shaped_edges(raw, genes=genes, tfs=tfs, choices=choices, kind=TableKind.KNOWN_EDGES)
    if shaped is not None:
        ends = tuple(zip(*((tf, target) for tf, target, *_ in shaped.pairs), strict=True)) or ((), ())
        rows = tuple(row for *_, row, _ in shaped.pairs)
        notes = (*raw.notes, *_notes_of_names(raw.path, (*ends[0], *ends[1])))
        sources = (raw.path.name,) * len(rows)
        edges = EdgeList(raw.path, ends[0], ends[1], (1,) * len(rows), sources, rows, notes, shaped.plan)
    else:
        table, plan = plan_edges(raw, genes=genes, choices=choices, tfs=tfs)
        edges = _fill_tfs(_read_columns(table, plan))
    for end in ("targets", "tfs"):
        edges = _split_cells(edges, genes, end)
    return _note_directions(_mend_ends(edges, genes))


def _fill_tfs(edges: EdgeList) -> EdgeList:
    """Return the list with the TF of merged cells in each of their rows."""
    tfs, n_filled = fill_down(edges.tfs, edges.targets)
    if not n_filled:
        return edges
    note = f"{edges.path.name}: {n_filled:,} rows without a TF were given that of the row above, as in merged cells"
    return replace(edges, tfs=tfs, notes=(*edges.notes, note))


def _split_cells(edges: EdgeList, genes: Set[str], end: str) -> EdgeList:
    """Return the list with a row for each name where cells of an end ("tfs" or "targets") name several."""
    parts = split_names(getattr(edges, end), genes)
    if parts is None:
        return edges
    order = [row for row, names in enumerate(parts) for _ in names]
    given: dict[str, Any] = {name: tuple(getattr(edges, name)[row] for row in order) for name in _ALIGNED}
    given[end] = tuple(name for names in parts for name in names)
    what = "targets" if end == "targets" else "TFs"
    note = f"{edges.path.name}: cells that name several {what} were divided: {len(order):,} pairs"
    return replace(edges, **given, notes=(*edges.notes, note))


def _mend_ends(edges: EdgeList, genes: Set[str]) -> EdgeList:
    """Return the list with names such as SOX2(+) as the genes that they mean."""
    if not genes:
        return edges
    tfs, some = mend_names(edges.tfs, genes)
    targets, others = mend_names(edges.targets, genes)
    changed = some | others
    if not changed:
        return edges
    shown = listed((f"{name} = {mended}" for name, mended in changed.items()), 3)
    note = f"{edges.path.name}: names were translated to those of known genes: {shown}"
    return replace(edges, tfs=tfs, targets=targets, notes=(*edges.notes, note))


def _note_directions(edges: EdgeList) -> EdgeList:
    """Return the list with a note where most pairs stand in both directions."""
    pairs = {pair for pair in zip(edges.tfs, edges.targets, strict=True) if pair[0] != pair[1]}
    both = sum((target, tf) in pairs for tf, target in pairs)
    if len(pairs) < _FEWEST_PAIRS or both < _IN_BOTH * len(pairs):
        return edges
    note = (
        f"{edges.path.name}: most pairs occur in both directions, as in an undirected network. Two linked TFs count as "
        "regulators of each other"
    )
    return replace(edges, notes=(*edges.notes, note))


def _read_columns(table: RawTable, plan: ReadingPlan) -> EdgeList:
    notes = list(table.notes)
    labels = [1] * len(table.cells)
    label, sign = plan.first(Role.LABEL), plan.first(Role.SIGN)
    if sign is not None:
        labels = parse_signs(table, sign)
        if any(text.removesuffix(".0") == "0" for text in table.column_texts(sign)):
            notes.append(f"{table.path.name}: 0 under {table.column_name(sign)} is an edge of unknown sign")
        if table.header is None and counts_minus_as_edge(table.column_texts(sign), labels):
            notes.append(_MINUS_NOTE.format(table.path.name))
    if label is not None:
        own = parse_labels(table, label, minus_is_edge=False)
        if counts_minus_as_edge(table.column_texts(label), own):
            notes.append(_MINUS_NOTE.format(table.path.name))
        labels = [min(pair) for pair in zip(labels, own, strict=True)]
    ends = []
    for role in (Role.TF, Role.TARGET):
        cells = table.cells.iloc[:, plan.of_role(role)[0]]
        names = [name_of(cell, table.path, row) for cell, row in zip(cells, table.rows, strict=True)]
        ends.append(tuple("" if name.lower() in ERROR_CELLS else name for name in names))
    notes += _notes_of_names(table.path, (*ends[0], *ends[1]))
    source = plan.first(Role.SOURCE)
    given = table.column_texts(source) if source is not None else [""] * len(table.cells)
    sources = tuple(source or table.path.name for source in given)
    return EdgeList(table.path, ends[0], ends[1], tuple(labels), sources, table.rows, tuple(notes), plan)


def _notes_of_names(path: TableSource, names: tuple[str, ...]) -> list[str]:
    dates = find_date_names(dict.fromkeys(names))
    if not dates:
        return []
    return [f"{path.name}: names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: {listed(dates)}"]


def join_edges(
    edges: EdgeList, book: NameBook, tfs: frozenset[str] | None, *, refusal: Reason, findings: Findings
) -> pd.DataFrame:
    """Return the known edges between genes of the dataset, as the table LABELLED_PAIRS.

    Parameters
    ----------
    edges : EdgeList
    book : NameBook
    tfs : frozenset of str or None
        Symbols of the TFs; None where there is no list, and every regulator is one.
    refusal : Reason
        Why a pair with a name that is no gene of the dataset is refused.
    findings : Findings
        Takes refused rows: unknown genes, self pairs, repeats, pairs with both labels.

    Raises
    ------
    InputError
        No pair joins, or none of those that do is an edge.
    """
    for note in edges.notes:
        findings.note(note)
    ends = [_resolve(names, book, findings) for names in (edges.tfs, edges.targets)]
    pairs = list(zip(*ends, strict=True))
    both = _pairs_with_both_labels(pairs, edges.labels)
    first_row: dict[tuple[str | None, str | None], int] = {}
    taken = []
    for index, pair in enumerate(pairs):
        row, label = edges.rows[index], edges.labels[index]
        reason, detail = None, f"label {label}"
        if pair[0] is None or pair[1] is None:
            unknown = [n for n, s in zip((edges.tfs[index], edges.targets[index]), pair, strict=True) if s is None]
            reason, detail = refusal, ", ".join(dict.fromkeys(unknown))
        elif pair[0] == pair[1]:
            reason = Reason.SELF_PAIR
        elif pair in both:
            reason = Reason.CONTRADICTION
        elif tfs is not None and pair[0] not in tfs:
            reason = Reason.NOT_A_TF
        if pair in first_row and reason in (None, Reason.SELF_PAIR):
            reason, detail = Reason.REPEATED_PAIR, f"label {label}, first in row {first_row[pair]}"
        if reason is None:
            taken.append(index)
        else:
            shown = (pair[0] or edges.tfs[index], pair[1] or edges.targets[index])
            findings.reject(edges.path.name, row, PAIR_ARROW.join(shown), reason, detail)
        first_row.setdefault(pair, row)
    if both:
        findings.note(
            f"pairs with both labels, refused: {len(both)} ({listed(PAIR_ARROW.join(pair) for pair in both)})"
        )
    return _table_of(edges, pairs, taken, book, findings)


def _resolve(names: tuple[str, ...], book: NameBook, findings: Findings) -> list[str | None]:
    found: dict[str, str | None] = {}
    for name in dict.fromkeys(names):
        found[name] = book.resolve(name)
        if found[name] is None:
            findings.miss(name)
    return [found[name] for name in names]


def _pairs_with_both_labels(
    pairs: list[tuple[str | None, ...]], labels: tuple[int, ...]
) -> dict[tuple[str, ...], None]:
    seen: dict[tuple[str | None, ...], set[int]] = {}
    for pair, label in zip(pairs, labels, strict=True):
        seen.setdefault(pair, set()).add(label)
    known = {pair: found for pair, found in seen.items() if None not in pair and pair[0] != pair[1]}
    return {tuple(str(end) for end in pair): None for pair, found in known.items() if len(found) > 1}


def _table_of(
    edges: EdgeList,
    pairs: list[tuple[str | None, ...]],
    taken: list[int],
    book: NameBook,
    findings: Findings,
) -> pd.DataFrame:
    if not taken:
        reasons = dict.fromkeys(
            reason.split(REASON_MARK)[0] for file, *_, reason in findings.rejected if file == edges.path.name
        )
        raise InputError(
            f"{edges.path}: none of its {len(pairs)} pairs can be used ({', '.join(reasons)}); its names are such as "
            f"{listed(dict.fromkeys(edges.tfs), 3)}, those of the genes {listed(sorted(book.symbols), 3)}; "
            "--aliases translates names"
        )
    labels = [edges.labels[index] for index in taken]
    if not any(labels):
        raise InputError(
            f"{edges.path}: all {len(taken)} usable pairs have the label 0; expected some edges with label 1"
        )
    if all(labels):
        findings.note("all labels are positive: training will sample negatives")
    return pd.DataFrame(
        {
            TF: [pairs[index][0] for index in taken],
            TARGET: [pairs[index][1] for index in taken],
            LABEL: labels,
            SOURCE: [edges.sources[index] for index in taken],
            ROW: [edges.rows[index] for index in taken],
        }
    )
