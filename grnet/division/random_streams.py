"""Random numbers of training: an independent stream for each purpose, fold and member, so that none repeats another."""

from __future__ import annotations

from typing import Literal

import numpy as np

Purpose = Literal["folds", "negatives", "validation", "fit", "weights"]
_ORDER: tuple[Purpose, ...] = ("folds", "negatives", "validation", "fit", "weights")


def derive_seed(seed: int, purpose: Purpose, *, fold: int = 0, member: int = 0) -> int:
    """Return the seed of one stream, 0..2**32 - 1, which every library takes; equal arguments give equal seeds.

    Parameters
    ----------
    seed : int
        Of the whole training.
    purpose : {"folds", "negatives", "validation", "fit", "weights"}
    fold : int
    member : int
        Of the ensemble over seeds, see `TrainConfig.seeds`.
    """
    return int(np.random.SeedSequence([seed, _ORDER.index(purpose), fold, member]).generate_state(1)[0])
