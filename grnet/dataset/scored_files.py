"""GraphML and SIF, and the rows that any file of scored edges is read into."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grnet.dataset.reading.column_words import SIGN_HEADERS
from grnet.dataset.reading.edge_columns import column_word
from grnet.dataset.reading.plan import ReadingPlan
from grnet.dataset.score_column import SCORES_IN_ORDER
from grnet.dataset.table_cells import is_number, quote
from grnet.schema.errors import InputError
from grnet.schema.sif_names import read_sif_name
from grnet.storage.read_limits import check_memory, reading

if TYPE_CHECKING:
    import networkx as nx

_BYTES_PER_LETTER = 20
"""What a letter of a file takes with the graph or the lists that hold it."""


@dataclass(frozen=True, eq=False)
class ScoredRows:
    """What a file of edges says, row by row.

    Attributes
    ----------
    tfs, targets : list of str
    scores : list of float or None
        None where the file has none.
    signs : list of str or None
        Words for signs; None where the file has none.
    directed : bool
    notes : tuple of str
        What the user should know of the reading.
    plan : ReadingPlan or None
        None for GraphML and SIF.
    """

    tfs: list[str]
    targets: list[str]
    scores: list[float] | None
    signs: list[str] | None
    directed: bool = True
    notes: tuple[str, ...] = ()
    plan: ReadingPlan | None = None


def read_graphml(path: Path) -> ScoredRows:
    """Read GraphML; a node is named by its attribute `name`, where it has one, else by its id."""
    check_memory(path, path.stat().st_size * _BYTES_PER_LETTER, "its nodes and edges")
    with reading(path, "GraphML", mend="write it again, or save its edges as CSV"):
        graph = _read_graph(path)
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
    return ScoredRows(tfs, targets, scores, signs, directed=graph.is_directed(), notes=notes)


def _read_graph(path: Path) -> nx.Graph[str]:
    """Read the first graph of a file; its numbers stay as they are written, for :func:`is_number` to judge."""
    from networkx.readwrite.graphml import GraphMLReader

    reader = GraphMLReader()
    reader.python_type = {kind: bool if python is bool else str for kind, python in reader.python_type.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of attributes without a type, which are text
        graph: nx.Graph[str] = next(reader(path=path))
    return graph


def _as_score(value: object, path: Path) -> float:
    if not is_number(str(value)):
        raise InputError(f"{path}: an edge has the score {quote(value)}; expected a number for each edge")
    return float(str(value))


def read_sif(path: Path) -> ScoredRows:
    """Read SIF, which has no scores; one line may name several targets, or a gene without any.

    Raises
    ------
    InputError
        It is no text in UTF-8, or a line has two cells: its cells are divided by tabs or by spaces, not by both.
    """
    tfs, targets, signs = [], [], []
    check_memory(path, path.stat().st_size * _BYTES_PER_LETTER, "its lines")
    with reading(path, "text", mend="save it in UTF-8"):
        lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        source, *rest = line.split("\t") if "\t" in line else line.split()
        if len(rest) == 1 or not all(map(str.strip, (source, *rest))):
            raise InputError(
                f"{path}:{number}: {quote(line)}; expected a TF, an interaction and targets, all of them divided by "
                "tabs, or all by spaces"
            )
        for target in rest[1:]:
            tfs.append(read_sif_name(source))
            targets.append(read_sif_name(target))
            signs.append(rest[0])
    return ScoredRows(tfs, targets, None, signs)
