"""One side of benchmarks/reading.py in a process of its own: `timed_reading.py pandas|grnet TABLE FOLDER`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Time one side and print its seconds and peak memory as JSON."""
    side, table, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    import pandas as pd
    import pyarrow.csv  # noqa: F401 (imported before the clock starts, as all else)

    from grnet.workflow.prepare import prepare

    before = read_peak_mib()
    start = time.perf_counter()
    if side == "pandas":
        pd.read_csv(table, index_col=0)
    else:
        prepare(work / "dataset", expression=table, tfs=work / "tfs.txt", overwrite=True)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_mib": read_peak_mib() - before}))


def read_peak_mib() -> float:
    """Return the most memory that this process has used; that of `resource` begins with what the parent used."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main()
