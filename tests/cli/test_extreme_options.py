"""Options at their extremes: one line that names the option and what it takes, code 2, and nothing written.

The inputs of the table are not there, so an option that is judged only after reading them shows here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SIMULATE, PREPARE = ["simulate", "out"], ["prepare", "out", "--expression", "no.csv"]
TRAIN, CROSSVAL = ["train", "no", "-o", "out"], ["crossval", "no", "-o", "out"]
SDINET = [*TRAIN, "--architecture", "sdinet"]
INFER, EXPLAIN = ["infer-network", "no", "-o", "out"], ["explain", "no", "a", "b"]
VIEW, EXPORT = ["view", "no"], ["export", "no", "--to", "sif"]
HUGE = "9" * 30
COUNT = "1,000,000,000,000"
"""The largest number of anything."""
COUNTS = [
    (SIMULATE, "--tfs", 8, "100,000"),
    (SIMULATE, "--targets", 10, "100,000"),
    (SIMULATE, "--samples", 8, "100,000"),
    (PREPARE, "--min-cells", 0, COUNT),
    (PREPARE, "--pool", 0, COUNT),
    *((command, "--folds", 2, "127") for command in (TRAIN, CROSSVAL)),
    *((command, "--epochs", 1, "1,000,000") for command in (TRAIN, CROSSVAL)),
    *((command, "--patience", 1, "1,000,000") for command in (TRAIN, CROSSVAL)),
    *((command, "--batch-size", 2, COUNT) for command in (TRAIN, CROSSVAL)),
    (SDINET, "--min-image-pairs", 1, COUNT),
    (SDINET, "--max-image-pairs", 1, COUNT),
    (INFER, "--batch-pairs", 1, COUNT),
    *((command, "--top", 1, COUNT) for command in (INFER, VIEW, EXPORT)),
    *((command, "--top-per-target", 1, COUNT) for command in (INFER, VIEW, EXPORT)),
]
"""Command, option, the least and the most that it takes."""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("command", "flag", "least", "most"), COUNTS, ids=lambda value: str(value).strip("-"))
def test_counts_that_are_too_small_or_too_large(refused, command, flag, least, most):
    said = "0 or more" if least == 0 else f"at least {least}"
    for number in (least - 1, -int(HUGE)):
        assert refused(*command, f"{flag}={number}") == f"{flag} is {said}, got {number}"
    assert refused(*command, f"{flag}={HUGE}") == f"{flag} is at most {most}, got {HUGE}"


RATES = [
    (TRAIN, "--learning-rate", "is above 0 and at most 1", ("0.0", "-0.0", "-1.0", "nan", "inf", "1e+308")),
    (TRAIN, "--negatives-per-positive", "is above 0 and finite", ("0.0", "-0.0", "-1e+308", "nan", "inf")),
    *(
        (command, flag, "lies in 0..1", ("-1e-320", "1.0000001", "nan", "inf", "-inf"))
        for command in (INFER, VIEW, EXPORT)
        for flag in ("--probability", "--expected-precision")
    ),
    *(
        (command, "--prior", "is above 0 and below 1", ("0.0", "-0.0", "1.0", "-1.0", "nan", "inf", "1e+308"))
        for command in (INFER, EXPLAIN)
    ),
    *((command, "--prior", "lies in 1e-09..1 - 1e-09", ("1e-320", "1e-10")) for command in (INFER, EXPLAIN)),
]


@pytest.mark.parametrize(("command", "flag", "takes", "values"), RATES, ids=lambda value: str(value)[:40].strip("-"))
def test_rates_and_fractions_out_of_range(refused, command, flag, takes, values):
    for value in values:
        assert refused(*command, f"{flag}={value}") == f"{flag} {takes}, got {value}"


@pytest.mark.parametrize("size", ["0", "-1", "nan", "1e9", "", "0.0GB", "GB", "9" * 400, "9" * 20 + "TB"])
def test_sizes_of_memory_that_are_none(refused, size):
    assert refused(*INFER, f"--memory={size}") == (
        f"--memory: {size!r} is no size; expected a number and a unit, such as 800MB or 2GB"
    )


@pytest.mark.parametrize(
    ("command", "flag", "range_of_sides"),
    [(PREPARE, "--image-size", "8..2048"), (SDINET, "--network-image-size", "32..2048")],
)
def test_sizes_of_images(refused, command, flag, range_of_sides):
    for side in (0, 1, 99999):
        told = f"{flag}: both sides lie in {range_of_sides}, got ({side}, {side})"
        assert refused(*command, f"{flag}={side}x{side}") == told


def test_numbers_that_are_none(refused):
    for value in ("nan", "inf", "1e3", "0x10", "", "1.5"):
        assert f"'--top': {value!r} is not a valid integer; see grnet infer-network --help" in refused(
            *INFER, f"--top={value}"
        )
    assert "'--prior': 'x' is not a valid float" in refused(*INFER, "--prior=x")


@pytest.mark.usefixtures("trained")
def test_too_little_memory_leaves_nothing_that_blocks_the_next_command(refused, accepted):
    told = refused("infer-network", "run", "-o", "out", "--memory", "1B")
    least = told.removeprefix("--memory: blocks of candidates take ").removesuffix(" at the least, got 1 bytes")
    assert least.split()[1] in ("KB", "MB")
    assert not list(Path().glob(".out*"))
    accepted("infer-network", "run", "-o", "out", "--top", "5")
    assert (Path("out") / "summary.json").is_file()


@pytest.mark.usefixtures("trained")
def test_the_smallest_prior_gives_a_network(accepted):
    accepted("infer-network", "run", "-o", "out", "--top", "5", "--prior", "1e-9")
    accepted("view", "out", "--top", "3", "-o", "page.html")
    assert "<title>" in Path("page.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize(
    "command",
    [
        ["train", "data", "-o", "out"],
        ["infer-network", "run", "-o", "out"],
        ["export", "net", "--to", "graphml", "-o", "out"],
    ],
    ids=lambda command: command[0],
)
def test_names_that_a_format_cannot_tell_apart_are_found_before_the_work(refused, monkeypatch, command):
    monkeypatch.setattr("grnet.exporters.graphml.replace_controls", lambda name: name.replace("tf1", "tf2"))
    told = refused(*command)
    assert told.startswith("the genes 'tf")
    assert " have one name in the format graphml, which cannot hold their special characters; give one of them " in told
