"""`grnet evaluate`: a network folder and known edges → figures, JSON and a report page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.dataset.known_edges import read_edge_list
from grnet.dataset.names import read_aliases
from grnet.dataset.reading.overrides import ColumnChoices
from grnet.dataset.reading.plan import TableKind
from grnet.dataset.sources import TableLike, take_table
from grnet.evaluation.candidate_stream import CandidateBlock, CandidateStream
from grnet.evaluation.counted_pairs import UniverseName
from grnet.evaluation.network_evaluation import NetworkEvaluation, evaluate_scores
from grnet.network.folder import MEND, StoredNetwork, load_network
from grnet.probability.prior import Prior
from grnet.reports.evaluation_page import write_evaluation_report
from grnet.schema.arrays import Indices, Int32
from grnet.schema.folder_kinds import EVALUATION_FILE
from grnet.schema.network_folder import GENES_FILE
from grnet.schema.progress import Progress
from grnet.schema.sizes import take_size
from grnet.schema.tables import GENES, ID, LABEL, PROBABILITY, SYMBOL, TARGET, TF
from grnet.scores.pair_scores import GeneNames, read_pairs
from grnet.scores.reader import read_shards
from grnet.storage.documents import write_json
from grnet.storage.folders import check_output_free, new_folder
from grnet.storage.read_limits import memory_limit
from grnet.storage.tables import read_table
from grnet.workflow.given_networks import InFolder, folder_of
from grnet.workflow.progress import resolve_progress
from grnet.workflow.provenance import recorded

FIGURES_FILE = EVALUATION_FILE


@recorded("network", "known", "aliases_file")
def evaluate(
    network: str | Path | InFolder,
    known: TableLike,
    *,
    out: str | Path | None = None,
    universe: UniverseName = "auto",
    novel_only: bool = False,
    aliases: Mapping[str, str] | None = None,
    aliases_file: TableLike | None = None,
    columns: Sequence[str] = (),
    memory: int | str | None = None,
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> NetworkEvaluation:
    """Compare every scored candidate of a network with known edges.

    Parameters
    ----------
    network : path or network
        A network folder, as :func:`grnet.infer_network` writes it, or what :func:`grnet.load_network` returns.
    known : path, DataFrame, or list of (tf, target) or (tf, target, label)
        Table of TF, target and optionally label (CSV, TSV, XLSX, Parquet).
    out : path, optional
        Folder to write `evaluation.json` and `report.html` to.
    universe : {"auto", "labelled", "tested", "all"}
        Which pairs count: those that `known` labels; TFs × targets of its positives, what is not listed being
        negative; or every candidate. "auto" is "labelled" where `known` has negatives, else "tested".
    novel_only : bool
        Leave out the pairs that the model was trained on.
    aliases : mapping of str to str, optional
        Name in `known` → symbol in the network.
    aliases_file : path, optional
        The same as a table of two columns, name and symbol; it adds to `aliases`.
    columns : sequence of str
        What columns of `known` are, where its reading plan is not right: "ROLE=COLUMN,…", such as "label=is_edge".
    memory : int or str, optional
        Bytes, or a size such as "2GB", that the contents of one table may take; most of what is free where it is not
        given.
    overwrite : bool
        Replace `out` where it is there.
    progress : bool or Progress
        True shows how `known` was read.

    Returns
    -------
    NetworkEvaluation
        Figures beside the baselines on the same pairs, expected and observed precision, and the known edges that could
        not be scored, with reason.

    Raises
    ------
    MissingInputError, FormatError
        A file or folder is missing or damaged.
    InputError
        The known edges or aliases cannot be read, contradict each other, or no known edge is a candidate.
    OutputExistsError
        `out` is there and `overwrite` is False.
    """
    if out is not None:
        check_output_free(Path(out), overwrite=overwrite, marker=FIGURES_FILE)
    progress = resolve_progress(progress)
    loaded = load_network(folder_of(network))
    listed = take_table(known, "known")
    limit = take_size(memory, flag="--memory")
    with memory_limit(limit):
        given_aliases = None if aliases_file is None else take_table(aliases_file, "aliases_file")
        symbol_of = read_aliases(given_aliases, aliases or {})
    choices = ColumnChoices.parse((columns,) if isinstance(columns, str) else columns)
    choices.check_files([(TableKind.KNOWN_EDGES, listed)])
    with memory_limit(limit):
        edges = read_edge_list(listed, genes=_names_of_genes(loaded.path) | set(symbol_of), choices=choices)
    progress.say(edges.plan.describe())
    for note in edges.notes:
        progress.say(f"note: {note}")
    table = pd.DataFrame(
        {
            TF: [symbol_of.get(name, name) for name in edges.tfs],
            TARGET: [symbol_of.get(name, name) for name in edges.targets],
            LABEL: edges.labels,
        }
    )
    candidates = _stream_candidates(loaded)
    prior = Prior.from_json(loaded.summary["prior"]).value if "prior" in loaded.summary else None
    result = evaluate_scores(candidates, table, universe=universe, novel_only=novel_only, prior=prior)
    if out is not None:
        with new_folder(Path(out), overwrite=overwrite, marker=FIGURES_FILE) as folder:
            write_json(result.to_json(), folder / FIGURES_FILE)
            title = f"{loaded.summary.get('name') or loaded.path.name} against {listed.name}"
            write_evaluation_report(folder / "report.html", result, title=title)
    return result


def _names_of_genes(network: Path) -> set[str]:
    """Return the symbols and identifiers of the genes of a network."""
    if not (network / GENES_FILE).is_file():
        return set()
    table = read_table(network / GENES_FILE, GENES, mend=MEND)
    return {*table[SYMBOL], *table[ID]} - {""}


def _stream_candidates(network: StoredNetwork) -> CandidateStream:
    """Return the candidates of a network, a shard at a time, with genes as numbers."""
    names = GeneNames()

    def number(symbols: Sequence[str]) -> Int32:
        return names.number(pa.array(symbols, type=pa.string()))

    tf, target = (number(network.edges[name].tolist()) for name in (TF, TARGET))
    kept = np.sort(_pair_keys(tf, target))
    lowest = network.edges[PROBABILITY].min()  # NaN without edges: then nothing is as high

    def read_blocks() -> Iterator[CandidateBlock]:
        for pairs in read_pairs(read_shards(network.path), names):
            rows = np.flatnonzero(pairs.probability >= lowest)  # most are not, and looking them up takes longest
            keys = _pair_keys(pairs.tf[rows], pairs.target[rows])
            inside = np.zeros(len(pairs), dtype=bool)
            inside[rows] = np.append(kept, -1)[np.searchsorted(kept, keys)] == keys
            yield CandidateBlock(
                pairs.tf, pairs.target, pairs.score, pairs.probability, pairs.correlation, pairs.label, inside
            )

    return CandidateStream(read_blocks(), number)


def _pair_keys(tf: Int32, target: Int32) -> Indices:
    """Return one integer for each pair of genes, 0 or more."""
    return tf.astype(np.int64) << 32 | target.astype(np.int64)
