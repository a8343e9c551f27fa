"""What no image may be: the reasons to refuse one, and how much a file may claim before a pixel is decoded."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from PIL import _imaging

from grnet.schema.errors import InputError, TooLittleMemoryError
from grnet.storage.read_limits import check_memory, reading, reason_of

FORMATS = ("PNG", "BMP", "TIFF", "JPEG")
MAX_PIXELS = 100_000_000
"""Images that claim more are refused: a small file can unpack to any size."""
_BYTES_PER_PIXEL = 24
"""Of an image with all its channels, as it is decoded and turned into grey."""


class ImageRefused(InputError):  # noqa: N818 (an outcome that is caught and recorded)
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
    TooLittleMemoryError
        There is not enough memory to decode it.
    """
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(f"claims {width:,} × {height:,} pixels, more than {MAX_PIXELS:,}")
    check_memory(Path("images"), width * height * _BYTES_PER_PIXEL, f"one of {width:,} × {height:,} pixels")


@contextmanager
def decoding() -> Iterator[None]:
    """Turn whatever a decoder raises on a damaged file into the refusal of the image, without a word on its stderr.

    Raises
    ------
    ImageRefused
    """
    with _silent_libtiff():
        try:
            with reading(Path(), "an image", mend="", error=_DamagedImageError):
                yield
        except (_DamagedImageError, TooLittleMemoryError) as error:
            if error.__cause__ is None:
                raise
            raise damaged(error.__cause__) from error.__cause__


def damaged(error: BaseException) -> ImageRefused:
    """Return the refusal of a file that a decoder could not read."""
    return ImageRefused(f"truncated or damaged ({reason_of(error)[:80]})")


class _DamagedImageError(InputError):
    pass


@contextmanager
def _silent_libtiff() -> Iterator[None]:
    """Keep the library of Pillow that reads TIFF from writing to stderr what its exceptions say."""
    setters = _handler_setters()
    before = [setter(None) for setter in setters]
    try:
        yield
    finally:
        for setter, handler in zip(setters, before, strict=True):
            setter(handler)


@cache
def _handler_setters() -> list[Any]:
    """Return the functions of libtiff that set its handlers of errors and warnings, looked up once; none without it."""
    library = ctypes.CDLL(_imaging.__file__)  # which finds the symbols of what it is linked with, too
    found = [getattr(library, name, None) for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler")]
    setters = [setter for setter in found if setter is not None]
    for setter in setters:
        setter.restype, setter.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    return setters
