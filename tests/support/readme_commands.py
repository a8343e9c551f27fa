"""The commands that a document tells a user to type, as words."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^ {4}\S.*\n(?: {8,}.*\n)*)+", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")


def read_commands(document: Path, program: str) -> list[list[str]]:
    """Return the lines of code blocks that call `program`, as words without its name."""
    text = document.read_text(encoding="utf-8")
    return _split([*FENCE.findall(text), *INDENTED.findall(FENCE.sub("", text))], program)


def read_whole_commands(document: Path, program: str) -> list[list[str]]:
    """Return what calls `program` with arguments, in code blocks and in running text, in the order of the document."""
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    blocks = [(match.start(), match[0]) for match in INDENTED.finditer(text)]
    inline = [
        (match.start(), match[1]) for match in INLINE.finditer(INDENTED.sub(lambda found: " " * len(found[0]), text))
    ]
    commands = _split([code for _, code in sorted(blocks + inline)], program)
    return [words for words in commands if len(words) > 1]


def _split(blocks: list[str], program: str) -> list[list[str]]:
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    commands = [shlex.split(line, comments=True) for line in lines if line.strip().startswith(f"{program} ")]
    return [command[1:] for command in commands]
