"""Random numbers: one independent stream for each concern, so that a change in one leaves the others as they are."""

from __future__ import annotations

from typing import Literal

import numpy as np

Concern = Literal["names", "network", "surface", "conditions", "rnaseq", "images", "known", "spots"]
_ORDER: tuple[Concern, ...] = ("names", "network", "surface", "conditions", "rnaseq", "images", "known", "spots")


def stream(seed: int, concern: Concern) -> np.random.Generator:
    """Return the generator of one concern of one embryo; equal arguments give equal numbers."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_ORDER.index(concern),)))
