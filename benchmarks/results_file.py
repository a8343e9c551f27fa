"""The figures of a benchmark as JSON: written after each case, so that a run that was broken off goes on.

A file is of one machine, one set of versions and one size. Where it is not complete and all of these are the same, the
cases that are in it are taken as they are; else the benchmark starts anew.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from machine import describe_machine

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks/results"
QUICK_RESULTS = ROOT / "build/benchmarks"
"""Where the figures of --quick go: they are of toy sizes, and never among those that are committed."""


class ResultsFile:
    """Named cases in a JSON file.

    Parameters
    ----------
    path : Path
    settings : mapping
        What decides the figures, beside the machine.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        machine = describe_machine()
        self.content: dict[str, Any] = {"machine": machine, "settings": dict(settings), "complete": False, "cases": {}}
        if path.is_file():
            there = json.loads(path.read_text(encoding="utf-8"))
            same = all(
                there.get(name) == json.loads(json.dumps(self.content[name])) for name in ("machine", "settings")
            )
            if same and not there.get("complete", True):
                self.content["cases"] = there["cases"]
                print(f"going on with {len(there['cases'])} cases of {path}")

    @property
    def cases(self) -> dict[str, dict[str, Any]]:
        """The figures of each case that is there."""
        cases: dict[str, dict[str, Any]] = self.content["cases"]
        return cases

    def measure(self, case: str, action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return the figures of a case; `action` measures them where they are not there yet."""
        if case not in self.cases:
            load = round(os.getloadavg()[0], 1)
            figures = action()
            self.cases[case] = {**figures, "load_average_before": load}
            self._write()
        return self.cases[case]

    def finish(self, **figures: Any) -> None:
        """Add what comes of all cases, and say that they are complete."""
        self.content |= {**figures, "complete": True}
        self._write()

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.new")
        temporary.write_text(json.dumps(self.content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        temporary.replace(self.path)


def make_parser(description: str | None, name: str) -> argparse.ArgumentParser:
    """Return a parser with what all benchmarks take: --out, --work and --quick."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="Toy sizes, to see that everything runs.")
    parser.add_argument("--out", type=Path, help=f"JSON to write.  [default: benchmarks/results/{name}.json]")
    parser.add_argument("--work", type=Path, help="Folder for what is made on the way; a temporary one if not given.")
    parser.set_defaults(name=name)
    return parser


def choose_results(arguments: argparse.Namespace) -> Path:
    """Return the JSON file that the options stand for."""
    chosen: Path | None = arguments.out
    return chosen or (QUICK_RESULTS if arguments.quick else RESULTS) / f"{arguments.name}.json"


@contextmanager
def work_folder(arguments: argparse.Namespace) -> Iterator[Path]:
    """Yield the folder for what is made on the way."""
    if arguments.work is not None:
        arguments.work.mkdir(parents=True, exist_ok=True)
        yield arguments.work
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


def print_table(header: list[str], rows: list[list[Any]]) -> None:
    """Print columns, numbers on the right."""
    lines = [header, *([show(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        first, *others = zip(line, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))


def show(value: Any) -> str:
    """Return a cell: large numbers with commas, small ones with three digits, a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
