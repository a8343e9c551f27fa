"""Pages put together: a template, looks and scripts from the folder `page/`, and what they show as JSON.

Everything is inside the one file that leaves. Evidence is what gives way where a page would become too large to be
sent by mail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import pandas as pd

from grnet.schema.evidence import Evidence

MAX_BYTES = 20_000_000
"""How large a page may become; evidence has to fit into what the rest leaves."""


def read_page_files(names: Sequence[str]) -> str:
    """Return the text of files in the folder `page/`, one after the other."""
    folder = files("grnet.explorer") / "page"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def fill_template(template: str, fields: Mapping[str, str]) -> str:
    """Replace each `{{name}}` by its field in one pass, so that a field's own braces stay as they are."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: fields[found.group(1)], template)


def fill_page(
    template: str,
    fields: Mapping[str, str],
    data: Mapping[str, Any],
    evidence: tuple[Evidence, pd.DataFrame, pd.DataFrame] | None,
) -> str:
    """Return a page of at most `MAX_BYTES`, unless it is longer without any evidence.

    Parameters
    ----------
    template : str
        File in the folder `page/`.
    fields : mapping
        What stands in the places `{{name}}` of the template; `{{data}}` is left to `data`.
    data : mapping
        JSON values that the page's scripts read.
    evidence : (Evidence, edges, nodes) or None
        What is entered into `data` as "evidence", for the edges and nodes that are in the page, in their order.
    """
    text = read_page_files([template])

    def fill(found: Mapping[str, Any] | None) -> str:
        return fill_template(text, {**fields, "data": as_script_json({**data, "evidence": found})})

    if evidence is None:
        return fill(None)
    from grnet.explorer.evidence_json import encode_evidence

    return fill(encode_evidence(*evidence, budget=max(0, MAX_BYTES - len(fill(None).encode()))))


def as_script_json(value: Any) -> str:
    r"""Return JSON that is safe inside a script element: `<`, `>` and `&` are written as `\u003c` and so on."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
