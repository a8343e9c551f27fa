"""`grnet fetch`: known edges and TF lists of public databases → the cache, and what can be fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grnet.dataset.resources.cache import CachedResource, cache_folder, find_cached
from grnet.dataset.resources.catalogue import Resource, choose_resource, list_resources
from grnet.dataset.resources.fetching import fetch_resource
from grnet.schema.errors import ConfigError, FormatError
from grnet.schema.progress import Progress
from grnet.workflow.progress import resolve_progress

__all__ = ["CachedResource", "ListedResource", "cache_folder", "fetch", "list_fetchable"]


@dataclass(frozen=True)
class ListedResource:
    """What can be fetched, and whether it was.

    Attributes
    ----------
    resource : Resource
    cached : CachedResource or None
        What the cache has of it, undamaged.
    damage : str
        What is wrong with what the cache has; "" if nothing is.
    """

    resource: Resource
    cached: CachedResource | None
    damage: str = ""


def fetch(
    what: Literal["tfs", "edges"],
    *,
    organism: str,
    source: str | None = None,
    levels: str | None = None,
    file: str | Path | None = None,
    refresh: bool = False,
    progress: bool | Progress = False,
) -> CachedResource:
    """Fetch known edges or a list of TFs of a public database into the cache, unless they are there.

    `prepare` and `evaluate` read them by name: `known_edges="collectri:human"`, `tfs="collectri:human"`.

    Parameters
    ----------
    what : {"tfs", "edges"}
    organism : str
        Such as "human", "mouse" or "fly"; Latin names and NCBI numbers are known, too.
    source : str, optional
        Such as "collectri", "dorothea" or "trrust". Without it, the first of the table that has the organism. The TFs
        of a source of edges are its regulators.
    levels : str, optional
        Levels of confidence of DoRothEA to keep, such as "AB"; "ABC" by default.
    file : path, optional
        The download, fetched by other means: for machines without a network.
    refresh : bool
        Fetch it even if the cache has it.
    progress : bool or Progress
        True tells what is fetched from where.

    Returns
    -------
    CachedResource
        Where it lies, counts, licence, citation, checksums, and what was left out.

    Raises
    ------
    InputError, ConfigError
        There is no such resource, or what was fetched is not of its form.
    DownloadError
        The server cannot be reached, refuses, or breaks off; or the checksum is another. Nothing was written.
    MissingInputError
        `file` is not there.
    """
    if what not in ("tfs", "edges"):
        raise ConfigError(f"what to fetch is tfs or edges, got {what!r}")
    resource = choose_resource(what, source, organism)
    return fetch_resource(
        resource,
        levels=levels,
        file=None if file is None else Path(file),
        refresh=refresh,
        progress=resolve_progress(progress),
    )


def list_fetchable() -> Iterator[ListedResource]:
    """Yield all that can be fetched, with what the cache has of it.

    Raises
    ------
    MissingInputError, InputError
        The file that GRNET_RESOURCES names is missing or wrong.
    """
    for resource in list_resources():
        try:
            yield ListedResource(resource, find_cached(resource))
        except FormatError as error:
            yield ListedResource(resource, None, str(error))
