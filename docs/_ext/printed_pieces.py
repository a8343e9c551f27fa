"""What a cell prints comes in pieces; they are joined as they are.

A shell cell prints 100 letters at a time. MyST-NB ends each piece with a line end when it merges them
(`nb_merge_streams`), which breaks lines in the middle; this takes the place of that step.
"""

from __future__ import annotations

from typing import Any

from myst_nb.core import render
from nbformat import NotebookNode
from sphinx.application import Sphinx


def join_pieces(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs of a cell with the pieces of each stream in one, standard output before the errors."""
    streams: dict[str, NotebookNode] = {}
    others = []
    for output in outputs:
        if output["output_type"] != "stream":
            others.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = NotebookNode(output)
    return [streams[name] for name in sorted(streams, reverse=True)] + others


def setup(app: Sphinx) -> dict[str, Any]:
    """Join pieces by this module."""
    render.coalesce_streams = join_pieces
    return {"parallel_read_safe": True, "parallel_write_safe": True}
