"""How the cost of an inference grows with TFs, targets, images, samples and models, each over a factor of 16.

    python benchmarks/growth.py [--quick] [--repeats 1] [--out FILE] [--work FOLDER]

One quantity of a synthetic run (synthetic_run.py) changes at a time, the others stay. Each point is a process of its
own on two cores. Beside the seconds of scoring (models and prior at hand to closed shards) and those from process start
to closed network files stand the slopes of the lines fitted to log(seconds) against log(quantity): an exponent of 1 is
linear. Constant costs, such as loading Python packages, flatten small sizes, so there is also the slope of the three
largest.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder
from synthetic_dataset import RunSize
from synthetic_run import list_options
from two_cores import CORES, run_script

FACTORS = (1, 2, 4, 8, 16)
UPPER = 3
"""Points of the upper part."""
BASE = RunSize(genes=1500, tfs=120, labelled=2000)
SMALLEST = {
    "TFs": replace(BASE, tfs=40),
    "targets": replace(BASE, genes=500),
    "images of a gene": replace(BASE, share_with_images=1.0, tfs=40),
    "samples": replace(BASE, samples=18),
    "models": replace(BASE, folds=2, tfs=60),
}
"""Where each quantity starts."""
FIELDS = {
    "TFs": "tfs",
    "targets": "genes",
    "images of a gene": "images_per_view",
    "samples": "samples",
    "models": "folds",
}
QUICK = {"genes": 60, "tfs": 4, "samples": 6, "folds": 2, "labelled": 40}
SECONDS = {"scoring": "scoring_seconds", "end to end": "end_to_end_seconds"}
TOP = 10_000


def main() -> None:
    """Measure every point, fit the slopes, write and print them."""
    parser = make_parser(__doc__, "growth")
    parser.add_argument("--repeats", type=int, default=1, help="Of each point; the best counts.  [default: 1]")
    parser.add_argument("--quantity", action="append", choices=list(FIELDS), help="One of them only; may be repeated.")
    arguments = parser.parse_args()
    factors = FACTORS[:3] if arguments.quick else FACTORS
    settings = {"cores": CORES, "factors": factors, "repeats": arguments.repeats, "quick": arguments.quick}
    results = ResultsFile(choose_results(arguments), settings)
    growth = {}
    with work_folder(arguments) as folder:
        for quantity in arguments.quantity or FIELDS:
            for size in list_sizes(quantity, factors, quick=arguments.quick):
                value = value_of(quantity, size)
                case = f"{quantity}: {value:,}"
                results.measure(case, lambda size=size: measure(folder, size, repeats=arguments.repeats))
                print_case(case, results.cases[case])
            growth[quantity] = fit_slopes(quantity, results.cases)
    results.finish(growth=growth)
    print_table(
        ["exponent of", "scoring", "largest", "end to end", "largest"], [list_slopes(*row) for row in growth.items()]
    )


def list_sizes(quantity: str, factors: tuple[int, ...], *, quick: bool) -> list[RunSize]:
    """Return the runs in which a quantity grows."""
    smallest, name = SMALLEST[quantity], FIELDS[quantity]
    if quick:
        smallest = replace(smallest, **QUICK)
    return [replace(smallest, **{name: getattr(smallest, name) * factor}) for factor in factors]


def value_of(quantity: str, size: RunSize) -> int:
    """Return how large a quantity of a run is; images of a gene are those of all views."""
    value = int(getattr(size, FIELDS[quantity]))
    return value * size.views if quantity == "images of a gene" else value


def measure(folder: Path, size: RunSize, *, repeats: int) -> dict[str, Any]:
    """Make a run, infer, and return the figures of the best of some repeats."""
    place = folder / "run"
    shutil.rmtree(place, ignore_errors=True)
    run_script("synthetic_run.py", place, *list_options(size))
    timed = []
    for _ in range(repeats):
        done = run_script("timed_inference.py", place / "run", place / "network", "--top", str(TOP))
        shutil.rmtree(place / "network")
        timed.append({**done.figures, "end_to_end_seconds": done.seconds})
    best = {name: min(entry[name] for entry in timed) for name in SECONDS.values()}
    shutil.rmtree(place)
    return {"size": asdict(size), **timed[0], **best}


def fit_slopes(quantity: str, cases: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the points of a quantity, and the slopes over all of them and over the upper part."""
    own = [case for name, case in cases.items() if name.startswith(f"{quantity}: ")]
    x = [value_of(quantity, RunSize(**case["size"])) for case in own]
    slopes = {}
    for name, column in SECONDS.items():
        y = [case[column] for case in own]
        slopes[name] = {"all": fit_slope(x, y), "upper": fit_slope(x[-UPPER:], y[-UPPER:])}
    points = [
        {"value": value, **{column: case[column] for column in SECONDS.values()}}
        for value, case in zip(x, own, strict=True)
    ]
    return {"exponents": slopes, "points": points}


def fit_slope(x: list[int], y: list[float]) -> float:
    """Return the slope of the least-squares line through (log x, log y)."""
    return round(float(np.polyfit(np.log(x), np.log(y), 1)[0]), 3)


def list_slopes(quantity: str, entry: dict[str, Any]) -> list[Any]:
    """Return a row of the printed table."""
    slopes = entry["exponents"]
    return [quantity, *(f"{slopes[name][part]:.2f}" for name in SECONDS for part in ("all", "upper"))]


def print_case(name: str, case: dict[str, Any]) -> None:
    """Print the figures of a point in a line."""
    seconds = (f"{case[column]:.2f} s {what}" for what, column in SECONDS.items())
    print(f"{name}: {case['candidates']:,} pairs, {', '.join(seconds)}", flush=True)


if __name__ == "__main__":
    main()
