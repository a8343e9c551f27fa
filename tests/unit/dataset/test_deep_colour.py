"""16 bits a channel: PNG, TIFF read by Pillow in two halves, TIFF read by tifffile; all as 16-bit grey is read."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image, TiffImagePlugin

from grnet.dataset.grey_levels import luma_of, stretch_range
from grnet.dataset.image_limits import ImageRefused
from grnet.dataset.image_pixels import read_grey, read_size

SIZE = (20, 30)
RANDOM = np.random.default_rng(3)
RGB = RANDOM.integers(0, 4096, (*SIZE, 3)).astype(np.uint16)
GREY = RGB[..., 0]
FULL = 65535
PASSES = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
PNG_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}


def filtered(rows, step):
    """Return rows of bytes [rows, bytes], filtered with the five filters of PNG in turn."""
    result = b""
    above = np.zeros(rows.shape[1], int)
    for number, row in enumerate(rows.astype(int)):
        left = np.concatenate([np.zeros(step, int), row[:-step]])
        corner = np.concatenate([np.zeros(step, int), above[:-step]])
        guess = left + above - corner
        distances = np.abs(np.stack([guess - left, guess - above, guess - corner]))
        paeth = np.choose(distances.argmin(axis=0), [left, above, corner])
        expected = [0 * row, left, above, (left + above) // 2, paeth][number % 5]
        result += bytes([number % 5]) + ((row - expected) % 256).astype(np.uint8).tobytes()
        above = row
    return result


def png(values, *, interlaced=False, extra=()):
    """Return 16-bit values [height, width, channels] as a PNG, with chunks `extra` before the pixels."""
    height, width, channels = values.shape

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    parts = [values[top::down, left::right] for top, left, down, right in PASSES] if interlaced else [values]
    content = b"".join(
        filtered(part.astype(">u2").view(np.uint8).reshape(len(part), -1), 2 * channels) for part in parts if part.size
    )
    header = struct.pack(">IIBBBBB", width, height, 16, PNG_KINDS[channels], 0, 0, int(interlaced))
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(content)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)


def tiff(values, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, **options)
    return buffer.getvalue()


def compressed_tiff(values, compression):
    """Return RGB of 16 bits with a compression of Pillow, which writes the bytes as an image twice as wide."""
    buffer = io.BytesIO()
    Image.fromarray(values.view(np.uint8).reshape(len(values), -1, 3)).save(buffer, "TIFF", compression=compression)
    content = bytearray(buffer.getvalue())
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        tags = file.pages.first.tags
        struct.pack_into("<H", content, tags["ImageWidth"].valueoffset, values.shape[1])
        struct.pack_into("<HHH", content, tags["BitsPerSample"].valueoffset, 16, 16, 16)
    return bytes(content)


def opaque(values):
    return np.dstack([values, np.full(SIZE, FULL, np.uint16)])


@pytest.mark.parametrize("interlaced", [False, True])
def test_png_of_16_bits_keeps_all_of_them(interlaced):
    grey = stretch_range(GREY)
    colour = stretch_range(luma_of(RGB))
    for values, expected in ((GREY[..., None], grey), (opaque(GREY), grey), (RGB, colour), (opaque(RGB), colour)):
        content = png(values, interlaced=interlaced)
        image = read_grey(content)
        assert image.rescaled
        assert np.array_equal(image.pixels, expected), values.shape
        assert read_size(content) == SIZE


def test_a_grey_stored_as_colour_is_read_as_grey_is():
    expected = read_grey(png(GREY[..., None])).pixels
    for values in (np.dstack([GREY] * 3), opaque(np.dstack([GREY] * 3)), opaque(GREY)):
        assert np.array_equal(read_grey(png(values)).pixels, expected)
    assert np.array_equal(read_grey(tiff(np.dstack([GREY] * 3), photometric="rgb")).pixels, expected)


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"compression": "zlib", "predictor": True}])
@pytest.mark.parametrize("fourth", [None, "unassalpha", "assocalpha", "unspecified"])
def test_tiff_of_16_bits_keeps_all_of_them(planes, byteorder, options, fourth):
    values = RGB if fourth is None else opaque(RGB)
    stored = values if planes == "contig" else np.ascontiguousarray(np.moveaxis(values, 2, 0))
    content = tiff(
        stored,
        photometric="rgb",
        planarconfig=planes,
        byteorder=byteorder,
        extrasamples=fourth and [fourth],
        **options,
    )
    if planes == "separate" and fourth == "unspecified":
        with pytest.raises(ImageRefused, match="a TIFF of 4 channels, where 3 were expected"):
            read_grey(content)
        return
    image = read_grey(content)
    assert image.rescaled
    assert np.array_equal(image.pixels, stretch_range(luma_of(RGB)))
    assert read_size(content) == SIZE


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_compressed_tiff_of_16_bits_keeps_all_of_them(compression):
    content = compressed_tiff(RGB, compression)
    with Image.open(io.BytesIO(content)) as image:
        assert image.info["compression"] == compression
    assert np.array_equal(read_grey(content).pixels, stretch_range(luma_of(RGB)))


def test_16_bit_cmyk_is_light_where_there_is_no_ink():
    ink = np.zeros((*SIZE, 4), np.uint16)
    ink[..., 3] = FULL - GREY
    assert np.abs(read_grey(tiff(ink, photometric="separated")).pixels - stretch_range(GREY).astype(int)).max() <= 1


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("kind", [np.uint16, np.uint32, np.float32, np.float64, np.int16])
def test_white_is_zero_is_turned_round(byteorder, kind):
    content = tiff(GREY.astype(kind), photometric="miniswhite", byteorder=byteorder)
    assert np.array_equal(read_grey(content).pixels, stretch_range(-GREY.astype(float)))


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("kind", ["unassalpha", "assocalpha"])
def test_transparent_parts_become_white_and_do_not_decide_on_the_range(byteorder, kind):
    opacity = np.full(SIZE, FULL, np.uint16)
    opacity[:10] = 0
    hidden = GREY.copy()
    hidden[:10] = 60000 if kind == "unassalpha" else 0
    expected = np.full(SIZE, 255, np.uint8)
    expected[10:] = stretch_range(GREY[10:])
    content = tiff(np.dstack([hidden, opacity]), photometric="minisblack", extrasamples=[kind], byteorder=byteorder)
    assert np.array_equal(read_grey(content).pixels, expected)
    assert np.array_equal(read_grey(png(np.dstack([hidden, opacity]))).pixels, expected)


def test_a_colour_that_stands_for_transparent_is_white():
    values = np.dstack([GREY] * 3)
    values[0, 0] = (7, 8, 9)
    key = struct.pack(">HHH", 7, 8, 9)
    pixels = read_grey(png(values, extra=[(b"tRNS", key)])).pixels
    assert pixels[0, 0] == 255
    assert pixels[1:].std() > 50


def test_deep_images_that_are_transparent_everywhere_are_taken_as_opaque():
    image = read_grey(png(np.dstack([RGB, np.zeros(SIZE, np.uint16)])))
    assert image.opacity_ignored
    assert np.array_equal(image.pixels, stretch_range(luma_of(RGB)))


@pytest.mark.parametrize(
    ("values", "options", "reason"),
    [
        (
            np.dstack([RGB, RGB]),
            {"photometric": "minisblack", "planarconfig": "contig"},
            "a TIFF of 6 channels, where 1",
        ),
        (np.dstack([GREY, GREY]), {"photometric": "minisblack", "planarconfig": "contig"}, "a TIFF of 2 channels"),
        (
            (RGB // 64).astype(np.int8),
            {"photometric": "rgb"},
            "a TIFF of 8 bits in a layout that is not read",
        ),
        (RGB.astype(np.complex64)[..., 0], {"photometric": "minisblack"}, "a TIFF of complex64 numbers"),
    ],
)
def test_layouts_that_would_be_a_guess_are_refused(values, options, reason):
    with pytest.raises(ImageRefused, match=reason):
        read_grey(tiff(values, **options))


def test_damaged_deep_images_are_refused_and_their_size_is_told_where_it_is_known():
    contents = [png(RGB), png(opaque(GREY)), tiff(RGB, photometric="rgb")]
    contents.append(tiff(np.moveaxis(RGB, 2, 0), photometric="rgb", planarconfig="separate", compression="zlib"))
    for content in contents:
        sizes = []
        for length in range(0, len(content), 97):
            with pytest.raises(ImageRefused, match=r"^(the file is empty|truncated or damaged|a TIFF of 1 bits)"):
                read_grey(content[:length])
            with contextlib.suppress(ImageRefused):
                sizes.append(read_size(content[:length]))
        assert set(sizes) == {SIZE}
        assert len(sizes) >= len(content) // 97 - 1


@pytest.mark.parametrize("kind", ["u2", "i2", "u4", "i4", "f4", "f8"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize(
    "options", [{}, {"compression": "zlib"}, {"tile": (16, 16), "compression": "zlib"}, {"bigtiff": True}]
)
def test_numbers_of_every_type_are_read_in_either_byte_order(kind, byteorder, options):
    for values, expected in ((GREY, stretch_range(GREY)), (RGB, stretch_range(luma_of(RGB)))):
        kinds = {"photometric": "rgb" if values is RGB else "minisblack"}
        content = tiff(values.astype(kind), byteorder=byteorder, **kinds, **options)
        assert np.array_equal(read_grey(content).pixels, expected)
        assert read_size(content) == SIZE


def test_a_stack_that_imagej_lists_as_one_image_is_a_stack():
    content = tiff(np.stack([GREY] * 4), imagej=True)
    with Image.open(io.BytesIO(content)) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
    assert read_grey(content).frames == 4
