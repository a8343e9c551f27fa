"""How long `grnet prepare` takes on many single cells, and how much memory.

    python benchmarks/cells.py [--quick] [--out FILE] [--work FOLDER]

Cells are made up: 200,000 cells × 30,000 genes of 20 types, about 1,500 genes seen in a cell, counts stored as a sparse
.h5ad that gzip compresses. Time is that of `prepare` in a process of its own, from the file to the dataset directory;
memory is the most that the process has used, libraries included.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder
from two_cores import run_script

SIZES = {"20,000 cells": 20_000, "200,000 cells": 200_000}
QUICK_SIZES = {"2,000 cells": 2_000, "6,000 cells": 6_000}
N_GENES, N_SEEN, N_TYPES, N_TFS = 30_000, 1_500, 20, 1_000
_ROWS = 500


def main() -> None:
    """Measure each size, write the figures and print them as a table."""
    arguments = make_parser(__doc__, "cells").parse_args()
    results = ResultsFile(choose_results(arguments), {"genes": N_GENES, "seen": N_SEEN, "quick": arguments.quick})
    sizes = QUICK_SIZES if arguments.quick else SIZES
    with work_folder(arguments) as work:
        for name, n_cells in sizes.items():
            results.measure(name, lambda n_cells=n_cells: measure(work, n_cells))
            print(name, results.cases[name], flush=True)
    results.finish()
    columns = ("file_mib", "seconds", "cpu_seconds", "peak_mib", "pools")
    print_table(
        ["case", *columns], [[case, *(found[name] for name in columns)] for case, found in results.cases.items()]
    )


def measure(work: Path, n_cells: int) -> dict[str, Any]:
    """Return the figures of one size."""
    cells, tfs = work / f"{n_cells}.h5ad", work / "tfs.txt"
    if not cells.is_file():
        write_cells(cells, n_cells)
    tfs.write_text("".join(f"gene{number}\n" for number in range(N_TFS)))
    timed = run_script("timed_cells.py", cells, work)
    return {"file_mib": round(cells.stat().st_size / 2**20), **timed.figures}


def write_cells(path: Path, n_cells: int) -> None:
    """Write made-up counts to an .h5ad, some cells at a time."""
    rng = np.random.default_rng(0)
    height = rng.gamma(0.3, size=N_GENES).astype(np.float32)
    of_types = height * rng.lognormal(0, 0.7, (N_TYPES, N_GENES)).astype(np.float32)
    chance = 1 - np.exp(-of_types * N_SEEN / of_types.sum(axis=1, keepdims=True))
    chance *= N_SEEN / chance.sum(axis=1, keepdims=True)
    kind = rng.integers(N_TYPES, size=n_cells)
    empty = anndata.AnnData(
        sp.csr_matrix((n_cells, N_GENES), dtype=np.float32),
        obs=pd.DataFrame({"type_number": kind}, index=pd.Index([f"cell{n}" for n in range(n_cells)], dtype=object)),
        var=pd.DataFrame(index=pd.Index([f"gene{n}" for n in range(N_GENES)], dtype=object)),
    )
    temporary = path.with_suffix(".part")
    empty.write_h5ad(temporary)
    with h5py.File(temporary, "r+") as file:
        group = file["X"]
        for name, kind_of in (("data", np.float32), ("indices", np.int32)):
            del group[name]
            group.create_dataset(name, (0,), kind_of, maxshape=(None,), chunks=(1 << 16,), compression="gzip")
        starts = np.zeros(n_cells + 1, dtype=np.int64)
        for first in range(0, n_cells, _ROWS):
            own = chance[kind[first : first + _ROWS]]
            rows, columns = np.nonzero(rng.random(own.shape, dtype=np.float32) < own)
            high = int(starts[first]) + len(columns)
            starts[first + 1 : first + 1 + len(own)] = starts[first] + np.cumsum(np.bincount(rows, minlength=len(own)))
            for name, values in (("data", 1 + rng.poisson(0.5, len(columns))), ("indices", columns)):
                group[name].resize((high,))
                group[name][int(starts[first]) :] = values
        del group["indptr"]
        group["indptr"] = starts
    temporary.rename(path)


if __name__ == "__main__":
    main()
