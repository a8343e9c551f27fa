"""The source distribution holds the whole repository, and its wheel holds and runs the whole package.

Both are built offline from a copy of the repository, with the setuptools of this Python.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

MADE_BY_SETUPTOOLS = {"PKG-INFO", "setup.cfg"}


@pytest.fixture(scope="module")
def distributions(root, repository_files, call, tmp_path_factory) -> Path:
    """A folder with the source distribution and the wheel that was built from it."""
    pytest.importorskip("build", reason="the package build is not installed")
    copy = tmp_path_factory.mktemp("copy") / "grnet"
    for path in repository_files:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, copy / path)
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", copy.parent / "dist", copy)
    return copy.parent / "dist"


@pytest.fixture(scope="module")
def source(distributions) -> Path:
    return next(distributions.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(distributions) -> Path:
    return next(distributions.glob("*.whl"))


def test_the_names_say_what_they_are(distributions, project):
    name = f"grnet-{project['version']}"
    assert sorted(path.name for path in distributions.iterdir()) == [f"{name}-py3-none-any.whl", f"{name}.tar.gz"]


def test_the_source_distribution_holds_every_file_of_the_repository(source, repository_files):
    with tarfile.open(source) as tar:
        held = {member.name.partition("/")[2] for member in tar if member.isfile()}
    made = {path for path in held if path in MADE_BY_SETUPTOOLS or path.startswith("grnet.egg-info/")}
    assert held - made == set(repository_files)


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel, repository_files):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == {path for path in repository_files if path.startswith("grnet/")}


def test_the_metadata_of_the_wheel(wheel, project):
    with zipfile.ZipFile(wheel) as archive:
        [path] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        found = Parser().parsestr(archive.read(path).decode("utf-8"))
    assert found["Name"] == "grnet"
    assert found["Version"] == project["version"]
    assert found["Author"] == "The grnet developers"
    assert found["License-Expression"] == "MIT"
    assert found["Requires-Python"] == ">=3.11"
    assert set(found.get_all("Provides-Extra")) == set(project["optional-dependencies"])
    assert found.get_all("Classifier") == project["classifiers"]
    needed = {text for text in found.get_all("Requires-Dist") if "extra ==" not in text}
    assert len(needed) == len(project["dependencies"])


def test_a_package_index_takes_both(distributions, call):
    pytest.importorskip("twine", reason="the package twine is not installed")
    said = call(sys.executable, "-m", "twine", "check", "--strict", *sorted(distributions.iterdir()))
    assert said.count("PASSED") == 2


def test_tests_run_from_the_source_distribution(source, call, tmp_path):
    with tarfile.open(source) as tar:
        tar.extractall(tmp_path, filter="data")
    [folder] = tmp_path.iterdir()
    where = "import grnet; print(grnet.__file__)"
    here = {**os.environ, "PYTHONPATH": str(folder)}
    assert call(sys.executable, "-c", where, cwd=folder, env=here).strip() == str(folder / "grnet/__init__.py")
    tests = ["-p", "no:cacheprovider", "tests/unit/schema"]
    said = call(sys.executable, "-m", "pytest", "-q", *tests, cwd=folder, env=here)
    assert " passed" in said
    assert " failed" not in said


@pytest.fixture(scope="module")
def installed(wheel, call, tmp_path_factory) -> Path:
    """The scripts of a new environment with the wheel; what grnet needs is seen from this Python, but not its grnet."""
    environment = tmp_path_factory.mktemp("environment")
    call(sys.executable, "-m", "venv", "--without-pip", environment)
    scripts = environment / "bin"
    python = scripts / "python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(call(python, "-c", code).strip())
    (site / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps"]
    call(*pip, "--ignore-installed", wheel)
    return scripts


def test_the_installed_wheel_runs(installed, call, project, tmp_path):
    grnet = installed / "grnet"
    away = {"cwd": tmp_path, "env": {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}}
    code = "import grnet; print(grnet.__file__)"
    assert Path(call(installed / "python", "-c", code, **away).strip()).is_relative_to(installed.parent)
    assert call(grnet, "--version", **away).strip() == f"grnet, version {project['version']}"
    call(grnet, "--quiet", "simulate", "lab", "--tfs", "8", "--targets", "20", "--samples", "12", **away)
    tables = ["--expression", "lab/expression_tfs.csv", "--expression", "lab/expression_genes.tsv.gz"]
    known = ["--tfs", "lab/tfs.txt", "--known-edges", "lab/known_edges.csv"]
    call(grnet, "--quiet", "prepare", "dataset", *tables, *known, **away)
    quick = ["--report", "pair", "--folds", "2", "--epochs", "2"]
    call(grnet, "--quiet", "train", "dataset", "-o", "run", "--modality", "rna", *quick, **away)
    call(grnet, "--quiet", "infer-network", "run", "-o", "network", **away)
    summary = json.loads((tmp_path / "network/summary.json").read_text(encoding="utf-8"))
    assert summary["versions"]["grnet"] == project["version"]
    page = (tmp_path / "network/network.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in page
    assert "plotly" in page.lower()
