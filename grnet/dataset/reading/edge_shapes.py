"""Edges in other shapes than one pair a row: SIF, gene sets (GMT), a TF and all its targets in a row, matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from grnet.dataset.cells import header_word, is_number, quote, word_set
from grnet.dataset.reading.column_words import TARGET_HEADERS, TF_HEADERS
from grnet.dataset.reading.edge_plan import column_word
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ColumnPlan, ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.schema.errors import InputError
from grnet.schema.sif_names import read_sif_name

SIF, GENE_SETS, ROWS, MATRIX = "SIF", "gene sets (GMT)", "a TF and its targets in each row", "a matrix"
_REGULON = re.compile(
    r"\s*(?:_?\(?[+-](?:/[+-])?\)?|_extended)?\s*(?:\(\d+\s*g(?:enes)?\))?(?:_regulons?|_targets?)?$", re.I
)
_SIF_WORDS = word_set(
    "regulates activates represses inhibits activation repression inhibition pp pd pr rc interacts interacts-with "
    "interacts_with controls-expression-of controls-state-change-of binds stimulates induces targets tf-target "
    "regulation positive negative unknown + - -> --| grn"
)
_MANY = re.compile(r"[,;|/]\s*")
_PEEK_ROWS = 300


@dataclass(frozen=True)
class ShapedEdges:
    """Pairs of a file that has no row for each.

    Attributes
    ----------
    plan : ReadingPlan
    pairs : tuple of (tf, target, row, sign)
        The row is a place in the file, from 1; the sign is "" where unknown.
    """

    plan: ReadingPlan
    pairs: tuple[tuple[str, str, int, str], ...]


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
    if asked.get(Role.TF) in ("rows", "columns") or (not asked and _is_matrix(raw, genes)):
        return _read_matrix(raw, tfs, asked.get(Role.TF, ""), kind)
    if asked or raw.header is not None:
        return None
    if ".sif" in suffix or _is_sif(rows, genes):
        return ShapedEdges(_plan(raw, kind, SIF), tuple(_sif_pairs(raw)))
    if ".gmt" in suffix or _is_gene_sets(rows, genes):
        return ShapedEdges(_plan(raw, kind, GENE_SETS), tuple(_row_pairs(raw, first=2)))
    if _is_rows(rows, genes):
        return ShapedEdges(_plan(raw, kind, ROWS), tuple(_row_pairs(raw, first=1)))
    return None


def split_targets(names: Sequence[str], genes: Set[str]) -> list[list[str]] | None:
    """Return the names in each cell of a column of targets; None where each cell holds one name.

    Parameters
    ----------
    names : sequence of str
    genes : set of str
        Known names; without any, a comma between words is enough.
    """
    several = [name for name in names if _MANY.search(name) and name not in genes]
    if not several:
        return None
    parts = [part for name in several for part in _MANY.split(name) if part]
    known = sum(part in genes for part in parts)
    if genes and known * 2 < len(parts):
        return None
    if not genes and not all("," in name or ";" in name for name in several):
        return None
    return [
        [part.strip() for part in _MANY.split(name) if part.strip()] if name not in genes else [name] for name in names
    ]


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
    seconds = sum(row[1] in genes for row in filled)
    return sum(cell in genes for cell in rest) > 0.3 * len(rest) and seconds < 0.2 * len(filled)


def _is_rows(rows: Sequence[Sequence[str]], genes: Set[str]) -> bool:
    filled = [[cell for cell in row if cell] for row in rows]
    if any(column_word(cell) in TF_HEADERS | TARGET_HEADERS for cell in filled[0][:3]):
        return False
    rest = [cell for row in filled for cell in row[1:]]
    if max(map(len, filled)) < 4 or any(is_number(cell) for cell in rest):
        return False
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


def _row_pairs(raw: RawTable, *, first: int) -> Iterator[tuple[str, str, int, str]]:
    for row in range(len(raw.cells)):
        cells = raw.row_texts(row)
        name = _REGULON.sub("", cells[0]) or cells[0]
        sign = "-" if re.search(r"\(-\)|_-(/[+-])?$", cells[0]) else ""
        for target in dict.fromkeys(cell for cell in cells[first:] if cell):
            yield name, target, raw.rows[row], sign


def _is_matrix(raw: RawTable, genes: Set[str]) -> bool:
    """Tell whether the first row and the first column name genes, and all between are numbers."""
    header = list(raw.header) if raw.header is not None else raw.row_texts(0)
    names = header[1:] if raw.header is not None or not raw.has_short_header() else header[:-1]
    if len(names) < 3 or len(raw.cells) < 2:
        return False
    words = {column_word(name) for name in header}
    if words & TF_HEADERS and words & TARGET_HEADERS and not genes & set(names):
        return False
    start = 0 if raw.header is not None else 1
    body = [raw.row_texts(row)[1:] for row in range(start, min(len(raw.cells), 50))]
    numbers = [cell for row in body for cell in row]
    if not all(is_number(cell) for cell in numbers if cell) or any(is_number(name) for name in names if name):
        return False
    known = sum(name in genes for name in names)
    return known * 2 > len(names) if genes else len(names) > 4


def _read_matrix(raw: RawTable, tfs: Set[str], asked: str, kind: TableKind) -> ShapedEdges:
    table = raw.take_header()
    columns = list(range(1, table.cells.shape[1]))
    over = [(table.header or ())[column] for column in columns]
    beside = table.column_texts(0)
    direction = asked or _direction_of(table, over, beside, tfs)
    pairs, n_cells, values = [], 0, set()
    for row, name in enumerate(beside):
        for column, other in zip(columns, over, strict=True):
            text = table.row_texts(row)[column] if column == columns[0] else ""
            del text
            value = str(table.cells.iat[row, column]).strip()
            n_cells += 1
            if value and is_number(value) and float(value) != 0:
                values.add(value)
                tf, target = (name, other) if direction == "rows" else (other, name)
                pairs.append((tf, target, table.rows[row], "-" if float(value) < 0 else ""))
    binary = {value.removesuffix(".0") for value in values} <= {"1", "-1"}
    if not binary and len(pairs) > n_cells / 2:
        raise InputError(
            f"{raw.path}: a matrix of weights, most of them not 0, says not which pairs are edges; give a list of "
            "edges, or "
            "set to 0 what is none"
        )
    plan = _plan(table, kind, f"{MATRIX} of TFs (its {direction}) × targets, 0 = not known to be an edge")
    name_column = ColumnPlan(0, table.columns[0], table.column_name(0), Role.TF if direction == "rows" else Role.TARGET)
    return ShapedEdges(
        ReadingPlan(plan.path, kind, plan.form, (name_column,), shape=plan.shape, header=1), tuple(pairs)
    )


def _direction_of(table: RawTable, over: Sequence[str], beside: Sequence[str], tfs: Set[str]) -> str:
    """Return whether the TFs are the rows or the columns of a matrix.

    Raises
    ------
    InputError
        It may be both.
    """
    corner = header_word((table.header or ("",))[0])
    for word, direction in (
        ("colsregulator", "columns"),
        ("columnsregulator", "columns"),
        ("colstf", "columns"),
        ("rowsregulator", "rows"),
        ("rowstf", "rows"),
        ("regulators", ""),
    ):
        if word in corner and direction:
            return direction
    shares = [sum(name in tfs for name in names) / max(len(names), 1) for names in (beside, over)]
    if tfs and max(shares) > 0.9 and min(shares) < 0.9 * max(shares):
        return "rows" if shares[0] > shares[1] else "columns"
    name = quote(table.path.name)
    raise InputError(
        f"{table.path}: a matrix of genes: are the TFs its rows or its columns? Say which: "
        f"--columns {name[:-1]}:tf=rows' or --columns {name[:-1]}:tf=columns'"
    )
