"""Pictures and manifests under mutation: grey levels come back, or the picture is refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fuzzing import FuzzTarget, run_target
from PIL import Image

from grnet.dataset.findings import Findings
from grnet.dataset.grey_levels import stretch_range
from grnet.dataset.image_files import read_image_file
from grnet.dataset.image_pixels import read_grey, read_size
from grnet.dataset.image_sources import list_images

Write = Callable[[random.Random, Path], tuple[Path, object]]


def draw(dice: random.Random, kind: str) -> np.ndarray:
    shape = dice.randrange(8, 24), dice.randrange(8, 24)
    own = np.random.default_rng(dice.randrange(2**32))
    return own.integers(0, np.iinfo(kind).max, shape, dtype=kind, endpoint=True)


def picture_as(name: str, *, kind: str = "uint8", **options: object) -> Write:
    def write(dice: random.Random, folder: Path) -> tuple[Path, object]:
        pixels = draw(dice, kind)
        Image.fromarray(pixels).save(folder / name, **options)
        grey = pixels if kind == "uint8" else stretch_range(pixels)
        return folder / name, grey.tolist()

    return write


def write_jpeg(dice: random.Random, folder: Path) -> tuple[Path, object]:
    Image.fromarray(draw(dice, "uint8")).save(folder / "x.jpg")
    with Image.open(folder / "x.jpg") as image:
        return folder / "x.jpg", np.asarray(image.convert("L")).tolist()


def write_colours(dice: random.Random, folder: Path) -> tuple[Path, object]:
    grey = draw(dice, "uint8")
    Image.fromarray(np.stack([grey] * 3, axis=2)).save(folder / "x.tif", compression=dice.choice([None, "tiff_lzw"]))
    return folder / "x.tif", grey.tolist()


def read_levels(path: Path) -> object:
    content = read_image_file(path)
    pixels = read_grey(content).pixels
    assert read_size(content) == pixels.shape
    return pixels.tolist()


def write_manifest(dice: random.Random, folder: Path) -> tuple[Path, object]:
    rows = [(gene, f"pictures/{gene}.png", dice.choice(("lateral", "dorsal"))) for gene in ("tin", "eve", "ftz", "hb")]
    text = "gene,path,view\n" + "".join(f"{gene},{path},{view}\n" for gene, path, view in rows)
    (folder / "images.csv").write_text(text, encoding="utf-8")
    return folder / "images.csv", rows


def read_manifest(path: Path) -> object:
    return [(image.gene, image.source, image.view) for image in list_images(path, Findings())]


TARGETS = (
    FuzzTarget("png", picture_as("x.png"), read_levels),
    FuzzTarget("png 16 bits", picture_as("x.png", kind="uint16"), read_levels),
    FuzzTarget("jpeg", write_jpeg, read_levels),
    FuzzTarget("tiff", picture_as("x.tif"), read_levels),
    FuzzTarget("tiff lzw", picture_as("x.tif", compression="tiff_lzw"), read_levels),
    FuzzTarget("tiff 16 bits", picture_as("x.tif", kind="uint16", compression="tiff_adobe_deflate"), read_levels),
    FuzzTarget("tiff colours", write_colours, read_levels),
    FuzzTarget("bmp", picture_as("x.bmp"), read_levels),
    FuzzTarget("image manifests", write_manifest, read_manifest),
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_pictures_come_back_or_are_refused(target, tmp_path, capfd):
    assert run_target(target, tmp_path).failures == []
    assert capfd.readouterr() == ("", "")
