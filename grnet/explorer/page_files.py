"""Pages put together: a template, looks and scripts from the folder `page/`, and what they show as JSON.

Everything is inside the one file that leaves. Templates escape whatever enters them but looks, scripts and JSON.
Evidence is what gives way where a page would become too large to be sent by mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grnet.explorer.script_bundle import bundle_scripts
from grnet.pages.page_parts import as_script_json, read_plotly
from grnet.pages.page_policy import build_policy
from grnet.schema.evidence import Evidence

MAX_BYTES = 20_000_000
"""How large a page may become; evidence has to fit into what the rest leaves."""


def read_page_file(name: str) -> str:
    """Return the text of a file in the folder `page/`."""
    return (files("grnet.explorer") / "page" / name).read_text(encoding="utf-8")


def read_code(*, early: str, entry: str, styles: Sequence[str], draws: bool = False) -> dict[str, Any]:
    """Return the fields of a template that are code, and the policy that allows this code alone.

    Parameters
    ----------
    early : str
        File in `page/` of the script that runs before the page has contents.
    entry : str
        File in `page/` of the script that is run at last, with all that it imports.
    styles : sequence of str
        Files in `page/`.
    draws : bool
        Whether the page has plotly.js.
    """
    scripts = {"early": Markup(read_page_file(early)), "script": read_scripts(entry)}
    return list_code(scripts | ({"plotly": read_plotly()} if draws else {}), styles)


def list_code(scripts: Mapping[str, Markup], styles: Sequence[str]) -> dict[str, Any]:
    """Return `scripts`, by field of a template, with the fields of the style sheets and the policy beside them."""
    style, draws = read_styles(styles), "plotly" in scripts
    policy = build_policy(scripts=scripts.values(), style=style, draws=draws)
    return {**scripts, "style": style, "policy": Markup(policy)}


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
