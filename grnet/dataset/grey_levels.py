"""Numbers of any range → 8-bit grey: luma of colours, range stretched between percentiles, white where transparent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import Bools, Bytes, Float32, Float64

CLIPPED_SHARE = 0.001
"""The pixels at either end of the range that are clipped, as a share of all: percentiles 0.1 and 99.9."""
CLIPPED_OF_SMALL = 5, 0.01
"""In an image too small for that: five pixels at either end, but at most one in a hundred."""
MID_GREY, WHITE = 128, 255
_BLOCK_ROWS = 256


@dataclass(frozen=True)
class DeepImage:
    """An image of more than 8 bits, with all of them.

    Attributes
    ----------
    levels : array [height, width], any number type
        Brightness, in any range.
    opacity : float64 array [height, width] or None
        0..1; None where the image has no transparency.
    """

    levels: npt.NDArray[np.generic]
    opacity: Float64 | None = None


def luma_of(colour: npt.NDArray[np.generic]) -> Float32:
    """Return the brightness (ITU-R BT.601) of red, green and blue [height, width, 3], as float32 [height, width].

    The weights are thousandths, so that a grey that is stored as a colour keeps its value.
    """
    luma = np.empty(colour.shape[:2], dtype=np.float32)
    for start in range(0, len(colour), _BLOCK_ROWS):
        block = colour[start : start + _BLOCK_ROWS].astype(np.float64)
        luma[start : start + _BLOCK_ROWS] = (block @ np.array([299.0, 587.0, 114.0])) / 1000.0
    return luma


def flatten_deep(image: DeepImage) -> tuple[Bytes, bool]:
    """Return 8-bit grey, over white where the image is transparent.

    Returns
    -------
    pixels : uint8 array [height, width]
    opacity_ignored : bool
        The image is transparent everywhere; what lies below was taken.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    if image.opacity is None:
        return stretch_range(image.levels), False
    visible = image.opacity > 0
    if not visible.any():
        return stretch_range(image.levels), True
    grey = stretch_range(image.levels, visible)
    return np.rint(grey * image.opacity + WHITE * (1 - image.opacity)).astype(np.uint8), False


def stretch_range(values: npt.NDArray[np.generic], visible: Bools | None = None) -> Bytes:
    """Return values with their range stretched to 0..255 and its ends clipped; a constant image becomes mid-grey.

    Parameters
    ----------
    values : array [height, width]
    visible : bool array [height, width] or None
        The pixels that decide on the range; None takes all.

    Notes
    -----
    The darkest and the brightest 0.1 % of the pixels are clipped, so that a hot pixel does not darken the rest. In an
    image of fewer than 5,000 pixels it is up to five at either end, but at most 1 %. Where all pixels between are
    equal, the range is that of the image.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    if not np.isfinite(values).all():
        raise ValueError("pixels that are not finite")
    deciding = values.ravel() if visible is None else values[visible]
    clipped = _clipped_pixels(deciding.size)
    first, last = clipped, deciding.size - 1 - clipped
    ordered = np.partition(deciding, [0, first, last, deciding.size - 1])
    low, high = float(ordered[first]), float(ordered[last])
    if low == high:
        low, high = float(ordered[0]), float(ordered[-1])
    if low == high:
        return np.full(values.shape, MID_GREY, dtype=np.uint8)
    pixels = np.empty(values.shape, dtype=np.uint8)
    for start in range(0, len(values), _BLOCK_ROWS):
        block = np.clip(values[start : start + _BLOCK_ROWS].astype(np.float64), low, high)
        pixels[start : start + _BLOCK_ROWS] = np.rint((block - low) * (255.0 / (high - low)))
    return pixels


def _clipped_pixels(count: int) -> int:
    """Return how many of `count` pixels are clipped at either end of the range."""
    most, share = CLIPPED_OF_SMALL
    return max(int(count * CLIPPED_SHARE), min(most, int(count * share)))
