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


MACHINE = {"processor": "P", "cores": 4, "memory_gib": 8.0, "gpu": None, "python": "3.12", "versions": {"torch": "2"}}


def test_tables_are_made_of_any_file(tmp_path):
    content = {
        "machine": MACHINE,
        "settings": {"cores": 2},
        "seconds": 1.25,
        "cases": {"one": {"n": 1000, "of_each": [1, 2]}, "two": {"n": 5}},
        "rows": [{"what": "a", "holds": True}],
    }
    (tmp_path / "thresholding.json").write_text(json.dumps(content))

    text = report.render(tmp_path)

    assert "| seconds | 1.25 |" in text
    assert "|  | n |\n|---|---:|\n| one | 1,000 |\n| two | 5 |" in text
    assert "| a | yes |" in text
    assert "Machine: P; 4 processors, of which 2 used; 8 GiB; Python 3.12; torch 2." in text
    assert "Not measured yet: `python benchmarks/scale.py`." in text


def test_tables_hold_the_figures_of_each_benchmark(tmp_path):
    case = {"candidates": 10_000, "pairs_per_second": 250_000, "end_to_end_seconds": 61.5, "peak_mib": 1500.5}
    asked = [{"what": "peak memory, MiB", "reached": 1500.5, "holds": True}]
    exponents = {name: {"all": 0.98, "upper": 1.01} for name in ("scoring", "end to end")}
    points = [{"value": value, "scoring_seconds": 0.5, "end_to_end_seconds": 4.0} for value in (40, 640)]
    files = {
        "scale": {"cases": {"750 × 14,000": case}, "asked": asked},
        "growth": {"growth": {"TFs": {"exponents": exponents, "points": points}}},
        "against_grnboost2": {
            "cases": {"training rna": {"auroc": 0.979}, "GRNBoost2": {"auroc": 0.75}},
            "comparison": [{"what": "GRNBoost2", "seconds": 35.4, "ratio": 11.2}],
        },
        "gpu": {
            "cases": {
                "scoring, fp32": {"candidates": 30_000_000, "logits_pairs_per_second": 21_000_000},
                "end to end": {"until": "closed network files", "seconds": 42.5},
                "share of limit": {"not measured": "out of memory"},
            },
            "asked": asked,
        },
        "share_of_limit": {
            "cases": {"limit": {"fp32_gflops_per_second": 129.1}, "fp32": {"share_of_limit": 0.072}, "bf16": {"n": 2}},
        },
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"machine": MACHINE, **content}))

    text = report.render(tmp_path)

    assert "| 750 × 14,000 | 10,000 | – | 250,000 | – | 61.5 | 1,500 | – |" in text
    assert "| peak memory, MiB | 1,500 | yes |" in text
    assert "| TFs | 40 to 640 | 0.98 | 1.01 | 0.98 | 1.01 |" in text
    assert "| TFs: 640 | 0.5 | 4 |" in text
    assert "| GRNBoost2 | 35.4 | 11.2 |" in text
    assert "| GRNBoost2 | 0.75 |" in text
    assert "| scoring, fp32 | 30,000,000 | 21,000,000 | – | – | – |" in text
    assert "Not measured: share of limit: out of memory." in text
    assert "products: fp32 gflops per second 129.\n\n|  | fp32 | bf16 |\n" in text
    assert "| share of limit | 0.072 | – |" in text
    assert "End to end, from process start to closed network files: 42.5 s." in text


def test_a_page_without_markers_is_refused():
    with pytest.raises(SystemExit, match="lacks the lines"):
        report.replace_figures("nothing", "figures")
