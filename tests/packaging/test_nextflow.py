"""The Nextflow modules: their scripts run on the example, and meta.yml tells the channels that main.nf has.

Nextflow itself is not needed. A script is filled in as Nextflow does, in a folder where the inputs are links.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

import grnet

MODULES = Path(__file__).parents[2] / "workflows/nextflow/modules/grnet"
NAMES = ["prepare", "train", "infernetwork"]
CHANNEL = re.compile(r"(?:val|path|eval)\((\"[^\"]*\"|'[^']*'|\w+)(?:, stageAs: '[^']*')?\)")


@dataclass(frozen=True)
class Module:
    """What main.nf of a module says.

    Attributes
    ----------
    inputs : list of list of str
        The names of each input tuple.
    outputs : dict
        Name of the channel → what its tuple holds, without quotes.
    script, stub : str
        As bash gets them, with `${…}` where Nextflow puts values.
    """

    text: str
    inputs: list[list[str]]
    outputs: dict[str, list[str]]
    script: str
    stub: str


def section(text: str, name: str) -> str:
    return re.search(rf"\n    {name}:\n(.*?)(?=\n\n    \w+:\n|\n}}\n)", text, re.DOTALL)[1]


def elements(line: str) -> list[str]:
    return [found.strip("\"'") if found[0] != '"' else found[1:-1] for found in CHANNEL.findall(line)]


def commands(text: str) -> str:
    """Return what stands between the three quotes, with the escapes of Groovy undone."""
    return re.search(r'"""\n(.*?)"""', text, re.DOTALL)[1].replace("\\\\", "\\").replace("\\$", "$")


def read_module(name: str) -> Module:
    text = (MODULES / name / "main.nf").read_text(encoding="utf-8")
    outputs = [line for line in section(text, "output").splitlines() if line.strip()]
    return Module(
        text=text,
        inputs=[elements(line) for line in section(text, "input").splitlines() if line.strip()],
        outputs={re.search(r"emit: (\w+)", line)[1]: elements(line.partition(", emit:")[0]) for line in outputs},
        script=commands(section(text, "script")),
        stub=commands(section(text, "stub")),
    )


def fill(script: str, values: dict[str, str]) -> str:
    """Put values where the script names them; every name has to have one."""
    return re.sub(r"\$\{([\w.]+)\}", lambda found: values[found[1]], script)


def run_script(script: str, folder: Path) -> None:
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=here, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"


def stage(folder: Path, files: dict[str, Path]) -> Path:
    """Make a working folder with links to the inputs, as Nextflow does."""
    folder.mkdir()
    for name, target in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(target)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_meta_tells_the_channels_of_main(name):
    module = read_module(name)
    meta = yaml.safe_load((MODULES / name / "meta.yml").read_text(encoding="utf-8"))
    assert meta["name"] == f"grnet_{name}"
    assert f"process GRNET_{name.upper()} {{" in module.text
    assert [[key for entry in channel for key in entry] for channel in meta["input"]] == module.inputs
    described = {channel: [key for entry in tuples[0] for key in entry] for channel, tuples in meta["output"].items()}
    assert described == module.outputs
    assert list(meta["topics"]["versions"]) == list(meta["output"]["versions_grnet"])
    assert "topic: versions" in module.text
    assert len(meta["keywords"]) >= 3
    for tool in meta["tools"]:
        assert all({"description", "licence", "doi"} <= set(entry) for entry in tool.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_module_has_the_files_of_nf_core(name):
    files = sorted(path.relative_to(MODULES / name).as_posix() for path in (MODULES / name).rglob("*.*"))
    assert files == ["environment.yml", "main.nf", "meta.yml", "tests/main.nf.test", "tests/nextflow.config"]
    test = (MODULES / name / "tests/main.nf.test").read_text(encoding="utf-8")
    assert f'process "GRNET_{name.upper()}"' in test
    assert 'options "-stub"' in test
    for channel in read_module(name).outputs:
        assert f"process.out.{channel}[0]" in test


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_makes_every_output(name, tmp_path):
    module = read_module(name)
    run_script(fill(module.stub, {"prefix": "embryo"}), tmp_path)
    made = [held[1] for channel, held in module.outputs.items() if not channel.startswith("versions")]
    assert made
    assert all((tmp_path / fill(path, {"prefix": "embryo"})).exists() for path in made)


@pytest.mark.parametrize("name", NAMES)
def test_the_version_is_read_from_the_program(name, tmp_path, project):
    [_, tool, expression] = read_module(name).outputs["versions_grnet"]
    assert tool == "grnet"
    run_script(f"{expression} > version", tmp_path)
    assert (tmp_path / "version").read_text(encoding="utf-8").strip() == project["version"]


@pytest.mark.slow
def test_the_scripts_run_on_the_example(root, tmp_path):
    example = root / "data/example"
    tables = ["expression_tfs.csv", "expression_genes.tsv.gz"]
    files = {f"expression/{name}": example / name for name in tables}
    files |= {"tfs/tfs.txt": example / "tfs.txt", "known_edges/known_edges.csv": example / "known_edges.csv"}
    files |= {"images/images": example / "images"}
    options = " ".join(f"--expression 'expression/{name}'" for name in tables)
    options += " --tfs 'tfs/tfs.txt' --known-edges 'known_edges/known_edges.csv' --images 'images/images'"
    common = {"prefix": "embryo", "meta.id": "embryo", "task.cpus": "1", "args": ""}
    prepare, train, infer = map(read_module, NAMES)

    prepared = stage(tmp_path / "prepare", files)
    run_script(fill(prepare.script, {**common, "input_options": options}), prepared)
    trained = stage(tmp_path / "train", {"embryo.dataset": prepared / "embryo.dataset"})
    quick = {"dataset": "embryo.dataset", "args": "--report pair --folds 2 --epochs 2 --modality rna"}
    run_script(fill(train.script, {**common, **quick}), trained)
    links = {"embryo.run": trained / "embryo.run", "embryo.dataset": prepared / "embryo.dataset"}
    inferred = stage(tmp_path / "infer", links)
    given = {"run": "embryo.run", "dataset": "embryo.dataset", "args": "--top 12"}
    run_script(fill(infer.script, {**common, **given}), inferred)

    for module, folder in ((prepare, prepared), (train, trained), (infer, inferred)):
        made = [held[1] for channel, held in module.outputs.items() if not channel.startswith("versions")]
        assert all((folder / fill(path, common)).exists() for path in made)
    dataset = grnet.load_dataset(prepared / "embryo.dataset")
    assert dataset.name == "embryo"
    assert len(dataset.measurements) == 4
    assert len(pd.read_parquet(inferred / "embryo.network/edges.parquet")) == 12


def test_the_table_of_the_pipeline_names_files_that_are_there(root):
    table = pd.read_csv(root / "workflows/nextflow/samples.csv")
    assert list(table.columns) == ["id", "expression", "tfs", "known_edges", "images"]
    named = [path for cell in table.drop(columns="id").to_numpy().ravel() for path in cell.split(";")]
    assert all((root / path).exists() for path in named)


@pytest.mark.slow
def test_nextflow_runs_the_pipeline(root, tool, tmp_path, call):
    nextflow = tool("nextflow")
    if shutil.which("java") is None:
        pytest.skip("Nextflow needs Java, which is not installed")
    quick = "--report pair --folds 2 --epochs 2 --modality rna"
    where = ["--input", root / "workflows/nextflow/samples.csv", "--outdir", tmp_path / "results", "--train", quick]
    (tmp_path / "data").symlink_to(root / "data")
    call(nextflow, "run", root / "workflows/nextflow", *where, cwd=tmp_path)
    assert (tmp_path / "results/example/example.network/edges.parquet").is_file()
