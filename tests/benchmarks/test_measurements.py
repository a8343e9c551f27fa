"""What the benchmarks measure with: processes held to some cores, results that go on, tables from files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import report
import results_file
from results_file import ResultsFile, show
from two_cores import choose_cores, peak_mib, run_held


def test_a_process_is_held_to_cores_and_its_last_line_read():
    code = (
        "import json, os; print('words'); print(json.dumps([0]) and json.dumps({'n': len(os.sched_getaffinity(0)), "
        "'threads': os.environ['OMP_NUM_THREADS']}))"
    )
    before = os.sched_getaffinity(0)

    timed = run_held([sys.executable, "-c", code], cores=1)

    assert timed.figures == {"n": 1, "threads": "1"}
    assert 0 < timed.seconds < 60
    assert os.sched_getaffinity(0) == before


def test_a_process_that_fails_ends_the_benchmark_with_what_it_said():
    with pytest.raises(SystemExit, match=r"(?s)ended with code 3:\nno such thing"):
        run_held([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"])


def test_cores_are_distinct_and_allowed():
    cores = choose_cores(2)

    assert len(set(cores)) == len(cores) == min(2, len(os.sched_getaffinity(0)))
    assert set(cores) <= os.sched_getaffinity(0)


def test_peak_counts_what_was_held_and_given_back():
    code = (
        f"import sys; sys.path.insert(0, {str(Path(results_file.__file__).parent)!r}); from two_cores import peak_mib; "
        "before = peak_mib(); held = bytearray(60 << 20); del held; print(before, peak_mib())"
    )

    before, after = map(float, subprocess.check_output([sys.executable, "-c", code], text=True).split())

    assert 55 < after - before < 70
    assert peak_mib() > after


def test_results_go_on_where_they_were_broken_off(tmp_path):
    path, settings = tmp_path / "some/figures.json", {"size": (1, 2)}
    first = ResultsFile(path, settings)
    first.measure("a", lambda: {"seconds": 1.5})
    with pytest.raises(KeyboardInterrupt):
        first.measure("b", lambda: (_ for _ in ()).throw(KeyboardInterrupt))

    again = ResultsFile(path, settings)
    again.measure("a", lambda: pytest.fail("measured already"))
    again.measure("b", lambda: {"seconds": 2.5})
    again.finish(total=4.0)

    content = json.loads(path.read_text())
    assert {name: case["seconds"] for name, case in content["cases"].items()} == {"a": 1.5, "b": 2.5}
    assert (content["complete"], content["total"], content["settings"]) == (True, 4.0, {"size": [1, 2]})
    assert content["machine"]["versions"]["grnet"]
    assert set(content["cases"]["a"]) == {"seconds", "load_average_before"}


@pytest.mark.parametrize("change", ["complete", "settings"])
def test_results_start_anew_after_complete_ones_and_with_other_settings(tmp_path, change):
    path = tmp_path / "figures.json"
    first = ResultsFile(path, {"size": 1})
    first.measure("a", lambda: {"seconds": 1.0})
    if change == "complete":
        first.finish()

    assert ResultsFile(path, {"size": 1 if change == "complete" else 2}).cases == {}


def test_quick_results_do_not_replace_the_committed_ones():
    parser = results_file.make_parser("words", "scale")

    assert results_file.choose_results(parser.parse_args([])) == results_file.RESULTS / "scale.json"
    assert results_file.choose_results(parser.parse_args(["--quick"])).parent.name == "benchmarks"
    assert "results" not in results_file.choose_results(parser.parse_args(["--quick"])).parts[-3:]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12345, "12,345"),
        (0.12345, "0.123"),
        (12.3456, "12.3"),
        (123.456, "123"),
        (4567.8, "4,568"),
        (None, "–"),
        (True, "yes"),
    ],
)
def test_cells_are_shown_short(value, shown):
    assert show(value) == shown


def test_the_page_says_what_the_files_say():
    page = report.PAGE.read_text(encoding="utf-8")

    assert report.replace_figures(page, report.render(report.RESULTS)) == page


def test_tables_are_made_of_any_file(tmp_path):
    content = {
        "machine": {
            "processor": "P",
            "cores": 4,
            "memory_gib": 8.0,
            "gpu": None,
            "python": "3.12",
            "versions": {"torch": "2"},
        },
        "settings": {"cores": 2},
        "seconds": 1.25,
        "cases": {"one": {"n": 1000, "of_each": [1, 2]}, "two": {"n": 5}},
        "rows": [{"what": "a", "holds": True}],
    }
    (tmp_path / "gpu.json").write_text(json.dumps(content))

    text = report.render(tmp_path)

    assert "| seconds | 1.25 |" in text
    assert "|  | n |\n|---|---:|\n| one | 1,000 |\n| two | 5 |" in text
    assert "| a | yes |" in text
    assert "Machine: P; 4 processors, of which 2 used; 8 GiB; Python 3.12; torch 2." in text
    assert "Not measured yet: `python benchmarks/scale.py`." in text


def test_a_page_without_markers_is_refused():
    with pytest.raises(SystemExit, match="lacks the lines"):
        report.replace_figures("nothing", "figures")
