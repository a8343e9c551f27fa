"""Who does the parts of a training that do not depend on each other, such as its folds.

Enter: functions, and the features that all of them look at. Leave: their results. On a processor several processes
work at a time, on one thread each; a part gives the same bytes wherever it is done. What else may work, such as a
cluster, is another :class:`Workers`.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from grnet.schema.errors import TooLittleMemoryError
from grnet.schema.features import GeneFeatures
from grnet.storage.free_memory import free_main_memory

if TYPE_CHECKING:
    from loky import ProcessPoolExecutor

Result = TypeVar("Result")
BYTES_OF_A_PROCESS = 1 << 30
"""Memory that has to be free for each process: the libraries, the features, and what a fold is fitted on."""
PARENT_SECONDS = 0.5
"""How often a process looks whether the one that asked for it is still there."""


class Workers(ABC):
    """Takes work, and does it now or later."""

    @abstractmethod
    def submit(self, function: Callable[..., Result], *arguments: Any) -> Callable[[], Result]:
        """Give a piece of work out.

        Parameters
        ----------
        function : callable
            Of a module, so that another process finds it. It takes the features first.
        arguments : objects
            What it takes further, small and picklable.

        Returns
        -------
        callable
            Waits for the work, and returns or raises what `function` does.
        """


class ThisProcess(Workers):
    """Does each piece of work when its result is asked for."""

    def __init__(self, features: GeneFeatures) -> None:
        self.features = features

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Callable[[], Result]:
        """Do the work when its result is asked for."""
        return lambda: function(self.features, *arguments)


class _Processes(Workers):
    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self.executor = executor

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Callable[[], Result]:
        future = self.executor.submit(_work, function, arguments)

        def wait() -> Result:
            from loky.process_executor import BrokenProcessPool

            try:
                result: Result = future.result()
            except BrokenProcessPool as error:
                raise TooLittleMemoryError(
                    "a training process was killed, perhaps because memory ran out. Set OMP_NUM_THREADS=1 to train in "
                    "one process"
                ) from error
            return result

        return wait


Hire = Callable[[GeneFeatures, int], AbstractContextManager[Workers]]
"""Takes the features, and how many pieces of work there will be; yields who does them."""


@contextmanager
def open_workers(features: GeneFeatures, device: torch.device, *, n_tasks: int) -> Iterator[Workers]:
    """Yield who works on `n_tasks` pieces of work: as many processes as torch would take threads, on a processor.

    On a GPU, for a single piece of work, or where memory is short, this process works. The processes are gone in the
    end, at once where an error or Ctrl-C ends the work.
    """
    free = free_main_memory() // BYTES_OF_A_PROCESS
    n_processes = min(torch.get_num_threads(), n_tasks, free) if device.type == "cpu" else 1
    if n_processes < 2:
        yield ThisProcess(features)
        return
    from loky import ProcessPoolExecutor  # unlike the standard library's, it does not run the user's script once more

    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    executor = ProcessPoolExecutor(n_processes, initializer=_begin, initargs=(features,), env=one_thread)
    try:
        yield _Processes(executor)
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)
        raise
    executor.shutdown(wait=True)


_features: list[GeneFeatures] = []
"""What a process of :class:`_Processes` was given when it began."""


def _begin(features: GeneFeatures) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the process that asked, and that ends this one
    threading.Thread(target=_end_after, args=(os.getppid(),), daemon=True).start()
    torch.set_num_threads(1)
    _features[:] = [features]


def _end_after(parent: int) -> None:
    """End this process once the one that asked for it is gone, however it was ended."""
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(1)


def _work(function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
    return function(_features[0], *arguments)
