"""Images that are damaged, too large, deep, transparent, absent or elsewhere: refused by row, or converted."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from grnet.architectures.run_folder import load_run
from grnet.dataset import image_files
from grnet.dataset.directory import load_dataset

PREPARE = ["prepare", "out", "--expression", "genes.csv", "--tfs", "tfs.txt"]
WITH_IMAGES = [*PREPARE, "--images", "images.csv"]
TIN = Path("pictures/tin.png")

pytestmark = pytest.mark.usefixtures("lab")


def claim(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def refusals() -> list[list[object]]:
    table = pd.read_parquet("out/rejected.parquet")
    values: list[list[object]] = table[["file", "row", "name", "reason"]].to_numpy().tolist()
    return values


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (None, "unreadable image", "unreadable image: pictures/tin.png: truncated or damaged"),
        (b"<html>404</html>", "unreadable image", "unreadable image: pictures/tin.png: not an image in PNG, BMP"),
        (b"", "unreadable image", "unreadable image: pictures/tin.png: the file is empty"),
        (claim(32, 16), "unreadable image", "unreadable image: pictures/tin.png: truncated or damaged"),
        (
            claim(10_001, 10_000),
            "image too large",
            "image too large: pictures/tin.png: claims 10,001 × 10,000 pixels, more than 100,000,000",
        ),
        (
            claim(60_000, 60_000),
            "image too large",
            "image too large: pictures/tin.png: claims more than 100,000,000 pixels",
        ),
    ],
)
def test_one_bad_image_is_refused_and_the_others_are_taken(accepted, content, kind, reason):
    TIN.write_bytes(TIN.read_bytes()[:50] if content is None else content)
    shown = accepted(*WITH_IMAGES)
    assert f"refused: {kind}" in shown
    assert "refused rows, each with its reason: out/rejected.parquet" in shown
    (file, row, name, why), *others = refusals()
    assert (file, row, name, others) == ("images.csv", 2, "tin", [])
    assert str(why).startswith(reason)
    dataset = load_dataset(Path("out"))
    assert dataset.image_table["symbol"].tolist() == ["eve"]
    assert np.unique(dataset.images).tolist() == [0, 20, 128, 255]


def test_a_file_too_large_for_a_picture_is_refused_unread(accepted, monkeypatch):
    monkeypatch.setattr(image_files, "MAX_BYTES", 1000)
    with TIN.open("ab") as file:
        file.truncate(5000)
    accepted(*WITH_IMAGES)
    assert refusals() == [
        ["images.csv", 2, "tin", "image too large: pictures/tin.png: 5,000 bytes, more than 1,000"],
    ]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (
            [b"x", b"y"],
            "images.csv: unreadable image: pictures/tin.png: not an image in PNG, BMP, TIFF, JPEG format; none of its "
            "2 images could be read",
        ),
        (
            [claim(60_000, 60_000), claim(60_000, 60_001)],
            "images.csv: image too large: pictures/tin.png: claims more than 100,000,000 pixels; none of its 2 images "
            "could be read",
        ),
    ],
)
def test_no_image_at_all_is_an_error(refused, contents, message):
    for name, content in zip(("tin", "eve"), contents, strict=True):
        Path(f"pictures/{name}.png").write_bytes(content)
    assert refused(*WITH_IMAGES) == message


def test_images_of_a_few_pixels(refused):
    for name in ("tin", "eve"):
        Image.fromarray(np.zeros((2, 3), np.uint8)).save(f"pictures/{name}.png")
    assert refused(*WITH_IMAGES) == (
        "images.csv: most images have 2 × 3 pixels (height × width), outside 8..2048; choose a size that they are "
        "resampled to: --image-size HEIGHTxWIDTH"
    )


def test_sixteen_bits_are_stretched_with_a_word(accepted):
    deep = np.full((16, 32), 1000, np.uint16)
    deep[0, :3] = (200, 600, 1220)
    Image.fromarray(deep).save(TIN)
    assert "note: more than 8 bits, stretched to 0..255 between the percentiles 0.1 and 99.9: 1 images" in accepted(
        *WITH_IMAGES
    )
    image = load_dataset(Path("out")).images[0]
    assert image[0, :4].tolist() == [0, 100, 255, 200]


def test_colours_become_luma_and_transparency_white(accepted):
    picture = Image.new("RGBA", (32, 16), (255, 0, 0, 255))
    picture.putpixel((0, 0), (0, 0, 0, 0))
    picture.putpixel((1, 0), (0, 0, 0, 255))
    picture.save(TIN)
    accepted(*WITH_IMAGES)
    assert load_dataset(Path("out")).images[0][0, :3].tolist() == [255, 0, 76]
    assert refusals() == []


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("pictures/none.png", "missing image file: pictures/none.png"),
        ("pictures", "missing image file: pictures"),
        ("", "missing image file"),
        ("/dev/zero", "missing image file: /dev/zero"),
        ("../../secret.txt", "unreadable image: ../../secret.txt: not an image in PNG"),
        ("x" * 5000, "unreadable image: xxx"),
    ],
)
def test_manifests_that_name_no_image_file(accepted, lab, place, reason):
    folder = lab / "deep" / "er"
    folder.mkdir(parents=True)
    (lab / "secret.txt").write_text("password")
    (folder / "images.csv").write_text(f"gene,path\neve,../../pictures/eve.png\ntin,{place}\n")
    accepted(*PREPARE, "--images", "deep/er/images.csv")
    [[file, row, name, why]] = refusals()
    assert (file, row, name) == ("images.csv", 3, "tin")
    assert str(why).startswith(reason)
    assert load_dataset(Path("out")).image_table["source"].tolist() == ["../../pictures/eve.png"]
    for path in filter(Path.is_file, Path("out").rglob("*")):
        assert b"password" not in path.read_bytes()


def test_a_pipe_is_no_image_and_nobody_waits_for_it(accepted):
    TIN.unlink()
    os.mkfifo(TIN)
    accepted(*WITH_IMAGES)
    reason = "missing image file: pictures/tin.png: is a pipe or a device, not a file; expected an image"
    assert refusals() == [["images.csv", 2, "tin", reason]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "gene,path\n",
            "images.csv: names no image; expected GENE/VIEW/*.png (bmp, tif, jpg) in a folder, or a manifest with a "
            "row for each",
        ),
        (
            "tin,pictures/tin.png\n",
            "images.csv: a manifest needs a header with the columns gene and path (and may have view, stage, id); got "
            "'tin', 'pictures/tin.png'; --columns 'images:gene=NAME,path=NAME' names them",
        ),
    ],
)
def test_manifests_without_rows_or_header(refused, text, message):
    Path("images.csv").write_text(text)
    assert refused(*WITH_IMAGES) == message


@pytest.mark.parametrize("view", ["../../x.y", "<script>", "rna"])
def test_a_view_has_any_name(accepted, trained, view):
    rows = Path("images.csv").read_text().splitlines()[1:]
    Path("images.csv").write_text("gene,path,view\n" + "\n".join(row.replace("lateral", view) for row in rows) + "\n")
    inputs = ["--expression", "genes.csv", "--tfs", "tfs.txt", "--known-edges", "edges.csv", "--images", "images.csv"]
    accepted("prepare", "viewed", *inputs)
    assert load_dataset(Path("viewed")).views == (view,)
    assert (load_dataset(Path("viewed")).image_table["view"] == view).all()
    accepted("train", "viewed", "-o", "viewed-run", "--folds", "2", "--epochs", "1", "--report", "pair")
    assert load_run("viewed-run").shape.measurements("image") == (view,)
    assert "468 candidates" in accepted("infer-network", "viewed-run", "-o", "viewed-net", "--top", "9")


def test_a_view_that_would_hide_the_rna(refused):
    Path("images.csv").write_text("gene,path,view\ntin,pictures/tin.png,Expression\n")
    assert refused(*WITH_IMAGES) == (
        "images.csv: a view is named 'expression', which stands for RNA; give it another name"
    )


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="needs files of a Linux kernel")
def test_a_manifest_that_names_a_file_of_the_kernel_does_not_wait(accepted):
    Path("images.csv").write_text("gene,path\ntin,/proc/kmsg\neve,pictures/eve.png\n")
    accepted(*WITH_IMAGES)
    reason = "missing image file: /proc/kmsg: is a pipe or a device, not a file; expected an image"
    assert refusals() == [["images.csv", 2, "tin", reason]]


def test_what_libtiff_says_of_a_damaged_picture_is_no_line_on_the_screen(accepted):
    buffer = io.BytesIO()
    Image.fromarray(np.arange(4096, dtype=np.uint8).reshape(64, 64)).save(buffer, "TIFF", compression="tiff_lzw")
    content = bytearray(buffer.getvalue())
    content[8:200] = bytes(192)  # codes of LZW that there are not
    TIN.write_bytes(content)
    accepted(*WITH_IMAGES)
    reason = "unreadable image: pictures/tin.png: truncated or damaged (decoder error -2)"
    assert refusals() == [["images.csv", 2, "tin", reason]]
