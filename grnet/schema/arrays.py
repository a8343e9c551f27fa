"""The array types of signatures, one name for each element type, and what stands for "none" in integer arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from grnet.schema.errors import InputError

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Int8 = npt.NDArray[np.int8]
Int32 = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]
"""Positions and counts."""
UInt64 = npt.NDArray[np.uint64]

UNLABELLED = -1
"""In columns of labels: a pair that has none, 1 being an edge and 0 none."""
NO_FOLD = -1
"""In columns of folds: a pair that no model is tested on."""


def check_labels(labels: npt.ArrayLike, n: int) -> Indices:
    """Return `labels` as int64 [n] of 0 and 1.

    Raises
    ------
    InputError
        Another length, or a value that is neither.
    """
    values = np.asarray(labels)
    if values.shape != (n,):
        raise InputError(f"expected a label for each of {n} pairs, got an array of shape {values.shape}")
    wrong = np.flatnonzero((values != 0) & (values != 1))
    if len(wrong):
        raise InputError(f"labels are 1 or 0, got {values[wrong[0]]!s} in row {wrong[0]} ({len(wrong)} such rows)")
    return values.astype(np.int64)


def check_scores(labels: npt.ArrayLike, scores: npt.ArrayLike) -> tuple[Indices, Float64]:
    """Return labels as int64 [P] and scores as float64 [P].

    Raises
    ------
    InputError
        Lengths differ, a label is not 0 or 1, or a score is not finite.
    """
    return check_numbers(labels, np.asarray(scores, dtype=np.float64))


def check_numbers(labels: npt.ArrayLike, values: npt.NDArray[Any]) -> tuple[Indices, npt.NDArray[Any]]:
    """Return labels as int64 [P] and numbers [P] of any type as they are.

    Raises
    ------
    InputError
        As :func:`check_scores`.
    """
    if values.ndim != 1:
        raise InputError(f"expected one score for each pair, got an array of shape {values.shape}")
    y = check_labels(labels, len(values))
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise InputError(f"scores are finite, got {values[wrong[0]]} in row {wrong[0]} ({len(wrong)} such rows)")
    return y, values
