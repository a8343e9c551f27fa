"""What `make bench-gpu` measures, on the processor."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import gpu
import pytest
from synthetic_dataset import RunSize
from synthetic_run import write_synthetic_run
from two_cores import run_script

SMALL = RunSize(genes=40, tfs=3, samples=8, views=1, labelled=40, folds=2)


def test_a_gpu_that_is_not_there_is_said_in_a_line(here, monkeypatch, capsys):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(SystemExit) as raised:
        here(gpu)

    assert raised.value.code == 2
    assert capsys.readouterr().err == (
        "no GPU: torch finds no CUDA device here; run `make bench-gpu` on a machine that has one\n"
    )


def test_every_case_is_measured_and_written(tmp_path, here, monkeypatch):
    monkeypatch.setattr(gpu, "QUICK_SIZE", SMALL)
    networks = {"scoring": [{"samples_per_second": 2.0}, {"skipped": "x"}], "training": [{"samples_per_second": 1.0}]}
    monkeypatch.setitem(gpu.CASES, "SDINet", lambda _bench: networks)
    monkeypatch.setitem(gpu.CASES, "share of limit", lambda _bench: {"share": 0.5})
    here(gpu, "--quick", "--device", "cpu", "--out", tmp_path / "gpu.json", "--work", tmp_path)

    content = json.loads((tmp_path / "gpu.json").read_text())
    for precision in ("fp32", "bf16"):
        case = content["cases"][f"scoring, {precision}"]
        assert (case["candidates"], case["models"], case["precision"]) == (3 * 39, 2, precision)
        assert case["logits_pairs_per_second"] == pytest.approx(117 / case["logits_seconds"], rel=0.1)
    for modality in ("rna", "fused"):
        assert 0 <= content["cases"][f"training, {modality}"]["auroc"] <= 1
    assert content["cases"]["end to end"]["until"] == "closed network files"
    assert [row["holds"] for row in content["asked"]] == [False, False, True]


def make_bench(folder: Path, *, seconds: float) -> gpu.Bench:
    return gpu.Bench(folder, "cuda", quick=False, cores=2, until=time.monotonic() + seconds)


def test_end_to_end_stops_at_shards_where_packages_are_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(gpu, "FOR_NETWORKS", ("no_such_package",))
    monkeypatch.setattr(gpu, "time_scoring", lambda *_: {"process_seconds": 20.0, "logits_seconds": 4.0})

    found = gpu.time_end_to_end(make_bench(tmp_path, seconds=60))

    assert found == {"until": "closed shards (no_such_package not installed here)", "seconds": 16.0}


def test_scoring_alone_needs_no_package_of_the_network(tmp_path):
    write_synthetic_run(tmp_path, SMALL)
    code = (
        "import sys, runpy\n"
        "for name in ('plotly', 'igraph', 'dask', 'distributed'): sys.modules[name] = None\n"
        "sys.argv = ['timed_scoring.py', sys.argv[1], sys.argv[2], '--device', 'cpu']\n"
        "runpy.run_path(sys.path[0] + '/timed_scoring.py', run_name='__main__')\n"
    )
    script = f"import sys; sys.path.insert(0, {str(Path(gpu.__file__).parent)!r})\n{code}"
    said = subprocess.check_output([sys.executable, "-c", script, tmp_path / "run", tmp_path / "shards"], text=True)

    assert json.loads(said.splitlines()[-1])["candidates"] == 3 * 39


def test_a_case_that_fails_is_said_and_the_rest_stands(tmp_path, monkeypatch):
    def fail(*_arguments, **_limits):
        raise SystemExit("share_of_limit.py\nended with code 1:\nout of memory")

    monkeypatch.setattr(gpu, "run_script", fail)

    assert make_bench(tmp_path, seconds=60).attempt(gpu.measure_share) == {"not measured": "out of memory"}


def test_a_case_that_does_not_end_in_time_is_stopped(tmp_path):
    with pytest.raises(SystemExit, match=r"not ended after 0 s$"):
        run_script("timed_scoring.py", tmp_path, limit=0.1)


def test_no_case_is_begun_when_the_time_is_over(tmp_path):
    assert make_bench(tmp_path, seconds=1).attempt(gpu.time_sdinet) == {"not measured": "no time was left"}
    asked = gpu.compare_with_asked({name: {"not measured": "no time was left"} for name in gpu.CASES})
    assert [(row["reached"], row["holds"]) for row in asked] == [(None, False)] * 3
