"""The table of known edges: TF, target and, where there are any, label and source, in columns that are told apart here.

Every row of the file ends in `known_edges.parquet` or, with its reason, in `rejected.parquet`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from grnet.dataset.cells import header_word, listed, name_of, word_set
from grnet.dataset.edge_labels import counts_minus_as_edge, is_label, parse_labels
from grnet.dataset.findings import REASON_MARK, Findings, Reason
from grnet.dataset.names import NameBook
from grnet.dataset.table_files import RawTable, read_raw_table
from grnet.schema.errors import InputError
from grnet.schema.tables import LABEL, ROW, SOURCE, TARGET, TF

TF_HEADERS = word_set(
    "tf tfs tfname tfsymbol tfgene regulator regulatorname regulatorgene gene1 genea from factor "
    "transcriptionfactor sourcegene parent"
)
TARGET_HEADERS = word_set(
    "target targets targetgene targetname targetsymbol gene gene2 geneb genename to tg regulated regulatedgene child"
)
LABEL_HEADERS = word_set("label labels class y isedge known edge positive truth")
SIGN_HEADERS = word_set("type effect sign mode moa regulation interaction edgetype direction")
WEIGHT_HEADERS = word_set("weight mor score edgeweight importance confidence")
SOURCE_HEADERS = word_set("source sources database db evidence reference references pmid dataset origin")
ARROW = " -> "


@dataclass(frozen=True)
class EdgeList:
    """Pairs as they stand in the file.

    Attributes
    ----------
    path : Path
    tfs, targets, sources : tuple of str
    labels : tuple of int
        1 or 0.
    rows : tuple of int
        1-based.
    notes : tuple of str
    """

    path: Path
    tfs: tuple[str, ...]
    targets: tuple[str, ...]
    labels: tuple[int, ...]
    sources: tuple[str, ...]
    rows: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Columns:
    tf: int
    target: int
    label: int | None
    source: int | None
    minus_is_edge: bool = True
    unused: tuple[int, ...] = ()


def read_edge_list(path: Path) -> EdgeList:
    """Read pairs, labels and sources.

    Raises
    ------
    MissingInputError, InputError
        The file is missing or unreadable, has one column, or has a label that is none.
    """
    raw = read_raw_table(path)
    if raw.cells.shape[1] < 2:
        raise InputError(f"{path}: one column; expected TF, target and optionally a label and a source")
    words = [header_word(name) for name in raw.header or raw.row_texts(0)]
    named = _named_columns(words)
    if raw.header is not None or named is not None or _labels_say_header(raw):
        table = raw.take_header()
        if not len(table.cells):
            raise InputError(f"{path}: a header and no rows; expected a row for each known edge")
        if named is not None and raw.header is None:
            table, named = _settle_short_header(raw, table, named)
        columns = named or _placed_columns(table)
    else:
        table, columns = raw, _placed_columns(raw)
    return _read_columns(table, columns)


def _read_columns(table: RawTable, columns: _Columns) -> EdgeList:
    notes = list(table.notes)
    labels = [1] * len(table.cells)
    label = columns.label
    weighted = label is not None and table.header and header_word(table.header[label]) in WEIGHT_HEADERS
    if label is not None and weighted and not all(is_label(text) for text in table.column_texts(label)):
        columns = _Columns(columns.tf, columns.target, None, columns.source, unused=(*columns.unused, label))
        label = None
    if label is not None:
        labels = parse_labels(table, label, minus_is_edge=columns.minus_is_edge)
        if counts_minus_as_edge(table.column_texts(label), labels):
            notes.append(f"{table.path.name}: - and -1 were read as repression, which is an edge; write 0 for no edge")
    if columns.unused and table.header:
        unused = [table.header[c] or f"column {table.columns[c]}" for c in columns.unused]
        notes.append(f"{table.path.name}: columns that were not used: {listed(unused)}")
    ends = [
        tuple(name_of(cell, table.path, row) for cell, row in zip(table.cells.iloc[:, end], table.rows, strict=True))
        for end in (columns.tf, columns.target)
    ]
    given = table.column_texts(columns.source) if columns.source is not None else [""] * len(table.cells)
    sources = tuple(source or table.path.name for source in given)
    return EdgeList(table.path, ends[0], ends[1], tuple(labels), sources, table.rows, tuple(notes))


def _named_columns(words: list[str]) -> _Columns | None:
    """Return the columns by the names of a header; None where no names of TF and target are among them."""

    def first(names: frozenset[str], taken: tuple[int | None, ...] = ()) -> int | None:
        return next((column for column, word in enumerate(words) if word in names and column not in taken), None)

    tf = first(TF_HEADERS)
    if tf is None:
        tf = first(frozenset({"source"}))
    target = first(TARGET_HEADERS, (tf,))
    if tf is None or target is None:
        return None
    label = first(LABEL_HEADERS, (tf, target))
    signed = label is None
    if label is None:
        label = first(SIGN_HEADERS, (tf, target))
    if label is None:
        label = first(WEIGHT_HEADERS, (tf, target))
    source = first(SOURCE_HEADERS, (tf, target, label))
    unused = tuple(column for column in range(len(words)) if column not in (tf, target, label, source))
    return _Columns(tf, target, label, source, signed, unused)


def _settle_short_header(raw: RawTable, table: RawTable, named: _Columns) -> tuple[RawTable, _Columns]:
    """Tell what the column is that a header with one name too few leaves without: R's row names, or the labels."""
    header = tuple(raw.row_texts(0))
    if table.header == header:
        return table, named
    names = table.column_texts(0)
    shifted = _named_columns([header_word(name) for name in table.header or ()])
    if shifted is not None and names == [str(number) for number in range(1, len(names) + 1)]:
        return table, replace(shifted, unused=tuple(column for column in shifted.unused if column))
    table, last = replace(table, header=header), len(header) - 1
    if named.label is None and all(is_label(text) for text in table.column_texts(last)):
        named = replace(named, label=last, unused=tuple(column for column in named.unused if column != last))
    return table, named


def _placed_columns(table: RawTable) -> _Columns:
    """Return the columns by their place: TF, target, label, source."""
    width = table.cells.shape[1]
    return _Columns(0, 1, 2 if width > 2 else None, 3 if width > 3 else None, unused=tuple(range(4, width)))


def _labels_say_header(raw: RawTable) -> bool:
    """Tell whether the third column has labels everywhere but in the first row."""
    if raw.cells.shape[1] < 3 or len(raw.cells) < 2:
        return False
    texts = raw.column_texts(2)
    return bool(texts[0]) and not is_label(texts[0]) and all(is_label(text) for text in texts[1:])


def join_edges(
    edges: EdgeList, book: NameBook, tfs: frozenset[str] | None, *, refusal: Reason, findings: Findings
) -> pd.DataFrame:
    """Return the known edges between genes of the dataset, as the table KNOWN_EDGES.

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
            findings.reject(edges.path.name, row, ARROW.join(shown), reason, detail)
        first_row.setdefault(pair, row)
    if both:
        findings.note(f"pairs with both labels, refused: {len(both)} ({listed(ARROW.join(pair) for pair in both)})")
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
        findings.note("known edges are all positive: negatives will be sampled in training")
    return pd.DataFrame(
        {
            TF: [pairs[index][0] for index in taken],
            TARGET: [pairs[index][1] for index in taken],
            LABEL: labels,
            SOURCE: [edges.sources[index] for index in taken],
            ROW: [edges.rows[index] for index in taken],
        }
    )
