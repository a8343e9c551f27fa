"""What may be opened, how much memory it may take, and the one line for whatever a library raises."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grnet.schema.errors import FormatError, InputError, MissingInputError, TooLittleMemoryError
from grnet.storage.read_limits import check_memory, check_regular_file, memory_for_reading, memory_limit, reading


@pytest.mark.parametrize(
    "flaw",
    [
        KeyError("metadata"),
        RecursionError("maximum recursion depth exceeded"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
        OverflowError(),
    ],
)
def test_any_exception_of_a_library_becomes_one_line(flaw):
    told = r"^x\.xlsx: not readable as an XLSX file \(.+\); save it anew$"
    with pytest.raises(InputError, match=told), reading(Path("x.xlsx"), "an XLSX file", mend="save it anew"):
        raise flaw


def test_errors_of_grnet_and_interrupts_pass():
    with pytest.raises(MissingInputError, match=r"^gone$"), reading(Path("x"), "a table", mend="-"):
        raise MissingInputError("gone")
    with pytest.raises(KeyboardInterrupt), reading(Path("x"), "a table", mend="-"):
        raise KeyboardInterrupt


def test_lack_of_memory_is_not_taken_for_damage():
    lack = pytest.raises(TooLittleMemoryError, match=r"^x: there is not enough free memory to read it")
    with lack, reading(Path("x"), "a table", mend="-", error=FormatError):
        raise MemoryError


def test_a_long_reason_is_one_short_line():
    with pytest.raises(InputError) as caught, reading(Path("x"), "a table", mend="mend it"):
        raise ValueError("many\nlines " * 100)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 220


@pytest.mark.parametrize("name", ["/proc/self/status", "/dev/zero", "/sys/kernel/mm/transparent_hugepage/enabled"])
def test_files_of_the_kernel_are_not_opened(name):
    if not Path(name).exists():
        pytest.skip(f"no {name} here")
    with pytest.raises(MissingInputError, match="is a pipe or a device, not a file; expected a table"):
        check_regular_file(Path(name), "a table")


def test_what_is_no_file_is_told(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/null")
    (tmp_path / "circle").symlink_to("circle")
    for name in ("pipe", "link"):
        with pytest.raises(InputError, match=f"{name}: is a pipe or a device"):
            check_regular_file(tmp_path / name, "a table", InputError)
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "none", "no such file"), (Path("a\0b"), "not the name")):
        with pytest.raises(MissingInputError, match=said):
            check_regular_file(path, "a table")
    with pytest.raises((MissingInputError, OSError)):
        check_regular_file(tmp_path / "circle", "a table")


def test_memory_is_compared_with_what_may_be_taken():
    with memory_limit(1000):
        check_memory(Path("x"), 1000, "10 rows")
        with pytest.raises(
            TooLittleMemoryError, match=r"^x: 11 rows would take about 1.1 KB of memory, and 1000 bytes"
        ):
            check_memory(Path("x"), 1100, "11 rows")
    assert memory_for_reading() > 1000
