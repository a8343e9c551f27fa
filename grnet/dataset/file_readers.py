"""Who reads the files of a dataset: this process, one file after the other, or whoever else is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from grnet.dataset.findings import Findings
from grnet.schema.progress import SILENT, Progress
from grnet.schema.sources import Source

Given = TypeVar("Given", bound=Source, contravariant=True)
Result = TypeVar("Result", covariant=True)


class ReadFile(Protocol[Given, Result]):
    """Reads one file; where other processes read, it and its result are pickled."""

    def __call__(self, source: Given, /, *, findings: Findings, progress: Progress) -> Result:
        """Return what the file holds; `findings` takes what is refused, and notes."""


class FileReaders:
    """Reads files in this process, one after the other."""

    def read_each(
        self, read: ReadFile[Given, Result], sources: Sequence[Given], findings: Findings, progress: Progress = SILENT
    ) -> list[Result]:
        """Return what each file holds, in their order.

        Parameters
        ----------
        read : ReadFile
        sources : sequence of paths or objects
        findings : Findings
            Takes what is refused, and notes, in the order of the files.
        progress : Progress

        Raises
        ------
        GrnetError
            What `read` raises for the first file that it cannot read.
        """
        return [read(source, findings=findings, progress=progress) for source in sources]


HERE = FileReaders()
