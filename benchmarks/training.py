"""How long `grnet train` takes with the whole report, beside another checkout of grnet, in one run on one machine.

    python benchmarks/training.py OTHER [--cases fly-eye embryo mdc-string] [--data FOLDER] [--rounds 1]

OTHER is a checkout of another commit. Each checkout prepares the data itself and trains with its default settings, by
turns, each in a process of its own: fly-eye and mdc-string on RNA, the demo embryo on images and RNA. Results go to
benchmarks/results/training.json as they come: seconds from process start to the closed run folder, their ratio, and the
AUROC on new pairs of either.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from against_checkout import commit_of
from results_file import RESULTS, ROOT, ResultsFile, print_table, work_folder
from two_cores import CORES

PREPARE = {
    "fly-eye": (
        "folder = data / 'fly-eye'; tfs = folder / 'tf_dataset.xlsx'; "
        "grnet.prepare(out, expression=[tfs, folder / 'gene_dataset.xlsx'], tfs=tfs, "
        "known_edges=folder / 'new_benchmark_dataset.xlsx', images=folder / 'images.csv', aliases={'Dp': 'Dp2'})"
    ),
    "mdc-string": (
        "folder = data / 'mdc-string'; "
        "grnet.prepare(out, expression=folder / 'expression.tsv.gz', tfs=folder / 'tfs.txt', "
        "known_edges=folder / 'known.csv')"
    ),
    "embryo": (
        "from grnet.workflow.demo import prepare_lab; "
        "lab = out.with_name(out.name + '-lab'); grnet.simulate(lab, seed=0); prepare_lab(lab, out)"
    ),
}
MODALITY = {"fly-eye": "rna", "mdc-string": "rna", "embryo": "fused"}


def main() -> None:
    """Time every case and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--cases", nargs="+", default=list(PREPARE), choices=list(PREPARE))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data")))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS / "training.json", help="JSON to write.")
    parser.add_argument("--work", type=Path, help="Folder for what is made on the way; a temporary one if not given.")
    arguments = parser.parse_args()
    commits = {"other": commit_of(arguments.other), "own": commit_of(ROOT)}
    file = ResultsFile(arguments.out, {"commits": commits, "cores": CORES, "rounds": arguments.rounds})
    with work_folder(arguments) as folder:
        for name in arguments.cases:
            file.measure(name, lambda name=name: compare(name, arguments, folder))
            print(name, json.dumps(file.cases[name]), flush=True)
    file.finish()
    columns = ("other_seconds", "own_seconds", "times_as_fast", "other_auroc", "own_auroc")
    print_table(["training", *columns], [[name, *(case[key] for key in columns)] for name, case in file.cases.items()])


def compare(name: str, arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return seconds and AUROC of both checkouts, and how many times as fast this one is."""
    seconds: dict[str, list[float]] = {"other": [], "own": []}
    areas = {}
    for number in range(arguments.rounds):
        for who, checkout in (("other", arguments.other), ("own", ROOT)):
            place = folder / f"{name}-{who}-{number}"
            place.mkdir(parents=True)
            run_python(checkout, PREPARE[name], place / "dataset", arguments.data)
            start = time.monotonic()
            train = f"grnet.train(out.with_name('dataset'), out, modality={MODALITY[name]!r})"
            run_python(checkout, train, place / "run", arguments.data)
            seconds[who].append(round(time.monotonic() - start, 1))
            areas[who] = read_auroc(place / "run")
    ratios = [other / own for other, own in zip(seconds["other"], seconds["own"], strict=True)]
    return {
        **{f"{who}_seconds": statistics.median(values) for who, values in seconds.items()},
        "times_as_fast": round(statistics.median(ratios), 2),
        **{f"{who}_auroc": area for who, area in areas.items()},
    }


def run_python(checkout: Path, statement: str, out: Path, data: Path) -> None:
    """Run a statement with the grnet of a checkout."""
    code = f"from pathlib import Path; import grnet; data, out = Path({str(data)!r}), Path({str(out)!r}); {statement}"
    environment = {**os.environ, "PYTHONPATH": str(checkout.resolve())}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=out.parent)


def read_auroc(run: Path) -> float:
    """Return the AUROC of a run's own models on new pairs, from its out-of-fold probabilities."""
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    table = pd.read_parquet(run / "out_of_fold.parquet").dropna(subset=["probability"])
    return round(float(roc_auc_score(table["label"], table["probability"])), 4)


if __name__ == "__main__":
    main()
