"""A ranked edge list of another tool → TF, target and score of each edge.

Enter: tables under the names of grnet, decoupler, GENIE3, GRNBoost2, pySCENIC, SCENIC+, CellOracle, Inferelator,
ARACNe, SINCERITIES, PIDC, WGCNA or BEELINE, or without a header; GraphML; SIF. Leaves: each pair once with a score, the
higher the surer, and a sign where there is one.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np

from grnet.dataset.reading.edge_plan import plan_edges, unknown_columns
from grnet.dataset.reading.edge_shapes import read_shaped_edges
from grnet.dataset.reading.overrides import NO_COLUMN_CHOICES, ColumnChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.score_column import (
    find_score,
    find_sign,
    orient_scores,
    parse_signs,
    read_scores,
    with_score,
    without_decimal_commas,
)
from grnet.dataset.scored_files import ScoredRows, read_graphml, read_sif
from grnet.dataset.table_cells import is_number, name_of
from grnet.schema.arrays import Float64, Int8
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenTable, TableSource
from grnet.storage.read_limits import check_regular_file

_EXPECTED = (
    "expected TF, target and a score under a header such as TF,target,importance or source,target,weight or "
    "Gene1,Gene2,EdgeWeight, or three such columns without a header"
)


@dataclass(frozen=True, eq=False)
class ScoredEdges:
    """The edges of a file, each pair once, in the order of the file.

    Attributes
    ----------
    tfs, targets : tuple of str [E]
    scores : float64 array [E]
        Finite; 1 for all where the file has none.
    signs : int8 array [E]
        1, -1, or 0 where unknown.
    notes : tuple of str
        What the user should know of the reading.
    plan : ReadingPlan or None
        None for GraphML and SIF, whose parts have names of their own.
    """

    tfs: tuple[str, ...]
    targets: tuple[str, ...]
    scores: Float64
    signs: Int8
    notes: tuple[str, ...]
    plan: ReadingPlan | None = None


def read_scored_edges(
    path: TableSource, *, genes: Set[str] = frozenset(), choices: ColumnChoices = NO_COLUMN_CHOICES
) -> ScoredEdges:
    """Read a list of edges.

    Parameters
    ----------
    path : Path or GivenTable
    genes : set of str
        Names of the genes of the networks beside it, which tell columns of symbols from others.
    choices : ColumnChoices

    Negative scores are taken as repression, and their size as the score. A gene with itself and a row without the name
    of a gene are left out; of a pair that occurs several times the surest is taken.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        The file is not readable, its columns are not recognised, or a score is no finite number.
    """
    return _settle(path, _read_rows(path, genes, choices))


def _read_rows(path: TableSource, genes: Set[str], choices: ColumnChoices) -> ScoredRows:
    """Read the rows of a table, or of a file of nodes and edges."""
    if isinstance(path, GivenTable) or path.suffix.lower() not in (".graphml", ".sif"):
        return _read_table(path, genes, choices)
    check_regular_file(path, "a list of edges or a network folder")
    return read_graphml(path) if path.suffix.lower() == ".graphml" else read_sif(path)


def _read_table(path: TableSource, genes: Set[str], choices: ColumnChoices) -> ScoredRows:
    own = choices.of_table(TableKind.SCORES, path)
    raw = read_table(path, own.file, fits=is_name_sheet, ragged=True, long_text=1 << 62)
    shaped = read_shaped_edges(raw, genes=genes, tfs=frozenset(), choices=own, kind=TableKind.SCORES)
    if shaped is not None:
        tfs, targets = [tf for tf, *_ in shaped.pairs], [target for _, target, *_ in shaped.pairs]
        marks = [sign for *_, sign in shaped.pairs]
        scores = None if shaped.scores is None else list(shaped.scores)
        return ScoredRows(tfs, targets, scores, marks if any(marks) else None, notes=raw.notes, plan=shaped.plan)
    table, plan = plan_edges(raw, genes=genes, choices=own, kind=TableKind.SCORES)
    _check_recognised(raw, table, plan, own.roles != ())
    score = find_score(table, plan)
    sign = find_sign(table, plan, score)
    plan = with_score(plan, score, sign)
    ends = [
        [name_of(cell, path, row) for cell, row in zip(table.cells.iloc[:, end], table.rows, strict=True)]
        for end in (plan.of_role(Role.TF)[0], plan.of_role(Role.TARGET)[0])
    ]
    notes = list(raw.notes)
    scores = None
    if score is not None:
        texts, decimal = without_decimal_commas(table.column_texts(score))
        plan = replace(plan, decimal=decimal)
        scores, said = orient_scores(table, score, read_scores(table, score, texts))
        notes += [f"{path.name}: {table.column_name(score)}: {said}"] if said else []
    signs = None if sign is None else table.column_texts(sign)
    if signs is not None and all(is_number(text) for text in signs):
        signs = ["+" if float(text) > 0 else "-" if float(text) < 0 else "" for text in signs]
    return ScoredRows(ends[0], ends[1], scores, signs, notes=tuple(notes), plan=plan)


def _check_recognised(raw: RawTable, table: RawTable, plan: ReadingPlan, chosen: bool) -> None:
    """Raise where neither names nor places tell what the columns are."""
    if table.header is None and raw.cells.shape[1] > 3 and not chosen and not plan.of_role(Role.LABEL):
        raise InputError(unknown_columns(raw, raw.row_texts(0)))


def _settle(path: TableSource, rows: ScoredRows) -> ScoredEdges:
    """Return each pair once, with the size of its score."""
    notes = list(rows.notes)
    if not rows.tfs:
        raise InputError(f"{path}: holds no edges; {_EXPECTED}")
    if not rows.directed:
        notes.append(f"{path.name}: is not directed, so the first gene of each edge counts as its TF")
    if rows.scores is None:
        notes.append(f"{path.name}: has no scores, so all its edges get the same score")
    values = np.ones(len(rows.tfs)) if rows.scores is None else np.array(rows.scores)
    sign = np.zeros(len(values), dtype=np.int8) if rows.signs is None else parse_signs(rows.signs)
    if (values < 0).any():
        sign = np.where(sign == 0, np.sign(values), sign).astype(np.int8)
        notes.append(f"{path.name}: negative scores count as repression, and their size as the score")
    values = np.abs(values)
    best: dict[tuple[str, str], int] = {}
    n_self = n_nameless = 0
    for row, pair in enumerate(zip(rows.tfs, rows.targets, strict=True)):
        if not all(pair):
            n_nameless += 1
        elif pair[0] == pair[1]:
            n_self += 1
        elif pair not in best or values[row] > values[best[pair]]:
            best[pair] = row
    n_repeats = len(values) - n_self - n_nameless - len(best)
    for count, words in (
        (n_nameless, "rows lack the name of a gene and are left out"),
        (n_self, "edges of a gene with itself are left out"),
        (n_repeats, "rows repeat a pair; the surest of each is taken"),
    ):
        if count:
            notes.append(f"{path.name}: {count:,} {words}")
    if not best:
        raise InputError(f"{path}: holds no edge between two genes; {_EXPECTED}")
    taken = np.fromiter(best.values(), dtype=np.int64, count=len(best))
    tfs, targets = (tuple(pair[end] for pair in best) for end in (0, 1))
    return ScoredEdges(tfs, targets, values[taken], sign[taken], tuple(notes), rows.plan)
