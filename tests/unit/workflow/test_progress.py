"""progress=True, False, or a Progress: who is told, and what is shown."""

from __future__ import annotations

import inspect
import re
import sys
from types import SimpleNamespace

import pytest

import grnet
from grnet.schema.progress import SILENT, Progress
from grnet.workflow.progress import BarProgress, PlainProgress, resolve_progress

WITHOUT = {"check", "info", "inspect_dataset", "load_dataset", "load_network", "load_run"}


def test_false_is_silent_and_a_progress_stays_itself():
    own = Progress()
    assert resolve_progress(False) is SILENT
    assert resolve_progress(own) is own


def test_true_takes_bars_on_a_terminal_and_lines_elsewhere(monkeypatch):
    assert type(resolve_progress(True)) is PlainProgress
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert type(resolve_progress(True)) is BarProgress


@pytest.mark.parametrize(("widgets", "expected"), [(object(), BarProgress), (None, PlainProgress)])
def test_a_notebook_has_bars_where_it_can_draw_them(monkeypatch, widgets, expected):
    shell = type("ZMQInteractiveShell", (), {})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=shell))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: widgets if name == "ipywidgets" else None)
    assert type(resolve_progress(True)) is expected


def test_lines_tell_the_end_of_a_task_and_now_and_then_how_far_it_is(monkeypatch, capsys):
    now = iter((0.0, 4.0, 20.0, 40.0))
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    with PlainProgress().track("training", 30, "epochs") as advance:
        advance(5)
        advance(5)
    assert capsys.readouterr().err.splitlines() == [
        "training: 10 of 30 epochs, 0.5 epochs/s, 40 s left",
        "training: 10 epochs in 40.0 s",
    ]


def test_bars_show_title_and_count_and_take_titles_as_text(capsys):
    progress = BarProgress()
    progress.say("[red]eve[/red]")
    with progress.track("scoring [b]eve[/b]", 30, "pairs") as advance:
        advance(30)
    shown = " ".join(capsys.readouterr().err.split())
    assert shown.startswith("[red]eve[/red] scoring [b]eve[/b]")
    assert re.search(r"30/30 pairs", shown)


def test_every_function_of_work_takes_progress_and_is_silent_without_it(tmp_path, capsys):
    for name in set(grnet.__all__) - WITHOUT:
        assert inspect.signature(getattr(grnet, name)).parameters["progress"].default is False, name
    given = {"expression": {"a": [1.0, 2.5, 3.0], "b": [2.0, 1.5, 1.0]}, "tfs": ["a"]}
    images = {"a": [[[0, 9] * 4] * 8]}
    grnet.prepare(tmp_path / "silent", **given)
    assert capsys.readouterr() == ("", "")
    grnet.prepare(tmp_path / "told", **given, images=images, progress=True)
    assert re.fullmatch(r"reading images: 1 images in \d+\.\d s\n", capsys.readouterr().err)
