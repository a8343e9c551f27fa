"""Long work in a folder: broken off anywhere, it goes on from what is finished and ends with the same bytes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from grnet.schema.errors import OutputExistsError
from grnet.schema.kept_work import find_kept_work
from grnet.storage import file_locks, resumable
from grnet.storage.files import replace_file
from grnet.storage.resumable import partial_folder, resumable_folder

PLAN = {"seed": 7, "inputs": {"genes.csv": "a" * 64, "tfs.txt": "b" * 64}}
UNITS = ("scores/part-1.parquet", "scores/part-2.parquet", "scores/part-3.parquet", "summary.json")

KILLED_AT_STEP = """
import os, signal, sys
from pathlib import Path
from grnet.storage.resumable import resumable_folder
from grnet.storage.files import replace_file

path, steps = Path(sys.argv[1]), int(sys.argv[2])

def counted(function):
    def call(*arguments, **options):
        global steps
        steps -= 1
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return call

for name in ("open", "mkdir", "rename", "replace", "unlink", "rmdir", "close"):
    setattr(os, name, counted(getattr(os, name)))
with resumable_folder(path, plan={"seed": 7}, overwrite=True, marker="summary.json") as work:
    for unit in ("edges.parquet", "nodes.parquet", "summary.json"):
        if not (work.path / unit).exists():
            with replace_file(work.path / unit) as temporary:
                temporary.write_text(unit * 3)
"""


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    with replace_file(file) as temporary:
        temporary.write_text(text, encoding="utf-8")


def make(path, *, plan=PLAN, stop_after=None, error=KeyboardInterrupt, overwrite=False):
    """Write the units that are not there yet; raise `error` after some of them. Return those written now."""
    written = []
    with resumable_folder(path, plan=plan, overwrite=overwrite, marker="summary.json") as work:
        for number, unit in enumerate(UNITS):
            if number == stop_after:
                raise error
            if not (work.path / unit).is_file():
                write(work.path / unit, f"{unit} of {plan}")
                written.append(unit)
    return written


def contents(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def unbroken(tmp_path):
    """What a folder holds that was made in one go."""
    folder = tmp_path / "unbroken" / "out"
    assert make(folder) == list(UNITS)
    assert names(folder.parent) == ["out"]
    return contents(folder)


@pytest.fixture
def here(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), ZeroDivisionError])
@pytest.mark.parametrize("done", [1, 2, 3])
def test_what_is_finished_is_kept_and_not_done_again(here, unbroken, error, done):
    kind = error if isinstance(error, type) else type(error)
    with pytest.raises(kind) as caught:
        make(here / "out", stop_after=done, error=error)
    assert names(here) == [".out.partial"]
    assert find_kept_work(caught.value) == here / ".out.partial"
    assert make(here / "out") == list(UNITS[done:])
    assert names(here) == ["out"]
    assert contents(here / "out") == unbroken
    assert (here / "out").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_nothing_is_left_where_nothing_is_finished(here, error):
    with pytest.raises(error) as caught:
        make(here / "out", stop_after=0, error=error)
    assert names(here) == []
    assert find_kept_work(caught.value) is None


def test_kept_work_is_found_behind_the_error_that_a_caller_makes_of_it(here):
    def call():
        try:
            make(here / "out", stop_after=1)
        except KeyboardInterrupt as stop:
            raise RuntimeError("aborted") from stop

    with pytest.raises(RuntimeError) as caught:
        call()
    assert find_kept_work(caught.value) == here / ".out.partial"
    resumable._delete(here / ".out.partial")
    assert find_kept_work(caught.value) is None


def test_the_folder_tells_whether_it_is_resumed_and_forgets_what_is_made_anew(here):
    with pytest.raises(KeyboardInterrupt):
        make(here / "out", stop_after=3)
    with suppress(KeyboardInterrupt), resumable_folder(here / "out", plan=PLAN) as work:
        assert work.resumed
        write(work.path / "extra.csv", "of other options")
        work.keep_only("scores", "none")
        assert list(contents(work.path)) == [*UNITS[:3]]
        raise KeyboardInterrupt
    assert make(here / "out") == ["summary.json"]
    with resumable_folder(here / "new", plan=PLAN) as work:
        assert not work.resumed


def test_another_plan_is_refused_with_what_differs(here):
    out, partial = here / "out", here / ".out.partial"
    with pytest.raises(KeyboardInterrupt):
        make(out, stop_after=2)
    before = contents(partial)
    other = {"seed": 8, "inputs": {"genes.csv": "c" * 64, "tfs.txt": "b" * 64, "edges.csv": "d" * 64}, "folds": 5}
    with pytest.raises(OutputExistsError) as caught:
        make(out, plan=other)
    assert str(caught.value) == (
        f"{out}: {partial} holds unfinished work of another command (seed: 7 before, 8 now; inputs genes.csv differs; "
        "inputs edges.csv differs; 1 more). Repeat that command to finish it, add --overwrite to discard it, "
        f"or delete {partial}"
    )
    assert contents(partial) == before
    assert find_kept_work(caught.value) is None
    assert make(out) == list(UNITS[2:])


def test_overwrite_goes_on_with_the_same_plan_and_begins_anew_with_another(here):
    out = here / "out"
    make(out)
    with pytest.raises(KeyboardInterrupt):
        make(out, stop_after=2, overwrite=True, plan={"seed": 1})
    with pytest.raises(KeyboardInterrupt):
        make(out, stop_after=3, overwrite=True, plan={"seed": 1})
    assert len(contents(here / ".out.partial" / "folder")) == 3
    with pytest.raises(KeyboardInterrupt):
        make(out, stop_after=1, overwrite=True, plan={"seed": 2})
    assert contents(here / ".out.partial" / "folder") == {UNITS[0]: f"{UNITS[0]} of {{'seed': 2}}".encode()}
    assert contents(out)[UNITS[0]] == f"{UNITS[0]} of {PLAN}".encode()
    assert make(out, overwrite=True, plan={"seed": 2}) == list(UNITS[1:])
    assert contents(out)["summary.json"] == b"summary.json of {'seed': 2}"
    assert names(here) == ["out"]


def test_a_plan_without_finished_work_binds_nobody(here):
    write(here / ".out.partial" / "plan.json", '{"seed": 1}')
    assert make(here / "out", plan={"seed": 2}) == list(UNITS)


def test_a_plan_that_cannot_be_read_is_another_one(here):
    with pytest.raises(KeyboardInterrupt):
        make(here / "out", stop_after=1)
    (here / ".out.partial" / "plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(OutputExistsError, match=r"\(seed differs; inputs differs\)"):
        make(here / "out")
    assert make(here / "out", overwrite=True) == list(UNITS)


def test_a_folder_that_is_there_is_refused_before_any_work(here):
    make(here / "out")
    with pytest.raises(OutputExistsError, match="already exists and is left as it is"):
        make(here / "out")
    assert names(here) == ["out"]


def test_what_came_during_the_work_is_kept_and_so_is_the_work(here, unbroken):
    def work_long():
        with resumable_folder(here / "out", plan=PLAN) as work:
            for unit in UNITS:
                write(work.path / unit, f"{unit} of {PLAN}")
            (here / "out").mkdir()
            (here / "out" / "thesis.txt").write_text("years of work", encoding="utf-8")

    with pytest.raises(OutputExistsError) as caught:
        work_long()
    assert find_kept_work(caught.value) == here / ".out.partial"
    assert contents(here / "out") == {"thesis.txt": b"years of work"}
    (here / "out" / "thesis.txt").rename(here / "thesis.txt")
    (here / "out").rmdir()
    assert make(here / "out") == []
    assert contents(here / "out") == unbroken


def test_a_second_process_is_sent_away(here):
    line = f"{here / 'out'}: another grnet is writing it now; wait for its end, or choose another name"
    command = [
        sys.executable,
        "-c",
        "import sys; from pathlib import Path; from grnet.storage.resumable import resumable_folder\n"
        "with resumable_folder(Path(sys.argv[1]), plan={'other': 1}, overwrite=True): pass",
        str(here / "out"),
    ]
    with resumable_folder(here / "out", plan=PLAN) as work:
        with replace_file(work.path / "summary.json") as temporary:
            temporary.write_text("whole", encoding="utf-8")
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert temporary.exists()
        assert done.stderr.splitlines()[-1] == f"grnet.schema.errors.OutputExistsError: {line}"
        with pytest.raises(OutputExistsError) as caught:
            make(here / "out")
        assert str(caught.value) == line
    assert contents(here / "out") == {"summary.json": b"whole"}
    assert names(here) == ["out"]


def test_without_locks_all_else_is_the_same(here, unbroken, monkeypatch):
    def refuse(lock):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(file_locks.FileLock, "_acquire", refuse)
    with pytest.raises(KeyboardInterrupt):
        make(here / "out", stop_after=2)
    assert make(here / "out") == list(UNITS[2:])
    assert contents(here / "out") == unbroken


def test_a_lock_that_was_deleted_meanwhile_is_taken_anew(here, monkeypatch):
    partial = here / ".out.partial"
    real, deleted = os.open, []

    def finished_before(file, *arguments, **options):
        handle = real(file, *arguments, **options)
        if Path(os.fsdecode(file)) == partial / "lock" and len(deleted) < 2:
            resumable._delete(partial)
            deleted.append(file)
        return handle

    monkeypatch.setattr(os, "open", finished_before)
    with resumable_folder(here / "out", plan=PLAN) as work:
        assert (partial / "lock").stat().st_nlink == 1
        write(work.path / "summary.json", "whole")
    assert len(deleted) == 2
    assert contents(here / "out") == {"summary.json": b"whole"}


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_something_else_in_the_place_of_unfinished_work_is_left_alone(here, kind):
    partial = here / ".out.partial"
    if kind == "file":
        partial.write_text("mine", encoding="utf-8")
    elif kind == "link":
        (here / "mine").mkdir()
        partial.symlink_to(here / "mine")
    else:
        partial.mkdir()
        (partial / "notes.txt").write_text("mine", encoding="utf-8")
    before = contents(here)
    with pytest.raises(OutputExistsError) as caught:
        make(here / "out", overwrite=True)
    what = f"{partial} holds notes.txt, not written by grnet" if kind == "folder" else f"{partial} is no folder"
    assert str(caught.value) == f"{here / 'out'}: cannot be made, since {what}; move that away"
    assert contents(here) == before


@pytest.mark.parametrize("name", ["n" * 255, "名" * 85, "n" * 247])
def test_long_names_have_unfinished_work_too(here, name):
    twin = name[:-1] + "x"
    assert partial_folder(here / name) != partial_folder(here / twin)
    with pytest.raises(KeyboardInterrupt):
        make(here / name, stop_after=1)
    assert names(here) == [partial_folder(here / name).name]
    assert make(here / name) == list(UNITS[1:])
    assert names(here) == [name]


def test_temporary_files_of_a_killed_process_are_swept(here, unbroken):
    with pytest.raises(KeyboardInterrupt):
        make(here / "out", stop_after=2)
    parts = here / ".out.partial" / "folder" / "scores"
    (parts / ".3.abcdefgh").write_text("half", encoding="utf-8")
    (here / ".out.partial" / ".plan.json.abc.json").write_text("", encoding="utf-8")
    make(here / "out")
    assert contents(here / "out") == unbroken


@pytest.mark.parametrize("replaced", [False, True])
def test_killed_at_any_step_it_ends_with_the_same_bytes(tmp_path, replaced):
    """Kill a process before each of its calls to the file system in turn, and run it again each time."""

    def run(path, steps):
        command = [sys.executable, "-c", KILLED_AT_STEP, str(path), str(steps)]
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode

    units = ("edges.parquet", "nodes.parquet", "summary.json")
    assert run(tmp_path / "unbroken", 0) == 0
    expected = contents(tmp_path / "unbroken")
    assert expected.keys() == {*units, "checksums.json"}
    assert {unit: expected[unit].decode() for unit in units} == {unit: unit * 3 for unit in units}
    old = dict.fromkeys(units, b"old")
    for step in range(1, 200):
        here = tmp_path / str(step)
        here.mkdir()
        if replaced:
            for unit, text in old.items():
                write(here / "out" / unit, text.decode())
        code = run(here / "out", step)
        if (here / "out").exists():
            assert contents(here / "out") in ([old, expected] if replaced else [expected]), step
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert run(here / "out", 0) == 0
        assert contents(here / "out") == expected, step
        assert names(here) == ["out"], step
    assert step > 30
    assert code == 0
