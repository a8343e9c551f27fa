"""A dict of arrays → images, each with its gene and view; checks the shapes that such a dict may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenImage, GivenImages

_COLOURS = (3, 4)
_EXPECTED = "expected an array [height, width] or [height, width, 3], a list of such arrays, or a dict of view to these"


def gather_images(images: Mapping[str, Any], *, name: str) -> GivenImages:
    """Return the images of a mapping of gene to images.

    Parameters
    ----------
    images : mapping
        Gene → an array, a list of arrays, or a mapping of view to these. An array is [height, width],
        [height, width, channels] with 3 or 4 channels, or a stack [images, height, width] or
        [images, height, width, channels].
    name : str
        For messages.

    Raises
    ------
    InputError
        There is no image, or something else than an array of real numbers.
    """
    found: list[GivenImage] = []
    for gene, own in images.items():
        if not isinstance(gene, str) or not gene.strip():
            raise InputError(f"{name}: the key {quote(gene)} is no name of a gene; expected gene → images")
        by_view = own if isinstance(own, Mapping) else {"": own}
        for view, given in by_view.items():
            if not isinstance(view, str):
                raise InputError(f"{name}: {quote(gene)}: the key {quote(view)} is no name of a view; expected a text")
            where = f"{gene}/{view}" if view else gene
            several = list(_divide(given, f"{name}: {quote(where)}"))
            for number, pixels in enumerate(several, start=1):
                place = where if len(several) == 1 else f"{where}/{number}"
                found.append(GivenImage(gene, view, place, pixels))
    if not found:
        raise InputError(f"{name}: holds no image; {_EXPECTED} for each gene")
    return GivenImages(name, tuple(found))


def _divide(given: object, what: str) -> Iterator[npt.NDArray[Any]]:
    """Yield the images of an array, a stack or a list.

    Raises
    ------
    InputError
        It is none of these.
    """
    if isinstance(given, str | bytes):
        raise InputError(f"{what}: holds the text {quote(given)}; {_EXPECTED}; give paths in a DataFrame (gene, path)")
    if isinstance(given, Sequence) and not _is_rows_of_numbers(given):
        for one in given:
            yield from _divide(one, what)
        return
    yield from _divide_array(given, what)


def _divide_array(given: object, what: str) -> Iterator[npt.NDArray[Any]]:
    """Yield the images of an array, or of rows of numbers.

    Raises
    ------
    InputError
        It is neither.
    """
    if isinstance(given, Image.Image):
        raise InputError(f"{what}: is an image of Pillow; give np.asarray(image.convert('L'))")
    if not isinstance(given, np.ndarray | Sequence) and not hasattr(given, "__array__"):
        raise InputError(f"{what}: holds {type(given).__name__}; {_EXPECTED}")
    pixels = np.asarray(given)
    if pixels.dtype.kind not in "buif":
        raise InputError(f"{what}: has the type {pixels.dtype}; expected real numbers")
    if pixels.size == 0:
        raise InputError(f"{what}: is empty, of shape {pixels.shape}; {_EXPECTED}")
    coloured = pixels.ndim > 2 and pixels.shape[-1] in _COLOURS
    n_axes = pixels.ndim - coloured
    if n_axes == 2:
        yield pixels
    elif n_axes == 3:
        yield from pixels
    else:
        raise InputError(f"{what}: has the shape {pixels.shape}; {_EXPECTED}")


def _is_rows_of_numbers(given: Sequence[Any]) -> bool:
    """Tell whether nested lists are one image, and no list of images."""
    return bool(given) and isinstance(given[0], Sequence) and bool(given[0]) and np.isscalar(given[0][0])
