"""Edges in other shapes than one pair a row: SIF, gene sets (GMT), a TF and all its targets in a row, matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from grnet.dataset.reading.column_words import TARGET_HEADERS, TF_HEADERS
from grnet.dataset.reading.edge_columns import column_word
from grnet.dataset.reading.edge_matrices import find_matrix, read_matrix
from grnet.dataset.reading.edge_names import is_repressor_regulon, regulator_of, target_of
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.shaped_edges import ShapedEdges
from grnet.dataset.table_cells import is_number, quote, word_set
from grnet.schema.errors import InputError
from grnet.schema.sif_names import read_sif_name

SIF, GENE_SETS, ROWS = "SIF", "gene sets (GMT)", "a TF and its targets in each row"
COLUMNS = "a TF and its targets in each column"
SCORED_ROWS = "a TF, then targets and scores in turn, in each row"
_SIF_WORDS = word_set(
    "regulates activates represses inhibits activation repression inhibition pp pd pr rc interacts interacts-with "
    "interacts_with controls-expression-of controls-state-change-of binds stimulates induces targets tf-target "
    "regulation positive negative unknown + - -> --| grn"
)
_COLON = re.compile(r"([^\s:]+)\s*:\s*(\S+)")
_PEEK_ROWS, _MOST_TFS = 300, 0.9


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
    matrix = find_matrix(raw, genes, tfs) if not asked or asked.get(Role.TF) in ("rows", "columns") else None
    if matrix is not None or asked.get(Role.TF) in ("rows", "columns"):
        return read_matrix(raw, matrix, tfs, asked.get(Role.TF, ""), kind)
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
