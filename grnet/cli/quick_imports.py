"""Imports that a command makes cheaper than a library may: the process is the command's own."""

from __future__ import annotations

import sys


def import_igraph_without_drawing() -> None:
    """Import igraph without matplotlib.pyplot, which it would load for drawings that no command makes.

    That takes most of a second, longer than scoring a small network. In a process where either is loaded already,
    nothing is done.
    """
    if {"igraph", "matplotlib"} & sys.modules.keys():
        return
    sys.modules["matplotlib"] = None  # type: ignore[assignment]  # reads as: not installed
    try:
        import igraph  # noqa: F401
    finally:
        del sys.modules["matplotlib"]
