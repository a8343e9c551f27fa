"""`grnet info`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.tables import print_plain

if TYPE_CHECKING:
    from grnet.workflow.info import Step


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
    print_plain(found.paragraph)  # in one line, to be pasted
    _print_title("Cite")
    for citation in found.citations:
        print_plain(f"- {citation}")
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
        name = entry.get("path") or entry.get("file") or f"<{entry.get('object')}>"
        print_plain(f"input     {digest}  {name}")


def _print_title(text: str) -> None:
    print_plain("")
    print_plain(text)
