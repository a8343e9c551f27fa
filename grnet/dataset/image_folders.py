"""A folder of images → its files, each with what its folders and its name may say: the gene and the view."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grnet.dataset.findings import Findings, Reason
from grnet.dataset.table_cells import listed, quote, word_set
from grnet.schema.errors import InputError
from grnet.storage.read_limits import reason_of

IMAGE_SUFFIXES = frozenset({".png", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg"})
ROLE_FOLDERS = frozenset({"tf", "gene", "tfs", "genes"})
"""Top folders of the paper's layout, above the folders of the genes."""
NO_VIEW = "unspecified"
VIEW_WORDS = word_set(
    "lateral dorsal ventral anterior posterior left right top bottom side front back frontal sagittal coronal "
    "transverse horizontal apical basal lat dors vent ant post"
)
"""Words that are a view where they stand in the name of a file or above it."""
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "__macosx", "@eadir"})
_NUMBERED = re.compile(r"(?P<rest>.*[^ _.-])(?:[ _.-]+\d{1,4}|[ _.-]*\(\d{1,4}\))")
_VIEWED = re.compile(r"(?P<rest>.*[^ _.-])[ _.-]+(?P<view>[A-Za-z]+)")
_MOST_FOLDERS = 3


@dataclass(frozen=True)
class Reading:
    """What the place of a file may mean.

    Attributes
    ----------
    gene, view : str
    by_file : bool
        The gene is told by the name of the file, not by a folder.
    """

    gene: str
    view: str = NO_VIEW
    by_file: bool = False


def list_folder(root: Path, findings: Findings) -> list[tuple[str, tuple[Reading, ...]]]:
    """Return the images below `root`, each as its path and its readings, the likeliest first.

    Parameters
    ----------
    root : Path
    findings : Findings
        Takes what is no image, or cannot be read, and how many hidden files were passed over.

    Raises
    ------
    InputError
        The folder cannot be read.
    """
    walk = _Walk(root, findings)
    files = sorted(walk.files(), key=lambda source: source.split("/"))
    if walk.hidden:
        findings.note(f"hidden files and folders skipped: {len(walk.hidden):,} ({listed(walk.hidden, 3)})")
    tops = {source.split("/")[0].lower() for source in files if "/" in source}
    images = []
    for source in files:
        if Path(source).suffix.lower() not in IMAGE_SUFFIXES:
            findings.reject(root.name, 0, source, Reason.NOT_AN_IMAGE)
            continue
        readings = read_place(source, roles_only=tops <= ROLE_FOLDERS)
        if readings:
            images.append((source, readings))
        else:
            findings.reject(
                root.name, 0, source, Reason.NO_NAME, "expected GENE/VIEW/ above the file, or GENE as its name"
            )
    return images


def read_place(source: str, *, roles_only: bool = False) -> tuple[Reading, ...]:
    """Return what the folders and the name of a file may mean, the likeliest first; none where they are too many.

    Parameters
    ----------
    source : str
        Path below the folder of all images, with "/".
    roles_only : bool
        All top folders are such as tf/ and gene/, so that none of them can be a gene.
    """
    *folders, file = source.split("/")
    inner: tuple[Reading, ...] = ()
    if folders and folders[0].lower() in ROLE_FOLDERS:
        inner = _read_folders(folders[1:], file)
        if roles_only:
            return inner
    return inner + tuple(reading for reading in _read_folders(folders, file) if reading not in inner)


def _read_folders(folders: list[str], file: str) -> tuple[Reading, ...]:
    if not folders:
        return _read_name(Path(file).stem, NO_VIEW)
    if len(folders) == 1:
        named = _read_name(Path(file).stem, folders[0].lower()) if folders[0].lower() in VIEW_WORDS else ()
        return (Reading(folders[0]), *named)
    return (Reading(folders[0], folders[1].lower()),) if len(folders) == 2 else ()


def _read_name(stem: str, view: str) -> tuple[Reading, ...]:
    """Return the readings of a name such as "eve", "eve_2" or "eve_lateral_2": whole, then without its last parts.

    A number alone is no name: it is more often that of an image than that of a gene in some database.
    """
    readings = [Reading(stem, view, by_file=True)]
    rest, numbered = stem, False
    while True:
        if not numbered and (match := _NUMBERED.fullmatch(rest)):
            numbered = True
        elif view == NO_VIEW and (match := _VIEWED.fullmatch(rest)) and match["view"].lower() in VIEW_WORDS:
            view = match["view"].lower()
        else:
            return tuple(reading for reading in readings if not reading.gene.isdigit())
        rest = match["rest"]
        readings.append(Reading(rest, view, by_file=True))


@dataclass
class _Walk:
    """The files below a folder; links are followed after all else, and each real folder is read once."""

    root: Path
    findings: Findings
    hidden: list[str] = field(default_factory=list)
    _seen: dict[str, str] = field(default_factory=dict)
    _folders: list[tuple[str, bool]] = field(default_factory=list)
    _links: list[tuple[str, bool]] = field(default_factory=list)

    def files(self) -> Iterator[str]:
        """Yield the paths of files below the root, with "/"."""
        self._folders = [("", False)]
        while self._folders or self._links:
            inside, linked = (self._folders or self._links).pop(0)
            if linked and inside.count("/") >= _MOST_FOLDERS:
                self._reject(inside, Reason.NO_NAME, "expected GENE/VIEW/ above files; this folder was not read")
                continue
            real = os.path.realpath(self.root / inside)
            if real in self._seen:
                other = self._seen[real] or "."
                self._reject(inside, Reason.REPEATED_IMAGE, f"the same folder as {quote(other)}")
                continue
            self._seen[real] = inside
            yield from self._files_of(inside, linked=linked)

    def _files_of(self, inside: str, *, linked: bool) -> Iterator[str]:
        try:
            with os.scandir(self.root / inside) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not inside:
                raise InputError(f"{self.root}: cannot be read: {reason_of(error)}") from error
            self._reject(inside, Reason.UNREADABLE_IMAGE, f"the folder cannot be read: {reason_of(error)}")
            return
        for entry in found:
            source = f"{inside}/{entry.name}" if inside else entry.name
            if entry.name.startswith(".") or entry.name.lower() in SYSTEM_FILES:
                self.hidden.append(source)
            elif self._is_file(entry, source, linked=linked):
                yield source

    def _is_file(self, entry: os.DirEntry[str], source: str, *, linked: bool) -> bool:
        """Tell whether an entry is a file; keep a folder for later, and refuse what is neither."""
        try:
            if entry.is_dir():
                link = entry.is_symlink()
                (self._links if link else self._folders).append((source, linked or link))
                return False
            if entry.is_file():
                return True
            entry.stat()
        except FileNotFoundError:
            self._reject(source, Reason.MISSING_IMAGE, "a link to nothing")
        except OSError as error:
            self._reject(source, Reason.UNREADABLE_IMAGE, reason_of(error))
        else:
            self._reject(source, Reason.NOT_AN_IMAGE, "a pipe or a device, no regular file")
        return False

    def _reject(self, source: str, reason: Reason, detail: str) -> None:
        self.findings.reject(self.root.name, 0, source, reason, detail)
