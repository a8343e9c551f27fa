"""How much main memory is free: what the system, or the control group of this process, can still give."""

from __future__ import annotations

import os
import re
from pathlib import Path


def free_main_memory() -> int:
    """Return the bytes that can be taken without swapping; half of all memory where the system does not say."""
    free = [_available(Path("/proc/meminfo")), _left_in_group(Path("/sys/fs/cgroup"))]
    known = [value for value in free if value is not None]
    return min(known) if known else os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _available(file: Path) -> int | None:
    """Return what Linux says could be taken without swapping; None elsewhere."""
    if not file.is_file():
        return None
    found = re.search(r"^MemAvailable:\s+([0-9]+) kB", file.read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _left_in_group(folder: Path) -> int | None:
    """Return what is left of the limit of a control group, version 2; None where there is no limit."""
    try:
        limit, used = ((folder / name).read_text(encoding="ascii").strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return None
    return max(int(limit) - int(used), 0) if limit.isdigit() and used.isdigit() else None
