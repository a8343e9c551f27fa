"""What fills the templates of pages: JSON that cannot leave its element, and a plotly.js that compiles nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

from grnet.pages.page_parts import as_script_json, read_plotly

PACKAGES = Path(__file__).parents[2] / "support" / "plotly" / "package.json"


def test_json_is_what_it_was_and_leaves_its_element_nowhere():
    value = {"</script>": ["<!--", "\u2028\u2029", "&amp;", "🧬", None, 1.5, True]}
    text = as_script_json(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_plotly_is_of_the_version_that_it_is_built_of():
    version = json.loads(PACKAGES.read_text(encoding="utf-8"))["devDependencies"]["plotly.js"]
    assert read_plotly().startswith(f"/* A part of plotly.js v{version} (MIT, Plotly, Inc.);")


def test_plotly_can_stand_in_a_page_and_brings_its_drawing_commands():
    text = read_plotly()
    assert not re.findall(r"</script|<script|<!--|\r", text, re.IGNORECASE)
    assert len(re.findall(r"reglPrecompiled,\w+\)", text)) == 1
