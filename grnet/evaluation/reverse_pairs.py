"""Counted pairs whose reverse is an edge that the model was trained on: it may have learnt their label from that.

Enter: the pairs that a model was trained on, and which pairs count. Leave: how many there are, how many of them are
positive beside the other pairs, and a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from grnet.schema.arrays import Bools, Indices, Int8, Int32

WARN_FROM = 0.01
"""Part of the positives whose reverse was trained on, from which it is told."""


@dataclass(frozen=True, eq=False)
class TrainedPairs:
    """The candidates that a model was trained on: numbers of TF and target, and label, arrays of one length."""

    tf: Int32
    target: Int32
    label: Int8


@dataclass(frozen=True)
class ReverseTally:
    """The counted pairs that the model was not trained on.

    Attributes
    ----------
    n_reversed, n_reversed_positives : int
        Those whose reverse is an edge that it was trained on, and how many of them are positive.
    n_others, n_other_positives : int
        The same of all others.
    """

    n_reversed: int
    n_reversed_positives: int
    n_others: int
    n_other_positives: int

    def to_json(self) -> dict[str, int]:
        """Return the counts."""
        return asdict(self)

    def warn(self) -> tuple[str, ...]:
        """Return a warning in sentences, or nothing where hardly a positive is concerned."""
        n_positives = self.n_reversed_positives + self.n_other_positives
        if self.n_reversed_positives < max(WARN_FROM * n_positives, 1):
            return ()
        text = (
            f"Of the {n_positives:,} positives that the model was not trained on, the reverse of "
            f"{self.n_reversed_positives:,} ({self.n_reversed_positives / n_positives:.1%}) is an edge that it was "
            f"trained on. Of all {self.n_reversed:,} such pairs {self.n_reversed_positives / self.n_reversed:.1%} are "
            "positive"
        )
        if self.n_others:
            text += f", of the others {self.n_other_positives / self.n_others:.1%}"
        return (f"{text}: the reverse alone may tell the label. Report figures without these pairs as well.",)


def tally_reverses(
    trained: TrainedPairs,
    *,
    counts: Callable[[Int32, Int32], Bools],
    is_positive: Callable[[Int32, Int32], Bools],
    n_untrained: int,
    n_untrained_positives: int,
) -> ReverseTally:
    """Count the pairs whose reverse is an edge of the training.

    Parameters
    ----------
    trained : TrainedPairs
    counts, is_positive : callables
        Take tf and target [P]; return which pairs count, and which of these are positive, bool [P].
    n_untrained, n_untrained_positives : int
        Counted pairs that the model was not trained on, and how many of them are positive.
    """
    edges = trained.label == 1
    tf, target = trained.target[edges], trained.tf[edges]
    new = ~np.isin(_pair_keys(tf, target), _pair_keys(trained.tf, trained.target))
    tf, target = tf[new], target[new]
    counted = counts(tf, target)
    n, n_positives = int(counted.sum()), int(is_positive(tf[counted], target[counted]).sum())
    return ReverseTally(n, n_positives, n_untrained - n, n_untrained_positives - n_positives)


def _pair_keys(tf: Int32, target: Int32) -> Indices:
    return tf.astype(np.int64) << 32 | target.astype(np.int64)
