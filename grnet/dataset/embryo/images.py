"""Photographs of stained embryos: patterns on the surface → 8-bit grey images in three views.

As in registered in-situ images, bright is stained, the embryo lies along the width with its anterior end left, and
outside its outline the grey is constant. Each image shows another embryo: a little moved, turned, larger or smaller,
more or less stained, and noisy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from grnet.dataset.embryo.surface import Surface
from grnet.schema.arrays import Bytes, Float64

View = Literal["lateral", "dorsal", "ventral"]
VIEWS: tuple[View, ...] = ("lateral", "dorsal", "ventral")

BACKGROUND = 0
FILL = 0.94
"""Part of the image's width and height that the embryo spans."""
MOVE, TURN, RESIZE = 0.015, 0.03, 0.02
"""Standard deviations: position (in half lengths), rotation (radians), size (relative)."""
BODY, STAIN, STAIN_SPREAD = 28.0, 165.0, 0.2
UNSPECIFIC, TEXTURE, SHOT = 0.05, 0.09, 6.0
"""Unspecific stain and texture (relative to full stain), and the camera's noise (grey levels)."""
SATURATION = 0.8


@dataclass(frozen=True)
class Pose:
    """How one embryo lies under the microscope: moved by (x, y), turned, scaled along and across its axis."""

    x: float
    y: float
    turn: float
    length: float
    width: float


def photograph(
    pattern: Float64, surface: Surface, view: View, size: tuple[int, int], rng: np.random.Generator
) -> Bytes:
    """Return an image of one embryo of a gene.

    Parameters
    ----------
    pattern : float64 array [P]
        Expression on the surface; only its shape matters, stains are not quantitative.
    surface : Surface
    view : {"lateral", "dorsal", "ventral"}
    size : (height, width) in pixels
    rng : Generator

    Returns
    -------
    uint8 array [height, width]
        BACKGROUND outside the embryo, 1..255 inside.
    """
    pose = Pose(*rng.normal(scale=[MOVE, MOVE, TURN, RESIZE, RESIZE]))
    ap, across = _embryo_coordinates(size, pose)
    inside = ap**2 + across**2 < 1
    level = _sample_surface(stain(pattern), surface, view, ap[inside], across[inside])
    thickness = np.sqrt(1 - ap[inside] ** 2 - across[inside] ** 2)
    haze = _noise(size, 0.2, rng)[inside]
    texture = _noise(size, 0.03, rng)[inside]
    strength = STAIN * np.exp(STAIN_SPREAD * rng.normal())
    signal = level * (0.75 + 0.25 * thickness) * (1 + TEXTURE * texture) + UNSPECIFIC * (1 + haze)
    grey = BODY * (0.6 + 0.4 * thickness) + strength * signal + SHOT * rng.normal(size=level.shape)
    image = np.full(size, BACKGROUND, dtype=np.uint8)
    image[inside] = np.clip(np.round(grey), BACKGROUND + 1, 255).astype(np.uint8)
    return image


def stain(pattern: Float64) -> Float64:
    """Return how dark a stain gets, 0..1: a saturating reaction, developed until the strongest part is clear, [P]."""
    relative = pattern / np.quantile(pattern, 0.97)
    return np.asarray(np.minimum(relative * (1 + SATURATION) / (relative + SATURATION), 1.0))


@lru_cache(maxsize=8)
def _pixel_grid(size: tuple[int, int]) -> tuple[Float64, Float64]:
    """Return the pixel centres as (x, y), both -1..1 over the embryo's extent, y upwards."""
    height, width = size
    x = ((np.arange(width) + 0.5) / width * 2 - 1) / FILL
    y = (1 - (np.arange(height) + 0.5) / height * 2) / FILL
    grid_x, grid_y = np.meshgrid(x, y)
    return grid_x, grid_y


def _embryo_coordinates(size: tuple[int, int], pose: Pose) -> tuple[Float64, Float64]:
    """Return each pixel's place in the embryo's own frame; the outline is the unit circle, [H, W] each."""
    x, y = _pixel_grid(size)
    aspect = size[0] / size[1]
    dx, dy = x - pose.x, (y - pose.y) * aspect
    cos, sin = np.cos(pose.turn), np.sin(pose.turn)
    ap = (cos * dx + sin * dy) / np.exp(pose.length)
    across = (cos * dy - sin * dx) / aspect / np.exp(pose.width)
    return ap, across


def _sample_surface(values: Float64, surface: Surface, view: View, ap: Float64, across: Float64) -> Float64:
    """Return the surface's values that a viewer sees at (ap, across), by bilinear interpolation, [N].

    `across` is a part of the radius at the image's middle. Lateral: it is the dorsal height. Dorsal and ventral: it
    is the distance to the midline, on the upper or the lower half.
    """
    radius = np.sqrt(np.maximum(1 - ap**2, 1e-9))
    part = np.clip(across / radius, -1, 1)
    if view == "lateral":
        angle = np.arccos(part)
    else:
        angle = np.arcsin(np.abs(part))
        angle = angle if view == "dorsal" else np.pi - angle
    rows = (ap + 1) / 2 * surface.shape[0] - 0.5
    columns = angle / np.pi * surface.shape[1] - 0.5
    grid = values.reshape(surface.shape)
    return np.asarray(map_coordinates(grid, np.stack([rows, columns]), order=1, mode="nearest"))


def _noise(size: tuple[int, int], scale: float, rng: np.random.Generator) -> Float64:
    """Return smooth noise of standard deviation 1; `scale` is its width as a part of the image's width, [H, W]."""
    rough = gaussian_filter(rng.normal(size=size), max(scale * size[1], 0.5), mode="wrap", truncate=2.5)
    return np.asarray((rough - rough.mean()) / rough.std())
