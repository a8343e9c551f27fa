"""Work that several threads of this process share, with the same bytes for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

from grnet.architectures.device import kind_of, one_thread

MOST_THREADS = 8
Item = TypeVar("Item")
Result = TypeVar("Result")


def threads_of(device: torch.device) -> int:
    """Return how many threads may work for a device at a time: those of torch for the processor, one for a GPU.

    Each takes memory, so there are at most MOST_THREADS of them.
    """
    return min(torch.get_num_threads(), MOST_THREADS) if kind_of(device) == "cpu" else 1


def map_in_threads(function: Callable[[Item], Result], items: Sequence[Item], *, threads: int) -> Iterator[Result]:
    """Yield what `function` returns for each of the items, in their order, worked out by several threads.

    Each of them computes on one thread of torch, so the results are the same bytes for any number of threads. An error
    in one is raised here.
    """
    if min(threads, len(items)) <= 1:
        with one_thread():
            yield from map(function, items)
        return
    with one_thread(), ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        yield from pool.map(function, items)
