"""Every relative link in the documents leads to a file that is there, and every anchor to a heading of that file."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "data/README.md")),
    *sorted(path for path in ROOT.glob("docs/**/*.md") if "_ext" not in path.parts),
]
FENCE = re.compile(r"^(?P<mark>```+|~~~+).*?^(?P=mark)`*", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#* *$", re.MULTILINE)
INCLUDE = re.compile(r"^```\{include\} +(\S+)", re.MULTILINE)


def list_anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as code-hosting sites and MyST make them."""
    text = document.read_text(encoding="utf-8")
    text = "\n".join([text, *((document.parent / name).read_text("utf-8") for name in INCLUDE.findall(text))])
    seen: Counter[str] = Counter()
    anchors = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower().replace("`", "")).strip().replace(" ", "-")
        anchors.add(slug if not seen[slug] else f"{slug}-{seen[slug]}")
        seen[slug] += 1
    return anchors


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_and_anchors_resolve(document):
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        file = document.parent / unquote(name) if name else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in list_anchors(file)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## Single cells: `--expression`", "single-cells---expression"),
        (
            "## 6. From scores to probabilities (`grnet/probability/`)",
            "6-from-scores-to-probabilities-grnetprobability",
        ),
        ("# A [link](to.md) in it", "a-link-in-it"),
    ],
)
def test_anchors_are_those_of_code_hosting_sites(tmp_path, heading, anchor):
    (tmp_path / "page.md").write_text(f"{heading}\n\n```\n# no heading\n```\n", encoding="utf-8")
    assert list_anchors(tmp_path / "page.md") == {anchor}


def test_an_anchor_of_a_repeated_heading_is_numbered(tmp_path):
    (tmp_path / "page.md").write_text("# Twice\n\n# Twice\n", encoding="utf-8")
    assert list_anchors(tmp_path / "page.md") == {"twice", "twice-1"}
