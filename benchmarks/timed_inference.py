"""Infer a network in this process, and print how long its parts took and the most memory it had, as JSON.

    python benchmarks/timed_inference.py RUN OUT [--top 100000] [--prior 0.01] [--device cpu]

The seconds from process start to closed network files are for the one who starts it to measure.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from two_cores import peak_mib

import grnet
from grnet.schema.progress import Progress
from grnet.workflow.infer_network import InferenceResult


class Clock(Progress):
    """Keeps when what was said and done, in seconds since it was made."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.first_word: float | None = None
        self.phases: list[tuple[str, float, float]] = []

    def say(self, text: str) -> None:
        """Keep when the first line came: run and dataset are loaded then."""
        if self.first_word is None:
            self.first_word = self.now()

    @contextmanager
    def track(self, title: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Keep when a task began and ended."""
        begun = self.now()
        yield lambda done: None
        self.phases.append((title, begun, self.now()))

    def now(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self.start

    def end_of(self, title: str) -> float | None:
        """Return when the last task of a title ended."""
        return max((end for name, _, end in self.phases if name == title), default=None)


def main() -> None:
    """Infer, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--top", type=int, help="Edges to keep.  [default: those of the default limit]")
    parser.add_argument("--prior", type=float)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    clock = Clock()
    result = grnet.infer_network(
        arguments.run,
        arguments.out,
        top=arguments.top,
        prior=arguments.prior,
        device=arguments.device,
        overwrite=arguments.out.exists(),
        progress=clock,
    )
    print(json.dumps(gather_figures(result, clock, arguments.out)))


def gather_figures(result: InferenceResult, clock: Clock, out: Path) -> dict[str, Any]:
    """Return counts, seconds and sizes."""
    candidates, closed = result.scoring.n_candidates, clock.end_of("scoring")
    loaded = None if closed is None or clock.first_word is None else closed - clock.first_word
    return {
        "candidates": candidates,
        "edges": len(result.network.edges),
        "scoring_seconds": round(result.scoring_seconds, 3),
        "pairs_per_second": round(result.pairs_per_second),
        "loaded_to_closed_seconds": None if loaded is None else round(loaded, 3),
        "loaded_to_closed_pairs_per_second": None if loaded is None else round(candidates / loaded),
        "inference_seconds": round(clock.now(), 3),
        "phases": {title: round(end - begin, 3) for title, begin, end in clock.phases},
        "scores_mib": round(sum(file.stat().st_size for file in (out / "scores").iterdir()) / 2**20, 1),
        "peak_mib": peak_mib(),
    }


if __name__ == "__main__":
    main()
