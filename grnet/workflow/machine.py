"""What a call ran on: the machine, and the versions of packages."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_CORE = ("grnet", "torch", "numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "networkx", "igraph", "pillow")
"""Packages whose versions may matter to results; processes that fit models load some that this one does not."""
_EXTRAS = ("anndata", "h5py", "zarr", "decoupler", "distributed")
"""Packages that are told where they are loaded."""


def describe_machine() -> dict[str, Any]:
    """Return the system, the processor, cores, memory and, where torch is loaded, accelerators, as JSON values.

    Returns
    -------
    dict
        `system`, `processor`: text; `cores`: those that this process may use; `memory_gib`: of the machine, GiB, or
        None where the system does not tell; `accelerators`: names.
    """
    return {
        "system": platform.platform(),
        "processor": _name_processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": _measure_memory(),
        "accelerators": _name_accelerators(),
    }


def list_versions() -> dict[str, str]:
    """Return the versions of Python and of packages, without loading any."""
    versions = {"python": platform.python_version()}
    for package in (*_CORE, *(name for name in _EXTRAS if name in sys.modules)):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # run from a folder of source, or built in
            continue
    return versions


def _name_processor() -> str:
    """Return the name of the processor; that of its architecture where the system does not tell."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _measure_memory() -> float | None:
    """Return the memory of the machine, GiB."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, OSError, ValueError):  # a system without these names
        return None


def _name_accelerators() -> list[str]:
    """Return the names of the accelerators that torch sees; none where it is not loaded, which would take seconds."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return []
    return [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
