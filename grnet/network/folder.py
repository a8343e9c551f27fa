"""A network folder: what inference leaves behind, written and loaded back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from grnet.network.network import Network
from grnet.network.page_display import show_page
from grnet.network.summary import FORMAT, FORMAT_VERSION
from grnet.probability.prior import PRIOR_FORM
from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.network_folder import (
    EDGES_FILE,
    GENE_SETS_FILE,
    NODES_FILE,
    PAGE_FILE,
    SCORES_FOLDER,
    SHARD_PATTERN,
    SUMMARY_FILE,
)
from grnet.schema.network_formats import NETWORK_FORMATS
from grnet.schema.tables import EDGES, NODES, SCORES, SIGN, SIGNS, SYMBOL, TARGET, TF
from grnet.scores.reader import read_shards
from grnet.storage.checksums import check_record
from grnet.storage.documents import read_json
from grnet.storage.entries import Flag, Form, ListOf, Number, OrNull, TableOf, Text, Whole, check_entries
from grnet.storage.tables import read_table

MEND = "infer the network anew with: grnet infer-network"
"""How to mend a network folder that is damaged."""
_PROBABILITY = OrNull(Number(0, 1))
_LIMITS_FORM: Form = {
    "probability?": Number(0, 1),
    "expected_precision?": Number(0, 1),
    "top?": Whole(1),
    "top_per_target?": Whole(1),
}
_NOVEL_FORM: Form = {
    "ranking_only": Flag(),
    "unlabelled": {
        "edges": Whole(0),
        "expected_precision": _PROBABILITY,
        "expected_precision_interval": OrNull(ListOf(Number(0, 1), 2, 2)),
        "expected_true?": OrNull(Number(0)),
        "highest_probability": _PROBABILITY,
        "limits?": OrNull(TableOf(ListOf(Number(0, 1), 1))),
    },
    "survival": {"edges": Whole(0), "threshold": _PROBABILITY, "members": ListOf(Whole(0))},
}
"""What a summary with a prior says of novel edges."""
_FORM: Form = {
    "name?": Text(),
    **dict.fromkeys(("candidates", "edges", "known", "novel", "genes", "tfs", "targets"), Whole(0)),
    "probability": {"lowest": _PROBABILITY, "highest": _PROBABILITY},
    "communities": ListOf(Whole(1)),
    "settings": {"limits?": _LIMITS_FORM, "seed?": OrNull(Whole(0))},
    "selection?": {"rule": Text(), "with_known?": Flag(), "known_without_score?": Whole(0)},
    "prior?": PRIOR_FORM,
    "versions?": TableOf(Text()),
    "statement?": ListOf(Text()),
}
"""What is read of `summary.json`; networks of earlier versions lack some of it."""

_CHECKED_LATER = (
    f"{SCORES_FOLDER}/{SHARD_PATTERN}",
    PAGE_FILE,
    GENE_SETS_FILE,
    *(entry.file_name for entry in NETWORK_FORMATS),
)
"""Shards are checked as they are read. Pages, tables of gene sets and files for other tools are not read, but written
anew at any time; a command that was ended before the record followed can be given again."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredNetwork(Network):
    """A network in its folder.

    Attributes
    ----------
    path : Path
        The folder.
    """

    path: Path

    def scores(self) -> Iterator[pd.DataFrame]:
        """Yield the score shards, every candidate in the columns of `SCORES`: see :func:`read_shards`."""
        for table in read_shards(self.path):
            yield table.cast(SCORES).to_pandas()

    def show(self) -> Any:
        """Show the network's page: in a notebook in the cell, else in a browser; see :func:`show_page`."""
        return show_page(self.path / PAGE_FILE)


def load_network(path: str | Path) -> StoredNetwork:
    """Load the network in the folder `path`.

    Raises
    ------
    MissingInputError
        The folder is not there.
    FormatError
        It is no network folder, is damaged, or was written by another format version.
    """
    path = Path(path)
    if not path.exists():
        raise MissingInputError(
            f"{path}: no such folder; expected a network folder, as `grnet infer-network` writes it"
        )
    missing = [name for name in (EDGES_FILE, NODES_FILE, SUMMARY_FILE) if not (path / name).is_file()]
    if missing:
        raise FormatError(
            f"{path}: not a network folder (lacks {', '.join(missing)}); expected what `grnet infer-network` writes"
        )
    summary = read_json(path / SUMMARY_FILE, mend=MEND)
    found = (summary.get("format"), summary.get("format_version"))
    if found != (FORMAT, FORMAT_VERSION):
        raise FormatError(
            f"{path / SUMMARY_FILE}: format {found[0]!r} version {found[1]!r}, expected {FORMAT!r} version "
            f"{FORMAT_VERSION}; infer the network anew with this version of grnet"
        )
    form = {**_FORM, **_NOVEL_FORM} if "prior" in summary else _FORM
    check_entries(summary, form, path / SUMMARY_FILE, mend=MEND)
    edges, nodes = read_table(path / EDGES_FILE, EDGES, mend=MEND), read_table(path / NODES_FILE, NODES, mend=MEND)
    _check_tables(path, edges, nodes)
    _check_figures(path, summary, len(edges))
    check_record(path, mend=MEND, passing=_CHECKED_LATER)
    return StoredNetwork(edges, nodes, summary, path=path)


def _check_tables(path: Path, edges: pd.DataFrame, nodes: pd.DataFrame) -> None:
    """Raise FormatError where the two tables do not belong together."""
    repeated = nodes[SYMBOL][nodes[SYMBOL].duplicated()]
    if len(repeated):
        raise FormatError(f"{path / NODES_FILE}: the gene {repeated.iloc[0]!r} occurs twice; {MEND}")
    unknown = sorted(set(edges[SIGN]) - set(SIGNS))
    if unknown:
        raise FormatError(f"{path / EDGES_FILE}: the sign {unknown[0]!r}, expected one of {', '.join(SIGNS)}; {MEND}")
    lacking = sorted({*edges[TF], *edges[TARGET]} - set(nodes[SYMBOL]))
    if lacking:
        raise FormatError(
            f"{path / EDGES_FILE}: {len(lacking)} genes are not in {NODES_FILE}, the first is {lacking[0]!r}; {MEND}"
        )


def _check_figures(path: Path, summary: Mapping[str, Any], n_edges: int) -> None:
    """Raise FormatError where the summary is of other edges, or lacks a figure of those that there are."""
    lacks = summary["edges"] and None in summary["probability"].values()
    novel = summary.get("unlabelled", {})
    if summary["edges"] != n_edges or lacks or (novel.get("edges") and novel["expected_precision"] is None):
        raise FormatError(f"{path / SUMMARY_FILE}: its figures are not those of the {n_edges:,} edges; {MEND}")
