"""`grnet info`: how a folder came to be, as a paragraph for a paper, what to cite, and the record of each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grnet.schema.errors import FormatError
from grnet.schema.folder_kinds import KINDS
from grnet.schema.provenance import PROVENANCE_FILE
from grnet.storage.read_limits import reading
from grnet.workflow.folder_facts import gather_facts, take_folder
from grnet.workflow.methods_text import choose_citations, write_paragraph
from grnet.workflow.provenance import MEND, read_provenance


@dataclass(frozen=True)
class Step:
    """A call that made a folder, or a folder of an earlier version that does not tell.

    Attributes
    ----------
    path : Path or None
        Where the folder was when it was read; None where only its provenance is known.
    kind : str
        "dataset directory", "run folder", …
    facts : mapping
        Counts, settings and figures, see :mod:`grnet.workflow.folder_facts`; empty where they are not known.
    provenance : mapping or None
        What its `provenance.json` says; None where it has none.
    """

    path: Path | None
    kind: str
    facts: Mapping[str, Any]
    provenance: Mapping[str, Any] | None

    @property
    def command(self) -> str:
        """The command, or the call from Python, that made the folder; "" where it does not tell."""
        told = self.provenance or {}
        return str(told.get("command") or told.get("call") or "")


@dataclass(frozen=True)
class FolderInfo:
    """How a folder came to be.

    Attributes
    ----------
    path : Path
    steps : tuple of Step
        From the data to the folder itself.
    paragraph : str
        For the methods section of a paper.
    citations : tuple of str
        Publications and databases that were used.
    """

    path: Path
    steps: tuple[Step, ...]
    paragraph: str
    citations: tuple[str, ...]

    @property
    def provenance(self) -> Mapping[str, Any] | None:
        """What the `provenance.json` of the folder says; None where it has none."""
        return self.steps[-1].provenance


def info(folder: str | Path) -> FolderInfo:
    """Describe how a folder came to be: its command, its inputs, and the steps before it.

    Parameters
    ----------
    folder : path
        A dataset directory, run folder, network folder, or the folder of a cross-validation, evaluation or comparison.

    Raises
    ------
    MissingInputError
        There is no such folder.
    FormatError
        It is no folder that grnet wrote, or its `provenance.json` is damaged.
    """
    path = Path(folder)
    marker = take_folder(path)
    provenance = read_provenance(path)
    own = Step(path, KINDS[marker], gather_facts(path), provenance)
    steps: list[Step] = []
    for step in (*_steps_before(provenance), own):
        if not any(step.provenance == other.provenance and step.path == other.path for other in steps):
            steps.append(step)  # two networks may be of the same data
    chain = [(step.kind, step.facts) for step in steps if step.facts or step is own]
    versions = own.facts.get("versions", {}) if provenance is None else provenance["versions"]
    with reading(path / PROVENANCE_FILE, "a record of how a folder came to be", mend=MEND, error=FormatError):
        paragraph, citations = write_paragraph(chain, versions), choose_citations(chain, versions)
    return FolderInfo(path, tuple(steps), paragraph, tuple(citations))


def _steps_before(provenance: Mapping[str, Any] | None) -> Iterator[Step]:
    """Yield the steps that led to the inputs of a step, the earliest first."""
    for entry in (provenance or {}).get("inputs", ()):
        before = entry.get("provenance")
        if before is not None:
            yield from _steps_before(before)
            yield Step(Path(entry["path"]), before["kind"], before.get("facts", {}), before)
        elif entry.get("kind") in KINDS.values():  # of an earlier version
            yield Step(Path(entry["path"]), entry["kind"], {}, None)
