"""The content security policy of a page: its own scripts and style sheets, and nothing else.

Enter: the texts of its scripts and style sheets. Leaves: the content of a meta element, `Content-Security-Policy`.
A page holds names from other people's files beside our code. The policy lists our code by its hashes. A browser then
runs no script that a name or a title might bring in, and sends nothing anywhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

_PLOTLY_STYLE = ""
"""The text of the style element that plotly.js makes; it adds its rules by script, which a policy does not restrict."""


def build_policy(*, scripts: Iterable[str], style: str, draws: bool = False) -> str:
    """Return the policy of a page. See https://www.w3.org/TR/CSP3/.

    Parameters
    ----------
    scripts : iterable of str
        What stands between the tags of each script element, exactly. An element that holds JSON is not among them:
        nothing of it is run.
    style : str
        What stands between the tags of the style element.
    draws : bool
        Whether plotly.js is among the scripts. It makes a style element, and pictures of its drawings, which are blobs.

    Raises
    ------
    ValueError
        A text holds a carriage return or a null, which a browser reads as something else.
    """
    directives = {
        "default-src": "'none'",
        "script-src": _name_sources(scripts),
        "style-src": _name_sources([style, _PLOTLY_STYLE] if draws else [style]),
        "img-src": "data: blob:" if draws else "data:",
        "connect-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _name_sources(texts: Iterable[str]) -> str:
    return " ".join(f"'sha256-{_hash(text)}'" for text in texts) or "'none'"


def _hash(text: str) -> str:
    if changed := {"\r", "\0"} & set(text):
        raise ValueError(f"a script or a style sheet of a page holds {changed.pop()!r}, which no browser keeps")
    return b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")
