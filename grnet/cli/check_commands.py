"""`grnet check`."""

from __future__ import annotations

from pathlib import Path

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.tables import print_plain
from grnet.schema.errors import FormatError


@click.command("check", cls=GrnetCommand)
@click.argument("folder", type=click.Path(path_type=Path))
def check_command(folder: Path) -> None:
    """Check that the files of FOLDER are as grnet wrote them. Name damaged files and the command that repairs them.

    FOLDER is a dataset directory, a run folder, a network folder, or the folder of a cross-validation, evaluation or
    comparison.
    """
    from grnet.workflow.check import check

    found = check(folder)
    for flaw in found.flaws:
        print_plain(f"{folder / flaw.name}: {flaw.kind}")
    if not found.recorded:
        print_plain(f"{folder}: has no checksums, since an earlier version wrote it; its contents alone were checked")
    if found.is_whole:
        print_plain(f"{folder}: {found.kind}, whole")
        return
    print_plain(f"if you made the change on purpose, delete {folder / 'checksums.json'}")
    damaged = len(found.damaged)
    said = f"{folder}: {damaged:,} damaged {'file' if damaged == 1 else 'files'}" if damaged else found.problem
    raise FormatError(f"{said}; to make it anew: {found.mend}")
