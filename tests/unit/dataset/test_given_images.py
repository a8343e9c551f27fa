"""Arrays as images: the shapes of a dict, and the same grey levels as those of files."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from grnet.dataset.given_images import gather_images
from grnet.dataset.image_contents import ArrayContent, FileContent
from grnet.dataset.image_limits import ImageRefused, ImageTooLarge
from grnet.dataset.image_pixels import GreyImage
from grnet.schema.errors import InputError

GREY = np.arange(12 * 20, dtype=np.uint8).reshape(12, 20)


def places_of(images: object) -> list[tuple[str, str, str, tuple[int, ...]]]:
    found = gather_images(images, name="images (dict)").images
    return [(one.gene, one.view, one.place, one.pixels.shape) for one in found]


def test_each_shape_of_a_dict_is_told_apart():
    colour, shape = np.zeros((12, 20, 3), np.uint8), (12, 20)
    assert places_of({"eve": GREY}) == [("eve", "", "eve", shape)]
    assert places_of({"eve": [GREY, GREY]}) == [("eve", "", "eve/1", shape), ("eve", "", "eve/2", shape)]
    assert places_of({"eve": np.stack([GREY, GREY])}) == places_of({"eve": [GREY, GREY]})
    assert places_of({"eve": {"dorsal": GREY, "lateral": [GREY, colour]}}) == [
        ("eve", "dorsal", "eve/dorsal", shape),
        ("eve", "lateral", "eve/lateral/1", shape),
        ("eve", "lateral", "eve/lateral/2", (12, 20, 3)),
    ]
    assert places_of({"eve": np.stack([colour])}) == [("eve", "", "eve", (12, 20, 3))]
    assert places_of({"eve": GREY.tolist()}) == [("eve", "", "eve", shape)]


SHAPES = "expected an array [height, width] or [height, width, 3], a list of such arrays, or a dict of view to these"
REFUSED = {
    "nothing": ({}, f"images (dict): holds no image; {SHAPES} for each gene"),
    "a path": (
        {"eve": "eve.png"},
        f"images (dict): 'eve': holds the text 'eve.png'; {SHAPES}; give paths in a DataFrame (gene, path)",
    ),
    "one row": ({"eve": np.zeros(9)}, f"images (dict): 'eve': has the shape (9,); {SHAPES}"),
    "no pixel": ({"eve": np.zeros((0, 9))}, f"images (dict): 'eve': is empty, of shape (0, 9); {SHAPES}"),
    "text": (
        {"eve": {"dorsal": np.array([["a"]])}},
        "images (dict): 'eve/dorsal': has the type <U1; expected real numbers",
    ),
    "a number": ({"eve": 7}, f"images (dict): 'eve': holds int; {SHAPES}"),
    "Pillow": (
        {"eve": Image.new("P", (9, 9))},
        "images (dict): 'eve': is an image of Pillow; give np.asarray(image.convert('L'))",
    ),
    "no name": ({7: GREY}, "images (dict): the key '7' is no name of a gene; expected gene → images"),
}


@pytest.mark.parametrize("given", REFUSED)
def test_what_is_no_image_is_refused_in_one_line(given):
    value, message = REFUSED[given]
    with pytest.raises(InputError) as caught:
        gather_images(value, name="images (dict)")
    assert str(caught.value) == message


def of_file(image: Image.Image, kind: str = "PNG") -> GreyImage:
    buffer = io.BytesIO()
    image.save(buffer, format=kind)
    return FileContent(buffer.getvalue()).decode()


def assert_alike(array: np.ndarray, image: GreyImage) -> None:
    own = ArrayContent(array).decode()
    np.testing.assert_array_equal(own.pixels, image.pixels)
    assert (own.rescaled, own.opacity_ignored) == (image.rescaled, image.opacity_ignored)


def test_arrays_get_the_grey_levels_of_files():
    rng = np.random.default_rng(0)
    colour = rng.integers(0, 256, (12, 20, 3), dtype=np.uint8)
    opaque = np.dstack([colour, rng.integers(0, 256, (12, 20), dtype=np.uint8)])
    deep = rng.integers(0, 5000, (80, 90), dtype=np.uint16)
    assert_alike(GREY, of_file(Image.fromarray(GREY)))
    assert_alike(GREY > 100, of_file(Image.fromarray(GREY > 100)))
    assert_alike(colour, of_file(Image.fromarray(colour)))
    assert_alike(opaque, of_file(Image.fromarray(opaque)))
    assert_alike(
        opaque * np.array([1, 1, 1, 0], np.uint8), of_file(Image.fromarray(opaque * np.array([1, 1, 1, 0], np.uint8)))
    )
    assert_alike(deep, of_file(Image.fromarray(deep)))
    assert_alike(deep.astype(np.float32), of_file(Image.fromarray(deep.astype(np.float32)), "TIFF"))


def test_any_real_type_is_stretched_alike():
    deep = np.arange(48.0).reshape(6, 8)
    wanted = np.rint(deep * 255 / 47).astype(np.uint8)
    for dtype in (np.float16, np.float64, np.int16, np.int64, np.uint32):
        np.testing.assert_array_equal(ArrayContent(deep.astype(dtype)).decode().pixels, wanted)
    np.testing.assert_array_equal(ArrayContent(np.dstack([deep] * 3)).decode().pixels, wanted)


def test_opacity_of_deep_arrays_mixes_with_white():
    deep = np.dstack([np.tile(np.array([0.0, 100.0]), (4, 4))] * 3 + [np.full((4, 8), 0.5)])
    assert ArrayContent(deep).decode().pixels[0, :2].tolist() == [128, 255]
    whole = np.dstack([np.full((4, 8), 9, np.uint16)] * 3 + [np.full((4, 8), 65535, np.uint16)])
    assert ArrayContent(whole).decode().pixels[0, 0] == 128


def test_numbers_that_are_not_finite_and_sizes_beyond_the_limit_are_refused():
    with pytest.raises(ImageRefused, match="pixels that are not finite"):
        ArrayContent(np.array([[np.nan, 1.0], [0.0, 1.0]])).decode()
    with pytest.raises(ImageTooLarge, match=r"claims 20,000 × 10,000 pixels"):
        ArrayContent(np.broadcast_to(np.uint8(0), (10_000, 20_000))).size()


def test_the_digest_is_of_type_shape_and_numbers():
    digests = [ArrayContent(a).digest() for a in (GREY, GREY.copy(order="F"), GREY.astype(np.int16), GREY.T)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
