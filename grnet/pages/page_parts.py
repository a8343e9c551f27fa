"""What the templates of pages are filled with that is not text: JSON and plotly.js."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup


def as_script_json(value: Any) -> Markup:
    r"""Return JSON that is safe inside a script element: `<`, `>` and `&` are written as `\u003c` and so on."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


@cache
def read_plotly() -> Markup:
    """Return the part of plotly.js that draws our pages, ready for a script element.

    It is a file of this package, built of the packages on npm by `tests/support/plotly_bundle.py`. The Python package
    plotly brings all of plotly.js, which compiles code of its own while it draws; a policy would have to allow that.
    """
    return Markup((files("grnet.pages") / "plotly" / "plotly.min.js").read_text(encoding="utf-8"))
