"""Where the models look: for which pairs it is worked out."""

from __future__ import annotations

import numpy as np

from grnet.explanation.listed_pairs import ListedPairs
from grnet.schema.arrays import Bools
from grnet.schema.evidence import Saliency
from grnet.scoring.candidates import Candidates


def find_saliency(
    candidates: Candidates, judged: ListedPairs, wanted: Bools, views: tuple[str, ...], *, most: int | None
) -> list[Saliency | None]:
    """Return where the judges of pairs look; None where it is not wanted or not among the first `most`.

    Parameters
    ----------
    candidates : Candidates
    judged : ListedPairs
    wanted : bool array [P]
        Pairs in whose scores pictures take part.
    views : tuple of str
        Of the dataset.
    most : int or None
        Most pairs; None takes all.
    """
    rows = np.flatnonzero(wanted)[:most].astype(np.int64)
    found: list[Saliency | None] = [None] * len(wanted)
    if not len(rows):
        return found
    maps = candidates.scorer.find_saliency(judged.explained.take(rows), views)
    for row, saliency in zip(rows, maps, strict=True):
        found[row] = saliency
    return found
