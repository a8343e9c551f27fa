"""Time `grnet prepare` on a large expression table beside pandas' read_csv of the same file, in one run.

    python benchmarks/reading.py [--quick]

The table has 20,000 genes × 1,000 samples, as CSV and as the same CSV with gzip. Each side runs in a process of its
own, the two in turn; what is timed begins once all is imported. `grnet prepare` reads the table, settles its plan,
checks all values, writes the dataset directory and takes the file's checksum; read_csv only reads. Memory is the peak
above that of the imports; it stands beside the matrix as read_csv holds it (8 bytes a value).
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder

GENES, SAMPLES, TFS, REPEATS = 20_000, 1_000, 500, 5
QUICK_GENES, QUICK_SAMPLES, QUICK_REPEATS = 300, 20, 1
_SIDE = Path(__file__).parent / "timed_reading.py"


def main() -> None:
    """Make the tables, time both sides, and write the figures."""
    arguments = make_parser(__doc__, "reading").parse_args()
    genes, samples, repeats = (
        (QUICK_GENES, QUICK_SAMPLES, QUICK_REPEATS) if arguments.quick else (GENES, SAMPLES, REPEATS)
    )
    results = ResultsFile(choose_results(arguments), {"genes": genes, "samples": samples, "repeats": repeats})
    matrix_mib = genes * samples * 8 / 2**20
    with work_folder(arguments) as work:
        tables = make_tables(work, genes, samples)
        for name, table in tables.items():
            results.measure(name, lambda table=table: time_table(table, work, repeats, matrix_mib))  # type: ignore[misc]
    results.finish(matrix_mib=round(matrix_mib, 1))
    show_results(results, arguments)


def make_tables(work: Path, genes: int, samples: int) -> dict[str, Path]:
    """Write a table of logarithms as CSV and with gzip, and a list of TFs beside it."""
    plain, packed = work / "table.csv", work / "table.csv.gz"
    if not packed.is_file():
        rng = np.random.default_rng(0)
        values = np.round(np.log2(rng.gamma(0.7, 200, size=(genes, samples)) + 1), 4)
        names = [f"G{number}" for number in range(genes)]
        frame = pd.DataFrame(values, index=names, columns=[f"S{number}" for number in range(samples)])
        frame.rename_axis("gene").to_csv(plain)
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            target.write(source.read())
        (work / "tfs.txt").write_text("\n".join(names[: min(TFS, genes)]) + "\n")
    return {"CSV": plain, "CSV, gzip": packed}


def time_table(table: Path, work: Path, repeats: int, matrix_mib: float) -> dict[str, Any]:
    """Time both sides on one file, in turn."""
    runs: dict[str, list[dict[str, float]]] = {"pandas": [], "grnet": []}
    for _ in range(repeats):
        for side, found in runs.items():
            found.append(_run_side(side, table, work))
    figures: dict[str, Any] = {"file_mib": round(table.stat().st_size / 2**20, 1)}
    for side, found in runs.items():
        seconds = [run["seconds"] for run in found]
        figures[f"{side}_seconds"] = round(statistics.median(seconds), 2)
        figures[f"{side}_all_seconds"] = [round(value, 2) for value in seconds]
        figures[f"{side}_peak_mib"] = round(max(run["peak_mib"] for run in found), 0)
    figures["times_as_long"] = round(figures["grnet_seconds"] / figures["pandas_seconds"], 2)
    figures["peak_over_matrix"] = round(figures["grnet_peak_mib"] / matrix_mib, 2)
    return figures


def _run_side(side: str, table: Path, work: Path) -> dict[str, float]:
    command = [sys.executable, str(_SIDE), side, str(table), str(work)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def show_results(results: ResultsFile, arguments: argparse.Namespace) -> None:
    """Print the figures as a table."""
    header = ["table", "read_csv, s", "prepare, s", "times as long", "peak, MiB", "peak / matrix"]
    rows = [
        [
            name,
            case["pandas_seconds"],
            case["grnet_seconds"],
            case["times_as_long"],
            case["grnet_peak_mib"],
            case["peak_over_matrix"],
        ]
        for name, case in results.cases.items()
    ]
    print_table(header, rows)
    print(f"figures: {choose_results(arguments)}")


if __name__ == "__main__":
    main()
