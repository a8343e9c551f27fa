"""Describe the machine and the versions that a benchmark ran on."""

from __future__ import annotations

import os
from typing import Any

import torch

from grnet.workflow import machine

PACKAGES = ("grnet", "torch", "numpy", "pandas", "pyarrow")


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, memory, GPU and versions, as JSON values."""
    here, versions = machine.describe_machine(), machine.list_versions()
    return {
        "processor": here["processor"],
        "cores": os.cpu_count(),  # of the machine, whatever this process is held to
        "memory_gib": here["memory_gib"],
        "gpu": next(iter(here["accelerators"]), None),
        "threads": torch.get_num_threads(),
        "python": versions["python"],
        "versions": {name: versions[name] for name in PACKAGES if name in versions},
    }
