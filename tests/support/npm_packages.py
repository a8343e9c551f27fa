"""npm packages that tests read our files and scripts with: `python tests/support/npm_packages.py` fetches them.

They lie in `build/npm` and are never committed. Tests fetch nothing: without a package they are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "build" / "npm"
PACKAGES = {
    "cytoscape": ("cytoscape@3.34.4", "dist/cytoscape.min.js"),
    "jquery": ("jquery@3.7.1", "dist/jquery.min.js"),
    "cytoscape-graphml": ("cytoscape-graphml@1.0.6", "cytoscape-graphml.js"),
    "axe-core": ("axe-core@4.14.1", "axe.min.js"),
    "cx-viz-converter": ("@js4cytoscape/cx-viz-converter@0.1.6", "dist/cx-viz-converter.js"),
}
"""Name → package and version, and the script that a page takes of it."""
TYPESCRIPT = "typescript@6.0.3"
"""Checks the types of the page's scripts; of it the folder `lib` is taken."""
SECONDS = 60


def place_of(name: str) -> Path:
    """Return where a package's script is, once it was fetched."""
    package, _ = PACKAGES[name]
    return FOLDER / f"{package.replace('/', '_')}.js"


def compiler_place() -> Path:
    """Return where the compiler of TypeScript is, once it was fetched."""
    return FOLDER / TYPESCRIPT / "package" / "lib" / "tsc.js"


def fetch(name: str) -> None:
    """Fetch a package's script where it is not there yet.

    Raises
    ------
    OSError, subprocess.SubprocessError, KeyError
        npm or its registry is not there, or the package lacks the script.
    """
    package, script = PACKAGES[name]
    if place_of(name).is_file():
        return
    with _unpacked(package) as (folder, tar):
        file = tar.extractfile(f"package/{script}")
        assert file is not None
        text = folder / "script.js"
        text.write_bytes(file.read())
        text.replace(place_of(name))


def fetch_compiler() -> None:
    """Fetch the compiler of TypeScript where it is not there yet.

    Raises
    ------
    OSError, subprocess.SubprocessError
        npm or its registry is not there.
    """
    if compiler_place().is_file():
        return
    with _unpacked(TYPESCRIPT) as (folder, tar):
        tar.extractall(folder / "made", filter="data")
        (folder / "made").replace(FOLDER / TYPESCRIPT)


@contextmanager
def _unpacked(package: str) -> Iterator[tuple[Path, tarfile.TarFile]]:
    """Yield a folder for a while, and the package's archive in it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as made:
        npm = [shutil.which("npm") or "npm", "pack", package, "--silent", "--ignore-scripts"]
        subprocess.run(npm, cwd=made, check=True, timeout=SECONDS, capture_output=True)
        (archive,) = Path(made).glob("*.tgz")
        with tarfile.open(archive) as tar:
            yield Path(made), tar


def main() -> None:
    """Fetch all of them; say which cannot be had, which fails nothing."""
    wanted = {name: partial(fetch, name) for name in PACKAGES} | {"typescript": fetch_compiler}
    for name, get in wanted.items():
        try:
            get()
        except (OSError, subprocess.SubprocessError, KeyError) as error:
            sys.stderr.write(f"{name}: cannot be fetched ({error}); tests that need it skip themselves\n")


if __name__ == "__main__":
    main()
