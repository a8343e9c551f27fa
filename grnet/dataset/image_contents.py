"""What an image consists of before it is decoded: the bytes of a file, or an array that the user gave."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from grnet.dataset.grey_levels import DeepImage, flatten_deep, luma_of
from grnet.dataset.image_limits import check_claim, decoding
from grnet.dataset.image_pixels import GreyImage, flatten_colours, read_grey, read_size
from grnet.schema.arrays import Bytes


class ImageContent(Protocol):
    """An image that can be measured and decoded; what cannot be decoded raises ImageRefused."""

    def digest(self) -> bytes:
        """Return the SHA-256 of the content, 32 bytes."""

    def size(self) -> tuple[int, int]:
        """Return (height, width)."""

    def decode(self) -> GreyImage:
        """Return the image as 8-bit grey."""


@dataclass(frozen=True)
class FileContent:
    """The bytes of a file."""

    content: bytes

    def digest(self) -> bytes:
        """Return the SHA-256 of the bytes."""
        return hashlib.sha256(self.content).digest()

    def size(self) -> tuple[int, int]:
        """Return (height, width) as the header says; see :func:`read_size`."""
        return read_size(self.content)

    def decode(self) -> GreyImage:
        """Return the image as 8-bit grey; see :func:`read_grey`."""
        return read_grey(self.content)


@dataclass(frozen=True, eq=False)
class ArrayContent:
    """An array [height, width], or [height, width, channels] of red, green, blue and perhaps opacity.

    Numbers mean what they mean in a file: bytes are grey levels or colours, any other type is stretched to 0..255.
    """

    pixels: npt.NDArray[Any]

    def digest(self) -> bytes:
        """Return the SHA-256 of type, shape and numbers."""
        values = np.ascontiguousarray(self.pixels)
        values = values.astype(values.dtype.newbyteorder("<"))
        return hashlib.sha256(f"{values.dtype.str} {values.shape}".encode() + values.tobytes()).digest()

    def size(self) -> tuple[int, int]:
        """Return (height, width)."""
        height, width = self.pixels.shape[:2]
        check_claim(width, height)
        return height, width

    def decode(self) -> GreyImage:
        """Return the image as 8-bit grey.

        Raises
        ------
        ImageRefused
            It is too large, or a number is not finite.
        """
        self.size()
        if self.pixels.dtype == np.bool_:
            return _decode_bytes(self.pixels.astype(np.uint8) * 255)
        if self.pixels.dtype == np.uint8:
            return _decode_bytes(self.pixels)
        with decoding():
            grey, ignored = flatten_deep(_as_deep(self.pixels))
        return GreyImage(grey, rescaled=True, frames=1, opacity_ignored=ignored)


def _decode_bytes(pixels: Bytes) -> GreyImage:
    grey, ignored = flatten_colours(pixels)
    return GreyImage(grey, rescaled=False, frames=1, opacity_ignored=ignored)


def _as_deep(pixels: npt.NDArray[Any]) -> DeepImage:
    """Return levels and opacity of an array of any type; opacity is a part of 1, or of the largest whole number."""
    if pixels.ndim == 2:
        return DeepImage(pixels)
    opacity = None
    if pixels.shape[2] == 4:
        full = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)
        opacity = np.clip(pixels[..., 3] / full, 0.0, 1.0)
    return DeepImage(luma_of(pixels[..., :3]), opacity)
