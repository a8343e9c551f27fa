"""`images.npy`, written image by image, so that memory holds one image however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from grnet.schema.arrays import Bytes
from grnet.storage.files import replace_file


class ImageStack:
    """Appends uint8 images of one size to a file."""

    def __init__(self, file: BinaryIO, size: tuple[int, int]) -> None:
        self._file = file
        self._size = size
        self._count = 0

    def add(self, pixels: Bytes) -> None:
        """Append one image, uint8 [height, width]."""
        if pixels.shape != self._size or pixels.dtype != np.uint8:
            raise ValueError(f"expected a uint8 image of {self._size}, got {pixels.dtype} of {pixels.shape}")
        self._file.write(np.ascontiguousarray(pixels).tobytes())
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def write_header(self) -> None:
        """Write the NumPy header for the images so far; its length is the same for any number of them."""
        self._file.seek(0)
        shape = (self._count, *self._size)
        np.lib.format.write_array_header_1_0(self._file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        self._file.seek(0, 2)


@contextmanager
def new_image_stack(path: Path, size: tuple[int, int]) -> Iterator[ImageStack]:
    """Yield a stack that becomes the NumPy file `path` on success.

    Parameters
    ----------
    path : Path
    size : (height, width)
    """
    with replace_file(path) as temporary, temporary.open("wb") as file:
        stack = ImageStack(file, size)
        stack.write_header()
        start = file.tell()
        yield stack
        stack.write_header()
        file.flush()
        if np.load(temporary, mmap_mode="r").offset != start:
            raise RuntimeError(f"{path}: the header of the image stack changed its length")
