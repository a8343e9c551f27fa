"""Checks of the page's scripts that need node: `python tests/support/page_checks.py`, as `make check` does.

It runs their own tests (`tests/page/*.test.js`) and checks their types (`tsc --checkJs`, by `tsconfig.json`). Without
node or npm it says what it skips, and does not fail.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from npm_packages import compiler_place, fetch_compiler

ROOT = Path(__file__).parents[2]
SECONDS = 300


def command_of_tests() -> list[str]:
    """Return the command that runs the scripts' own tests."""
    return ["node", "--test", *sorted(str(file) for file in (ROOT / "tests" / "page").glob("*.test.js"))]


def command_of_types() -> list[str]:
    """Return the command that checks their types."""
    return ["node", str(compiler_place()), "-p", str(ROOT / "tsconfig.json"), "--pretty", "false"]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in the root of the repository."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)


def main() -> int:
    """Run both; return 0 where nothing failed."""
    if shutil.which("node") is None:
        sys.stderr.write("no node here: skipped the tests and the type check of the page's scripts\n")
        return 0
    commands = [command_of_tests()]
    try:
        fetch_compiler()
        commands.append(command_of_types())
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"no TypeScript from npm ({error}): skipped the type check of the page's scripts\n")
    failed = [done for done in map(run, commands) if done.returncode != 0]
    for done in failed:
        sys.stderr.write(done.stdout + done.stderr)
    if not failed:
        sys.stdout.write(f"page scripts: {len(commands)} of 2 checks done, none failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
