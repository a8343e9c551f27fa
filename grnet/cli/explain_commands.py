"""`grnet explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grnet.cli.command import GrnetCommand
from grnet.cli.console import console, make_progress

if TYPE_CHECKING:
    from grnet.schema.evidence import PairEvidence, Place
    from grnet.workflow.explain import PairExplanation

PATH = click.Path(path_type=Path)
SHOWN_TERMS = 5


@click.command("explain", cls=GrnetCommand)
@click.argument("run", type=PATH)
@click.argument("tf")
@click.argument("target")
@click.option(
    "-o",
    "--out",
    metavar="NAME",
    help="Write NAME.png and NAME.html. NAME/ is a folder to write into.  [default: TF-TARGET]",
)
@click.option(
    "--prior",
    type=float,
    metavar="FRACTION",
    help="Fraction of true edges among the unlabelled candidates.  [default: estimated, as in infer-network]",
)
@click.option(
    "--network", type=PATH, help="Take the prior and the ranks from this network, inferred with RUN. This is faster."
)
@click.option("--dataset", type=PATH, help="Dataset directory of the run, if it moved.")
@click.option("--device", default="auto", show_default=True, help="Compute on auto, cpu, cuda or cuda:N.")
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
def explain_command(
    run: Path,
    tf: str,
    target: str,
    out: str | None,
    prior: float | None,
    network: Path | None,
    dataset: Path | None,
    device: str,
    overwrite: bool,
) -> None:
    """Show the evidence for TF → TARGET. It shows images, expression, and their contributions to the score of RUN."""
    from grnet.workflow.explain import explain

    result = explain(
        run,
        tf,
        target,
        out,
        prior=prior,
        network=network,
        dataset=dataset,
        device=device,
        overwrite=overwrite,
        progress=make_progress(),
    )
    screen = console()
    for line in describe_pair(result):
        screen.print("".join(char if char.isprintable() else " " for char in line), markup=False)


def describe_pair(result: PairExplanation) -> Iterator[str]:
    """Yield what is to be said of an explained pair, line by line."""
    pair = result.pair
    yield f"{pair.tf} → {pair.target}  ({result.evidence.model})"
    yield _describe_probability(pair)
    if not result.prior.is_settled:
        yield f"a ranking    {result.prior.describe()}, so use the probability for ranking only"
    parts = pair.contributions
    start = [("baseline", parts.baseline)] if parts.baseline else []
    digits = 2 if max(abs(value) for _, value in parts.terms) >= 0.5 else 4
    yield f"score        {pair.score:.{digits}f} = " + " ".join(
        f"{'-' if value < 0 else '+'} {name} {abs(value):.{digits}f}" for name, value in (*start, *parts.terms)
    ).removeprefix("+ ")
    places = pair.places
    of_all = "" if result.rank is None else f", {result.rank:,} of all"
    yield (
        f"place        {_describe_place(places.of_target)} candidate regulators of {pair.target}, "
        f"{_describe_place(places.of_tf)} candidate targets of {pair.tf}{of_all}"
    )
    if pair.correlation is not None and pair.spearman is not None:
        line = f"correlation  r = {pair.correlation:.2f}, Spearman {pair.spearman:.2f}"
        if places.correlation_of_target is not None and places.correlation_of_tf is not None:
            line += f"; by |r| {_describe_place(places.correlation_of_target)} regulators, "
            line += f"{_describe_place(places.correlation_of_tf)} targets"
        if places.correlation_of_all is not None:
            line += f", {_describe_place(places.correlation_of_all)} pairs"
        yield line
    yield from _describe_terms(result)
    for edge in pair.near:
        alike = f"(TFs r = {edge.tf_correlation:.2f}, targets r = {edge.target_correlation:.2f})"
        yield f"similar      {edge.tf} → {edge.target} is a known edge {alike}"
    for note in pair.notes:
        yield f"note         {note}"
    for file in result.files:
        yield f"written      {file}"


def _describe_terms(result: PairExplanation) -> Iterator[str]:
    """Yield the terms that both genes have and those of one alone, by each measurement of terms."""
    from grnet.schema.place_comparison import compare_places

    tf, target = result.pair.tf, result.pair.target
    for entry in result.evidence.terms:
        found = compare_places(entry, result.evidence.genes[tf], result.evidence.genes[target])
        groups = (("both", found.shared), (f"only {tf}", found.tf_only), (f"only {target}", found.target_only))
        for title, terms in groups:
            if terms:
                shown = "; ".join(f"{name} ({count:,} genes)" for name, count in terms[:SHOWN_TERMS])
                more = f"; and {len(terms) - SHOWN_TERMS} more" if len(terms) > SHOWN_TERMS else ""
                yield f"{entry.name:<12} {title}: {shown}{more}"


def _describe_probability(pair: PairEvidence) -> str:
    known = [value for value in pair.fold_probabilities if value is not None]
    if pair.fold is not None:
        return f"probability  {pair.probability:.3f}, from the models of fold {pair.fold}"
    of_folds = " ".join(f"{value:.3f}" for value in known)
    return f"probability  {pair.probability:.3f} ± {pair.spread:.3f} (folds: {of_folds})"


def _describe_place(place: Place) -> str:
    return f"{place.place:,} of {place.among:,}"
