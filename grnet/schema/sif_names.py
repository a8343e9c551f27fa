r"""Names of genes in SIF, which has no quotes and no escapes of its own.

Enters: a symbol. Leaves: text without tabs and line ends, in which a backslash, tab, line feed and carriage return are
written as \\, \t, \n, \r; and back. The writer and the reader of SIF are in rooms that do not know each other.
"""

from __future__ import annotations

import re

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_PLAIN = {escape: letter for letter, escape in _ESCAPES.items()}


def write_sif_name(symbol: str) -> str:
    r"""Return a name for SIF: backslash, tab, line feed and carriage return as \\, \t, \n, \r."""
    return re.sub(r"[\\\t\n\r]", lambda found: _ESCAPES[found.group()], symbol)


def read_sif_name(text: str) -> str:
    """Return the name that :func:`write_sif_name` wrote; a backslash before any other letter stays as it is."""
    return re.sub(r"\\[\\tnr]", lambda found: _PLAIN[found.group()], text)
