"""Links from pages to files outside docs/, as they work on a code-hosting site, made to work on the built site.

A link to a file that a page includes leads to that page. A link to any other file leads to the repository if its
address is known, else to a page of the site that shows the file. A link whose text is the name of a page shows the
title of that page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\((?P<path>[^)#\s:]+)(?P<anchor>#[^)\s]*)?(?=[)\s])")
FENCE = re.compile(r"^(?P<mark>```+|~~~+).*?^(?P=mark)", re.MULTILINE | re.DOTALL)
SHOWN = "_source"
logger = logging.getLogger(__name__)


def rewrite_page(app: Sphinx, docname: str, content: list[str]) -> None:
    """Rewrite the links of a page."""
    folder = Path(app.env.doc2path(docname)).parent
    content[0] = _rewrite(app, content[0], read_from=folder, docname=docname)


def rewrite_included(app: Sphinx, relative_path: Path, parent_docname: str, content: list[str]) -> None:
    """Rewrite the links of a file that a page includes, such as CONTRIBUTING.md."""
    folder = (Path(app.srcdir) / relative_path).resolve().parent
    content[0] = _rewrite(app, content[0], read_from=folder, docname=parent_docname)


def _rewrite(app: Sphinx, text: str, *, read_from: Path, docname: str) -> str:
    """Return Markdown whose links are those of page `docname`, though it was written to be read in `read_from`."""

    def replace(link: re.Match[str]) -> str:
        path = (read_from / unquote(link["path"])).resolve()
        if not path.exists():
            return link[0]
        address = _find_address(app, path, docname)
        # A text that is the name of a page gives way to the title of the page, or of the section.
        text = (
            "" if address.endswith(".md") and link["text"] in {link["path"].lstrip("./"), path.name} else link["text"]
        )
        return f"[{text}]({address}{link['anchor'] or ''}"

    pieces, start = [], 0
    for fence in FENCE.finditer(text):
        pieces += [LINK.sub(replace, text[start : fence.start()]), fence[0]]
        start = fence.end()
    return "".join([*pieces, LINK.sub(replace, text[start:])])


def _find_address(app: Sphinx, path: Path, docname: str) -> str:
    """Return the address of a file or folder, relative to page `docname`."""
    docs = Path(app.srcdir).resolve()
    up = "../" * docname.count("/")
    if path.is_relative_to(docs):
        return up + path.relative_to(docs).as_posix()
    name = path.relative_to(docs.parent).as_posix()
    if name in app.config.outside_pages:
        return f"{up}{app.config.outside_pages[name]}.md"
    if app.config.outside_repository:
        return f"{app.config.outside_repository}/{'tree' if path.is_dir() else 'blob'}/main/{name}"
    _shown_files(app.env).setdefault(docname, set()).add(name)
    return f"page:{up}{SHOWN}/{name}.html"


def _shown_files(env: BuildEnvironment) -> dict[str, set[str]]:
    """Return the files outside docs/ that each page links to."""
    if not hasattr(env, "outside_files"):
        env.outside_files = {}
    found: dict[str, set[str]] = env.outside_files
    return found


def forget_page(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget the links of a page that is read again or gone."""
    _shown_files(env).pop(docname, None)


def show_files(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for each file outside docs/ that a page links to."""
    root = Path(app.srcdir).resolve().parent
    for name in sorted(set().union(*_shown_files(app.env).values())):
        path = root / name
        if path.is_dir():
            text = "\n".join(sorted(entry.name + "/" * entry.is_dir() for entry in path.iterdir()))
        else:
            text = path.read_text(encoding="utf-8")
        body = app.builder.highlighter.highlight_block(text, _find_language(path), linenos=False)  # type: ignore[attr-defined]
        yield f"{SHOWN}/{name}", {"title": name, "body": f"<h1>{name}</h1>{body}"}, "page.html"


def _find_language(path: Path) -> str:
    try:
        return str(get_lexer_for_filename(path.name).aliases[0]) if path.is_file() else "text"
    except ClassNotFound:
        return "text"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the rewriting of links, and the pages that show files."""
    app.add_config_value("outside_pages", {}, "env")
    app.add_config_value("outside_repository", "", "env")
    app.connect("source-read", rewrite_page)
    app.connect("include-read", rewrite_included)
    app.connect("env-purge-doc", forget_page)
    app.connect("html-collect-pages", show_files)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
