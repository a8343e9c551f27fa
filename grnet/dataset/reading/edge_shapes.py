"""Edges in other shapes than one pair a row: SIF, gene sets (GMT), a TF and all its targets in a row, matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from grnet.dataset.cells import header_word, is_number, quote, word_set
from grnet.dataset.reading.column_words import TARGET_HEADERS, TF_HEADERS
from grnet.dataset.reading.edge_columns import column_word
from grnet.dataset.reading.edge_names import is_repressor_regulon, regulator_of, target_of
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.schema.errors import InputError
from grnet.schema.sif_names import read_sif_name

SIF, GENE_SETS, ROWS, MATRIX = "SIF", "gene sets (GMT)", "a TF and its targets in each row", "a matrix"
COLUMNS = "a TF and its targets in each column"
SCORED_ROWS = "a TF, then targets and scores in turn, in each row"
_SIF_WORDS = word_set(
    "regulates activates represses inhibits activation repression inhibition pp pd pr rc interacts interacts-with "
    "interacts_with controls-expression-of controls-state-change-of binds stimulates induces targets tf-target "
    "regulation positive negative unknown + - -> --| grn"
)
_COLON = re.compile(r"([^\s:]+)\s*:\s*(\S+)")
_NOT_MARKED = word_set("na n/a nan null none . false f no n")
_MARKED = word_set("true t yes y x +")
_PEEK_ROWS, _FEW_KNOWN, _MOST_TFS = 300, 0.2, 0.9


@dataclass(frozen=True)
class ShapedEdges:
    """Pairs of a file that has no row for each.

    Attributes
    ----------
    plan : ReadingPlan
    pairs : tuple of (tf, target, row, sign)
        The row is a place in the file, from 1; the sign is "" where unknown.
    scores : tuple of float or None
        Aligned with the pairs; None where the shape has none.
    """

    plan: ReadingPlan
    pairs: tuple[tuple[str, str, int, str], ...]
    scores: tuple[float, ...] | None = None


def read_shaped_edges(
    raw: RawTable, *, genes: Set[str], tfs: Set[str], choices: TableChoices, kind: TableKind
) -> ShapedEdges | None:
    """Read edges that are not one pair a row; None where they are, or where the shape is not recognised.

    Parameters
    ----------
    raw : RawTable
        Its rows may have different widths.
    genes, tfs : set of str
        Names of the genes and TFs of the dataset, as far as they are known.
    choices : TableChoices
    kind : TableKind

    Raises
    ------
    InputError
        A matrix does not tell which of its directions the TFs are, or is full of weights.
    """
    suffix = raw.path.name.lower()
    rows = [list(raw.row_texts(row)) for row in range(min(len(raw.cells), _PEEK_ROWS))]
    asked = dict(choices.roles)
    matrix = _find_matrix(raw, genes, tfs) if not asked or asked.get(Role.TF) in ("rows", "columns") else None
    if matrix is not None or asked.get(Role.TF) in ("rows", "columns"):
        return _read_matrix(raw, matrix, tfs, asked.get(Role.TF, ""), kind)
    if asked or raw.header is not None:
        return None
    if ".sif" in suffix or _is_sif(rows, genes):
        return ShapedEdges(_plan(raw, kind, SIF), tuple(_sif_pairs(raw)))
    if _is_scored_rows(rows):
        pairs, scores = _scored_pairs(raw)
        return ShapedEdges(_plan(raw, kind, SCORED_ROWS), pairs, scores)
    if ".gmt" in suffix or _is_gene_sets(rows, genes):
        first = sum(place <= 2 for place in raw.columns)  # an empty second column is not among the cells
        return ShapedEdges(_plan(raw, kind, GENE_SETS), tuple(_row_pairs(raw, genes, tfs, first=first)))
    if _is_columns(rows, genes, tfs):
        return ShapedEdges(_plan(raw, kind, COLUMNS), tuple(_column_pairs(raw, genes, tfs)))
    if _is_rows(rows, genes):
        return ShapedEdges(_plan(raw, kind, ROWS), tuple(_row_pairs(raw, genes, tfs, first=1)))
    return None


def _plan(raw: RawTable, kind: TableKind, shape: str) -> ReadingPlan:
    return ReadingPlan(raw.path, kind, raw.form, (), shape=shape)


def _is_sif(rows: Sequence[Sequence[str]], genes: Set[str]) -> bool:
    """Tell whether the second cell of each row is a word for an interaction."""
    if any(len([cell for cell in row if cell]) < 3 for row in rows):
        return False
    words = {row[1].lower() for row in rows}
    if words & {gene.lower() for gene in genes}:
        return False
    return len(words) <= 5 and words <= _SIF_WORDS and not any(is_number(row[2]) for row in rows)


def _is_gene_sets(rows: Sequence[Sequence[str]], genes: Set[str]) -> bool:
    filled = [[cell for cell in row if cell] for row in rows]
    if not genes or any(len(row) < 3 for row in filled) or max(map(len, filled)) < 5:
        return False
    rest = [cell for row in filled for cell in row[2:]]
    if any(is_number(cell) and cell not in genes for cell in rest):
        return False
    seconds = sum(row[1] in genes for row in filled)
    return sum(cell in genes for cell in rest) > 0.3 * len(rest) and seconds < 0.2 * len(filled)


def _is_rows(rows: Sequence[Sequence[str]], genes: Set[str]) -> bool:
    filled = [[cell for cell in row if cell] for row in rows]
    if any(column_word(cell) in TF_HEADERS | TARGET_HEADERS for cell in filled[0][:3]):
        return False
    rest = [cell for row in filled for cell in row[1:]]
    if max(map(len, filled)) < 4 or any(is_number(cell) for cell in rest):
        return False
    colons = [_COLON.fullmatch(row[0]) for row in filled]
    if all(colons) and genes:
        rest += [colon.group(2) for colon in colons if colon]
    if genes:
        return sum(cell in genes for cell in rest) > 0.7 * len(rest)
    return len({len(row) for row in filled}) > 2


def _sif_pairs(raw: RawTable) -> Iterator[tuple[str, str, int, str]]:
    for row in range(len(raw.cells)):
        source, *rest = [text for text in raw.row_texts(row) if text]
        if row == 0 and len(rest) > 1 and column_word(source) in TF_HEADERS | {"source"}:
            continue
        for target in rest[1:]:
            yield read_sif_name(source), read_sif_name(target), raw.rows[row], rest[0]


def _row_pairs(raw: RawTable, genes: Set[str], tfs: Set[str], *, first: int) -> Iterator[tuple[str, str, int, str]]:
    for row in range(len(raw.cells)):
        cells = raw.row_texts(row)
        colon = _COLON.fullmatch(cells[0]) if first == 1 and cells[0] not in genes else None
        name, others = (cells[0], cells[first:]) if colon is None else (colon.group(1), [colon.group(2), *cells[1:]])
        sign = "-" if is_repressor_regulon(name) else ""
        name = regulator_of(name.rstrip(":") or name, genes, tfs)
        for target in dict.fromkeys(target_of(cell, genes) for cell in others if cell):
            yield name, target, raw.rows[row], sign


def _is_columns(rows: Sequence[Sequence[str]], genes: Set[str], tfs: Set[str]) -> bool:
    """Tell whether the first row has TFs and each column below names targets of one."""
    if len(rows) < 2 or not tfs or not genes:
        return False
    over = {regulator_of(cell, genes, tfs) for cell in rows[0] if cell}
    beside = {regulator_of(row[0], genes, tfs) for row in rows if row[0]}
    rest = [cell for row in rows[1:] for cell in row if cell]
    shares = [len(names & tfs) / max(len(names), 1) for names in (over, beside)]
    known = sum(cell in genes for cell in rest)
    return len(over) > 2 and shares[0] > _MOST_TFS and shares[1] < shares[0] / 2 and known * 2 > len(rest)


def _column_pairs(raw: RawTable, genes: Set[str], tfs: Set[str]) -> Iterator[tuple[str, str, int, str]]:
    for column in range(raw.cells.shape[1]):
        first, *rest = raw.column_texts(column)
        sign = "-" if is_repressor_regulon(first) else ""
        for row, target in enumerate(rest, start=1):
            if first and target:
                yield regulator_of(first, genes, tfs), target_of(target, genes), raw.rows[row], sign


def _is_scored_rows(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether each row is a TF, then targets and numbers in turn, as in the .adj files of ARACNe."""
    filled = [[cell for cell in row if cell] for row in rows]
    if max(map(len, filled)) < 5 or any(len(row) % 2 == 0 for row in filled):
        return False
    names = [cell for row in filled for cell in (row[0], *row[1::2])]
    return all(is_number(cell) for row in filled for cell in row[2::2]) and not any(map(is_number, names))


def _scored_pairs(raw: RawTable) -> tuple[tuple[tuple[str, str, int, str], ...], tuple[float, ...]]:
    pairs, scores = [], []
    for row in range(len(raw.cells)):
        tf, *rest = [text for text in raw.row_texts(row) if text]
        for target, score in zip(rest[::2], rest[1::2], strict=False):
            if not is_number(score):
                place = f"{raw.line(row)}: after the target {quote(target)}"
                raise InputError(f"{place} stands {quote(score)}; expected its score, a number")
            pairs.append((tf, target, raw.rows[row], ""))
            scores.append(float(score))
    return tuple(pairs), tuple(scores)


@dataclass(frozen=True)
class _Matrix:
    """Where the parts of a matrix of genes are: the column of names, and the columns of values."""

    table: RawTable
    names: int
    values: tuple[int, ...]


def _find_matrix(raw: RawTable, genes: Set[str], tfs: Set[str]) -> _Matrix | None:
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
        return _Matrix(table, 0, values) if fits else None
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
    return _Matrix(table, names, values) if all(_is_marks(table.column_texts(c)) for c in values) else None


def _share(texts: Sequence[str], known: Set[str]) -> float:
    names = set(texts) - {""}
    return len(names & known) / max(len(names), 1)


def _is_marks(texts: Sequence[str]) -> bool:
    return all(is_number(text) or not text or text.lower() in _MARKED | _NOT_MARKED for text in texts)


def _mark(text: str) -> float:
    """Return a cell of a matrix as a number: 1 for x or TRUE, 0 for an empty cell or NA."""
    return float(text) if is_number(text) else float(text.lower() in _MARKED)


def _read_matrix(raw: RawTable, matrix: _Matrix | None, tfs: Set[str], asked: str, kind: TableKind) -> ShapedEdges:
    if matrix is None:
        table = raw.take_header()
        matrix = _Matrix(table, 0, tuple(range(1, table.cells.shape[1])))
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


def _direction_of(path: Path, corner: str, over: Sequence[str], beside: Sequence[str], tfs: Set[str]) -> str:
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
