"""Temporary folders: gone when their work ends, swept when their owner is gone, left alone while it lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grnet.storage.files import replace_file
from grnet.storage.temporaries import LOCK, sweep_temporaries, temporary_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from grnet.storage.temporaries import temporary_folder
with temporary_folder(Path(sys.argv[1]) / "out") as place:
    (place / "new.csv").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder: Path):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, OSError])
def test_nothing_is_left_however_the_work_ends(tmp_path, error):
    try:
        with temporary_folder(tmp_path / "out") as place:
            (place / "below").mkdir()
            (place / "below" / "half").touch()
            assert names(place) == ["below", LOCK]
            if error:
                raise error
    except (KeyboardInterrupt, OSError):
        pass
    assert names(tmp_path) == []


def test_what_a_killed_process_left_is_swept(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = names(tmp_path)
    assert names(tmp_path / left) == [LOCK, "new.csv"]
    sweep_temporaries(tmp_path)
    assert names(tmp_path) == []


def test_the_temporary_of_a_live_owner_stays(tmp_path):
    with temporary_folder(tmp_path / "out") as place:
        (place / "new").touch()
        sweep_temporaries(tmp_path)
        assert (place / "new").is_file()


def test_what_only_looks_like_one_stays(tmp_path):
    mine = tmp_path / ".out.0123456789abcdef.grnet"
    mine.mkdir()
    (mine / "thesis.txt").touch()
    (tmp_path / ".other.grnet").mkdir()
    (tmp_path / ".file.0123456789abcdef.grnet").touch()
    (tmp_path / ".link.0123456789abcdef.grnet").symlink_to(mine)
    before = names(tmp_path)
    sweep_temporaries(tmp_path)
    assert names(tmp_path) == before
    assert names(mine) == ["thesis.txt"]


def test_an_empty_one_without_a_lock_is_swept(tmp_path):
    (tmp_path / ".out.0123456789abcdef.grnet").mkdir()
    sweep_temporaries(tmp_path)
    assert names(tmp_path) == []


def test_sweeping_what_is_not_there_does_nothing(tmp_path):
    sweep_temporaries(tmp_path / "none")
    assert names(tmp_path) == []


@pytest.mark.parametrize(("umask", "of_files", "of_folders"), [(0o077, 0o600, 0o700), (0o022, 0o644, 0o755)])
def test_permissions_are_those_of_the_umask(tmp_path, umask, of_files, of_folders):
    before = os.umask(umask)
    try:
        with replace_file(tmp_path / "page.html") as temporary:
            temporary.write_text("x", encoding="utf-8")
        with temporary_folder(tmp_path / "out") as place:
            assert place.stat().st_mode & 0o777 == of_folders
    finally:
        os.umask(before)
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == of_files
