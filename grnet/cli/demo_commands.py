"""`grnet demo`."""

from __future__ import annotations

from pathlib import Path

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress


@click.command("demo", cls=GrnetCommand)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("grnet-demo"),
    show_default=True,
    help="Folder to write.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the embryo and of the training.")
@click.option("--overwrite", is_flag=True, help="Replace an existing folder.")
def demo_command(out: Path, seed: int, overwrite: bool) -> None:
    """Run every step on a synthetic embryo. The network that comes out is checked against the truth."""
    from grnet.cli.tables import show_cards, show_evaluation
    from grnet.workflow.demo import demo
    from grnet.workflow.network_lines import describe_network

    result = demo(out, seed=seed, overwrite=overwrite, progress=make_progress())
    show_cards([result.runs["fused"].card])
    show_evaluation("novel candidates against every true edge of the embryo", result.novel)
    screen = console()
    network = result.inference.network
    for line in describe_network(network.summary, folder=network.path, page=result.page.resolve()):
        screen.print(line, markup=False, soft_wrap=True)
