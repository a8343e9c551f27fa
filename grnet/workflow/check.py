"""`grnet check`: whether the files of a folder that grnet wrote are as they were written, and what mends it if not."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.network.folder import load_network
from grnet.schema.errors import GrnetError
from grnet.schema.folder_kinds import COMPARISON_FILE, CROSSVAL_FILE, DATASET_FILE, EVALUATION_FILE, KINDS, RUN_FILE
from grnet.schema.network_folder import PAGE_FILE, SUMMARY_FILE
from grnet.schema.network_formats import NETWORK_FORMATS
from grnet.scores.reader import read_shards
from grnet.storage.checksums import Flaw, find_flaws, has_record
from grnet.workflow.folder_facts import take_folder


@dataclass(frozen=True)
class FolderCheck:
    """What a check of a folder found.

    Attributes
    ----------
    path : Path
    kind : str
        "dataset directory", "run folder", …
    recorded : bool
        Whether the folder has a record of checksums; those of earlier versions have none.
    flaws : tuple of Flaw
        Files that are changed, missing, or not recorded.
    problem : str
        What its loader says of its contents; "" where they are valid.
    mend : str
        The command that makes what is damaged anew; "" where nothing is.
    """

    path: Path
    kind: str
    recorded: bool
    flaws: tuple[Flaw, ...]
    problem: str
    mend: str

    @property
    def damaged(self) -> tuple[Flaw, ...]:
        """The files that are changed or missing."""
        return tuple(flaw for flaw in self.flaws if flaw.kind != "not recorded")

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged, as far as can be told."""
        return not self.damaged and not self.problem


@dataclass(frozen=True)
class _Kind:
    """A kind of folder: the command that makes it (PATH stands for it), and what loads all of it."""

    command: str
    load: Callable[[Path], object] | None = None


def _load_whole_network(path: Path) -> None:
    load_network(path)
    for _ in read_shards(path):
        pass


_KINDS = {
    DATASET_FILE: _Kind("grnet prepare PATH … --overwrite", load_dataset),
    RUN_FILE: _Kind("grnet train DATASET -o PATH --overwrite", load_run),
    CROSSVAL_FILE: _Kind("grnet crossval DATASET -o PATH --overwrite"),
    SUMMARY_FILE: _Kind("grnet infer-network RUN -o PATH --overwrite", _load_whole_network),
    EVALUATION_FILE: _Kind("grnet evaluate NETWORK --known EDGES -o PATH --overwrite"),
    COMPARISON_FILE: _Kind("grnet compare NETWORK … -o PATH --overwrite"),
}
"""Marker of a kind of folder → what is known of it."""


def check(path: str | Path) -> FolderCheck:
    """Compare the files of a folder with their checksums, and validate its contents.

    Parameters
    ----------
    path : path
        A dataset directory, run folder, network folder, or the folder of a cross-validation, evaluation or comparison.

    Raises
    ------
    MissingInputError
        There is no such folder.
    FormatError
        It is no folder that grnet wrote, or its record of checksums is damaged.
    """
    path = Path(path)
    marker = take_folder(path)
    kind, flaws, problem = _KINDS[marker], tuple(find_flaws(path)), ""
    try:
        if kind.load is not None:
            kind.load(path)
    except GrnetError as error:
        problem = str(error)
    damaged = [flaw.name for flaw in flaws if flaw.kind != "not recorded"]
    mend = _choose_command(path, kind, damaged) if damaged or problem else ""
    return FolderCheck(path, KINDS[marker], has_record(path), flaws, problem, mend)


def _choose_command(path: Path, kind: _Kind, damaged: list[str]) -> str:
    """Return the least command that makes the damaged files of a folder anew."""
    named = shlex.quote(str(path))
    exported = {entry.file_name: entry.name for entry in NETWORK_FORMATS}
    if damaged == [PAGE_FILE]:
        return f"grnet view {named} -o {named}/{PAGE_FILE} --overwrite"
    if damaged and all(name in exported for name in damaged):
        formats = " ".join(f"--to {exported[name]}" for name in damaged)
        return f"grnet export {named} {formats} -o {named} --overwrite"
    return kind.command.replace("PATH", named)
