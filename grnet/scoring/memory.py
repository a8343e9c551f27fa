"""How much memory there is for blocks of candidates."""

from __future__ import annotations

import os
import re
from pathlib import Path

import torch

SHARE_OF_FREE = 4
"""Where nobody says how much memory may be taken, it is this part of what is free."""


OUT_OF_MEMORY = ("can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED")
"""What torch says, as a plain RuntimeError, where the processor or a library of the GPU has no memory left."""


def lacks_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out."""
    named = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return named or (isinstance(error, RuntimeError) and any(words in str(error) for words in OUT_OF_MEMORY))


def free_memory(device: torch.device) -> int:
    """Return the bytes that are free on a device.

    For the processor: what the system, or the group of processes that this one is in, can still give.
    """
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
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
