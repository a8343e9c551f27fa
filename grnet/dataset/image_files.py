"""Files of images: found by the path that a manifest gives, however it is spelled, and read without waiting."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from grnet.dataset.image_limits import ImageMissing, ImageRefused, ImageTooLarge
from grnet.dataset.table_cells import listed
from grnet.storage.read_limits import check_regular_file, reason_of

MAX_BYTES = 1 << 30
"""Image files that are larger are refused unread: no picture of MAX_PIXELS needs as much."""


def read_image_file(path: Path) -> bytes:
    """Return what a regular file contains; neither pipes nor devices are opened.

    Raises
    ------
    ImageMissing, ImageTooLarge, ImageRefused
        There is no such file, it is not regular, has more than MAX_BYTES or none, or cannot be read.
    """
    try:
        check_regular(path)
        # files of the kernel say that they are regular, and may keep a reader waiting
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 (a descriptor that does not wait)
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ImageMissing("") from error
    except OSError as error:
        raise ImageRefused(reason_of(error)) from error
    if len(content) > MAX_BYTES:
        raise ImageTooLarge(f"more than {MAX_BYTES:,} bytes")
    return content


def check_regular(path: Path) -> None:
    """Refuse what is no regular file with a content, from what the file system says of it.

    Raises
    ------
    ImageMissing, ImageTooLarge, ImageRefused
    OSError
        The file system has no answer.
    """
    size = path.stat().st_size if "\0" not in str(path) else 0
    try:
        check_regular_file(path, "an image", error=ImageMissing)
    except ImageMissing as error:  # whoever tells of it names the file
        raise ImageMissing(str(error).removeprefix(f"{path}: ")) from None
    if size > MAX_BYTES:
        raise ImageTooLarge(f"{size:,} bytes, more than {MAX_BYTES:,}")
    if not size:
        raise ImageRefused("the file is empty")


@dataclass(frozen=True)
class NamedFile:
    """What a path in a manifest stands for.

    Attributes
    ----------
    path : Path
        The file; there may be none.
    from_windows : bool
        The path was written with backslashes.
    other_case : bool
        The file is called the same but for upper and lower case.
    problem : str
        Why there is no file, where more can be said than that; else "".
    """

    path: Path
    from_windows: bool = False
    other_case: bool = False
    problem: str = ""


class NamedFiles:
    """Finds files by their paths relative to a folder; what folders contain is listed once."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._listings: dict[Path, dict[str, list[str]]] = {}

    def find(self, source: str) -> NamedFile:
        r"""Return the file that `source` names: as written, with \ for /, or the only one that differs by case."""
        written = self._base / source
        if not source or _exists(written):
            return NamedFile(written)
        windows = PureWindowsPath(source)
        from_windows = "\\" in source
        if re.match(r"[A-Za-z]:[\\/]", source) or (from_windows and windows.root):
            return NamedFile(written, problem="a full path of a Windows machine; write it relative to the manifest")
        meant = self._base.joinpath(*windows.parts) if from_windows else written
        if _exists(meant):
            return NamedFile(meant, from_windows)
        found = self._same_but_for_case(meant)
        if len(found) == 1:
            return NamedFile(found[0], from_windows, other_case=True)
        if found:
            names = listed([os.path.relpath(path, self._base) for path in found], 3)
            return NamedFile(meant, from_windows, problem=f"several files differ from it by case only: {names}")
        return NamedFile(meant, from_windows)

    def _same_but_for_case(self, path: Path) -> list[Path]:
        """Return the files whose path is `path` but for upper and lower case, below the manifest's folder."""
        if path.is_relative_to(self._base):
            start, parts = self._base, path.relative_to(self._base).parts
        else:
            start, parts = Path(path.anchor), path.parts[1:]
        found = [start]
        for part in parts:
            if part == "..":
                found = [folder / part for folder in found]
            else:
                found = [folder / name for folder in found for name in self._listing(folder).get(_folded(part), [])]
        return [path for path in found if _exists(path)]

    def _listing(self, folder: Path) -> dict[str, list[str]]:
        if folder not in self._listings:
            names: dict[str, list[str]] = defaultdict(list)
            try:
                for path in sorted(folder.iterdir()):
                    names[_folded(path.name)].append(path.name)
            except OSError:
                names.clear()
            self._listings[folder] = names
        return self._listings[folder]


def _exists(path: Path) -> bool:
    """Tell whether something with this path is there and is no folder."""
    try:
        return not stat.S_ISDIR(path.stat().st_mode)
    except PermissionError:
        return True  # the reason is told where it is read
    except (OSError, ValueError):
        return False


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
