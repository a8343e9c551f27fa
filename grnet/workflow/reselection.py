"""The edges of a network folder chosen again, by other limits, from the scores in it: nothing is scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from grnet.network.folder import MEND, StoredNetwork, load_network
from grnet.network.graph import build_nodes
from grnet.network.novel_edges import NovelEdges
from grnet.network.selection import select_candidates
from grnet.network.summary import describe_selection, summarise
from grnet.probability.prior import Prior
from grnet.probability.prior_fit import read_prior_fit
from grnet.probability.probability_limits import ProbabilityLimits
from grnet.schema.configs import InferConfig
from grnet.schema.errors import FormatError, OutputExistsError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.network_folder import CALIBRATION_FILE, GENES_FILE, SCORES_FOLDER, SUMMARY_FILE
from grnet.schema.tables import GENES
from grnet.scores.reader import read_shards
from grnet.storage.documents import read_json
from grnet.storage.read_limits import reading
from grnet.storage.tables import read_table


def load_selected(
    path: Path,
    *,
    probability: float | None = None,
    expected_precision: float | None = None,
    top: int | None = None,
    top_per_target: int | None = None,
    with_known: bool = False,
) -> StoredNetwork:
    """Return the network in the folder `path` as it is, or, where any limit is given, with edges chosen by these.

    With `with_known` alone, edges are chosen by the limits of the folder, and known edges are added.

    Raises
    ------
    MissingInputError, FormatError
        The folder or its scores are missing, damaged, or of an earlier version.
    ConfigError
        A limit is out of range.
    """
    config = InferConfig(
        probability=probability,
        expected_precision=expected_precision,
        top=top,
        top_per_target=top_per_target,
        with_known=with_known,
    )
    if config.limits:
        return reselect(path, config)
    network = load_network(path)
    return reselect(path, replace(config, **_limits_of(network))) if with_known else network


def _limits_of(network: StoredNetwork) -> dict[str, Any]:
    """Return the limits that a network folder was inferred with; none where it is the default network."""
    default = network.summary.get("selection", {}).get("rule") == "default"
    return {} if default else dict(network.summary["settings"]["limits"])


def reselect(path: Path, config: InferConfig) -> StoredNetwork:
    """Choose the edges of the network in the folder `path` by the limits of `config`.

    Parameters
    ----------
    path : Path
        A network folder with its scores.
    config : InferConfig
        Its limits count, and `with_known`; nothing else does.

    Returns
    -------
    StoredNetwork
        As :func:`grnet.infer_network` would have made it with these limits, but that no model was asked how many of
        the edges it would keep alone. Nothing is written.

    Raises
    ------
    MissingInputError, FormatError
        The folder or its scores are missing, damaged, or of an earlier version.
    """
    network = load_network(path)
    genes = load_catalogue(path)
    selection = select_candidates(lambda: read_shards(path), config)
    settings: dict[str, Any] = {**network.summary["settings"], "limits": selection.limits}
    lost = int(network.summary.get("selection", {}).get("known_without_score", 0))
    nodes = build_nodes(selection.edges, genes, seed=network.seed)
    novel_edges = None
    if "prior" in network.summary:
        prior = Prior.from_json(network.summary["prior"])
        novel_edges = NovelEdges.of_selection(selection, prior=prior, limits=_load_limits(path))
    summary = summarise(
        selection.edges,
        nodes,
        n_candidates=selection.counts.candidates,
        name=str(network.summary.get("name") or ""),
        settings=settings,
        selection=describe_selection(selection, config, known_without_score=lost),
        novel_edges=novel_edges,
    )
    return StoredNetwork(selection.edges, nodes, summary, path=path)


def _load_limits(path: Path) -> ProbabilityLimits | None:
    """Return the limits of the probabilities in a network folder; None where an earlier version wrote none."""
    file = path / SCORES_FOLDER / CALIBRATION_FILE
    return read_prior_fit(file).limits if file.is_file() else None


def check_apart(files: Iterable[Path], chosen: StoredNetwork) -> None:
    """Make sure that no file of a network folder is replaced by one with other edges than the folder's.

    Raises
    ------
    OutputExistsError
        One would be.
    """
    for file in files:
        summary = file.parent / SUMMARY_FILE
        if file.exists() and summary.is_file() and read_json(summary) != chosen.summary:
            raise OutputExistsError(
                f"{file}: belongs to the network in {file.parent}, which has other edges, and is left as it is; "
                "choose another place with -o"
            )


def load_catalogue(path: Path) -> GeneCatalogue:
    """Return all genes of the dataset that a network folder was inferred from.

    Raises
    ------
    FormatError
        It was written by an earlier version, which kept those with an edge only.
    """
    if not (path / GENES_FILE).is_file():
        raise FormatError(
            f"{path}: lacks {GENES_FILE}, so edges cannot be chosen again; infer the network anew with this version"
        )
    table = read_table(path / GENES_FILE, GENES, mend=MEND)
    with reading(path / GENES_FILE, "a list of genes", mend=MEND, error=FormatError):
        return GeneCatalogue.from_frame(table)
