"""Build the part of plotly.js that the pages hold: `python tests/support/plotly_bundle.py`, with node and npm.

It writes `grnet/pages/plotly/plotly.min.js` and the licences of what is in it. Whole plotly.js is three times as large,
takes a browser a second more to read, and compiles its WebGL drawing commands with Function(). The packages, their
versions and checksums are in `plotly/package-lock.json`, and the same packages give the same bytes. To take a newer
plotly.js, change `plotly/package.json`, run `npm install --package-lock-only` there, and build.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).parent / "plotly"
PRODUCT = ROOT / "grnet" / "pages" / "plotly"
BUNDLE, LICENCES = "plotly.min.js", "licenses.txt"
SECONDS = 300
OPTIONS = (
    "--bundle",
    "--minify",
    "--format=iife",
    "--global-name=Plotly",
    "--target=es2016",
    "--charset=ascii",
    "--define:global=window",
    "--define:define.amd=false",
    "--alias:regl=@plotly/regl",
    "--loader:.css=empty",
    "--legal-comments=none",
)
"""Those that plotly.js is built with; style sheets are of its maps, which are not in the bundle."""


def build(folder: Path) -> None:
    """Build the bundle and the list of its licences in a folder.

    Raises
    ------
    OSError, subprocess.SubprocessError
        There is no node or npm, or npm's registry does not answer.
    """
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        shutil.copytree(SOURCE, work, dirs_exist_ok=True)
        install = [shutil.which("npm") or "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(install, cwd=work, check=True, timeout=SECONDS, capture_output=True)
        command = ["node", "node_modules/esbuild/bin/esbuild", "entry.js", *OPTIONS, "--metafile=meta.json"]
        subprocess.run([*command, "--outfile=bundle.js"], cwd=work, check=True, timeout=SECONDS, capture_output=True)
        packages = _read_packages(work, json.loads((work / "meta.json").read_text(encoding="utf-8")))
        version = dict(packages)["plotly.js"]["version"]
        banner = f"/* A part of plotly.js v{version} (MIT, Plotly, Inc.); licences are in {LICENCES} of grnet. */\n"
        text = banner + (work / "bundle.js").read_text(encoding="utf-8")
        (folder / BUNDLE).write_text(text, encoding="utf-8", newline="\n")
        texts = [_describe(work, name, package) for name, package in packages]
        (folder / LICENCES).write_text("\n\n".join(texts) + "\n", encoding="utf-8", newline="\n")


def _read_packages(work: Path, meta: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the packages that the bundle holds a part of, by folder in `node_modules`, with their descriptions."""
    used = meta["outputs"]["bundle.js"]["inputs"]
    names = sorted({name for path in used for name in _name_package(path)})
    return [(name, json.loads((work / "node_modules" / name / "package.json").read_text("utf-8"))) for name in names]


def _name_package(path: str) -> Iterator[str]:
    """Yield the folder of the package that a file belongs to; nothing for `entry.js`."""
    parts = path.split("/")
    if "node_modules" in parts:
        last = len(parts) - parts[::-1].index("node_modules")
        yield "/".join(parts[1 : last + (2 if parts[last].startswith("@") else 1)])


def _describe(work: Path, name: str, package: dict[str, Any]) -> str:
    """Return name, version and licence of a package, and the text of its licence where it has one."""
    folder = work / "node_modules" / name
    files = sorted(file for file in folder.iterdir() if file.name.lower().startswith(("license", "licence")))
    texts = [file.read_text(encoding="utf-8").strip() for file in files if file.is_file()]
    return "\n\n".join([f"---- {package['name']} {package['version']}: {package.get('license')}", *texts])


def main() -> int:
    """Build into the package; return 0 where that worked."""
    try:
        build(PRODUCT)
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"plotly.js was not built: {error}; this needs node, npm and npm's registry\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
