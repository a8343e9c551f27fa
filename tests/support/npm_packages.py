"""Scripts of npm packages that tests read our files with: `python tests/support/npm_packages.py` fetches them.

They lie in `build/npm` and are never committed. Tests fetch nothing: without a script they are skipped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "build" / "npm"
PACKAGES = {
    "cytoscape": ("cytoscape@3.34.4", "dist/cytoscape.min.js"),
    "jquery": ("jquery@3.7.1", "dist/jquery.min.js"),
    "cytoscape-graphml": ("cytoscape-graphml@1.0.6", "cytoscape-graphml.js"),
    "cx-viz-converter": ("@js4cytoscape/cx-viz-converter@0.1.6", "dist/cx-viz-converter.js"),
}
"""Name → package and version, and the script that a page takes of it."""
SECONDS = 60


def place_of(name: str) -> Path:
    """Return where a package's script is, once it was fetched."""
    package, _ = PACKAGES[name]
    return FOLDER / f"{package.replace('/', '_')}.js"


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
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as made:
        npm = [shutil.which("npm") or "npm", "pack", package, "--silent", "--ignore-scripts"]
        subprocess.run(npm, cwd=made, check=True, timeout=SECONDS, capture_output=True)
        (archive,) = Path(made).glob("*.tgz")
        with tarfile.open(archive) as tar:
            file = tar.extractfile(f"package/{script}")
            assert file is not None
            text = Path(made) / "script.js"
            text.write_bytes(file.read())
        text.replace(place_of(name))


def main() -> None:
    """Fetch all scripts; say which cannot be had, which fails nothing."""
    for name in PACKAGES:
        try:
            fetch(name)
        except (OSError, subprocess.SubprocessError, KeyError) as error:
            sys.stderr.write(f"{name}: cannot be fetched ({error}); tests that need it skip themselves\n")


if __name__ == "__main__":
    main()
