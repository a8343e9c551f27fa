"""`grnet infer-network` and `grnet evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress
from grnet.cli.options import gene_sets_option, memory_option, settings_options
from grnet.cli.quick_imports import import_igraph_without_drawing
from grnet.schema.configs import InferConfig

FOLDER = click.Path(path_type=Path)


@click.command("infer-network", cls=GrnetCommand)
@click.argument("run", type=FOLDER)
@click.option("-o", "--out", type=FOLDER, required=True, help="Network folder to write.")
@settings_options(InferConfig)
@gene_sets_option
@click.option("--dataset", type=FOLDER, help="Dataset directory of the run, if it moved.")
@click.option("--overwrite", is_flag=True, help="Replace an existing network folder.")
def infer_network_command(run: Path, out: Path, dataset: Path | None, overwrite: bool, **settings: Any) -> None:
    """Score every candidate pair and build the network. The models are those of RUN.

    An edge has to pass all limits that you give. Without a limit, the network has as many edges as there are known
    edges among the candidates, but at least 200 and at most 2,000.
    """
    from grnet.workflow.infer_network import infer_network
    from grnet.workflow.network_lines import describe_network

    import_igraph_without_drawing()
    settings = {name: value for name, value in settings.items() if value is not None}
    result = infer_network(run, out, **settings, dataset=dataset, overwrite=overwrite, progress=make_progress())
    scoring = result.scoring
    screen = console()
    counts = f"{scoring.n_candidates:,} candidates ({scoring.n_tfs:,} TFs × {scoring.n_genes:,} genes) scored"
    speed = f"on {scoring.device} in {result.scoring_seconds:.1f} s, {result.pairs_per_second:,.0f} pairs/s"
    if 0 < scoring.n_taken_over == scoring.n_candidates:
        screen.print(f"{counts} before")
    elif scoring.n_taken_over:
        screen.print(f"{counts}, {scoring.n_taken_over:,} of them before, the others {speed}")
    else:
        screen.print(f"{counts} {speed}")
    if scoring.n_unscorable:
        screen.print(f"{scoring.n_unscorable:,} pairs not scored: the two genes share no measurement of the models")
    for line in describe_network(result.network.summary, folder=out, page=out / "network.html"):
        screen.print(line, markup=False)


@click.command("evaluate", cls=GrnetCommand)
@click.argument("network", type=FOLDER)
@click.option("--known", type=FOLDER, required=True, help="Known edges: a table of TF, target and optionally a label.")
@click.option("-o", "--out", type=FOLDER, help="Write evaluation.json and report.html to this folder.")
@click.option(
    "--universe",
    type=click.Choice(["auto", "labelled", "tested", "all"]),
    default="auto",
    show_default=True,
    help="Pairs to evaluate on: those in the table (labelled), its TFs × targets (tested), or every candidate (all).",
)
@click.option("--novel-only", is_flag=True, help="Leave out the pairs that the models were trained on.")
@click.option(
    "--alias",
    "alias",
    multiple=True,
    metavar="NAME=SYMBOL",
    help="Read the name NAME as the gene SYMBOL. May be repeated.",
)
@click.option("--aliases", "aliases_file", type=FOLDER, help="Table of aliases with two columns, name and symbol.")
@click.option(
    "--columns",
    multiple=True,
    metavar="ROLE=COLUMN,…",
    help="Set what columns of the table hold, such as tf=regulator_symbol,label=is_edge. May be repeated.",
)
@memory_option
@click.option("--overwrite", is_flag=True, help="Replace an existing output folder.")
def evaluate_command(
    network: Path,
    known: Path,
    out: Path | None,
    universe: str,
    novel_only: bool,
    alias: tuple[str, ...],
    aliases_file: Path | None,
    columns: tuple[str, ...],
    memory: str | None,
    overwrite: bool,
) -> None:
    """Evaluate NETWORK against known edges. Print figures of all its scores beside baselines on the same pairs."""
    from grnet.cli.options import parse_aliases
    from grnet.cli.tables import show_evaluation
    from grnet.workflow.evaluate import evaluate

    aliases = parse_aliases(alias)
    result = evaluate(
        network,
        known,
        out=out,
        universe=universe,  # type: ignore[arg-type]
        novel_only=novel_only,
        aliases=aliases,
        aliases_file=aliases_file,
        columns=columns,
        memory=memory,
        overwrite=overwrite,
        progress=make_progress(),
    )
    show_evaluation(f"{network} against {known}", result)
    if out is not None:
        console().print(f"report: {out / 'report.html'}", markup=False)
