"""The Dockerfile follows good practice, and its context holds what it copies and little else."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess

import pytest

COPIED = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)


@pytest.fixture(scope="module")
def dockerfile(root) -> str:
    return (root / "Dockerfile").read_text(encoding="utf-8")


def test_the_linter_finds_nothing(root, tool, call):
    assert call(tool("hadolint"), "--failure-threshold", "style", root / "Dockerfile") == ""


def test_the_image_runs_grnet_as_a_user_without_rights(dockerfile):
    last = dockerfile.rpartition("\nFROM ")[2]
    assert 'ENTRYPOINT ["grnet"]' in last
    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["1000:1000"]
    assert "pip install" not in last, "what builds stays in the stage that builds"


def test_torch_is_the_build_for_cpus_and_all_versions_are_pinned(dockerfile):
    installs = re.findall(r"pip install (.+)", dockerfile)
    assert all("--constraint constraints.txt" in line for line in installs)
    assert [line.split()[-1] for line in installs] == ["torch", '".[all]"']
    assert "download.pytorch.org/whl/cpu" in dockerfile


def test_the_context_holds_what_is_copied_and_no_data(root, dockerfile, repository_files):
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*", "everything is left out but what is named"
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    copied = [word for words in COPIED.findall(dockerfile) for word in words.split()]
    assert sorted(kept) == sorted(copied)
    assert all((root / path).exists() for path in copied)
    assert "**/__pycache__" in rules
    sent = [path for path in repository_files if any(fnmatch.fnmatch(path, f"{name}*") for name in kept)]
    assert not [path for path in sent if path.startswith(("data/", "docs/", "tests/"))]


@pytest.mark.slow
def test_the_image_builds_and_answers(root, project):
    if shutil.which("docker") is None:
        pytest.skip("docker is not installed")
    if subprocess.run(["docker", "info"], capture_output=True, timeout=60, check=False).returncode:
        pytest.skip("no docker daemon answers")
    subprocess.run(["docker", "build", "--tag", "grnet:test", root], check=True, timeout=3600)
    command = ["docker", "run", "--rm", "grnet:test", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    assert said.strip() == f"grnet, version {project['version']}"
