"""HDF5 files as they come from other people: opened where they hold their own data, read where there is memory.

HDF5 can name data of other files (external links, external storage, virtual datasets) and lead in circles (links to
groups above). A program that follows them reads, or changes, files that nobody gave it. Files of cells need none of
these, so they are refused. A dataset can also claim a shape that takes no place on the disk; what is read whole is
therefore measured first. And HDF5 itself (2.0) reads beyond its memory where the heap of texts is damaged, which ends
the process; so a child of this process reads the texts first.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grnet.schema.errors import InputError
from grnet.schema.sizes import show_size
from grnet.storage.read_limits import check_memory, check_regular_file, reading

if TYPE_CHECKING:
    import h5py

TEXT_BYTES = 100
"""Memory that a string takes as a Python object."""
LARGEST_RATIO, FEW_BYTES = 2_000, 1 << 26
"""A dataset has at most this many bytes for each that is stored, unless it is small; deflate reaches 1,032."""
DEEPEST = 32
"""Groups within groups, at most."""
MOST_TEXT = 1 << 30
"""Bytes of a dataset of texts up to which the child reads it."""
LONGEST_CHECK = 120.0
"""Seconds that the child may read; texts that take longer stay unchecked."""
COPY_AGAIN = "copy or download the file again"
WITHOUT_LINKS = "write it anew with all of its data inside"


@contextmanager
def opened_hdf5(path: Path, expected: str) -> Iterator[h5py.File]:
    """Open an HDF5 file for reading, after all of its members were checked; it is closed at the end.

    Parameters
    ----------
    path : Path
    expected : str
        What should be there, such as "an AnnData file (h5ad)".

    Raises
    ------
    MissingInputError, InputError
        See :func:`open_hdf5`.
    """
    file = open_hdf5(path, expected)
    try:
        yield file
    finally:
        file.close()


def open_hdf5(path: Path, expected: str) -> h5py.File:
    """Open an HDF5 file for reading, after all of its members were checked.

    Raises
    ------
    MissingInputError
        It is not there, or no regular file.
    InputError
        It is no HDF5, is damaged, or holds links or data of other files.
    TooLittleMemoryError
        One piece of a dataset, which HDF5 unpacks at once, takes too much memory.
    """
    import h5py

    check_regular_file(path, expected)
    with reading(path, "HDF5", mend=COPY_AGAIN):
        file = h5py.File(path, "r")
        try:
            _check_group(path, file, set(), depth=0)
            _check_texts(path, file)
        except BaseException:
            file.close()
            raise
    return file


def _check_group(path: Path, group: h5py.Group, seen: set[Any], *, depth: int) -> None:
    """Raise InputError unless every member of a group, to any depth, lies in the file and in one place."""
    import h5py

    if group.id in seen or depth > DEEPEST:
        raise InputError(f"{path}: the group {group.name} is linked in a circle or twice; {WITHOUT_LINKS}")
    seen.add(group.id)
    for name in group:
        place = f"{group.name.rstrip('/')}/{name}"
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise InputError(f"{path}: {place} is a link{_target_of(link)}, which is not followed; {WITHOUT_LINKS}")
        member = group[name]
        if isinstance(member, h5py.Group):
            _check_group(path, member, seen, depth=depth + 1)
        elif isinstance(member, h5py.Dataset):
            _check_dataset(path, member, place)


def _check_texts(path: Path, file: h5py.File) -> None:
    """Raise InputError where reading the texts of a file ends a process; unchecked where the system has no fork."""
    if not hasattr(os, "fork"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the child calls HDF5 alone, and ends
        try:
            child = os.fork()
        except OSError:  # no memory or no process left for it
            return
    if not child:
        _read_texts_and_end(file)
    killer = _wait_for(child, time.monotonic() + LONGEST_CHECK)
    if killer in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL):
        raise InputError(f"{path}: damaged: reading its text crashes the HDF5 library; {COPY_AGAIN}")


def _read_texts_and_end(file: h5py.File) -> None:
    """In a child: read all attributes and texts, and end it; what merely fails is told when it is read in earnest."""
    try:
        faulthandler.disable()  # its end is told by the parent, in one line
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        read_texts(file)
        file.visititems(lambda _, member: read_texts(member))
    except BaseException:  # noqa: BLE001  nothing may go on in the child
        pass
    finally:
        os._exit(0)


def read_texts(member: h5py.Group | h5py.Dataset) -> None:
    """Read the attributes of a member, and its values where these are texts, as far as there is memory."""
    with suppress(Exception):
        for name in member.attrs:
            with suppress(Exception):
                member.attrs[name]
    with suppress(Exception):
        if hasattr(member, "dtype") and member.dtype.hasobject and memory_of(member) < MOST_TEXT:
            member[()]


def _wait_for(child: int, until: float) -> int:
    """Wait for a child, and kill it when the time is over or this process is stopped; return what signal ended it."""
    ended, status, pause = 0, 0, 0.001
    try:
        while not ended and time.monotonic() < until:
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended:
                time.sleep(pause)
                pause = min(2 * pause, 0.05)
    except ChildProcessError:  # where SIGCHLD is ignored, nobody learns how a child ended
        ended = child
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return os.WTERMSIG(status) if ended and os.WIFSIGNALED(status) else 0


def _target_of(link: Any) -> str:
    parts = [str(part) for part in (getattr(link, "filename", ""), getattr(link, "path", "")) if part]
    return f" to {' '.join(parts)}" if parts else ""


def _check_dataset(path: Path, dataset: h5py.Dataset, place: str) -> None:
    """Raise where the data lie in other files, are claimed but not there, or a piece of them takes too much memory."""
    if dataset.is_virtual or dataset.external:
        raise InputError(f"{path}: the data of {place} lie in another file, which is not read; {WITHOUT_LINKS}")
    claimed, stored = (dataset.size or 0) * dataset.dtype.itemsize, dataset.id.get_storage_size()
    if claimed > max(FEW_BYTES, LARGEST_RATIO * stored):
        raise InputError(
            f"{path}: {place} claims {show_size(claimed)}, of which {show_size(stored)} are stored; {COPY_AGAIN}"
        )
    if dataset.chunks is not None:
        n_bytes = dataset.dtype.itemsize
        for length in dataset.chunks:
            n_bytes *= length
        check_memory(path, n_bytes, f"a piece of {place}")


def memory_of(element: h5py.Group | h5py.Dataset) -> int:
    """Return the bytes that a dataset, or all datasets of a group, take in memory by their shapes."""
    if hasattr(element, "keys"):
        return sum(memory_of(member) for member in element.values())
    dtype, size = getattr(element, "dtype", None), getattr(element, "size", None)
    if dtype is None or size is None:  # a named type, or a dataset without a value
        return 0
    return int(size) * int(dtype.itemsize + (TEXT_BYTES if dtype.hasobject or dtype.kind in "SU" else 0))


def read_element(path: Path, parent: h5py.Group, name: str) -> Any:
    """Read a member of an h5ad whole, as anndata does.

    Raises
    ------
    KeyError
        There is no such member.
    TooLittleMemoryError
        It takes too much memory.
    Exception
        Whatever anndata raises on damage; read within :func:`~grnet.storage.read_limits.reading`.
    """
    from anndata.io import read_elem

    if name not in parent:
        raise KeyError(f"it has no {name}")
    check_memory(path, memory_of(parent[name]), name)
    return read_elem(parent[name])


def read_frame(path: Path, parent: h5py.Group, name: str) -> Any:
    """Read a table of an h5ad whole.

    Raises
    ------
    InputError
        It is no table.
    KeyError, TooLittleMemoryError, Exception
        As :func:`read_element`.
    """
    import pandas as pd

    frame = read_element(path, parent, name)
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{path}: {name} is no table but {type(frame).__name__}; expected an AnnData file (h5ad)")
    return frame
