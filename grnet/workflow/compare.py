"""`grnet compare`: networks of grnet and edge lists of other tools, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from grnet.dataset.known_edges import read_edge_list
from grnet.dataset.names import read_aliases
from grnet.dataset.reading.overrides import ColumnChoices
from grnet.dataset.reading.plan import TableKind
from grnet.dataset.scored_edges import read_scored_edges
from grnet.dataset.sources import TableLike, take_table
from grnet.evaluation.known_comparison import evaluate_lists
from grnet.evaluation.network_comparison import Comparison, compare_lists, join_edges
from grnet.evaluation.ranked_lists import RankedList, pair_keys, split_keys
from grnet.network.folder import StoredNetwork, load_network
from grnet.reports.comparison_page import write_comparison_report
from grnet.schema.arrays import UNLABELLED, Int8, Int32
from grnet.schema.errors import ConfigError, InputError, MissingInputError
from grnet.schema.folder_kinds import COMPARISON_FILE
from grnet.schema.network_folder import EDGES_FILE, GENES_FILE, NODES_FILE, PAGE_FILE, SUMMARY_FILE
from grnet.schema.progress import Progress
from grnet.schema.sizes import take_size
from grnet.schema.sources import GivenTable, TableSource
from grnet.schema.tables import GENES, ID, LABEL, SYMBOL, TARGET, TF
from grnet.scores.pair_scores import GeneNames, PairScores, read_pairs
from grnet.scores.reader import read_shards
from grnet.storage.documents import write_json
from grnet.storage.files import replace_file
from grnet.storage.folders import check_output_free, new_folder
from grnet.storage.read_limits import memory_limit
from grnet.storage.tables import read_table
from grnet.workflow.compared_page import check_page, write_compared_page
from grnet.workflow.given_networks import NetworkLike, is_folder, take_network
from grnet.workflow.progress import resolve_progress
from grnet.workflow.provenance import recorded

FIGURES_FILE, REPORT_FILE, UNION_FILE = COMPARISON_FILE, "report.html", "edges.parquet"


@dataclass(frozen=True)
class _Names:
    """The numbers of genes, what names in lists stand for, those that are known, and what the user says of columns."""

    numbers: GeneNames
    symbol_of: Mapping[str, str]
    known: Set[str]
    choices: ColumnChoices

    def number(self, names: Sequence[str]) -> Int32:
        """Return the number of each name, once it is translated."""
        return self.numbers.number(pa.array([self.symbol_of.get(name, name) for name in names], type=pa.string()))


@recorded("networks", "known", "aliases_file")
def compare(
    networks: Sequence[NetworkLike],
    *,
    known: TableLike | None = None,
    names: Sequence[str] = (),
    out: str | Path | None = None,
    top: int | None = None,
    page: bool = False,
    aliases: Mapping[str, str] | None = None,
    aliases_file: TableLike | None = None,
    columns: Sequence[str] = (),
    memory: int | str | None = None,
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> Comparison:
    """Set networks side by side: overlap, agreement of ranks and signs, and how well each finds known edges.

    Parameters
    ----------
    networks : sequence of path, network, DataFrame or networkx.DiGraph
        Two or more: networks of grnet or their folders, and edge lists of other tools (CSV, TSV, XLSX, Parquet,
        GraphML, SIF, or objects with the same columns).
    known : path, DataFrame, or list of rows, optional
        Table of TF, target and optionally label; each network is evaluated on the same pairs.
    names : sequence of str
        One for each network; the name of its folder or file where they are not given.
    out : path, optional
        Folder to write `comparison.json`, `report.html` and `edges.parquet` to, all edges that any network holds.
    top : int, optional
        How many of the best edges of each are compared; as many as the smallest has where it is not given.
    page : bool
        Write `network.html` into `out`: the edges of two networks of grnet in one drawing, by who keeps them.
    aliases, aliases_file
        Name in the lists and in `known` → symbol, as of :func:`grnet.evaluate`.
    columns : sequence of str
        What columns of lists are, where their reading plans are not right: "[FILE:]ROLE=COLUMN,…", such as
        "links.csv:score=coef_abs" or "known.csv:label=is_edge".
    memory : int or str, optional
        Bytes, or a size such as "2GB", that the contents of one list may take; most of what is free where it is not
        given.
    overwrite : bool
        Replace `out` where it is there.
    progress : bool or Progress
        True shows how the lists were read.

    Returns
    -------
    Comparison

    Raises
    ------
    MissingInputError, FormatError, InputError
        A file or folder is missing or damaged, is no list of edges, or shares no gene with the known edges.
    ConfigError
        `names` are not as many as the networks, or `page` is asked for without `out` or of anything but two networks
        of grnet.
    OutputExistsError
        `out` is there and `overwrite` is False.
    """
    progress = resolve_progress(progress)
    sources = _take_networks(networks)
    if out is not None:
        check_output_free(Path(out), overwrite=overwrite, marker=FIGURES_FILE)
    if page:
        check_page(sources, out)
    titles = _name_networks(sources, names)
    limit = take_size(memory, flag="--memory")
    with memory_limit(limit):
        given_aliases = None if aliases_file is None else take_table(aliases_file, "aliases_file")
        symbol_of = read_aliases(given_aliases, aliases or {})
    choices = ColumnChoices.parse(columns)
    given = [(TableKind.SCORES, source) for source in sources if not is_folder(source)]
    truth = None if known is None else take_table(known, "known")
    choices.check_files(given if truth is None else [*given, (TableKind.KNOWN_EDGES, truth)])
    genes = _Names(GeneNames(), symbol_of, _names_of_genes(sources) | set(symbol_of), choices)
    with memory_limit(limit):
        lists, notes = _read_all(sources, titles, genes, progress)
        edges = None if truth is None else _read_known(truth, genes, progress)
    comparison = compare_lists(lists, top=top, notes=notes)
    if edges is not None:
        comparison = replace(comparison, known=evaluate_lists(lists, edges, top=comparison.top))
    if out is not None:
        with new_folder(Path(out), overwrite=overwrite, marker=FIGURES_FILE) as folder:
            write_json(
                {"format": "grnet comparison", "format_version": 1, **comparison.to_json()}, folder / FIGURES_FILE
            )
            write_comparison_report(folder / REPORT_FILE, comparison, title=f"Networks compared: {', '.join(titles)}")
            _write_union(folder / UNION_FILE, lists, genes.numbers, edges)
            if page:
                write_compared_page(folder / PAGE_FILE, sources, titles)
    return comparison


def _take_networks(networks: Sequence[NetworkLike]) -> list[TableSource]:
    """Return the folders and lists of edges.

    Raises
    ------
    ConfigError
        Fewer than two.
    MissingInputError, InputError
        One is not there, or is a part of a network folder.
    """
    several = networks if isinstance(networks, list | tuple) else (networks,)
    if len(several) < 2:
        raise ConfigError(f"a comparison needs two networks or more, got {len(several)}")
    sources = [take_network(network, f"networks[{place}]") for place, network in enumerate(several)]
    for path in sources:
        if isinstance(path, GivenTable):
            continue
        if not path.exists():
            raise MissingInputError(f"{path}: no such file or folder; expected a network folder or a list of edges")
        if path.name in (SUMMARY_FILE, EDGES_FILE, NODES_FILE) and (path.parent / SUMMARY_FILE).is_file():
            raise InputError(f"{path}: is a file of a network folder; name the folder: {path.parent}")
    return sources


def _name_networks(sources: Sequence[TableSource], names: Sequence[str]) -> list[str]:
    """Return a name for each network, those that are alike with the folder above."""
    if names:
        if len(names) != len(sources):
            raise ConfigError(f"--names gives {len(names)} names for {len(sources)} networks; give one for each")
        return list(names)
    parts = [(source.name,) if isinstance(source, GivenTable) else source.resolve().parts for source in sources]
    titles = [own[-1] for own in parts]
    return titles if len(set(titles)) == len(titles) else ["/".join(own[-2:]) for own in parts]


def _read_all(
    sources: Sequence[TableSource], titles: Sequence[str], genes: _Names, progress: Progress
) -> tuple[list[RankedList], list[str]]:
    """Read each network, and return what the user should know of the reading."""
    lists: list[RankedList] = []
    notes: list[str] = []
    for source, title in zip(sources, titles, strict=True):
        if not isinstance(source, GivenTable) and source.is_dir():
            entry = _read_network(load_network(source), title, genes)
        else:
            entry, more = _read_list(source, title, genes, progress)
            notes += more
        progress.say(f"{title}: {entry.n_edges:,} edges, {len(entry.tf):,} pairs with a score")
        lists.append(entry)
    if not any(entry.complete for entry in lists):
        notes.append("None of the networks is from grnet, so pairs that a list does not contain have no score.")
    return lists, notes


def _read_network(network: StoredNetwork, name: str, genes: _Names) -> RankedList:
    """Return all candidates of a network of grnet."""
    pairs = PairScores.join([PairScores.empty(genes.numbers), *read_pairs(read_shards(network.path), genes.numbers)])
    place = np.empty(len(pairs), dtype=np.int64)
    place[pairs.order()] = np.arange(1, len(pairs) + 1)
    ends = [genes.numbers.number(pa.array(network.edges[end], type=pa.string())) for end in (TF, TARGET)]
    return RankedList(
        name=name,
        tf=pairs.tf,
        target=pairs.target,
        score=pairs.score,
        place=place,
        sign=np.nan_to_num(np.sign(pairs.correlation), nan=0.0).astype(np.int8),
        held=np.isin(pair_keys(pairs.tf, pairs.target), pair_keys(*ends)),
        complete=True,
        correlation=pairs.correlation,
        trained=pairs.label != UNLABELLED,
    )


def _read_list(path: TableSource, name: str, genes: _Names, progress: Progress) -> tuple[RankedList, tuple[str, ...]]:
    """Return the edges of a list of another tool; of the same score, the order of the names decides."""
    edges = read_scored_edges(path, genes=genes.known, choices=genes.choices)
    if edges.plan is not None:
        progress.say(edges.plan.describe())
    tf, target = genes.number(edges.tfs), genes.number(edges.targets)
    keys = pair_keys(tf, target)
    if len(np.unique(keys)) < len(keys):
        raise InputError(f"{path}: the aliases turn two pairs into one; remove one of the pairs")
    rank = genes.numbers.ranks()
    place = np.empty(len(keys), dtype=np.int64)
    place[np.lexsort((rank[target], rank[tf], -edges.scores))] = np.arange(1, len(keys) + 1)
    every = np.ones(len(keys), dtype=bool)
    return RankedList(name, tf, target, edges.scores, place, edges.signs, every), edges.notes


def _names_of_genes(sources: Sequence[TableSource]) -> set[str]:
    """Return the symbols and identifiers of the genes of the network folders among some sources."""
    names: set[str] = set()
    for source in sources:
        if not isinstance(source, GivenTable) and (source / GENES_FILE).is_file():
            table = read_table(source / GENES_FILE, GENES)
            names |= {*table[SYMBOL], *table[ID]} - {""}
    return names


def _read_known(path: TableSource, genes: _Names, progress: Progress) -> tuple[Int32, Int32, Int8]:
    """Return the distinct known edges as numbers of genes, and their labels."""
    edges = read_edge_list(path, genes=genes.known, choices=genes.choices)
    progress.say(edges.plan.describe())
    for note in edges.notes:
        progress.say(f"note: {note}")
    table = pd.DataFrame(
        {TF: genes.number(edges.tfs), TARGET: genes.number(edges.targets), LABEL: edges.labels}
    ).drop_duplicates()
    both = int(table.duplicated([TF, TARGET]).sum())
    if both:
        raise InputError(f"{path}: {both} pairs have both labels, 1 and 0; keep one label of each")
    return table[TF].to_numpy(np.int32), table[TARGET].to_numpy(np.int32), table[LABEL].to_numpy(np.int8)


def _write_union(
    path: Path,
    lists: Sequence[RankedList],
    names: GeneNames,
    known: tuple[Int32, Int32, Int8] | None,
) -> None:
    """Write every edge that any network holds, with a score, rank and sign of each network."""
    keys, columns = join_edges(lists)
    tf, target = split_keys(keys)
    order = np.lexsort((names.ranks()[target], names.ranks()[tf]))
    table = {TF: names.name(tf[order]), TARGET: names.name(target[order])}
    if known is not None:
        listed = pair_keys(known[0], known[1])
        place = np.argsort(listed)
        row = np.minimum(np.searchsorted(listed[place], keys), len(listed) - 1)
        hit = listed[place][row] == keys
        table[LABEL] = pa.array(known[2][place][row][order], mask=~hit[order])
    for name, values in columns.items():
        absent = (values["rank"] == 0)[order]
        table |= {f"{name} {word}": pa.array(column[order], mask=absent) for word, column in values.items()}
    with replace_file(path) as temporary:
        pq.write_table(pa.table(table), temporary, compression="zstd")
