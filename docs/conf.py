"""Settings of the documentation site: `make docs` builds it into build/docs.

GRNET_DOCS_EXECUTE=off builds it without running the tutorials. No page loads anything from the network.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import grnet

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))

REPOSITORY = os.environ.get("GRNET_REPOSITORY", "")
"""Address of the public repository; "" while there is none. Source files are then shown on pages of the site."""

project = "grnet"
author = "The grnet developers"
copyright = "the grnet developers"
version = release = grnet.__version__
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "myst_nb",
    "sphinx_copybutton",
    "command_reference",
    "docstring_text",
    "flow_chart",
    "outside_links",
    "printed_pieces",
]
exclude_patterns = ["_ext", "_build", "**/.ipynb_checkpoints", "tutorials/data"]
highlight_language = "none"
smartquotes = False
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
suppress_warnings: list[str] = []

# Docstrings are NumPy's, with plain backticks for code; their types are words, so the signature repeats none.
default_role = "code"
autodoc_typehints = "none"
autodoc_class_signature = "separated"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = True

myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
myst_url_schemes = {
    "http": None,
    "https": None,
    "mailto": None,
    # What outside_links writes: an address on this site, or in the repository.
    "page": "{{path}}",
}
if os.environ.get("GRNET_DOCS_EXECUTE") == "off":
    nb_execution_mode = "off"
    suppress_warnings.append("myst-nb.lexer")  # the language of a cell is known when it has run
else:
    nb_execution_mode = "cache"
nb_execution_cache_path = str(DOCS.parent / "build" / "docs-cache")
nb_execution_raise_on_error = True
nb_execution_timeout = 600  # seconds for a cell; none takes a minute on an idle machine
nb_merge_streams = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}

outside_pages = {
    "README.md": "index",
    "CHANGELOG.md": "changelog",
    "CITATION.cff": "citation",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "data/README.md": "data",
}
outside_repository = REPOSITORY

ACCENTED = ("color-brand-primary", "color-brand-content", "color-api-name", "color-api-pre-name")
html_theme = "furo"
html_title = f"grnet {release}"
html_static_path = ["_static"]
html_css_files = ["grnet.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": dict.fromkeys(ACCENTED, "#1f5f8b"),
    "dark_css_variables": dict.fromkeys(ACCENTED, "#7cc4f5"),
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
