"""A ranked list of edges that some tool wrote: TF, target and how sure, in columns that are told apart here.

Enter: tables under the names of grnet, decoupler, GENIE3, GRNBoost2, pySCENIC, SCENIC+, CellOracle, Inferelator,
ARACNe, SINCERITIES, PIDC, WGCNA or BEELINE, or without a header; GraphML; SIF. Leaves: each pair once with a score, the
higher the surer, and a sign where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.dataset.cells import is_decimal_comma, is_number, listed, name_of, quote, word_set
from grnet.dataset.reading.column_words import LABEL_HEADERS, POSITION_HEADERS, SIGN_HEADERS, SOURCE_HEADERS
from grnet.dataset.reading.edge_columns import column_word
from grnet.dataset.reading.edge_plan import plan_edges, unknown_columns
from grnet.dataset.reading.edge_shapes import read_shaped_edges
from grnet.dataset.reading.overrides import NO_COLUMN_CHOICES, ColumnChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.schema.errors import InputError, MissingInputError
from grnet.schema.sif_names import read_sif_name

SCORES_IN_ORDER = [
    "probability",
    "importance",
    "edgeweight",
    "weight",
    "coefabs",
    "importancexrho",
    "importancetf2g",
    "combinedconfidences",
    "combinedconfidence",
    "mi",
    "mutualinformation",
    "score",
    "combinedscore",
    "confidence",
    "mor",
    "coefmean",
    "coef",
    "value",
    "strength",
    "likelihood",
    "correlation",
    "corval",
    "corr",
    "cor",
    "pcc",
    "pearson",
    "spearman",
    "partialcorrelation",
    "tripletscore",
    "tfgener",
    "coefficient",
    "estimate",
    "logp",
    "neglog10p",
    "mlog10p",
    "regulation",
    "interaction",
]
"""Headers of scores; of several in one file the first of these is taken."""
SMALLER_IS_STRONGER = word_set("p q rank distance dist")
"""Headers of p-values, ranks and distances; they count where a file has no score."""
_P_VALUE = re.compile(r"pval(ue)?|padj|qval(ue)?|fdr|^[pq]$|padjusted")
_LOGARITHM = re.compile(r"^(neg|minus|m)?log(10|2)?.*(p|q|fdr)")
_SIGN_OF_SCORE = (
    "coefmean",
    "betasignsum",
    "rhotf2g",
    "correlation",
    "corval",
    "corr",
    "cor",
    "mor",
    "rho",
    "coefficient",
    "estimate",
)
_PLUS = word_set("+ 1 +1 activation activator activates activating positive pos up induction stimulation")
_MINUS = word_set("- -1 − repression repressor represses repressing inhibition inhibits negative neg down")
_SMALLEST = 1e-300
_SIGNS = {-1.0, 0.0, 1.0}
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
    scores: npt.NDArray[np.float64]
    signs: npt.NDArray[np.int8]
    notes: tuple[str, ...]
    plan: ReadingPlan | None = None


@dataclass(frozen=True, eq=False)
class _Rows:
    """What a file says, row by row; None where it has no such column."""

    tfs: list[str]
    targets: list[str]
    scores: list[float] | None
    signs: list[str] | None
    directed: bool = True
    notes: tuple[str, ...] = ()
    plan: ReadingPlan | None = None


def read_scored_edges(
    path: Path, *, genes: Set[str] = frozenset(), choices: ColumnChoices = NO_COLUMN_CHOICES
) -> ScoredEdges:
    """Read a list of edges.

    Parameters
    ----------
    path : Path
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
    suffix = path.suffix.lower()
    if suffix in (".graphml", ".sif") and not path.is_file():
        raise MissingInputError(f"{path}: no such file; expected a list of edges or a network folder")
    if suffix == ".graphml":
        rows = _read_graphml(path)
    else:
        rows = _read_sif(path) if suffix == ".sif" else _read_table(path, genes, choices)
    return _settle(path, rows)


def _read_table(path: Path, genes: Set[str], choices: ColumnChoices) -> _Rows:
    own = choices.of_table(TableKind.SCORES, path)
    raw = read_table(path, own.file, fits=is_name_sheet, ragged=True, long_text=1 << 62)
    shaped = read_shaped_edges(raw, genes=genes, tfs=frozenset(), choices=own, kind=TableKind.SCORES)
    if shaped is not None:
        tfs, targets = [tf for tf, *_ in shaped.pairs], [target for _, target, *_ in shaped.pairs]
        marks = [sign for *_, sign in shaped.pairs]
        scores = None if shaped.scores is None else list(shaped.scores)
        return _Rows(tfs, targets, scores, marks if any(marks) else None, notes=raw.notes, plan=shaped.plan)
    table, plan = plan_edges(raw, genes=genes, choices=own, kind=TableKind.SCORES)
    _check_recognised(raw, table, plan, own.roles != ())
    score = _find_score(table, plan)
    sign = _find_sign(table, plan, score)
    plan = with_score(plan, score, sign)
    ends = [
        [name_of(cell, path, row) for cell, row in zip(table.cells.iloc[:, end], table.rows, strict=True)]
        for end in (plan.of_role(Role.TF)[0], plan.of_role(Role.TARGET)[0])
    ]
    notes = list(raw.notes)
    scores = None
    if score is not None:
        texts, decimal = _without_decimal_commas(table.column_texts(score))
        plan = replace(plan, decimal=decimal)
        scores, said = _orient(table, score, _read_scores(table, score, texts))
        notes += [f"{path.name}: {table.column_name(score)}: {said}"] if said else []
    signs = None if sign is None else table.column_texts(sign)
    if signs is not None and all(is_number(text) for text in signs):
        signs = ["+" if float(text) > 0 else "-" if float(text) < 0 else "" for text in signs]
    return _Rows(ends[0], ends[1], scores, signs, notes=tuple(notes), plan=plan)


def _check_recognised(raw: RawTable, table: RawTable, plan: ReadingPlan, chosen: bool) -> None:
    """Raise where neither names nor places tell what the columns are."""
    if table.header is None and raw.cells.shape[1] > 3 and not chosen and not plan.of_role(Role.LABEL):
        raise InputError(unknown_columns(raw, raw.row_texts(0)))


def _find_score(table: RawTable, plan: ReadingPlan) -> int | None:
    """Return the column of scores; None where there is none.

    Raises
    ------
    InputError
        Several columns of numbers may be the score.
    """
    chosen = plan.first(Role.SCORE)
    if chosen is not None:
        return chosen
    words = [column_word(name) for name in table.header or [""] * table.cells.shape[1]]
    ends = (*plan.of_role(Role.TF), *plan.of_role(Role.TARGET))
    named = [words.index(word) for word in SCORES_IN_ORDER if word in words and words.index(word) not in ends]
    for column in named:
        if all(map(is_number, _without_decimal_commas(table.column_texts(column)[:50])[0])):
            return column
    if named and words[named[0]] not in SIGN_HEADERS:
        return named[0]
    for column, word in enumerate(words):
        ranked = _smaller_is_stronger(word) and word not in ("distance", "dist")  # often that of a peak to the gene
        if column not in ends and (ranked or _LOGARITHM.search(word)):
            return column
    free = [c.index for c in plan.columns if c.index not in ends and c.reason not in ("row index", "identifiers")]
    numeric = [column for column in free if _may_be_score(table, column)]
    if len(numeric) > 1:
        graded = [column for column in numeric if not {float(text) for text in table.column_texts(column)} <= _SIGNS]
        numeric = graded if graded or table.header is not None else numeric
    if len(numeric) > 1:
        names = [table.column_name(column) for column in numeric]
        first = names[0] if table.header is not None else f"#{table.columns[numeric[0]]}"
        raise InputError(
            f"{table.path}: {len(names)} columns of numbers may be the score ({listed(names)}); say which: "
            f"--columns 'scores:score={first}'"
        )
    if len(numeric) == 1:
        return numeric[0]
    return free[0] if len(free) == 1 and table.header is None else None


def _may_be_score(table: RawTable, column: int) -> bool:
    word = column_word(table.header[column]) if table.header else ""
    texts = _without_decimal_commas(table.column_texts(column))[0]
    return word not in POSITION_HEADERS | SOURCE_HEADERS | LABEL_HEADERS and all(map(is_number, texts))


def _smaller_is_stronger(word: str) -> bool:
    return word in SMALLER_IS_STRONGER or word.endswith("rank") or bool(_P_VALUE.search(word))


def _without_decimal_commas(texts: list[str]) -> tuple[list[str], str]:
    """Return numbers with points, and the mark that they had."""
    if any(map(is_decimal_comma, texts)) and all(is_decimal_comma(t) or t.lstrip("+-").isdigit() for t in texts):
        return [text.replace(",", ".") for text in texts], ","
    return texts, "."


def _orient(table: RawTable, column: int, values: list[float]) -> tuple[list[float], str]:
    """Return scores of which the larger are stronger, and what the user should know of that.

    Raises
    ------
    InputError
        A column of p-values has values outside 0 to 1, or logarithms of p-values of both signs.
    """
    name = table.header[column] if table.header else ""
    word = column_word(name)
    if _LOGARITHM.search(word):
        if min(values) < 0 < max(values):
            raise InputError(
                f"{table.path}: the column {quote(name)} has positive and negative logarithms of p-values; expected "
                "one sign; name another column with --columns 'scores:score=NAME'"
            )
        return [abs(value) for value in values], "the smaller, the stronger" if min(values) < 0 else ""
    if not _smaller_is_stronger(word):
        known = word in SCORES_IN_ORDER or not word
        return values, "" if known else "taken as the score: the larger, the stronger"
    if not _P_VALUE.search(word):
        low = min(values)
        return [1 / (1 + value - low) for value in values], "the smaller, the stronger"
    if min(values) < 0 or max(values) > 1:
        raise InputError(
            f"{table.path}: the column {quote(name)} has values from {min(values):g} to {max(values):g}; expected "
            "p-values from 0 to 1; call the column -log10(p) if the larger are stronger"
        )
    return [-np.log10(max(value, _SMALLEST)) for value in values], "the smaller, the stronger"


def _find_sign(table: RawTable, plan: ReadingPlan, score: int | None) -> int | None:
    words = [column_word(name) for name in table.header or [""] * table.cells.shape[1]]
    ends = (*plan.of_role(Role.TF), *plan.of_role(Role.TARGET), score)
    for column, word in enumerate(words):
        if column not in ends and word in SIGN_HEADERS:
            said = {text.lower() for text in table.column_texts(column)}
            if said & (_PLUS | _MINUS):
                return column
    return next((words.index(word) for word in _SIGN_OF_SCORE if word in words and words.index(word) not in ends), None)


def with_score(plan: ReadingPlan, score: int | None, sign: int | None) -> ReadingPlan:
    """Return the plan with the columns of score and sign that a ranked list has."""
    changed = {score: Role.SCORE, sign: Role.SIGN}
    columns = []
    for column in plan.columns:
        role = changed.get(column.index)
        if role is None and column.role in (Role.SIGN, Role.LABEL, Role.WEIGHT):
            columns.append(replace(column, role=Role.SET_ASIDE, reason="not used"))
        else:
            columns.append(replace(column, role=role, reason="") if role is not None else column)
    return replace(plan, columns=tuple(columns))


def _read_scores(table: RawTable, column: int, texts: list[str]) -> list[float]:
    for row, text in enumerate(texts):
        if not is_number(text):
            raise InputError(f"{table.place(row, column)}: the score {quote(text)}; expected a number for each edge")
    return [float(text) for text in texts]


def _read_graphml(path: Path) -> _Rows:
    """Read GraphML; a node is named by its attribute `name`, where it has one, else by its id."""
    from xml.etree.ElementTree import ParseError

    import networkx as nx

    try:
        graph = nx.read_graphml(path)
    except (ParseError, nx.NetworkXError, ValueError, KeyError) as error:
        raise InputError(f"{path}: not readable as GraphML ({error})") from error
    names = {node: str(values.get("name") or node) for node, values in graph.nodes(data=True)}
    rows: list[tuple[Any, Any, dict[str, Any]]] = list(graph.edges(data=True))
    fields = {column_word(name): name for *_, values in rows for name in values}
    score = next((fields[name] for name in SCORES_IN_ORDER if name in fields), None)
    sign = next((fields[name] for name in sorted(SIGN_HEADERS) if name in fields), None)
    tfs, targets = [names[source] for source, *_ in rows], [names[target] for _, target, _ in rows]
    lacking = 0 if score is None else sum(score not in values for *_, values in rows)
    scores = None if score is None else [_as_score(values.get(score, 0.0), path) for *_, values in rows]
    signs = None if sign is None else [str(values.get(sign, "")) for *_, values in rows]
    notes = (f"{path.name}: {lacking:,} edges lack {quote(score)} and are placed last",) if lacking else ()
    return _Rows(tfs, targets, scores, signs, directed=graph.is_directed(), notes=notes)


def _as_score(value: object, path: Path) -> float:
    if not is_number(str(value)):
        raise InputError(f"{path}: an edge has the score {quote(value)}; expected a number for each edge")
    return float(str(value))


def _read_sif(path: Path) -> _Rows:
    """Read SIF, which has no scores; one line may name several targets."""
    tfs, targets, signs = [], [], []
    try:
        lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not readable as text ({error}); save it in UTF-8") from error
    for line in filter(None, lines):
        source, *rest = line.split("\t") if "\t" in line else line.split()
        for target in rest[1:]:
            tfs.append(read_sif_name(source))
            targets.append(read_sif_name(target))
            signs.append(rest[0])
    return _Rows(tfs, targets, None, signs)


def _settle(path: Path, rows: _Rows) -> ScoredEdges:
    """Return each pair once, with the size of its score."""
    notes = list(rows.notes)
    if not rows.tfs:
        raise InputError(f"{path}: holds no edges; {_EXPECTED}")
    if not rows.directed:
        notes.append(f"{path.name}: is not directed, so the first gene of each edge counts as its TF")
    if rows.scores is None:
        notes.append(f"{path.name}: has no scores, so its edges count as equally sure")
    values = np.ones(len(rows.tfs)) if rows.scores is None else np.array(rows.scores)
    sign = np.zeros(len(values), dtype=np.int8) if rows.signs is None else _parse_signs(rows.signs)
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


def _parse_signs(texts: Iterable[str]) -> npt.NDArray[np.int8]:
    words = [text.strip().lower() for text in texts]
    return np.array([(word in _PLUS) - (word in _MINUS) for word in words], dtype=np.int8)
