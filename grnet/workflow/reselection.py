"""The edges of a network folder chosen again, by other limits, from the scores in it: nothing is scored."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grnet.network.folder import GENES_FILE, SUMMARY_FILE, Network, load_network
from grnet.network.graph import build_nodes
from grnet.network.outlook import Outlook
from grnet.network.select import select_candidates
from grnet.network.shards import read_shards
from grnet.network.summary import summarise
from grnet.schema.configs import LIMITS, InferConfig, to_plain
from grnet.schema.errors import FormatError, OutputExistsError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.prior import Prior
from grnet.schema.storage import read_json
from grnet.schema.tables import GENES, read_table


def load_selected(
    path: Path,
    *,
    probability: float | None = None,
    expected_precision: float | None = None,
    top: int | None = None,
    top_per_target: int | None = None,
) -> Network:
    """Return the network in the folder `path` as it is, or, where any limit is given, with edges chosen by these.

    Raises
    ------
    MissingInputError, FormatError
        The folder or its scores are missing, damaged, or of an earlier version.
    ConfigError
        A limit is out of range.
    """
    limits = (probability, expected_precision, top, top_per_target)
    config = InferConfig(
        probability=probability, expected_precision=expected_precision, top=top, top_per_target=top_per_target
    )
    return load_network(path) if all(limit is None for limit in limits) else reselect(path, config)


def reselect(path: Path, config: InferConfig) -> Network:
    """Choose the edges of the network in the folder `path` by the limits of `config`.

    Parameters
    ----------
    path : Path
        A network folder with its scores.
    config : InferConfig
        Its limits count; nothing else does.

    Returns
    -------
    Network
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
    plain = to_plain(config)
    settings: dict[str, Any] = {
        **network.summary["settings"],
        "limits": {name: plain[name] for name in LIMITS if name in plain},
    }
    nodes = build_nodes(selection.edges, genes, seed=seed_of(network))
    outlook = None
    if "prior" in network.summary:
        outlook = Outlook.of_selection(selection, prior=Prior.from_json(network.summary["prior"]))
    summary = summarise(
        selection.edges,
        nodes,
        n_candidates=selection.counts.candidates,
        name=str(network.summary.get("name") or ""),
        settings=settings,
        outlook=outlook,
    )
    return Network(path, selection.edges, nodes, summary)


def check_apart(files: Iterable[Path], chosen: Network) -> None:
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
    return GeneCatalogue.from_frame(read_table(path / GENES_FILE, GENES))


def seed_of(network: Network) -> int:
    """Return the seed that communities and layout of a network were found with."""
    return int(network.summary["settings"].get("seed", 0))
