"""`grnet info`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.tables import print_plain

if TYPE_CHECKING:
    from grnet.workflow.info import Step

WIDTH = 100
"""Letters of a line of the paragraph."""


@click.command("info", cls=GrnetCommand)
@click.argument("folder", type=click.Path(path_type=Path))
def info_command(folder: Path) -> None:
    """Describe how FOLDER came to be: a methods paragraph for a paper, what to cite, and the record of each step.

    FOLDER is a dataset directory, a run folder, a network folder, or the folder of a cross-validation, evaluation or
    comparison. The record is also in its provenance.json.
    """
    from grnet.workflow.info import info

    found = info(folder)
    _print_title("Methods")
    _print_wrapped(found.paragraph)
    _print_title("Cite")
    for citation in found.citations:
        _print_wrapped(citation, mark="- ")
    for number, step in enumerate(found.steps, start=1):
        _print_title(f"Step {number}: {step.kind} {step.path}")
        _print_step(step)


def _print_step(step: Step) -> None:
    """Print the record of a step: command, time, versions, machine and inputs."""
    told = step.provenance
    if told is None:
        print_plain("an earlier version wrote it, or it was written without a record")
        return
    machine = told["machine"]
    memory = machine.get("memory_gib")
    print_plain(f"command   {step.command}")
    print_plain(f"time      {told['started']} to {told['finished']}")
    print_plain(f"versions  {', '.join(f'{name} {version}' for name, version in told['versions'].items())}")
    print_plain(
        f"machine   {machine.get('processor')}, {machine.get('cores')} cores"
        f"{f', {memory} GiB' if memory else ''}, {machine.get('system')}"
        f"{''.join(f', {name}' for name in machine.get('accelerators', ()))}"
    )
    for entry in (*told["inputs"], *step.facts.get("inputs", ())):
        digest = entry.get("sha256") or entry.get("checksums_sha256") or "no checksum"
        print_plain(f"input     {digest}  {entry.get('path') or entry.get('file') or entry.get('resource')}")


def _print_title(text: str) -> None:
    print_plain("")
    print_plain(text)


def _print_wrapped(text: str, *, mark: str = "") -> None:
    for line in textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark)):
        print_plain(line)
