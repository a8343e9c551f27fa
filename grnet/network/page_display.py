"""The page of a network → on the screen: in the cell of a notebook, or in a browser."""

from __future__ import annotations

import html
import importlib
import logging
import webbrowser
from pathlib import Path
from typing import Any

from grnet.schema.errors import MissingInputError
from grnet.schema.notebook import in_notebook

_SANDBOX = "allow-scripts allow-downloads"
"""The page runs its scripts and saves files; it reaches nothing of the notebook, opens no window and sends no form."""
_LOG = logging.getLogger(__name__)


def show_page(page: Path, *, height: int = 720) -> Any:
    """Show a page in the cell of a notebook, else open it in a browser.

    Parameters
    ----------
    page : Path
    height : int
        Of the frame in a notebook, in pixels.

    Returns
    -------
    IPython.display.HTML or None
        What a notebook displays: the whole page in a frame, so that it shows wherever the file is. None elsewhere.

    Raises
    ------
    MissingInputError
        There is no such page.
    """
    if not page.is_file():
        raise MissingInputError(f"{page}: no such page; write it with grnet.view(…), or infer the network anew")
    if not in_notebook():
        if not webbrowser.open(page.resolve().as_uri()):
            _LOG.warning("no browser was found; open %s", page.resolve())
        return None
    content = html.escape(page.read_text(encoding="utf-8"), quote=True)
    frame = f'<iframe sandbox="{_SANDBOX}" srcdoc="{content}" style="width:100%;height:{height}px;border:0"></iframe>'
    return importlib.import_module("IPython.display").HTML(f"<div>{frame}</div>")
