"""Pages put together: a template, looks and scripts from the folder `page/`, and what they show as JSON.

Everything is inside the one file that leaves. Templates escape whatever enters them but looks, scripts and JSON.
Evidence is what gives way where a page would become too large to be sent by mail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grnet.explorer.script_bundle import bundle_scripts
from grnet.schema.evidence import Evidence

MAX_BYTES = 20_000_000
"""How large a page may become; evidence has to fit into what the rest leaves."""


def read_page_file(name: str) -> str:
    """Return the text of a file in the folder `page/`."""
    return (files("grnet.explorer") / "page" / name).read_text(encoding="utf-8")


def read_styles(names: Sequence[str]) -> Markup:
    """Return style sheets in the folder `page/`, one after the other, ready for a style element."""
    return Markup("\n".join(read_page_file(name) for name in names))


def read_scripts(entry: str) -> Markup:
    """Return a script in the folder `page/` and all that it imports, ready for a script element."""
    return Markup(bundle_scripts(entry, read_page_file))


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("grnet.explorer", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["mark_options"] = mark_options
    return made


def render_template(name: str, fields: Mapping[str, Any]) -> str:
    """Return a template in the folder `page/` with its fields: text is escaped, `Markup` is not."""
    return _templates().get_template(name).render(fields)


def mark_options(text: str) -> Markup:
    """Return a text as HTML in which options such as --top are code, which is not broken at hyphens."""
    parts = re.split(r"(--[a-z-]+)", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )


def render_page(
    template: str,
    fields: Mapping[str, Any],
    data: Mapping[str, Any],
    evidence: tuple[Evidence, pd.DataFrame, pd.DataFrame] | None,
) -> str:
    """Return a page of at most `MAX_BYTES`, unless it is longer without any evidence.

    Parameters
    ----------
    template : str
        File in the folder `page/`.
    fields : mapping
        What the template names but `data`; text is escaped, `Markup` is not.
    data : mapping
        JSON values that the page's scripts read.
    evidence : (Evidence, edges, nodes) or None
        What is entered into `data` as "evidence", for the edges and nodes that are in the page, in their order.
    """

    def render(found: Mapping[str, Any] | None) -> str:
        return render_template(template, {**fields, "data": as_script_json({**data, "evidence": found})})

    if evidence is None:
        return render(None)
    from grnet.explorer.evidence_json import encode_evidence

    return render(encode_evidence(*evidence, budget=max(0, MAX_BYTES - len(render(None).encode()))))


def as_script_json(value: Any) -> Markup:
    r"""Return JSON that is safe inside a script element: `<`, `>` and `&` are written as `\u003c` and so on."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
