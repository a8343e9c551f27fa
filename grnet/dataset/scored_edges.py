"""A ranked list of edges that some tool wrote: TF, target and how sure, in columns that are told apart here.

Enter: CSV, TSV (gzip of these), XLSX or Parquet under the names of grnet, decoupler, arboreto / pySCENIC or BEELINE,
or without a header; GraphML; SIF. Leaves: each pair once with a score, the higher the surer, and a sign where there is
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.dataset.cells import header_word, is_number, name_of, quote, word_set
from grnet.dataset.known_edges import SIGN_HEADERS, TARGET_HEADERS, TF_HEADERS
from grnet.dataset.table_files import RawTable, read_raw_table
from grnet.schema.errors import InputError, MissingInputError
from grnet.schema.sif_names import read_sif_name

SCORES_IN_ORDER = ("probability", "importance", "edgeweight", "weight", "score", "confidence", "mor", "value")
"""Headers of scores; of several in one file the first of these is taken."""
_PLUS = word_set("+ 1 +1 activation activator activates activating positive pos up induction stimulation")
_MINUS = word_set("- -1 − repression repressor represses repressing inhibition inhibits negative neg down")
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
    """

    tfs: tuple[str, ...]
    targets: tuple[str, ...]
    scores: npt.NDArray[np.float64]
    signs: npt.NDArray[np.int8]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Rows:
    """What a file says, row by row; None where it has no such column."""

    tfs: list[str]
    targets: list[str]
    scores: list[float] | None
    signs: list[str] | None
    directed: bool = True


def read_scored_edges(path: Path) -> ScoredEdges:
    """Read a list of edges.

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
    rows = _read_graphml(path) if suffix == ".graphml" else _read_sif(path) if suffix == ".sif" else _read_table(path)
    return _settle(path, rows)


def _read_table(path: Path) -> _Rows:
    raw = read_raw_table(path)
    words = [header_word(name) for name in raw.header or raw.row_texts(0)]
    tf = _first(words, TF_HEADERS | {"source"})
    target = _first(words, TARGET_HEADERS, (tf,))
    if tf is not None and target is not None:
        table = raw.take_header()
        score = next((words.index(name) for name in SCORES_IN_ORDER if name in words), None)
        sign = _first(words, SIGN_HEADERS, (tf, target, score))
    elif raw.header is None and raw.cells.shape[1] in (2, 3):
        headed = raw.cells.shape[1] == 3 and not is_number(raw.row_texts(0)[2])
        table = raw.take_header() if headed else raw
        tf, target, score, sign = 0, 1, 2 if raw.cells.shape[1] == 3 else None, None
    else:
        raise InputError(
            f"{path}: the columns {', '.join(map(quote, raw.row_texts(0)[:6]))} are not known; {_EXPECTED}"
        )
    ends = [
        [name_of(cell, path, row) for cell, row in zip(table.cells.iloc[:, end], table.rows, strict=True)]
        for end in (tf, target)
    ]
    scores = None if score is None else _read_scores(table, score)
    return _Rows(ends[0], ends[1], scores, None if sign is None else table.column_texts(sign))


def _read_scores(table: RawTable, column: int) -> list[float]:
    texts = table.column_texts(column)
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
    fields = {header_word(name): name for *_, values in rows[:1] for name in values}
    score = next((fields[name] for name in SCORES_IN_ORDER if name in fields), None)
    sign = next((fields[name] for name in sorted(SIGN_HEADERS) if name in fields), None)
    tfs, targets = [names[source] for source, *_ in rows], [names[target] for _, target, _ in rows]
    scores = None if score is None else [_as_score(values.get(score), path) for *_, values in rows]
    signs = None if sign is None else [str(values.get(sign, "")) for *_, values in rows]
    return _Rows(tfs, targets, scores, signs, directed=graph.is_directed())


def _as_score(value: object, path: Path) -> float:
    if not is_number(str(value)):
        raise InputError(f"{path}: an edge has the score {quote(value)}; expected a number for each edge")
    return float(str(value))


def _read_sif(path: Path) -> _Rows:
    """Read SIF, which has no scores; one line may name several targets."""
    tfs, targets, signs = [], [], []
    try:
        lines = path.read_bytes().decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not readable as text ({error}); save it in UTF-8") from error
    tabs = any("\t" in line for line in lines)
    for line in filter(None, lines):
        source, *rest = line.split("\t") if tabs else line.split()
        for target in rest[1:]:
            tfs.append(read_sif_name(source))
            targets.append(read_sif_name(target))
            signs.append(rest[0])
    return _Rows(tfs, targets, None, signs)


def _settle(path: Path, rows: _Rows) -> ScoredEdges:
    """Return each pair once, with the size of its score."""
    notes = []
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
    return ScoredEdges(tfs, targets, values[taken], sign[taken], tuple(notes))


def _parse_signs(texts: Iterable[str]) -> npt.NDArray[np.int8]:
    words = [text.strip().lower() for text in texts]
    return np.array([(word in _PLUS) - (word in _MINUS) for word in words], dtype=np.int8)


def _first(words: Sequence[str], names: frozenset[str], taken: tuple[int | None, ...] = ()) -> int | None:
    return next((column for column, word in enumerate(words) if word in names and column not in taken), None)
