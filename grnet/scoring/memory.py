"""How much memory there is for blocks of candidates."""

from __future__ import annotations

import torch

from grnet.storage.free_memory import free_main_memory

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
    return free_main_memory()
