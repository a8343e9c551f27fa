"""What Sphinx should not read into docstrings.

|r| is an absolute value, the name of an attribute is no link, and `low, high : float` are two attributes.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.python import PyObject

BARS = re.compile(r"(?<![\\`\w])\|(?=[^|\s`])([^|\n`]*[^|\s`])\|")


def escape_bars(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Escape the bars of absolute values in a docstring."""
    lines[:] = [BARS.sub(r"\\|\1\\|", line) for line in lines]


def split_attributes(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Give each of several attributes that are described together an entry of its own."""
    start = next(
        (n + 2 for n, line in enumerate(lines[:-1]) if (line, lines[n + 1][:3]) == ("Attributes", "---")), None
    )
    if start is None:
        return
    entries: list[list[str]] = []
    for line in lines[start:]:
        if line.startswith(" ") or not line:
            entries[-1].append(line)
        else:
            entries.append([line])
    lines[start:] = [text for entry in entries for text in _repeat_entry(entry)]


def _repeat_entry(entry: list[str]) -> list[str]:
    names, colon, kind = entry[0].partition(" : ")
    return [line for name in names.split(", ") for line in [f"{name}{colon}{kind}", *entry[1:]]]


def shorten_dashes(app: Sphinx, document: nodes.document) -> None:
    """Put a dash between a parameter and its description, where Sphinx puts two hyphens."""
    for text in list(document.findall(nodes.Text)):
        if text == " -- ":
            text.parent.replace(text, nodes.Text(" – "))


def unlink_attributes() -> None:
    """Show the names of attributes as they are: Sphinx would link each to an attribute of that name of any class."""
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.rolename = ""


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the changes, before and after the reading of NumPy sections."""
    unlink_attributes()
    app.connect("autodoc-process-docstring", split_attributes, priority=100)
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
    app.connect("doctree-read", shorten_dashes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
