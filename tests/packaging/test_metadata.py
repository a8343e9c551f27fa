"""The version, the extras and the citation are the same wherever they stand."""

from __future__ import annotations

import re

import pytest
import yaml

import grnet

EXTRA = re.compile(r"grnet\[([\w,]+)\]")
TEXTS = ["*.md", "docs/**/*.md", "grnet/**/*.py", "workflows/**/*.md", "Dockerfile"]


def read(path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_file_with_the_version_has_the_same(root, project):
    version = project["version"]
    assert grnet.__version__ == version
    assert yaml.safe_load(read(root / "CITATION.cff"))["version"] == version
    assert yaml.safe_load(read(root / "packaging/conda/recipe.yaml"))["context"]["version"] == version
    assert f'image.version="{version}"' in read(root / "Dockerfile")
    nextflow = root / "workflows/nextflow"
    assert re.search(r"\n +version += '(.+)'\n", read(nextflow / "nextflow.config"))[1] == version
    for module in sorted((nextflow / "modules/grnet").iterdir()):
        assert f'container "grnet:{version}"' in read(module / "main.nf")
        assert f'"grnet", "{version}"]' in read(module / "tests/main.nf.test")
        environment = yaml.safe_load(read(module / "environment.yml"))
        assert environment["dependencies"] == [f"conda-forge::grnet={version}"]
    minor = version.rpartition(".")[0]
    assert yaml.safe_load(read(root / "workflows/snakemake/envs/grnet.yaml"))["dependencies"] == [f"grnet ={minor}"]


def test_extras_that_messages_and_docs_name_exist(root, project):
    named = {
        extra
        for pattern in TEXTS
        for path in root.glob(pattern)
        for group in EXTRA.findall(read(path))
        for extra in group.split(",")
    }
    assert {"anndata", "dask"} <= named
    assert named <= set(project["optional-dependencies"])


def test_all_holds_every_extra_for_users(project):
    extras = project["optional-dependencies"]
    [everything] = extras["all"]
    assert set(EXTRA.fullmatch(everything)[1].split(",")) == set(extras) - {"all", "dev", "docs", "packaging"}
    assert "grnet[all]" in extras["dev"]


def test_classifiers_fit_the_oldest_python(project):
    versions = [line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert project["requires-python"] == f">={versions[0]}"
    assert versions == sorted(versions, key=lambda text: int(text.split(".")[1]))
    assert not [line for line in project["classifiers"] if line.startswith("License")], "license = says it"


def test_the_citation_is_complete_and_agrees_with_the_metadata(root, project):
    citation = yaml.safe_load(read(root / "CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation), "what the format requires"
    assert citation["title"] == project["name"]
    assert citation["license"] == project["license"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in project["authors"]]
    [study] = citation["references"]
    assert {"type", "title", "authors"} <= set(study), "what the format requires of a reference"
    assert f'"{study["title"]}" ({study["year"]})' in read(root / "docs/reproduction.md")


@pytest.mark.slow
def test_the_citation_is_valid_by_its_schema(root, tool, call):
    assert "valid" in call(tool("cffconvert"), "--validate", "--infile", root / "CITATION.cff")


def test_issue_forms_are_what_a_host_takes(root):
    forms = sorted((root / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    assert [form.stem for form in forms] == ["bug", "config", "data", "feature"]
    for form in (yaml.safe_load(read(path)) for path in forms if path.stem != "config"):
        assert {"name", "description", "body"} <= set(form)
        fields = [field for field in form["body"] if field["type"] != "markdown"]
        assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
        assert len({field["id"] for field in fields}) == len(fields)
        assert all(field["attributes"]["label"] for field in fields)
