"""Image files of every kind → 8-bit grey; what is no image is refused with a reason."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from grnet.dataset.grey_levels import stretch_range
from grnet.dataset.image_limits import ImageRefused, ImageTooLarge
from grnet.dataset.image_pixels import fit_pixels, read_grey, read_size

GREY = np.arange(32 * 16, dtype=np.uint8).reshape(16, 32)


def encode(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_grey_images_stay_pixel_for_pixel(kind):
    content = encode(Image.fromarray(GREY), kind)
    assert read_size(content) == (16, 32)
    image = read_grey(content)
    assert np.array_equal(image.pixels, GREY)
    assert image.pixels.dtype == np.uint8
    assert (image.rescaled, image.frames) == (False, 1)
    assert fit_pixels(image.pixels, (16, 32)) is image.pixels


def test_colour_palette_and_bilevel_images_become_luma():
    red = Image.new("RGB", (4, 3), (255, 0, 0))
    assert read_grey(encode(red)).pixels.tolist() == [[76] * 4] * 3
    assert read_grey(encode(red.convert("P", palette=Image.Palette.ADAPTIVE))).pixels.tolist() == [[76] * 4] * 3
    assert read_grey(encode(Image.new("1", (2, 2), 1))).pixels.tolist() == [[255, 255]] * 2


def test_transparent_parts_become_white():
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 255))
    assert read_grey(encode(image)).pixels.tolist() == [[255, 0]]
    palette = Image.new("P", (2, 1), 0)
    palette.putpalette([0, 0, 0, 50, 50, 50])
    palette.putpixel((1, 0), 1)
    assert read_grey(encode(palette, transparency=0)).pixels.tolist() == [[255, 50]]


def test_images_that_are_transparent_everywhere_are_taken_as_opaque():
    image = Image.fromarray(np.dstack([GREY, GREY, GREY, 0 * GREY]))
    for content in (encode(image), encode(image, "TIFF"), encode(image.convert("LA"))):
        read = read_grey(content)
        assert read.opacity_ignored
        assert np.array_equal(read.pixels, GREY)
    image.putpixel((0, 0), (0, 0, 0, 1))
    read = read_grey(encode(image))
    assert not read.opacity_ignored
    assert read.pixels.tolist() == [[254] + [255] * 31] + [[255] * 32] * 15


def test_premultiplied_grey_is_taken():
    image = Image.fromarray(np.dstack([GREY, np.full_like(GREY, 255)]), "LA")
    content = bytearray(encode(image, "TIFF"))
    unassociated = struct.pack("<HHIHH", 338, 3, 1, 2, 0)
    place = content.index(unassociated)
    content[place : place + 12] = struct.pack("<HHIHH", 338, 3, 1, 1, 0)
    assert np.array_equal(read_grey(bytes(content)).pixels, GREY)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("top", [65535, 4095])
def test_sixteen_bits_are_stretched_by_the_range_of_the_image(kind, top):
    values = np.linspace(0, top, 256).round().astype(np.uint16).reshape(8, 32)
    image = read_grey(encode(Image.fromarray(values), kind))
    assert image.rescaled
    assert np.abs(image.pixels.astype(int) - np.arange(256).reshape(8, 32)).max() <= 2
    assert (image.pixels.min(), image.pixels.max()) == (0, 255)
    assert np.array_equal(image.pixels, stretch_range(values))


def test_a_constant_deep_image_is_mid_grey_and_not_a_division_by_zero():
    assert read_grey(encode(Image.fromarray(np.full((2, 2), 900, np.uint16)))).pixels.tolist() == [[128, 128]] * 2


def test_the_first_of_several_frames_is_taken_and_rotation_is_applied():
    frames = [Image.fromarray(np.full((8, 8), value, np.uint8)) for value in (10, 20)]
    image = read_grey(encode(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    assert (image.frames, int(image.pixels[0, 0])) == (2, 10)
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encode(Image.fromarray(GREY), "JPEG", exif=exif)
    assert read_size(content) == (32, 16)
    assert read_grey(content).pixels.shape == (32, 16)


TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: a.T[:, ::-1],
    7: lambda a: a.T[::-1, ::-1],
    8: lambda a: a.T[::-1],
}
"""Orientation → stored rows and columns as they are to be seen (TIFF 6.0, page 36)."""


def late_chunk(content):
    """Return a PNG whose eXIf chunk comes after its pixels."""
    start = content.index(b"eXIf") - 4
    end = start + 12 + struct.unpack(">I", content[start : start + 4])[0]
    rest = content[:start] + content[end:]
    return rest[:-12] + content[start:end] + rest[-12:]


@pytest.mark.parametrize("orientation", list(TURNS))
@pytest.mark.parametrize("kind", ["PNG", "late PNG", "deep PNG", "JPEG", "TIFF", "deep TIFF", "LZW TIFF"])
def test_the_orientation_is_followed_and_sizes_agree(kind, orientation):
    stored = GREY.astype(np.uint16) * 16 if "deep" in kind else GREY
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"compression": "tiff_lzw"} if "LZW" in kind else {"quality": 100} if kind == "JPEG" else {}
    content = encode(Image.fromarray(stored), kind.split()[-1], exif=exif, **options)
    if "late" in kind:
        content = late_chunk(content)
    expected = TURNS[orientation](stretch_range(stored) if "deep" in kind else GREY)
    image = read_grey(content)
    assert read_size(content) == image.pixels.shape == expected.shape
    assert np.abs(image.pixels.astype(int) - expected).max() <= (8 if kind == "JPEG" else 0)
    assert image.turned == (orientation != 1)


def test_an_orientation_that_is_none_is_passed_over():
    for value in (0, 9, 700):
        exif = Image.Exif()
        exif[0x0112] = value
        assert not read_grey(encode(Image.fromarray(GREY), exif=exif)).turned
    broken = encode(Image.fromarray(GREY), "JPEG", exif=b"Exif\0\0 no exif at all")
    assert read_grey(broken).pixels.shape == read_size(broken) == GREY.shape


def test_resampling_keeps_the_mean_of_a_picture():
    fitted = fit_pixels(np.kron(GREY, np.ones((4, 4), np.uint8)), (16, 32))
    assert fitted.shape == (16, 32)
    assert abs(float(fitted.mean()) - float(GREY.mean())) < 1


def claim(width, height):
    """Return a PNG of a few bytes that claims any size."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_001, 10_000), (60_000, 60_000)])
def test_decompression_bombs_are_refused_before_they_unpack(size):
    for read in (read_size, read_grey):
        with pytest.raises(ImageTooLarge, match="more than 100,000,000"):
            read(claim(*size))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"<html>not found</html>", "not an image in PNG, BMP, TIFF, JPEG format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image in PNG, BMP, TIFF, JPEG format"),
        (encode(Image.fromarray(GREY))[:60], "truncated or damaged"),
        (claim(40, 40), "truncated or damaged"),
    ],
)
def test_what_cannot_be_read_is_refused(content, reason):
    with pytest.raises(ImageRefused, match=reason):
        read_grey(content)


def test_truncated_files_of_every_length_are_refused_or_read():
    for kind in ("PNG", "BMP", "TIFF", "JPEG"):
        content = encode(Image.fromarray(np.kron(GREY, np.ones((2, 2), np.uint8))), kind)
        for length in range(0, len(content), 37):
            try:
                assert read_grey(content[:length]).pixels.shape == (32, 64)
            except ImageRefused:
                continue
