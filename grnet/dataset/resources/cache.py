"""The cache of fetched resources: a folder for each, all or nothing, with a record of where it is from.

CACHE/SOURCE-ORGANISM/
    resource.toml               the record: address, date, licence, counts, what was left out, checksum of each file
    SOURCE-ORGANISM.download    as the database sent it
    SOURCE-ORGANISM.csv         known edges: tf, target, effect, source
    SOURCE-ORGANISM.tfs.txt     a TF on each line
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from grnet.dataset.resources.catalogue import Holds, Resource
from grnet.schema.errors import FormatError
from grnet.storage.checksums import sha256_of
from grnet.storage.documents import read_toml, write_toml
from grnet.storage.layouts import RESOURCE_FILE
from grnet.storage.read_limits import reading

VARIABLE = "GRNET_CACHE"
"""Environment variable: the folder of the cache."""
_ENDINGS: Mapping[Holds, str] = {"edges": ".csv", "tfs": ".tfs.txt"}


@dataclass(frozen=True)
class CachedResource:
    """A resource in the cache.

    Attributes
    ----------
    folder : Path
    name : str
        SOURCE:ORGANISM.
    title, address, licence, citation : str
    fetched : str
        Date, YYYY-MM-DD.
    levels : str
        Levels of confidence that were kept, such as "ABC"; "" where the source has none.
    n_tfs, n_edges : int
        Edges are 0 for a list of TFs.
    notes : tuple of str
        What was left out or joined.
    sha256 : mapping of str to str
        Name of each file → its SHA-256.
    """

    folder: Path
    name: str
    title: str
    address: str
    licence: str
    citation: str
    fetched: str
    levels: str
    n_tfs: int
    n_edges: int
    notes: tuple[str, ...]
    sha256: Mapping[str, str]

    @property
    def download(self) -> Path:
        """Return the file as the database sent it."""
        return self.folder / f"{self.folder.name}.download"

    def file_of(self, holds: Holds) -> Path:
        """Return the file of the known edges, or of the TFs."""
        return self.folder / f"{self.folder.name}{_ENDINGS[holds]}"


def cache_folder() -> Path:
    """Return the folder of the cache: GRNET_CACHE, or where the system keeps such folders."""
    own = os.environ.get(VARIABLE)
    if own:
        return Path(own).expanduser()
    import pooch

    return Path(pooch.os_cache("grnet"))


def folder_of(resource: Resource) -> Path:
    """Return where a resource is kept, or would be."""
    return cache_folder() / f"{resource.source}-{resource.organism}"


def find_cached(resource: Resource) -> CachedResource | None:
    """Return what the cache has of a resource; None where it has none.

    Raises
    ------
    FormatError
        A file is damaged: it is not what its record says.
    """
    folder = folder_of(resource)
    if not (folder / RESOURCE_FILE).is_file():
        return None
    return _open(folder, f"fetch it again: {say_fetch(resource)} --refresh")


def _open(folder: Path, again: str) -> CachedResource:
    """Return a resource of the cache, each file checked against the record.

    Raises
    ------
    FormatError
        The record cannot be read, or a file is not what it says; `again` is how to mend it.
    """
    record = folder / RESOURCE_FILE
    values = read_toml(record, mend=again)
    with reading(record, "the record of a fetched resource", mend=again, error=FormatError):
        cached = CachedResource(folder=folder, **(values | {"notes": tuple(values["notes"])}))
    for name, checksum in cached.sha256.items():
        file = folder / name
        if not file.is_file() or sha256_of(file) != checksum:
            raise FormatError(f"{file}: is missing or was changed since it was fetched; {again}")
    return cached


def write_record(cached: CachedResource, folder: Path) -> None:
    """Write the record of a resource whose files are in `folder`."""
    write_toml({key: value for key, value in asdict(cached).items() if key != "folder"}, folder / RESOURCE_FILE)


def describe_origin(source: object) -> dict[str, str]:
    """Return where a file of the cache is from, for `dataset.toml`; nothing for any other file or object."""
    if not isinstance(source, Path) or not (source.parent / RESOURCE_FILE).is_file():
        return {}
    if source.name not in {source.parent.name + ending for ending in _ENDINGS.values()}:
        return {}  # the folder is someone's own, which happens to hold a file of this name
    cached = _open(source.parent, "fetch it again")
    return {
        "resource": cached.name,
        "address": cached.address,
        "fetched": cached.fetched,
        "download_sha256": cached.sha256[cached.download.name],
        "licence": cached.licence,
        "citation": cached.citation,
        **({"levels": cached.levels} if cached.levels else {}),
        **({"notes": "; ".join(cached.notes)} if cached.notes else {}),
    }


def say_fetch(resource: Resource) -> str:
    """Return the command that brings a resource into the cache."""
    return f"grnet fetch {resource.holds} --source {resource.source} --organism {resource.organism}"
