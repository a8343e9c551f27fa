"""A resource of the table → its files in the cache: downloaded, checked, and written as grnet reads them."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grnet.dataset.resources.cache import CachedResource, find_cached, folder_of, write_record
from grnet.dataset.resources.catalogue import Resource
from grnet.dataset.resources.forms import (
    BOTH,
    EDGE_FORMS,
    FORMS_WITH_LEVELS,
    UNKNOWN,
    DatabaseEdge,
    read_edges,
    read_names,
)
from grnet.dataset.table_cells import listed
from grnet.schema.errors import ConfigError, DownloadError, FormatError, InputError, MissingInputError
from grnet.schema.progress import SILENT, Progress
from grnet.schema.tables import SOURCE, TARGET, TF
from grnet.storage.checksums import sha256_of
from grnet.storage.files import made_folders
from grnet.storage.folders import new_folder
from grnet.storage.layouts import RESOURCE_FILE
from grnet.storage.temporaries import sweep_temporaries

LEVELS, DEFAULT_LEVELS = "ABCD", "ABC"
"""Levels of confidence of DoRothEA, the best first, and those that are kept by default."""
EFFECT = "effect"
SECONDS = 60
"""How long a server may be silent."""
_NO_NETWORK = "no network, or the server is down"
_REASONS: Mapping[str, str] = {
    "ChunkedEncodingError": "the connection broke off",
    "ConnectTimeout": f"no answer within {SECONDS} s",
    "ProxyError": "the proxy of this network does not let it through",
    "ReadTimeout": f"no answer within {SECONDS} s",
    "SSLError": "the certificate of the server is not trusted here",
}
"""Class of an error of requests, which only pooch imports → what it means."""


@dataclass(frozen=True)
class _Edges:
    """Edges of a database, one for each pair, sorted.

    Attributes
    ----------
    rows : list of (tf, target, effect, level)
    notes : tuple of str
        What was left out or joined.
    """

    rows: list[tuple[str, str, str, str]]
    notes: tuple[str, ...]


def fetch_resource(
    resource: Resource,
    *,
    levels: str | None = None,
    file: Path | None = None,
    refresh: bool = False,
    progress: Progress = SILENT,
) -> CachedResource:
    """Bring a resource into the cache, unless it is there.

    Parameters
    ----------
    resource : Resource
    levels : str or None
        Levels of confidence to keep, such as "AB"; None keeps those that the cache has, or the default ones.
    file : Path or None
        The download, fetched by other means.
    refresh : bool
        Fetch it even if the cache has it.
    progress : Progress

    Raises
    ------
    ConfigError
        The levels are none, or the source has none.
    DownloadError
        The server cannot be reached, refuses, or breaks off; or the checksum is another. The cache is as it was.
    MissingInputError, InputError
        `file` is not there, or the download is not of the form that the table says.
    """
    sweep_temporaries(folder_of(resource).parent)
    kept = _find_whole(resource) if not refresh and file is None else None
    wanted = _check_levels(resource, levels)
    if kept is not None and (levels is None or kept.levels == wanted):
        progress.say(f"{resource.name} is in the cache; --refresh fetches it again")
        return kept
    folder = folder_of(resource)
    with made_folders(folder.parent), new_folder(folder, overwrite=True, marker=RESOURCE_FILE) as new:
        download = new / f"{folder.name}.download"
        address = resource.address.replace("{levels}", ",".join(wanted))
        if file is None:
            progress.say(f"fetching {resource.name} from {address}")
            _download(resource, address, download)
        else:
            _copy(file, download)
        _check_sum(resource, download, str(file or address))
        cached = _convert(resource, download, folder, address=address, levels=wanted)
        if file is not None:
            cached = replace(cached, notes=(*cached.notes, f"read from the file {file.name}, not from the address"))
        write_record(cached, new)
    return cached


def _find_whole(resource: Resource) -> CachedResource | None:
    """Return what the cache has of a resource; None where it has none or it is damaged, so that it is fetched again."""
    try:
        return find_cached(resource)
    except FormatError:
        return None


def _check_levels(resource: Resource, levels: str | None) -> str:
    """Return the levels to keep, the best first; "" where the source has none.

    Raises
    ------
    ConfigError
        They are none of LEVELS, or the source has none.
    """
    if resource.form not in FORMS_WITH_LEVELS:
        if levels is not None:
            raise ConfigError(f"--levels: {resource.name} has no levels of confidence; leave the option out")
        return ""
    given = DEFAULT_LEVELS if levels is None else levels.upper().replace(",", "")
    if not given or set(given) - set(LEVELS):
        raise ConfigError(f"--levels takes letters of {LEVELS}, such as {DEFAULT_LEVELS}; got {levels!r}")
    return "".join(sorted(set(given)))


def _download(resource: Resource, address: str, path: Path) -> None:
    """Download a file.

    Raises
    ------
    DownloadError
        The server cannot be reached, refuses, or breaks off.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")  # it tells each download, and grnet tells it itself
    downloader = pooch.HTTPDownloader(chunk_size=1 << 16, timeout=SECONDS, headers={"User-Agent": "grnet"})
    try:
        pooch.retrieve(address, known_hash=None, fname=path.name, path=path.parent, downloader=downloader)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.strerror:
            raise  # of this machine's disk; what requests raises of a network has no such text
        response = getattr(error, "response", None)
        why = _REASONS.get(type(error).__name__, _NO_NETWORK if isinstance(error, OSError) else str(error))
        if response is not None:
            why = f"the server answered {response.status_code} {response.reason}"
        raise DownloadError(
            f"{resource.name}: cannot fetch {address} ({why}); try again later, or download it on another machine "
            "and add --file FILE"
        ) from error


def _copy(file: Path, path: Path) -> None:
    if not file.is_file():
        raise MissingInputError(f"--file {file}: no such file; expected a download of the database")
    shutil.copyfile(file, path)


def _check_sum(resource: Resource, download: Path, origin: str) -> None:
    """Raise DownloadError where the checksum is not that of the table."""
    found = sha256_of(download)
    if resource.sha256 and found != resource.sha256.lower():
        raise DownloadError(
            f"{resource.name}: {origin} has the SHA-256 {found}; expected {resource.sha256}: it was damaged on the "
            "way, or is another version; nothing was kept; try again"
        )


def _convert(resource: Resource, download: Path, folder: Path, *, address: str, levels: str) -> CachedResource:
    """Write the files that grnet reads beside the download; return the record of the resource in `folder`."""
    new = download.parent
    stem = folder.name
    try:
        edges = _gather(read_edges(resource.form, download), levels) if resource.form in EDGE_FORMS else None
        tfs = sorted({tf for tf, *_ in edges.rows}) if edges else read_names(resource.form, download)
    except InputError as error:
        raise InputError(f"{resource.name}: what was fetched is not as expected; nothing was kept: {error}") from error
    if edges is not None:
        _write_edges(edges, resource.title, new / f"{stem}.csv")
    (new / f"{stem}.tfs.txt").write_text("".join(f"{tf}\n" for tf in tfs), encoding="utf-8")
    return CachedResource(
        folder=folder,
        name=resource.name,
        title=resource.title,
        address=address,
        licence=resource.licence,
        citation=resource.citation,
        fetched=datetime.now(UTC).date().isoformat(),
        levels=levels,
        n_tfs=len(tfs),
        n_edges=len(edges.rows) if edges else 0,
        notes=edges.notes if edges else (),
        sha256={file.name: sha256_of(file) for file in sorted(new.iterdir())},
    )


def _gather(edges: Iterable[DatabaseEdge], levels: str) -> _Edges:
    """Return one edge for each pair of genes, and what happened to all other rows.

    Raises
    ------
    InputError
        No edge is left.
    """
    effects: dict[tuple[str, str], set[str]] = {}
    best: dict[tuple[str, str], str] = {}
    complexes: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for edge in edges:
        pair = (edge.tf, edge.target)
        if edge.is_complex:
            complexes[edge.tf] += 1
        elif not edge.tf or not edge.target:
            left_out["rows without a name, left out"] += 1
        elif levels and edge.level not in levels:
            left_out["rows of other levels of confidence, left out"] += 1
        else:
            left_out["rows joined with another row of the same pair"] += pair in effects
            effects.setdefault(pair, set()).add(edge.effect)
            best[pair] = min(best.get(pair, edge.level), edge.level)
    if not effects:
        raise InputError("it holds no edge between two genes; expected TFs and targets")
    notes = [f"{what}: {count:,}" for what, count in left_out.items() if count]
    if complexes:
        notes.append(
            f"rows of complexes, which are not one gene, left out: {complexes.total():,} ({listed(complexes)})"
        )
    if levels:
        notes.append(f"levels of confidence kept: {', '.join(levels)}")
    rows = [(*pair, _join_effects(effects[pair]), best[pair]) for pair in sorted(effects)]
    return _Edges(rows, tuple(notes))


def _join_effects(effects: set[str]) -> str:
    """Return the effect of several rows of one pair."""
    known = effects - {UNKNOWN}
    return BOTH if len(known) > 1 else next(iter(known), UNKNOWN)


def _write_edges(edges: _Edges, title: str, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow((TF, TARGET, EFFECT, SOURCE))
        table.writerows((tf, target, effect, f"{title} {level}".strip()) for tf, target, effect, level in edges.rows)
