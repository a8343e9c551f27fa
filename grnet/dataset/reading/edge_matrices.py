"""Edges in a matrix of genes: where its names and values are, and whether its rows or its columns are the TFs."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from grnet.dataset.reading.column_words import TARGET_HEADERS, TF_HEADERS
from grnet.dataset.reading.edge_columns import column_word
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.shaped_edges import ShapedEdges
from grnet.dataset.table_cells import header_word, is_number, quote, word_set
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource

MATRIX = "a matrix"
_NOT_MARKED = word_set("na n/a nan null none . false f no n")
_MARKED = word_set("true t yes y x +")
_FEW_KNOWN = 0.2


@dataclass(frozen=True)
class GeneMatrix:
    """Where the parts of a matrix of genes are: the column of names, and the columns of values."""

    table: RawTable
    names: int
    values: tuple[int, ...]


def find_matrix(raw: RawTable, genes: Set[str], tfs: Set[str]) -> GeneMatrix | None:
    """Return the matrix of a table whose header and one column name genes, with marks or numbers between; else None."""
    if len(raw.cells) < 2:
        return None
    known = genes | tfs
    first = raw.row_texts(0) if raw.header is None else raw.header
    if len(first) < 4 or (genes and sum(name in known for name in first) < 3):
        return None  # before the header is taken off a long list
    table = raw.take_header()
    header = list(table.header or ())
    words = {column_word(name) for name in header}
    if not genes:
        values = tuple(range(1, len(header)))
        plain = not any(is_number(header[column]) for column in values) and not words & (TF_HEADERS | TARGET_HEADERS)
        fits = len(values) > 4 and plain and all(_is_marks(table.column_texts(column)) for column in values)
        return GeneMatrix(table, 0, values) if fits else None
    values = tuple(column for column, name in enumerate(header) if name in known)
    others = [column for column, name in enumerate(header) if name not in known]
    if not others or len(values) < 3:
        return None
    shares = [_share(table.column_texts(column), known) for column in others]
    names = others[shares.index(max(shares))]
    values = tuple(column for column in range(len(header)) if column >= min(values))
    strangers = [header[column] for column in values if header[column] not in known]
    if max(shares) < _FEW_KNOWN or names in values or len(strangers) * 2 > len(values):
        return None
    return GeneMatrix(table, names, values) if all(_is_marks(table.column_texts(c)) for c in values) else None


def _share(texts: Sequence[str], known: Set[str]) -> float:
    names = set(texts) - {""}
    return len(names & known) / max(len(names), 1)


def _is_marks(texts: Sequence[str]) -> bool:
    return all(is_number(text) or not text or text.lower() in _MARKED | _NOT_MARKED for text in texts)


def _mark(text: str) -> float:
    """Return a cell of a matrix as a number: 1 for x or TRUE, 0 for an empty cell or NA."""
    return float(text) if is_number(text) else float(text.lower() in _MARKED)


def read_matrix(raw: RawTable, matrix: GeneMatrix | None, tfs: Set[str], asked: str, kind: TableKind) -> ShapedEdges:
    """Return the pairs of a matrix whose cells mark an edge.

    Parameters
    ----------
    raw : RawTable
    matrix : GeneMatrix or None
        None where the user says that the table is one: its first column has the names.
    tfs : set of str
        Names of the TFs of the dataset, as far as they are known.
    asked : str
        Where the TFs are, "rows" or "columns", by the user; "" to find out.
    kind : TableKind

    Raises
    ------
    InputError
        A cell is no mark or number, the direction is not told, or most cells are weights.
    """
    if matrix is None:
        table = raw.take_header()
        matrix = GeneMatrix(table, 0, tuple(range(1, table.cells.shape[1])))
    table = matrix.table
    for column in matrix.values:
        for row, text in enumerate(table.column_texts(column)):
            if text and not _is_marks([text]):
                raise InputError(f"{table.place(row, column)}: {quote(text)} in a matrix; expected 1, 0 or a weight")
    over = [table.column_name(column) for column in matrix.values]
    beside = table.column_texts(matrix.names)
    corner = table.header[matrix.names] if table.header else ""
    direction = asked or _direction_of(table.path, corner, over, beside, tfs)
    found: dict[tuple[str, str], tuple[int, float]] = {}
    for column, other in zip(matrix.values, over, strict=True):
        for row, (name, text) in enumerate(zip(beside, table.column_texts(column), strict=True)):
            value = _mark(text)
            if value:
                found.setdefault((name, other) if direction == "rows" else (other, name), (table.rows[row], value))
    values = {value for _, value in found.values()}
    scored = kind is TableKind.SCORES and not values <= {1.0, -1.0}
    if not scored and not values <= {1.0, -1.0} and len(found) > len(beside) * len(over) / 2:
        raise InputError(
            f"{raw.path}: a matrix of weights, most of them not 0, does not tell which pairs are edges; give a list "
            "of edges, or set to 0 what is none"
        )
    pairs = tuple((*pair, row, "-" if value < 0 else "") for pair, (row, value) in found.items())
    shape = f"{MATRIX} of TFs (its {direction}) × targets, 0 = not known to be an edge"
    role = Role.TF if direction == "rows" else Role.TARGET
    columns = [plan_column(table, matrix.names, role)]
    for c in range(min(matrix.values)):
        if c != matrix.names:
            columns.append(plan_column(table, c, Role.SET_ASIDE, "not used"))
    scores = tuple(value for _, value in found.values()) if scored else None
    return ShapedEdges(ReadingPlan(table.path, kind, table.form, tuple(columns), shape=shape, header=1), pairs, scores)


def _direction_of(path: TableSource, corner: str, over: Sequence[str], beside: Sequence[str], tfs: Set[str]) -> str:
    """Return whether the TFs are the rows or the columns of a matrix.

    Raises
    ------
    InputError
        It may be both.
    """
    word = header_word(corner)
    said = next((mark for mark in ("columns", "cols", "rows") if f"{mark}regulator" in word or f"{mark}tf" in word), "")
    said = "columns" if said == "cols" else said
    shares = [_share(names, tfs) for names in (beside, over)]
    found = ""
    if tfs and max(shares) > 0.9 and min(shares) < 0.9 * max(shares):
        found = "rows" if shares[0] > shares[1] else "columns"
    if (said or found) and found in ("", said or found):
        return said or found
    name = quote(path.name)[:-1]
    why = f"its first cell says that the {said} are regulators, but the {found} are in the list of TFs; which are they?"
    raise InputError(
        f"{path}: a matrix of genes: {why if said else 'are the TFs its rows or its columns?'} Say which: "
        f"--columns {name}:tf=rows' or --columns {name}:tf=columns'"
    )
