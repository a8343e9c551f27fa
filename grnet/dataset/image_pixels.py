"""One image file → its pixels as 8-bit grey, or the reason why it is refused.

Files come from anywhere: the size is checked before a pixel is decoded, and the formats are those that are named.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from grnet.dataset.deep_colour import has_separate_planes, is_deep_colour, read_deep_colour, set_byte_order
from grnet.dataset.grey_levels import DeepImage, flatten_deep
from grnet.dataset.image_limits import (
    FORMATS,
    MAX_PIXELS,
    ImageRefused,
    ImageTooLarge,
    check_claim,
    decoding,
)
from grnet.dataset.tiff_layouts import is_tiff, read_tiff, read_tiff_size
from grnet.schema.arrays import Bytes

_DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
_ORIENTATION, _WIDTH, _HEIGHT, _DESCRIPTION, _PHOTOMETRIC = 0x0112, 256, 257, 270, 262
_WHITE_IS_ZERO = 0
_UPRIGHT = 1
_SIDEWAYS = (5, 6, 7, 8)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → what turns the image upright."""
_PNG_MARKS = (b"eXIf", b"Raw profile type", b"XML:com.adobe.xmp")
"""What a PNG with an orientation contains, before its pixels or after them."""


@dataclass(frozen=True)
class GreyImage:
    """Bytes and what had to be done to get them.

    Attributes
    ----------
    pixels : uint8 array [height, width]
    rescaled : bool
        The file has more than 8 bits; its range was stretched to 0..255.
    frames : int
        Images in the file, of which this is the first.
    turned : bool
        The file has an orientation other than upright, which was followed.
    opacity_ignored : bool
        The file is transparent everywhere; the colours below were taken.
    """

    pixels: Bytes
    rescaled: bool
    frames: int
    turned: bool = False
    opacity_ignored: bool = False


def read_size(content: bytes) -> tuple[int, int]:
    """Return (height, width) of an image as it will be shown, without decoding it where its header says enough.

    Raises
    ------
    ImageRefused
        It is no image of a known format, or too large.
    """
    image = _open(content)
    if image is None:
        height, width, orientation = read_tiff_size(content)
    else:
        with image, warnings.catch_warnings(), decoding():
            warnings.simplefilter("ignore")
            width, height = image.size
            if isinstance(image, TiffImagePlugin.TiffImageFile):
                # Pillow has swapped its own size already
                width, height = int(image.tag_v2[_WIDTH]), int(image.tag_v2[_HEIGHT])
            orientation = _orientation(image, content)
    return (width, height) if orientation in _SIDEWAYS else (height, width)


def read_grey(content: bytes) -> GreyImage:
    """Decode an image to 8-bit grey.

    Parameters
    ----------
    content : bytes
        The file.

    Notes
    -----
    Colours become luma (ITU-R BT.601); transparent parts become white, as paper is, unless the image is transparent
    everywhere; more than 8 bits are stretched to 0..255 as `stretch_range` says; an orientation is followed.

    Raises
    ------
    ImageRefused
        It is no image of a known format, truncated, damaged, or too large.
    """
    image = _open(content)
    if image is None:
        return _read_other_tiff(content)
    with image, warnings.catch_warnings(), decoding():
        warnings.simplefilter("ignore")
        if is_deep_colour(image, content) and has_separate_planes(image):
            return _read_other_tiff(content)
        return _decode(image, content)


def flatten_colours(pixels: Bytes) -> tuple[Bytes, bool]:
    """Return the luma of bytes, over white where they are transparent, and whether all of it is.

    Parameters
    ----------
    pixels : uint8 array [height, width], or [height, width, channels] of 3 (colours) or 4 channels (opacity last)

    Returns
    -------
    pixels : uint8 array [height, width]
    opacity_ignored : bool
        The image is transparent everywhere; the colours below were taken.
    """
    return _flatten(Image.fromarray(pixels))


def fit_pixels(pixels: Bytes, size: tuple[int, int]) -> Bytes:
    """Return pixels resampled to (height, width); unchanged where they have that size.

    Parameters
    ----------
    pixels : uint8 array [h, w]
    size : (height, width)
    """
    if pixels.shape == size:
        return pixels
    resized = Image.fromarray(pixels).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.uint8)


def _open(content: bytes) -> Image.Image | None:
    """Return the file as opened by Pillow; None where it is a TIFF in a layout that Pillow does not know."""
    if not content:
        raise ImageRefused("the file is empty")
    with warnings.catch_warnings(), decoding():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(content), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise ImageTooLarge(f"claims more than {MAX_PIXELS:,} pixels") from error
        except UnidentifiedImageError as error:
            if is_tiff(content):
                return None
            raise ImageRefused(f"not an image in {', '.join(FORMATS)} format") from error
    check_claim(*image.size)
    return image


def _orientation(image: Image.Image, content: bytes) -> int:
    """Return the EXIF orientation, 1..8, of a file that is not decoded yet."""
    if image.format == "PNG" and not any(mark in content for mark in _PNG_MARKS):
        return _UPRIGHT
    try:
        with decoding():
            value = image.getexif().get(_ORIENTATION, _UPRIGHT)
    except ImageRefused:  # pixels that are damaged are refused where they are decoded; a damaged tag says nothing
        return _UPRIGHT
    return int(value) if value in _TURNS else _UPRIGHT


def _decode(image: Image.Image, content: bytes) -> GreyImage:
    frames = max(int(getattr(image, "n_frames", 1)), _imagej_frames(image))
    orientation = _orientation(image, content)
    if is_deep_colour(image, content):
        deep, loaded = read_deep_colour(image, content)
        pixels, ignored = flatten_deep(deep)
        rescaled = True
    elif image.mode in _DEEP_MODES:
        inverted = isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
        set_byte_order(image)
        image.load()
        pixels, ignored = flatten_deep(_deep_grey(image, inverted=inverted))
        loaded, rescaled = image, True
    else:
        image.load()
        pixels, ignored = _flatten(image)
        loaded, rescaled = image, False
    # Pillow turns a TIFF itself, and removes the tag
    left = loaded.getexif().get(_ORIENTATION, _UPRIGHT) if loaded.format == "TIFF" else orientation
    return GreyImage(_turn(pixels, left), rescaled, frames, orientation != _UPRIGHT, ignored)


def _read_other_tiff(content: bytes) -> GreyImage:
    deep, orientation, frames = read_tiff(content)
    with decoding():
        pixels, ignored = flatten_deep(deep)
    return GreyImage(_turn(pixels, orientation), True, frames, orientation != _UPRIGHT, ignored)


def _turn(pixels: Bytes, orientation: int) -> Bytes:
    if orientation not in _TURNS:
        return pixels
    return np.asarray(Image.fromarray(pixels).transpose(_TURNS[orientation]), dtype=np.uint8)


def _imagej_frames(image: Image.Image) -> int:
    """Return how many images ImageJ says that its TIFF has; it lists only the first of a large stack."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return 1
    said = re.match(r"ImageJ=.*?^images=(\d+)", str(image.tag_v2.get(_DESCRIPTION, "")), re.MULTILINE | re.DOTALL)
    return int(said[1]) if said else 1


def _deep_grey(image: Image.Image, *, inverted: bool) -> DeepImage:
    levels: npt.NDArray[np.generic] = np.asarray(image)
    key = image.info.get("transparency")
    opacity = (levels != key).astype(np.float64) if isinstance(key, int) else None
    return DeepImage(-levels.astype(np.float64) if inverted else levels, opacity)


def _flatten(image: Image.Image) -> tuple[Bytes, bool]:
    """Return luma of an image of 8 bits or fewer, over white where it is transparent, and whether all of it is."""
    ignored = False
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image, dtype=np.uint8), ignored
    if image.mode == "La":
        image = image.convert("LA")
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa"):
        image = image.convert("RGBA")
        ignored = image.getchannel("A").getextrema()[1] == 0
        if not ignored:
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image)
    if image.mode == "P":
        image = image.convert("RGB")
    return np.asarray(image.convert("L"), dtype=np.uint8), ignored
