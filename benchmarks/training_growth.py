"""How the cost of a training grows with labelled pairs, genes, TFs and samples, each over a factor of 16.

    python benchmarks/training_growth.py [--quick] [--quantity NAME …] [--out FILE] [--work FOLDER]

RNA, five folds on new pairs, the whole report on these (timed_training.py). One quantity of a synthetic dataset changes
at a time, the others stay: TFs among the genes that there are, labelled pairs over all TFs. Each point is a process of
its own on two cores; the clock runs from the loaded dataset to the closed run folder. Beside the seconds stand the
slopes of the lines fitted to log(seconds) against log(quantity), over all points and over the three largest.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from growth import FACTORS, UPPER, fit_slope
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder
from synthetic_dataset import RunSize, write_dataset
from two_cores import CORES, run_script

BASE = RunSize(genes=1500, tfs=80, labelled=2000, views=0)
SMALLEST = {
    "labelled pairs": replace(BASE, labelled=500),
    "genes": replace(BASE, genes=500),
    "TFs": replace(BASE, tfs=20),
    "samples": replace(BASE, samples=18),
}
"""Where each quantity starts."""
FIELDS = {"labelled pairs": "labelled", "genes": "genes", "TFs": "tfs", "samples": "samples"}
QUICK = {"genes": 60, "tfs": 4, "samples": 6, "labelled": 40}


def main() -> None:
    """Measure every point, fit the slopes, write and print them."""
    parser = make_parser(__doc__, "training_growth")
    parser.add_argument("--quantity", action="append", choices=list(FIELDS), help="One of them only; may be repeated.")
    arguments = parser.parse_args()
    factors = FACTORS[:3] if arguments.quick else FACTORS
    results = ResultsFile(choose_results(arguments), {"cores": CORES, "factors": factors, "quick": arguments.quick})
    growth = {}
    with work_folder(arguments) as folder:
        for quantity in arguments.quantity or FIELDS:
            smallest, field = SMALLEST[quantity], FIELDS[quantity]
            smallest = replace(smallest, **QUICK) if arguments.quick else smallest
            points = []
            for factor in factors:
                size = replace(smallest, **{field: getattr(smallest, field) * factor})
                value = getattr(size, field)
                case = results.measure(f"{quantity}: {value:,}", lambda s=size: measure(folder, s, arguments.quick))
                points.append({"value": value, "seconds": case["seconds"]})
                print(f"{quantity}: {value:,}: {case['seconds']:.1f} s, {case['peak_mib']} MiB", flush=True)
            x, y = ([point[name] for point in points] for name in ("value", "seconds"))
            slopes = {"all": fit_slope(x, y), "upper": fit_slope(x[-UPPER:], y[-UPPER:])}
            growth[quantity] = {"exponents": slopes, "points": points}
    results.finish(growth=growth)
    print_table(["exponent of", "all", "largest"], [[name, *own["exponents"].values()] for name, own in growth.items()])


def measure(folder: Path, size: RunSize, quick: bool) -> dict[str, Any]:
    """Make a dataset, train on it, and return the figures."""
    dataset = folder / "dataset"
    shutil.rmtree(dataset, ignore_errors=True)
    write_dataset(dataset, size)
    options = ("--epochs", "1") if quick else ()
    timed = run_script("timed_training.py", dataset, "--device", "cpu", "--modality", "rna", *options)
    return {"size": asdict(size), **timed.figures, "process_seconds": timed.seconds}


if __name__ == "__main__":
    main()
