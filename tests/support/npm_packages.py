"""Packages of npm that tests read our files with; they are fetched once into `build/npm`, and never committed."""

from __future__ import annotations

import shutil
import subprocess
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


def find_script(name: str) -> Path | None:
    """Return a package's script, fetched where it is not there yet; None where npm or its registry is not."""
    package, script = PACKAGES[name]
    file = FOLDER / package.replace("/", "_") / "package" / script
    if not file.is_file():
        _fetch(package, file)
    return file if file.is_file() else None


def _fetch(package: str, file: Path) -> None:
    """Unpack a package next to the others; another test may do the same at the same time."""
    npm = shutil.which("npm")
    if npm is None:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        made = Path(name)
        try:
            subprocess.run(
                [npm, "pack", package, "--silent", "--ignore-scripts"],
                cwd=made,
                check=True,
                timeout=SECONDS,
                capture_output=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return
        (archive,) = made.glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(made / "unpacked", filter="data")
        folder = FOLDER / package.replace("/", "_")
        if not file.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            (made / "unpacked").rename(folder)
