"""Arrays as short text inside a page: images as data URIs, numbers as base64.

Enter: images, profiles of expression, maps of saliency. Leave: ASCII text. Same array: same text.
"""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any

import numpy as np
from PIL import Image

from grnet.schema.arrays import Bools, Bytes, Float32, Float64

FULL = 65535  # of 16 bits
FULL_SIGNED = 127  # of 8 bits and a sign
_QUALITY = 90
_EFFORT = 4  # of WebP, 0..6; 6 takes four times as long for 1 % less


def encode_image(image: Bytes, *, width: int, filled: Bools | None = None) -> str:
    """Return an image as a data URI, at most `width` pixels wide.

    WebP, without loss or of high quality, whichever is shorter.

    Parameters
    ----------
    image : uint8 array [H, W]
        Grey values.
    width : int
        Wider images are made smaller, each pixel the mean of those it stands for; narrower ones stay as they are.
    filled : bool array [H, W], optional
        Pixels that say something; all others are transparent.
    """
    shown = image if filled is None else np.where(filled, image, 0).astype(np.uint8)
    grey = _shrink(Image.fromarray(shown), width)
    picture = grey.convert("RGB")
    if filled is not None:
        share = _shrink(Image.fromarray(np.where(filled, 255, 0).astype(np.uint8)), width)
        level = np.asarray(grey, dtype=np.float64) * 255 / np.maximum(np.asarray(share), 1)
        picture = Image.fromarray(np.minimum(np.rint(level), 255).astype(np.uint8)).convert("RGB")
        picture.putalpha(share.point([0] * 128 + [255] * 128))
    best = min((_as_webp(picture, lossless=lossless) for lossless in (True, False)), key=len)
    return f"data:image/webp;base64,{b64encode(best).decode('ascii')}"


def _shrink(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.BOX)


def _as_webp(picture: Image.Image, *, lossless: bool) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=lossless, quality=_QUALITY, method=_EFFORT)
    return file.getvalue()


def encode_profile(values: Float32) -> tuple[str, float, float]:
    """Return numbers in 16 bits each: base64 of little-endian uint16, and the values that 0 and 65535 stand for.

    Parameters
    ----------
    values : float32 array [S]
        Finite, one or more.
    """
    low, high = float(values.min()), float(values.max())
    return encode_levels(values, low, high), low, high


def encode_levels(values: Float32 | Float64, low: float, high: float) -> str:
    """Return numbers from `low` to `high` in 16 bits each: base64 of little-endian uint16, from 0 to 65535."""
    scale = FULL / (high - low) if high > low else 0.0
    steps = np.rint((values.astype(np.float64) - low) * scale).astype("<u2")
    return b64encode(steps.tobytes()).decode("ascii")


def encode_map(values: Float32, limit: float, *, width: int) -> dict[str, Any]:
    """Return a map in 8 bits a place: {"rows", "columns", "values": base64 of int8}.

    Parameters
    ----------
    values : float32 array [h, w]
    limit : float
        What 127 stands for, -`limit` being -127; above 0.
    width : int
        Maps with more columns are made coarser, each place the mean of whole ones.
    """
    coarse = _coarsen(values, -(-values.shape[1] // width))
    steps = np.rint(np.clip(coarse / limit, -1, 1) * FULL_SIGNED).astype(np.int8)
    rows, columns = steps.shape
    return {"rows": rows, "columns": columns, "values": b64encode(steps.tobytes()).decode("ascii")}


def encode_mask(mask: Bools) -> dict[str, Any]:
    """Return a mask [h, w] in a bit a place: {"rows", "columns", "values": base64 of the bits row by row}.

    The first place is the highest bit of the first byte.
    """
    rows, columns = mask.shape
    return {"rows": rows, "columns": columns, "values": b64encode(np.packbits(mask).tobytes()).decode("ascii")}


def _coarsen(values: Float32, step: int) -> Float64:
    """Return the means of blocks of `step` × `step`; those at the right and lower edges may be smaller."""
    starts = [np.arange(0, length, step) for length in values.shape]
    sums = np.add.reduceat(np.add.reduceat(values.astype(np.float64), starts[0], axis=0), starts[1], axis=1)
    counts = [np.diff(np.append(start, length)) for start, length in zip(starts, values.shape, strict=True)]
    return np.asarray(sums / np.outer(*counts))
