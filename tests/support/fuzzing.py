"""Readers under mutated inputs: what is tried, and what came of it.

A target writes an intact input by a seed, reads it, and says what it read in a form that can be compared. Half of the
inputs are intact and must come back; the others have bytes changed, cut, repeated or exchanged. An input is

refused    by one line of a GrnetError
accepted   read, and the same data as was written
changed    read, and other data, as mutated text without a checksum may be: a digit is another digit
other      refused though intact; or read, and other data where that must not be: intact inputs, and targets whose
           contents are checked
crashed    any other exception
slow       more than SLOW seconds

GRNET_FUZZ sets how many inputs each target gets; GRNET_FUZZ_OUT names a JSON file; beside it, each target
writes its counts to a file of its own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grnet.schema.errors import GrnetError

INPUTS = int(os.environ.get("GRNET_FUZZ", "24"))
SLOW = 10.0
OUTCOMES = ("refused", "accepted", "changed", "other", "crashed", "slow")
FAILURES = ("other", "crashed", "slow")
INSERTED = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\n\n", b"\t", b",", b'"', b"'", b"nan", b"1e999", b"-1", b"1_0", b"="),
    *(
        b"9" * 5000,
        b"[" * 5000,
        b"{" * 5000,
        b"../",
        b"\xe2\x80\x8b",
        "é".encode("latin-1"),
        b"\r",
        b"#",
        b"PK\x03\x04",
    ),
)
"""What is put in: ends of lines, marks, quotes, numbers out of range, deep nesting, bytes that are not UTF-8."""


@dataclass(frozen=True)
class FuzzTarget:
    """A reader and how its inputs are made.

    Attributes
    ----------
    name : str
    write : callable of (Random, folder) to (Path, object)
        Writes an intact input into an empty folder; returns what the reader is given, and the data that must come back.
    read : callable of Path to object
        Reads it; equal values are the same data, by `==`.
    checked : bool
        Mutated inputs must be refused or give the same data: the format has checksums.
    mutate : callable of (Random, Path) or None
        Changes an input in place; None: :func:`mutate_bytes`.
    refusable : bool
        Intact inputs may be refused, as command lines of random words are.
    """

    name: str
    write: Callable[[random.Random, Path], tuple[Path, object]]
    read: Callable[[Path], object]
    checked: bool = False
    mutate: Callable[[random.Random, Path], None] | None = None
    refusable: bool = False


@dataclass
class FuzzReport:
    """What came of the inputs of a target."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def run_target(target: FuzzTarget, folder: Path, *, seed: int = 0, inputs: int = INPUTS) -> FuzzReport:
    """Give a target its inputs, the n-th of which depends on the seed, its name and n alone; keep the counts."""
    report = FuzzReport(target.name)
    load_libraries(target, folder)
    for number in range(inputs):
        place = folder / "input"
        place.mkdir()
        dice, intact = random.Random(f"{seed}/{target.name}/{number}"), number % 2 == 0
        path, expected = target.write(dice, place)
        if not intact:
            (target.mutate or mutate_bytes)(dice, path)
        outcome, said = try_input(target, path, expected, intact=intact)
        report.counts[outcome] += 1
        if outcome in FAILURES:
            report.failures.append(f"{target.name}, seed {seed}, input {number}: {outcome}: {said}")
        shutil.rmtree(place)
    gather(report)
    return report


def load_libraries(target: FuzzTarget, folder: Path) -> None:
    """Read an intact input, whatever comes of it: the first read of a process loads libraries, which takes its time."""
    place = folder / "first"
    place.mkdir()
    path, expected = target.write(random.Random(target.name), place)
    try_input(target, path, expected, intact=True)
    shutil.rmtree(place)


def try_input(target: FuzzTarget, path: Path, expected: object, *, intact: bool) -> tuple[str, str]:
    """Read an input; return what came of it, and what is to be known of a failure."""
    start = time.monotonic()
    try:
        found = target.read(path)
    except GrnetError as error:
        if len(str(error).splitlines()) != 1:
            return "crashed", f"an error of several lines: {error}"
        return ("other", f"intact, and refused: {error}") if intact and not target.refusable else ("refused", "")
    except Exception as error:  # noqa: BLE001  the very thing that is sought
        return "crashed", "".join(traceback.format_exception(error))[-1500:]
    if (seconds := time.monotonic() - start) > SLOW:
        return "slow", f"{seconds:.1f} s"
    if found == expected:
        return "accepted", ""
    if intact or target.checked:
        return "other", f"{found!r}"[:300]
    return "changed", ""


def mutate_bytes(dice: random.Random, path: Path) -> None:
    """Change a file, or one of the files of a folder: bits, bytes, a block cut out, repeated, or put in; an end cut."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    file = dice.choice(files)
    content = bytearray(file.read_bytes())
    for _ in range(dice.choice((1, 1, 2, 8))):
        start = dice.randrange(len(content) + 1)
        end = min(len(content), start + dice.choice((1, 4, 64, 1024)))
        kind = dice.choice(("bit", "byte", "cut", "repeat", "insert", "end"))
        if kind == "bit" and start < len(content):
            content[start] ^= 1 << dice.randrange(8)
        elif kind == "byte" and start < len(content):
            content[start] = dice.randrange(256)
        elif kind == "cut":
            del content[start:end]
        elif kind == "repeat":
            content[start:start] = content[start:end] * dice.choice((1, 2, 100))
        elif kind == "insert":
            content[start:start] = dice.choice(INSERTED)
        elif kind == "end":
            del content[start:]
    file.write_bytes(bytes(content))


def gather(report: FuzzReport) -> None:
    """Add the counts of a target to the file that GRNET_FUZZ_OUT names."""
    if "GRNET_FUZZ_OUT" in os.environ:
        file = Path(os.environ["GRNET_FUZZ_OUT"]).with_suffix(f".{report.name.replace(' ', '_')}.json")
        file.write_text(json.dumps({"name": report.name, **report.counts}) + "\n", encoding="utf-8")
