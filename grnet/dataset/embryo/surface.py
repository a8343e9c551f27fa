"""The embryo's surface: points on an ellipsoid, the maternal gradients on them, and smooth fields of chance.

The embryo is an ellipsoid of revolution about its anterior-posterior (AP) axis. A point has a position along that axis,
-1 (anterior pole) to 1 (posterior pole), and an angle about it, 0 (dorsal midline) to π (ventral midline); left and
right are equal, so one half is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import Float64

AP_POINTS, ANGLE_POINTS = 36, 14
GIRTH = 0.42
"""Radius at the middle, in half lengths of the embryo: about that of a fly embryo (500 µm × 180-210 µm)."""
GRADIENTS = ("anterior", "posterior", "ventral", "dorsal")
DECAY = {"anterior": 0.2, "posterior": 0.2, "ventral": 0.15, "dorsal": 0.15}
"""Length over which a gradient falls to 1/e, as a fraction of the axis."""

WAVES = (8, 3)
"""Most half waves of a smooth field along the AP axis and around the embryo."""
DAMPING = 0.2
"""How much weaker short waves are than long ones."""


@dataclass(frozen=True)
class Surface:
    """A regular grid of points, AP position varying slowest.

    Attributes
    ----------
    ap : float64 array [P]
        Position along the AP axis, -1..1.
    angle : float64 array [P]
        Angle from the dorsal midline, 0..π.
    area : float64 array [P]
        Part of the surface that a point stands for; sums to 1.
    shape : tuple of int
        (AP points, angle points); their product is P.
    """

    ap: Float64
    angle: Float64
    area: Float64
    shape: tuple[int, int]


def build_surface() -> Surface:
    """Return the grid of the embryo.

    The area of a strip of an ellipsoid with half axes 1 and b is proportional to b √(1 - u² + b² u²), u the position
    along the axis (surface of revolution, 2π r √(1 + r'²) with r = b √(1 - u²)).
    """
    positions = (np.arange(AP_POINTS) + 0.5) / AP_POINTS * 2 - 1
    angles = (np.arange(ANGLE_POINTS) + 0.5) / ANGLE_POINTS * np.pi
    ap, angle = (grid.ravel() for grid in np.meshgrid(positions, angles, indexing="ij"))
    area = GIRTH * np.sqrt(1 - ap**2 + GIRTH**2 * ap**2)
    return Surface(ap, angle, area / area.sum(), (AP_POINTS, ANGLE_POINTS))


def axis_distance(surface: Surface, gradient: str) -> Float64:
    """Return how far each point lies from the source of a maternal gradient, 0..1 along its axis, [P]."""
    along = (surface.ap + 1) / 2
    down = surface.angle / np.pi
    return {"anterior": along, "posterior": 1 - along, "dorsal": down, "ventral": 1 - down}[gradient]


def maternal_gradients(surface: Surface) -> Float64:
    """Return the maternal gradients in the order of GRADIENTS, 1 at their source, [4, P].

    Each falls exponentially with the distance from its source, as Bicoid does (Driever & Nüsslein-Volhard 1988,
    doi:10.1016/0092-8674(88)90182-1).
    """
    return np.stack([np.exp(-axis_distance(surface, name) / DECAY[name]) for name in GRADIENTS])


def smooth_fields(surface: Surface, count: int, rng: np.random.Generator) -> Float64:
    """Return random smooth fields of mean 0 and standard deviation 1 over the surface, [count, P].

    Sums of cosine waves, up to WAVES half waves along the AP axis and around the embryo, with normal weights; waves
    around the embryo fade towards the poles, where all angles meet.
    """
    along = (surface.ap + 1) / 2 * np.pi
    radius = np.sqrt(1 - surface.ap**2)
    waves = [(k, m) for k in range(WAVES[0] + 1) for m in range(WAVES[1] + 1) if (k, m) != (0, 0)]
    basis = np.stack([np.cos(k * along) * np.cos(m * surface.angle) * radius**m for k, m in waves])  # [B, P]
    damping = np.array([1 / (1 + DAMPING * (k + m)) for k, m in waves])
    fields = (rng.normal(size=(count, len(waves))) * damping) @ basis  # [count, P]
    fields -= fields @ surface.area[:, None]
    spread = np.sqrt((fields**2) @ surface.area[:, None])
    return np.asarray(fields / spread)
