"""`grnet prepare` of single cells in a process of its own: `timed_cells.py FILE FOLDER`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from timed_reading import read_peak_mib


def main() -> None:
    """Prepare a dataset in FOLDER; print its seconds, peak memory and size as JSON."""
    cells, work = Path(sys.argv[1]), Path(sys.argv[2])
    from grnet.workflow.prepare import prepare

    start, busy = time.perf_counter(), time.process_time()
    summary = prepare(work / "dataset", expression=cells, tfs=work / "tfs.txt", overwrite=True)
    seconds = time.perf_counter() - start
    busy = time.process_time() - busy
    figures = {"seconds": round(seconds, 1), "cpu_seconds": round(busy, 1), "peak_mib": round(read_peak_mib())}
    print(json.dumps({**figures, "genes": summary.n_genes, "pools": summary.n_samples}))


if __name__ == "__main__":
    main()
