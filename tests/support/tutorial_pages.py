"""The tutorials of docs/tutorials/*.md: their code cells, the commands in them, and a way to run them without Jupyter.

A tutorial is a MyST notebook: text with ```` ```{code-cell} ```` blocks. A cell is Python, or a shell script when its
first line is `%%bash`. Sphinx runs them in a kernel; the tests run them here, in one process, in the order of the page.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_COMMANDS = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TAGS = re.compile(r"\A:tags: \[([^\]]*)\]\n+")
SHELL = "%%bash"
DISPLAYS = ("_repr_html_", "_repr_png_", "_repr_svg_")


@dataclass(frozen=True)
class CodeCell:
    """A code cell: what it holds, and its tags such as "remove-cell"."""

    source: str
    tags: tuple[str, ...] = ()

    @property
    def is_shell(self) -> bool:
        """Whether the cell is a shell script."""
        return self.source.startswith(SHELL)


@dataclass
class Shown:
    """What a page showed when its cells ran: text that was printed, and what stood last in a cell."""

    text: str = ""
    values: list[Any] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)


def read_cells(page: Path) -> list[CodeCell]:
    """Return the code cells of a tutorial, in their order."""
    cells = []
    for body in CELL.findall(page.read_text(encoding="utf-8")):
        tags = TAGS.match(body)
        names = () if tags is None else tuple(name.strip() for name in tags[1].split(","))
        cells.append(CodeCell(TAGS.sub("", body).strip(), names))
    return cells


def read_shell_commands(page: Path, program: str) -> list[list[str]]:
    """Return what calls `program` in shell cells and in ```` ```bash ```` blocks that are shown only, as words."""
    text = page.read_text(encoding="utf-8")
    found = [(match.start(), TAGS.sub("", match[1]).strip()) for match in CELL.finditer(text)]
    scripts = [(place, body) for place, body in found if body.startswith(SHELL)]
    scripts += [(match.start(), match[1]) for match in SHOWN_COMMANDS.finditer(text)]
    lines = "\n".join(body for _, body in sorted(scripts)).replace("\\\n", " ").splitlines()
    commands = [shlex.split(line, comments=True) for line in lines if line.strip().startswith(f"{program} ")]
    return [_without_redirection(words[1:]) for words in commands]


def run_cells(page: Path) -> Shown:
    """Run the cells of a tutorial in the folder of the page; the first that fails raises its error."""
    shown = Shown(names={"__name__": "__main__"})
    with contextlib.chdir(page.parent), _own_environment():
        for cell in read_cells(page):
            if cell.is_shell:
                shown.text += _run_shell(cell.source.partition("\n")[2])
            else:
                _run_python(cell.source, shown)
    return shown


def _run_shell(script: str) -> str:
    """Run a shell script and return what it printed; an error of any of its commands is raised."""
    done = subprocess.run(["bash", "-e", "-c", script], capture_output=True, text=True, check=False, timeout=1200)
    if done.returncode:
        raise AssertionError(f"exit code {done.returncode} of:\n{script}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def _run_python(source: str, shown: Shown) -> None:
    """Run Python as a notebook does: the value of the last line is shown, lines of magic are left out."""
    plain = "\n".join("" if line.startswith("%") else line for line in source.splitlines())
    tree = ast.parse(plain)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), shown.names)
        if isinstance(last, ast.Expr) and not plain.rstrip().endswith(";"):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), shown.names)
            if value is not None:
                shown.values.append(value)
                if not any(hasattr(value, name) for name in DISPLAYS):
                    printed.write(f"{value!r}\n")
        elif isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "<cell>", "exec"), shown.names)
    shown.text += printed.getvalue()


@contextlib.contextmanager
def _own_environment() -> Iterator[None]:
    """Let cells change the environment, and put it back; pictures are drawn without a screen."""
    before = dict(os.environ)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["MPLBACKEND"] = "Agg"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _without_redirection(words: list[str]) -> list[str]:
    """Return the words of a command up to a pipe, a redirection or `||`."""
    ends = [place for place, word in enumerate(words) if word in ("|", "||", ">", "2>&1")]
    return words[: ends[0]] if ends else words
