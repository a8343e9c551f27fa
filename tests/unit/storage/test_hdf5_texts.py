"""Texts of an HDF5 file are read by a child first, which may be ended by what it reads."""

from __future__ import annotations

import os
import signal
import time

import h5py
import pytest

from grnet.schema.errors import InputError
from grnet.storage import hdf5_files
from grnet.storage.hdf5_files import opened_hdf5

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "cells.h5ad", "w") as file:
        file.attrs["encoding-type"] = "anndata"
        file["obs/names"] = ["a", "b"]
        file["X"] = [[1.0, 2.0]]
    return tmp_path / "cells.h5ad"


def test_every_attribute_and_text_is_read_and_no_numbers(path):
    read = []

    class Watched:
        def __init__(self, member):
            self.member, self.attrs = member, member.attrs
            self.dtype, self.size = getattr(member, "dtype", None), getattr(member, "size", None)

        def __getitem__(self, key):
            read.append(self.member.name)
            return self.member[key]

    with h5py.File(path) as file:
        file.visititems(lambda _, member: hdf5_files.read_texts(Watched(member)))
    assert read == ["/obs/names"]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_file_whose_texts_end_the_library_is_refused(path, monkeypatch, number):
    monkeypatch.setattr(hdf5_files, "read_texts", lambda _: os.kill(os.getpid(), number))
    with pytest.raises(InputError, match=r"cells\.h5ad: damaged: reading its text crashes the HDF5 library; copy or"):
        hdf5_files.open_hdf5(path, "a file of cells")


def test_what_merely_fails_there_is_told_when_it_is_read_in_earnest(path, monkeypatch):
    def fail(_):
        raise RuntimeError("not readable")

    monkeypatch.setattr(hdf5_files, "read_texts", fail)
    with opened_hdf5(path, "a file of cells") as file:
        assert file["X"].shape == (1, 2)


def test_a_system_that_gives_no_child_or_does_not_tell_how_it_ended(path, monkeypatch):
    def refuse():
        raise OSError("Cannot allocate memory")

    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with opened_hdf5(path, "a file of cells") as file:
            assert file["X"].shape == (1, 2)
    finally:
        signal.signal(signal.SIGCHLD, before)
    monkeypatch.setattr("os.fork", refuse)
    with opened_hdf5(path, "a file of cells") as file:
        assert file["X"].shape == (1, 2)


def test_texts_that_take_too_long_stay_unchecked_and_no_child_is_left(path, monkeypatch):
    children = []

    def fork():
        children.append(fork_as_it_is())
        return children[-1]

    fork_as_it_is = os.fork
    monkeypatch.setattr("os.fork", fork)
    monkeypatch.setattr(hdf5_files, "read_texts", lambda _: time.sleep(60))
    monkeypatch.setattr(hdf5_files, "LONGEST_CHECK", 0.1)
    with opened_hdf5(path, "a file of cells") as file:
        assert file["X"].shape == (1, 2)
    with pytest.raises(ChildProcessError):  # it was waited for already
        os.waitpid(children[0], os.WNOHANG)
