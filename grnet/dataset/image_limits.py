"""What no image may be: the reasons to refuse one, and how much a file may claim before a pixel is decoded."""

from __future__ import annotations

import struct
import zlib

FORMATS = ("PNG", "BMP", "TIFF", "JPEG")
MAX_PIXELS = 100_000_000
"""Images that claim more are refused: a small file can unpack to any size."""
DAMAGE = (
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
"""What decoders raise on a damaged file."""


class ImageRefused(Exception):  # noqa: N818 (an outcome that is caught and recorded, no failure of grnet)
    """An image cannot be taken; the text says why."""


class ImageMissing(ImageRefused):
    """There is no file of an image; the text may say what is there instead."""


class ImageTooLarge(ImageRefused):
    """An image claims more than MAX_PIXELS, or its file has too many bytes."""


def check_claim(width: int, height: int) -> None:
    """Refuse an image that claims too many pixels.

    Raises
    ------
    ImageTooLarge
    """
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(f"claims {width:,} × {height:,} pixels, more than {MAX_PIXELS:,}")


def damaged(error: BaseException) -> ImageRefused:
    """Return the refusal of a file that a decoder could not read."""
    text = " ".join(str(error).split())[:80] or type(error).__name__
    return ImageRefused(f"truncated or damaged ({text})")
