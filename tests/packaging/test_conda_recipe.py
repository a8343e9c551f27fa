"""The conda recipe asks for what pyproject.toml asks for, under the names of conda-forge."""

from __future__ import annotations

import re

import pytest
import yaml

NAMES = {"igraph": "python-igraph", "matplotlib": "matplotlib-base", "torch": "pytorch"}
"""Name on PyPI → name on conda-forge, where they differ."""
FOR_DEVELOPERS = ("all", "dev", "docs", "packaging")
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(.*)")


@pytest.fixture(scope="module")
def recipe(root):
    return yaml.safe_load((root / "packaging/conda/recipe.yaml").read_text(encoding="utf-8"))


def split(requirements: list[str]) -> dict[str, str]:
    """Return package → versions."""
    found = [REQUIREMENT.fullmatch(text) for text in requirements]
    return {match[1]: match[2].replace(" ", "") for match in found}


def to_conda(requirements: list[str]) -> dict[str, str]:
    return {NAMES.get(name, name): versions for name, versions in split(requirements).items()}


def test_run_requirements_are_those_of_the_package(recipe, project):
    run = split(recipe["requirements"]["run"])
    assert run.pop("python") == ">=${{python_min}}"
    assert run == to_conda(project["dependencies"])
    assert project["requires-python"] == f">={recipe['context']['python_min']}"


def test_extras_constrain_what_is_installed_beside_it(recipe, project):
    extras = project["optional-dependencies"]
    users = {text for name in extras if name not in FOR_DEVELOPERS for text in extras[name]}
    wanted: dict[str, str] = {}
    for text in users:
        [(name, versions)] = to_conda([text]).items()
        assert name == "grnet" or wanted.setdefault(name, versions) == versions, f"{name} has one lower bound"
    assert split(recipe["requirements"]["run_constraints"]) == wanted


def test_the_build_is_that_of_the_package(recipe, project, root):
    assert recipe["package"]["name"] == "${{ name }}"
    assert recipe["context"]["name"] == project["name"]
    assert recipe["build"]["python"]["entry_points"] == [
        f"{name} = {function}" for name, function in project["scripts"].items()
    ]
    assert "setuptools >=77" in recipe["requirements"]["host"]
    assert 'requires = ["setuptools>=77"]' in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert recipe["about"]["summary"] == project["description"]
    assert recipe["about"]["license"] == project["license"]
    assert (root / "packaging/conda" / recipe["source"]["path"]).resolve() == root


def test_rattler_build_renders_the_recipe(root, project):
    rattler_build = pytest.importorskip("rattler_build", reason="py-rattler-build is not installed")
    [variant] = rattler_build.Stage0Recipe.from_file(str(root / "packaging/conda/recipe.yaml")).render()
    rendered = variant.recipe.to_dict()
    assert rendered["package"] == {"name": project["name"], "version": project["version"]}
    assert rendered["build"]["noarch"] == "python"
    assert rendered["requirements"]["run"][0] == f"python {project['requires-python']}"
    assert [list(entry) for entry in rendered["tests"]] == [["python"], ["script"]]
