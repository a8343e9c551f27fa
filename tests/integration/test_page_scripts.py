"""The page's scripts: their own tests, in node, and their types."""

from __future__ import annotations

import re
import shutil

import pytest
from npm_packages import compiler_place
from page_checks import ROOT, command_of_tests, command_of_types, run

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node on PATH")


@needs_node
def test_their_own_tests_pass():
    done = run(command_of_tests())
    assert done.returncode == 0, done.stdout
    written = sum(
        len(re.findall(r"^test\(", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in (ROOT / "tests" / "page").glob("*.test.js")
    )
    counts = dict(re.findall(r"^. (tests|pass|fail|skipped) (\d+)$", done.stdout, re.MULTILINE))
    assert counts == {"tests": str(written), "pass": str(written), "fail": "0", "skipped": "0"}


@needs_node
def test_their_types_are_right():
    if not compiler_place().is_file():
        pytest.skip(f"no {compiler_place()}; fetch it with: python tests/support/npm_packages.py")
    done = run(command_of_types())
    assert (done.returncode, done.stdout) == (0, "")


@needs_node
def test_a_wrong_type_is_found(tmp_path):
    if not compiler_place().is_file():
        pytest.skip(f"no {compiler_place()}; fetch it with: python tests/support/npm_packages.py")
    lines = (
        'import { showCount } from "./text.js";',
        'showCount("1");',
        "/** @param {number} n */",
        "export const f = (n) => n.none;",
    )
    (tmp_path / "wrong.js").write_text("\n".join(lines), encoding="utf-8")
    shutil.copy(ROOT / "grnet" / "explorer" / "page" / "text.js", tmp_path)
    shutil.copy(ROOT / "grnet" / "explorer" / "page" / "types.d.ts", tmp_path)
    settings = (ROOT / "tsconfig.json").read_text(encoding="utf-8").replace("grnet/explorer/page", ".")
    (tmp_path / "tsconfig.json").write_text(settings, encoding="utf-8")
    command = [
        str(tmp_path / "tsconfig.json") if part.endswith("tsconfig.json") else part for part in command_of_types()
    ]
    found = re.findall(r"wrong\.js\((\d+),\d+\): error (TS\d+)", run(command).stdout)
    assert found == [("2", "TS2345"), ("4", "TS2339")]
