"""One image file → its pixels as 8-bit grey, or the reason why it is refused.

Files come from anywhere: the size is checked before a pixel is decoded, and the formats are those that are named.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "BMP", "TIFF", "JPEG")
MAX_PIXELS = 100_000_000
"""Images that claim more are refused: a small file can unpack to any size."""
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    MemoryError,
    OverflowError,
    struct.error,
    zlib.error,
)
_DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")

Pixels = npt.NDArray[np.uint8]


class ImageRefused(Exception):  # noqa: N818 (an outcome that is caught and recorded, no failure of grnet)
    """An image cannot be taken; the text says why."""


class ImageTooLarge(ImageRefused):
    """An image claims more than MAX_PIXELS."""


@dataclass(frozen=True)
class GreyImage:
    """Pixels and what had to be done to get them.

    Attributes
    ----------
    pixels : uint8 array [height, width]
    rescaled : bool
        The file has more than 8 bits; its range was stretched to 0..255.
    frames : int
        Images in the file, of which this is the first.
    """

    pixels: Pixels
    rescaled: bool
    frames: int


def read_size(content: bytes) -> tuple[int, int]:
    """Return (height, width) of an image as it will be shown, without decoding it.

    Raises
    ------
    ImageRefused
        It is no image of a known format, or too large.
    """
    with _open(content) as image:
        width, height = image.size
        sideways = image.format != "PNG" and image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    return (width, height) if sideways else (height, width)


def read_grey(content: bytes) -> GreyImage:
    """Decode an image to 8-bit grey.

    Parameters
    ----------
    content : bytes
        The file.

    Notes
    -----
    Colours become luma (ITU-R 601); transparent parts become white, as paper is; more than 8 bits are stretched so
    that the image's smallest value is 0 and its largest 255.

    Raises
    ------
    ImageRefused
        It is no image of a known format, truncated, damaged, or too large.
    """
    with _open(content) as image:
        try:
            frames = int(getattr(image, "n_frames", 1))
            image.load()
            upright = ImageOps.exif_transpose(image)
            if upright.mode in _DEEP_MODES:
                return GreyImage(_stretch(np.asarray(upright)), True, frames)
            return GreyImage(_flatten(upright), False, frames)
        except _DAMAGE as error:
            raise ImageRefused(f"truncated or damaged ({_one_line(error)})") from error


def fit_pixels(pixels: Pixels, size: tuple[int, int]) -> Pixels:
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


def _open(content: bytes) -> Image.Image:
    if not content:
        raise ImageRefused("the file is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(f"claims more than {MAX_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        raise ImageRefused(f"not an image in {', '.join(FORMATS)} format") from error
    except _DAMAGE as error:
        raise ImageRefused(f"truncated or damaged ({_one_line(error)})") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(f"claims {width:,} × {height:,} pixels, more than {MAX_PIXELS:,}")
    return image


def _flatten(image: Image.Image) -> Pixels:
    """Return luma of an image of 8 bits or fewer, over white where it is transparent."""
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image, dtype=np.uint8)
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    if image.mode == "P":
        image = image.convert("RGB")
    return np.asarray(image.convert("L"), dtype=np.uint8)


def _stretch(values: npt.NDArray[np.generic]) -> Pixels:
    """Return values of more than 8 bits with their range stretched to 0..255; a constant image becomes mid-grey."""
    numbers = values.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("pixels that are not finite")
    low, high = float(numbers.min()), float(numbers.max())
    if low == high:
        return np.full(numbers.shape, 128, dtype=np.uint8)
    return np.rint((numbers - low) * (255.0 / (high - low))).astype(np.uint8)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
