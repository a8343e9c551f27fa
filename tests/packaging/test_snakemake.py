"""The Snakemake workflow runs on the example of the repository, and computes again only what has to be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

import grnet

WORKFLOW = "workflows/snakemake"
QUICK = "--report pair --folds 2 --epochs 2 --modality rna"


def read(path: Path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_schema_takes_the_example_and_names_its_defaults(root):
    jsonschema = pytest.importorskip("jsonschema")
    schema = read(root / WORKFLOW / "config.schema.yaml")
    jsonschema.Draft202012Validator.check_schema(schema)
    config = read(root / WORKFLOW / "config.yaml")
    jsonschema.validate(config, schema)
    assert set(config) == set(schema["properties"]), "the example shows every key"
    readme = (root / WORKFLOW / "README.md").read_text(encoding="utf-8")
    assert all(f"`{key}`" in readme for key in [*schema["properties"], *schema["$defs"]["dataset"]["properties"]])
    with pytest.raises(jsonschema.ValidationError, match="'picture' was unexpected"):
        jsonschema.validate({"datasets": {"a": {"expression": "x.csv", "picture": "y"}}}, schema)


def test_every_input_of_a_dataset_is_an_option_of_prepare(root):
    from grnet.cli.prepare_commands import prepare_command

    options = {text for option in prepare_command.params for text in option.opts}
    schema = read(root / WORKFLOW / "config.schema.yaml")
    inputs = set(schema["$defs"]["dataset"]["properties"]) - {"options"}
    snakefile = (root / WORKFLOW / "Snakefile").read_text(encoding="utf-8")
    named = {key: f"--{key.replace('_', '-')}" for key in inputs}
    assert set(named.values()) <= options
    assert all(f'"{key}": "{option}",' in snakefile for key, option in named.items())


@pytest.fixture
def snakemake(root, tool, call, tmp_path):
    """Return a function that runs the workflow in a folder that sees the data of the repository."""
    program = tool("snakemake")
    (tmp_path / "data").symlink_to(root / "data")
    config = read(root / WORKFLOW / "config.yaml")
    config |= {"train": QUICK, "infer_network": "--top 12 --format decoupler", "threads": 1}
    example = config["datasets"]["example"]
    config["datasets"]["rna"] = {key: example[key] for key in ("expression", "tfs", "known_edges")}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def run(*options: str) -> str:
        files = ["--snakefile", root / WORKFLOW / "Snakefile", "--configfile", tmp_path / "config.yaml"]
        return call(program, *files, "--cores", "1", *options, cwd=tmp_path, env=here)

    return run


@pytest.mark.slow
def test_the_workflow_runs_on_the_example(snakemake, tmp_path):
    snakemake("results/rna/network", "results/example/dataset")
    results = tmp_path / "results"
    measurements = {
        name: len(grnet.load_dataset(results / name / "dataset").measurements) for name in ("example", "rna")
    }
    assert measurements == {"example": 4, "rna": 1}
    assert "28, of which 8 TFs" in (results / "example/prepare.log").read_text(encoding="utf-8")
    assert grnet.load_run(results / "rna/run").folds == 2
    assert len(grnet.load_network(results / "rna/network").edges) == 12
    assert len(pd.read_csv(results / "rna/network/edges.decoupler.csv")) == 12

    left = snakemake("--dry-run")
    assert "results/example/run" in left, "what was not asked for is still to be done"
    assert "results/rna/run" not in left
    again = snakemake("--dry-run", "results/rna/network", "--forcerun", "grnet_train")
    assert "rule grnet_infer_network:" in again
    assert "rule grnet_prepare:" not in again


@pytest.mark.slow
def test_a_missing_file_is_named_before_anything_runs(snakemake, tmp_path):
    config = read(tmp_path / "config.yaml")
    config["datasets"]["example"]["tfs"] = "absent.txt"
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with pytest.raises(AssertionError, match=r"absent\.txt"):
        snakemake()
    assert not (tmp_path / "results").exists()
