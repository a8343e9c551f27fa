"""How fast and in how much memory all pairs of a genome are scored, on two cores.

    python benchmarks/scale.py [--quick] [--case NAME …] [--out FILE] [--work FOLDER]

Fused late interaction, five models, synthetic runs (synthetic_run.py). Each case runs in a process of its own on two
cores, with the prior estimated, as by default; the first case also with the prior given. Reported are pairs/s from
models and prior at hand to closed shards, and from loaded run to closed shards, features and prior included; the
seconds from process start to closed network files; and the most memory of the process. A case is the size of the
candidates, and the share of the genes that have images.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from growth import fit_slope
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder
from synthetic_dataset import RunSize
from synthetic_run import list_options
from two_cores import CORES, run_script

TOP = 100_000
PRIOR = 0.01
PRIORS = {"estimated": (), "given": ("--prior", str(PRIOR))}
CASES = {
    "750 × 14,000": RunSize(genes=14_000, tfs=750),
    "750 × 14,000, all with images": RunSize(genes=14_000, tfs=750, share_with_images=1.0),
    "750 × 53,334": RunSize(genes=53_334, tfs=750),
    "2,858 × 14,000": RunSize(genes=14_000, tfs=2858),
}
QUICK_CASES = {
    "12 × 150": RunSize(genes=150, tfs=12, folds=2),
    "12 × 600": RunSize(genes=600, tfs=12, folds=2),
}
SECONDS = "scoring_seconds"
LINEAR = 1.05
"""An exponent of the seconds with the pairs that passes for linear."""
FASTEST_ASKED, MEMORY_ASKED, GROWTH_ASKED = 200_000, 2048, 1.15
"""Pairs/s at least; MiB at most; peak of four times as many pairs, at most this many times that of the first case."""


def main() -> None:
    """Measure each case, write and print the figures."""
    parser = make_parser(__doc__, "scale")
    parser.add_argument("--case", action="append", help="One of the cases only; may be repeated.")
    arguments = parser.parse_args()
    cases = QUICK_CASES if arguments.quick else CASES
    if arguments.case:
        cases = {name: size for name, size in cases.items() if name in arguments.case}
    settings = {"cores": CORES, "models": "fused late interaction", "top": TOP, "prior_given": PRIOR}
    settings |= {"cases": list(cases)}
    results = ResultsFile(choose_results(arguments), settings)
    with work_folder(arguments) as folder:
        for name, size in cases.items():
            for prior, options in PRIORS.items():
                if prior == "given" and name != next(iter(cases)):
                    continue
                case = f"{name}, prior {prior}"
                results.measure(case, lambda name=name, size=size, options=options: measure(folder, size, options))
                print_case(case, results.cases[case])
            if arguments.work is None:
                shutil.rmtree(folder / folder_of(size), ignore_errors=True)
    results.finish(asked=compare_with_asked(results.cases))
    print_table(
        ["asked", "reached", "holds"], [[row["what"], row["reached"], row["holds"]] for row in results.content["asked"]]
    )


def measure(folder: Path, size: RunSize, options: tuple[str, ...]) -> dict[str, Any]:
    """Make the run where it is not there yet, infer, and return the figures."""
    place = folder / folder_of(size)
    made = run_script("synthetic_run.py", place, *list_options(size))
    network = place / "network"
    timed = run_script("timed_inference.py", place / "run", network, "--top", str(TOP), *options)
    shutil.rmtree(network)
    return {
        "tfs": size.tfs,
        "genes": size.genes,
        "models": size.folds,
        "share_with_images": size.share_with_images,
        "views": size.views,
        "samples": size.samples,
        "labelled_pairs": size.n_labelled,
        **timed.figures,
        "end_to_end_seconds": timed.seconds,
        "making_the_run_seconds": made.seconds,
    }


def folder_of(size: RunSize) -> str:
    """Return the name of the folder of a synthetic run."""
    return f"{size.tfs}x{size.genes}-{size.share_with_images:g}-{size.folds}"


def compare_with_asked(cases: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what was asked of the first case and of the larger ones, and what was reached; the prior is estimated."""
    chosen = {
        name: case for name, case in cases.items() if case["share_with_images"] < 1 and name.endswith("estimated")
    }
    if not chosen:
        return []
    first = next(iter(chosen.values()))
    whole, alone, peak = (first[name] for name in ("loaded_to_closed_pairs_per_second", "pairs_per_second", "peak_mib"))
    rows = [
        ask(f"pairs/s of scoring, {first['candidates']:,} pairs", alone, alone >= FASTEST_ASKED),
        ask("… from loaded run to closed shards, features and prior included", whole, whole and whole >= FASTEST_ASKED),
    ]
    if peak:
        rows.append(ask("peak memory, MiB", peak, peak <= MEMORY_ASKED))
        for case in chosen.values():
            if case["candidates"] > first["candidates"]:
                ratio = round(case["peak_mib"] / peak, 3)
                shape = f"{case['tfs']:,} × {case['genes']:,}"
                rows.append(ask(f"peak at {shape} / that peak", ratio, ratio <= GROWTH_ASKED))
                slope = fit_slope(*([entry[name] for entry in (first, case)] for name in ("candidates", SECONDS)))
                rows.append(ask(f"exponent of the seconds of scoring, to {shape}", slope, slope <= LINEAR))
    return rows


def ask(what: str, reached: float | None, holds: bool | None) -> dict[str, Any]:
    """Return a row of what was asked."""
    return {"what": what, "reached": reached, "holds": bool(holds)}


def print_case(name: str, case: dict[str, Any]) -> None:
    """Print the figures of a case in a line."""
    print(
        f"{name}: {case['candidates']:,} pairs, {case['pairs_per_second']:,} pairs/s scoring, "
        f"{case['end_to_end_seconds']:.1f} s end to end, peak {case['peak_mib']} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
