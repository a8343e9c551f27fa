"""A small lab, a trained one, and a runner that holds the command line to its promise about wrong input."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from closed_folders import layouts_name_all_files as layouts_name_all_files
from PIL import Image

from grnet.cli import main

Refused = Callable[..., str]
PREFIX = "grnet: error: "


def everything_in(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below `folder` ("" for folders), hidden and temporary ones too."""
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def write_image(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Refused:
    """Return a function that runs grnet on wrong input: code 2, one line, nothing written; returns the line's text."""

    def run(*arguments: str) -> str:
        before = everything_in(tmp_path)
        capfd.readouterr()
        with pytest.raises(SystemExit) as caught:
            main(["--quiet", *arguments])
        out, err = capfd.readouterr()
        assert caught.value.code == 2, err
        assert out == ""
        assert err.startswith(PREFIX), err
        assert err.endswith("\n")
        assert len(err.splitlines()) == 1, err
        assert "Traceback" not in err
        assert everything_in(tmp_path) == before
        return err.removeprefix(PREFIX).rstrip("\n")

    return run


@pytest.fixture
def accepted(capfd: pytest.CaptureFixture[str]) -> Refused:
    """Return a function that runs grnet on input that is fine, without a word on standard error; returns the screen."""

    def run(*arguments: str) -> str:
        capfd.readouterr()
        main(["--quiet", *arguments])
        out, err = capfd.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the working folder a lab of four genes, two of them TFs, with two images."""
    monkeypatch.chdir(tmp_path)
    Path("genes.csv").write_text("gene,a,b,c\ntin,1,2,3\neve,3,2,1\nftz,1,0,1\nhb,5,4,5\n")
    Path("tfs.txt").write_text("tin\neve\n")
    Path("edges.csv").write_text("tf,target,label\ntin,eve,1\neve,ftz,0\n")
    Path("images.csv").write_text("gene,path\ntin,pictures/tin.png\neve,pictures/eve.png\n")
    for gene, value in (("tin", 10), ("eve", 20)):
        pixels = np.full((16, 32), value, np.uint8)
        pixels[0, :3] = (0, 128, 255)
        write_image(Path("pictures") / f"{gene}.png", pixels)
    return tmp_path


@pytest.fixture(scope="session")
def trained_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a lab of 40 genes with dataset `data`, run `run`, network `net`; `bare` has no edges, `dark` no images."""
    folder = tmp_path_factory.mktemp("trained")
    random = np.random.default_rng(0)
    names = [f"tf{number}" for number in range(12)] + [f"g{number}" for number in range(28)]
    table = pd.DataFrame(random.normal(size=(40, 20)).round(3), index=pd.Index(names, name="gene"))
    table.columns = pd.Index([f"s{number}" for number in range(20)])
    table.to_csv(folder / "genes.csv")
    (folder / "tfs.txt").write_text("\n".join(names[:12]) + "\n")
    rows = [f"tf{tf},g{(5 * tf + place) % 28},{(tf + place) % 2}" for tf in range(12) for place in range(5)]
    (folder / "edges.csv").write_text("\n".join(["tf,target,label", *rows]) + "\n")
    manifest = ["gene,path,view"]
    for number, name in enumerate(names[:12] + names[12:32:2]):
        write_image(folder / "pictures" / f"{number}.png", random.integers(0, 255, (16, 32)).astype(np.uint8))
        manifest.append(f"{name},pictures/{number}.png,lateral")
    (folder / "images.csv").write_text("\n".join(manifest) + "\n")
    inputs = ["--expression", str(folder / "genes.csv"), "--tfs", str(folder / "tfs.txt")]
    edges, images = ["--known-edges", str(folder / "edges.csv")], ["--images", str(folder / "images.csv")]
    main(["--quiet", "prepare", str(folder / "data"), *inputs, *edges, *images])
    main(["--quiet", "prepare", str(folder / "bare"), *inputs])
    main(["--quiet", "prepare", str(folder / "dark"), *inputs, *edges])
    main(
        [
            "--quiet",
            "train",
            str(folder / "data"),
            "-o",
            str(folder / "run"),
            "--folds",
            "2",
            "--epochs",
            "2",
            "--report",
            "pair",
        ]
    )
    scoring = ["--top", "50", "--batch-pairs", "200"]
    main(["--quiet", "infer-network", str(folder / "run"), "-o", str(folder / "net"), *scoring])
    return folder


@pytest.fixture
def trained(trained_lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the working folder a copy of the trained lab, without checksums, to be damaged."""
    shutil.copytree(trained_lab, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("checksums.json"))
    monkeypatch.chdir(tmp_path)
    return tmp_path
