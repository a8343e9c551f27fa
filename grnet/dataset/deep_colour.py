"""PNG and TIFF with 16 bits a channel in several channels → all 16 bits, of which Pillow keeps the upper 8.

Pillow takes the upper byte of each number. Told that the bytes are in the other order, it takes the lower byte instead.
Two readings give the whole number, with Pillow's decoders for every compression.
"""

from __future__ import annotations

import io
import sys

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, TiffImagePlugin

from grnet.dataset.grey_levels import DeepImage, luma_of
from grnet.dataset.image_limits import FORMATS, ImageRefused
from grnet.schema.arrays import Float64

_FULL = 65535
_PNG_DEPTH, _PNG_COLOUR = 24, 25
"""Places in a PNG, whose first chunk is its header, of the bits a channel and the colour type."""
_PNG_RAW = {2: "RGB;16", 4: "", 6: "RGBA;16"}
"""Colour type → Pillow's name of the layout of the bytes; grey with opacity is read as four channels of a byte."""
_OTHER_ORDER = {"B": "L", "L": "B"}
_BITS_PER_SAMPLE, _PLANAR, _EXTRA_SAMPLES = 258, 284, 338
_ASSOCIATED = 1


_NATIVE_LAYOUT = {"I;16BS": "I;16NS", "I;32BS": "I;32NS", "F;32BF": "F;32NF"}


def set_byte_order(image: Image.Image) -> None:
    """Tell Pillow that the numbers of a compressed grey TIFF have the order of the machine once they are unpacked.

    Pillow 13 knows this of unsigned numbers of 16 bits only; others come out as noise if the file has the other order.
    """
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tile[0].codec_name == "libtiff":
        layout = str(_first_argument(image))
        layout = _NATIVE_LAYOUT.get(layout, layout)
        image.tile = [tile._replace(args=_with_mode(tile.args, layout)) for tile in image.tile]


def is_deep_colour(image: Image.Image, content: bytes) -> bool:
    """Tell whether an opened file has several channels of more than 8 bits."""
    if image.format == "PNG":
        return content[_PNG_DEPTH] == 16 and content[_PNG_COLOUR] in _PNG_RAW
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, (1,))
        return len(image.getbands()) > 1 and max(bits) > 8
    return False


def has_separate_planes(image: Image.Image) -> bool:
    """Tell whether a TIFF stores its channels one after the other, which Pillow does not read at 16 bits."""
    return isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(_PLANAR, 1) == 2


def read_deep_colour(image: Image.Image, content: bytes) -> tuple[DeepImage, Image.Image]:
    """Decode a PNG or a TIFF of several channels of 16 bits.

    Parameters
    ----------
    image : Image
        The opened file, for which `is_deep_colour` holds and `has_separate_planes` does not.
    content : bytes
        The file.

    Returns
    -------
    DeepImage
    image : Image
        As Pillow has loaded it: turned upright as far as Pillow does this.

    Raises
    ------
    ImageRefused
        The layout is none that is read.
    """
    if image.format == "PNG":
        layout = _PNG_RAW[content[_PNG_COLOUR]]
        if not layout:
            loaded = _load(content, "RGBA")
            pairs = np.asarray(loaded).view(">u2")  # [height, width, 2]
            return DeepImage(pairs[..., 0], pairs[..., 1] / _FULL), loaded
        channels, loaded = _read_both_bytes(content, layout, "B")
        key = loaded.info.get("transparency")
        if isinstance(key, tuple):
            return DeepImage(luma_of(channels), (channels != np.array(key)).any(axis=2).astype(np.float64)), loaded
        return _mix(channels, associated=False), loaded
    assert isinstance(image, TiffImagePlugin.TiffImageFile)
    layout, mark, order = str(_first_argument(image)).replace("RGBa", "RGBA").partition(";16")
    if not mark or order not in ("B", "L", "N") or layout not in ("RGB", "RGBX", "RGBA", "CMYK"):
        raise ImageRefused("a TIFF of more than 8 bits in a layout that is not read; save it as grey or RGB of 16 bits")
    associated = _ASSOCIATED in image.tag_v2.get(_EXTRA_SAMPLES, ())
    native = {"little": "L", "big": "B"}[sys.byteorder]
    channels, loaded = _read_both_bytes(content, layout + mark, native if order == "N" else order)
    if layout == "CMYK":
        ink = channels.astype(np.float32) / _FULL
        return DeepImage(luma_of((1 - ink[..., :3]) * (1 - ink[..., 3:]))), loaded
    return _mix(channels, associated=associated), loaded


def _read_both_bytes(content: bytes, layout: str, order: str) -> tuple[npt.NDArray[np.uint16], Image.Image]:
    """Return the channels [height, width, channels] of a file whose numbers have the byte order `order`."""
    loaded = _load(content, layout + order)
    channels = np.multiply(np.asarray(loaded), 256, dtype=np.uint16)
    channels += np.asarray(_load(content, layout + _OTHER_ORDER[order]))
    return channels, loaded


def _load(content: bytes, raw_mode: str) -> Image.Image:
    """Return an image whose bytes are unpacked as `raw_mode` says."""
    image = Image.open(io.BytesIO(content), formats=FORMATS)
    image.tile = [tile._replace(args=_with_mode(tile.args, raw_mode)) for tile in image.tile]
    image.load()
    return image


def _first_argument(image: ImageFile.ImageFile) -> object:
    arguments = image.tile[0].args
    return arguments[0] if isinstance(arguments, tuple) else arguments


def _with_mode(arguments: object, raw_mode: str) -> str | tuple[object, ...]:
    """Return the arguments of a Pillow decoder with another layout of bytes."""
    return (raw_mode, *arguments[1:]) if isinstance(arguments, tuple) else raw_mode


def _mix(channels: npt.NDArray[np.uint16], *, associated: bool) -> DeepImage:
    """Return the luma of 3 channels, or of 4 of which the last is the opacity."""
    luma = luma_of(channels[..., :3])
    if channels.shape[2] == 3:
        return DeepImage(luma)
    return with_opacity(luma, channels[..., 3] / _FULL, associated=associated)


def with_opacity(levels: npt.NDArray[np.generic], opacity: Float64, *, associated: bool) -> DeepImage:
    """Return levels with their opacity; `associated` levels have been multiplied by it, which is undone."""
    if associated and opacity.any():
        levels = np.divide(levels, opacity, out=np.zeros(opacity.shape), where=opacity > 0)
    return DeepImage(levels, opacity)
