"""The share of the machine's limit, measured at toy size."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks/share_of_limit.py"


@pytest.mark.slow  # without bf16 instructions its products take minutes
def test_shares_and_times_are_measured(tmp_path):
    command = [sys.executable, SCRIPT, "--quick", "--out", tmp_path / "share.json", "--work", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "share.json").read_text(encoding="utf-8"))
    assert found["complete"]
    limits = found["cases"].pop("limit")
    assert 0 < limits["fp32_gflops_per_second"] < 1e5
    assert len(found["cases"]) == 4
    for name, case in found["cases"].items():
        assert case["pairs_per_second"] > 0
        assert 10_000 < case["operations_of_a_pair"] < 10_000_000
        # a processor without instructions for bf16 imitates large products of it more slowly than small ones
        assert 0 < case["share_of_limit"] < (100 if "bf16" in name else 1)
        parts = {kind: part for kind, part in case.items() if kind.endswith("% of time")}
        assert len(parts) == 8
        assert parts["matrix products, % of time"] > 0
        assert 60 < sum(parts.values()) < 150, "of a short time, much is noise"
    few, all_genes = (
        found["cases"][f"{share}, fp32"] for share in ("22 % of genes with images", "all genes with images")
    )
    assert all_genes["operations_of_a_pair"] > 1.5 * few["operations_of_a_pair"]
