"""TIFF layouts that Pillow does not read → brightness: planes of 16 bits, grey with opacity, numbers of other types."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import tifffile

from grnet.dataset.deep_colour import with_opacity
from grnet.dataset.grey_levels import DeepImage, luma_of
from grnet.dataset.image_limits import ImageRefused, check_claim, decoding

_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ORIENTATION = 274
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_ASSOCIATED, _UNASSOCIATED = 1, 2
_GREY_OR_RGB = "save it as grey or RGB"


def is_tiff(content: bytes) -> bool:
    """Tell whether a file says that it is a TIFF."""
    return content[:4] in _MARKS


def read_tiff_size(content: bytes) -> tuple[int, int, int]:
    """Return (height, width, orientation) as stored, without decoding.

    Raises
    ------
    ImageRefused
    """
    with _first_page(content) as (page, _):
        return page.imagelength, page.imagewidth, _orientation(page)


def read_tiff(content: bytes) -> tuple[DeepImage, int, int]:
    """Decode the first image of a TIFF.

    Returns
    -------
    DeepImage
        As stored, not turned.
    orientation : int
        1..8, as the file says.
    frames : int
        Images in the file.

    Raises
    ------
    ImageRefused
        It is damaged, too large, or has a layout or a compression that is not read.
    """
    with _first_page(content) as (page, frames):
        return _decode(page), _orientation(page), frames


@contextmanager
def _first_page(content: bytes) -> Iterator[tuple[tifffile.TiffPage, int]]:
    logger = tifffile.logger()
    heard, logger.disabled = logger.disabled, True  # what is wrong with a file is told once, as the reason
    try:
        with decoding(), tifffile.TiffFile(io.BytesIO(content)) as file:
            page = file.pages.first
            check_claim(page.imagewidth, page.imagelength)
            yield page, len(file.pages)
    except ImageRefused as error:
        if "imagecodecs" in str(error.__cause__):
            raise ImageRefused(
                f"a TIFF of this layout with {_name_of(page.compression)} compression is not read; save it without"
            ) from error
        raise
    finally:
        logger.disabled = heard


def _name_of(value: int) -> str:
    return str(getattr(value, "name", value))


def _orientation(page: tifffile.TiffPage) -> int:
    tag = page.tags.get(_ORIENTATION)
    return int(tag.value) if tag is not None and tag.value in range(1, 9) else 1


def _decode(page: tifffile.TiffPage) -> DeepImage:
    samples, kind = page.samplesperpixel, int(page.photometric)
    extras = [int(extra) for extra in page.extrasamples]
    colours = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3}.get(kind)
    alpha = extras[0] if extras and extras[0] in (_ASSOCIATED, _UNASSOCIATED) else None
    if colours is None:
        raise ImageRefused(
            f"a TIFF of the kind {_name_of(page.photometric)} with {page.bitspersample} bits; {_GREY_OR_RGB}"
        )
    if page.bitspersample <= 8:
        raise ImageRefused(f"a TIFF of {page.bitspersample} bits in a layout that is not read; {_GREY_OR_RGB}")
    if page.imagedepth > 1:
        raise ImageRefused(f"a TIFF volume of {page.imagedepth} planes; {_GREY_OR_RGB}")
    if samples > colours and (alpha is None or samples > colours + 1):
        raise ImageRefused(f"a TIFF of {samples} channels, where {colours} were expected; {_GREY_OR_RGB}")
    stored = page.asarray()
    if stored.dtype.kind not in "uif":
        raise ImageRefused(f"a TIFF of {stored.dtype} numbers; {_GREY_OR_RGB}")
    shape = (page.imagelength, page.imagewidth)
    separate = samples > 1 and int(page.planarconfig) == 2
    channels: npt.NDArray[np.generic] = (
        np.moveaxis(stored.reshape(samples, *shape), 0, 2) if separate else stored.reshape(*shape, samples)
    )
    levels: npt.NDArray[np.generic] = luma_of(channels[..., :3]) if colours == 3 else channels[..., 0]
    if kind == _WHITE_IS_ZERO:
        levels = -levels.astype(np.float64)
    if alpha is None:
        return DeepImage(levels)
    full = float(np.iinfo(stored.dtype).max) if stored.dtype.kind in "ui" else 1.0
    opacity = np.clip(channels[..., colours].astype(np.float64) / full, 0.0, 1.0)
    return with_opacity(levels, opacity, associated=alpha == _ASSOCIATED)
