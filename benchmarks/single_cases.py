"""Benchmarks whose cases are measured one by one, in any order: what their command lines and files of figures share.

Each case is written as it comes, with the machine that it ran on, and replaces what stood there for it; the others
stay. What takes long is kept in the folder --work, so that a case that was broken off goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from machine import describe_machine
from results_file import RESULTS, ROOT, work_folder

Measure = Callable[[Path, Path], dict[str, Any]]
"""Takes the folder of data and a folder for what is made on the way; returns the figures of a case."""


def make_case_parser(description: str | None, name: str, cases: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser with --cases, --data, --out and --work."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("GRNET_REAL_DATA", ROOT / "../shared/data"))
    listed = f"{', '.join(cases)}; a name stands for all that begin with it.  [default: all]"
    parser.add_argument("--cases", nargs="+", default=list(cases), metavar="CASE", help=listed)
    parser.add_argument("--data", type=Path, default=data, help="Folder that holds fly-eye/ and others.")
    parser.add_argument("--out", type=Path, default=RESULTS / f"{name}.json", help="JSON to write.")
    parser.add_argument("--work", type=Path, help="Folder for what is made on the way; a temporary one if not given.")
    return parser


def measure_cases(arguments: argparse.Namespace, cases: Mapping[str, Measure]) -> dict[str, dict[str, Any]]:
    """Measure the cases that were asked for, write each as it comes, and return the figures of all in the file.

    Raises
    ------
    SystemExit
        No case has a name that was asked for, or the data are not there.
    """
    names = choose_cases(arguments.cases, cases)
    if not arguments.data.is_dir():
        raise SystemExit(f"{arguments.data}: no such folder; name the one that holds fly-eye/ with --data")
    figures: dict[str, dict[str, Any]] = {}
    if arguments.out.is_file():
        figures = json.loads(arguments.out.read_text(encoding="utf-8"))["cases"]
    with work_folder(arguments) as folder:
        for name in names:
            load, start = round(os.getloadavg()[0], 1), time.monotonic()
            (folder / name).mkdir(parents=True, exist_ok=True)
            measured = cases[name](arguments.data, folder / name)
            minutes = round((time.monotonic() - start) / 60, 1)
            figures[name] = {**measured, "minutes": minutes, "load_average_before": load, "machine": describe_machine()}
            write_cases({case: figures[case] for case in cases if case in figures}, arguments.out)
            print(f"{name}: {minutes} minutes", flush=True)
    return {case: figures[case] for case in cases if case in figures}


def choose_cases(asked: Sequence[str], cases: Mapping[str, Measure]) -> list[str]:
    """Return the cases whose name, or its beginning up to a hyphen, was asked for, in the order of `cases`.

    Raises
    ------
    SystemExit
        A name stands for no case.
    """
    found = {name: [case for case in cases if case == name or case.startswith(f"{name}-")] for name in asked}
    unknown = [name for name, own in found.items() if not own]
    if unknown:
        raise SystemExit(f"--cases: {unknown[0]!r} is none of {', '.join(cases)}")
    chosen = {case for own in found.values() for case in own}
    return [case for case in cases if case in chosen]


def write_cases(figures: Mapping[str, dict[str, Any]], path: Path) -> None:
    """Write the figures of all cases, or leave the file as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(json.dumps({"cases": figures}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)
