"""Where the models look: for which pairs it is worked out, and by which method."""

from __future__ import annotations

import numpy as np

from grnet.explanation.gradients import look_by_gradients
from grnet.explanation.judges import JudgedPairs
from grnet.explanation.occlusion import look_by_occlusion
from grnet.schema.evidence import Saliency
from grnet.schema.features import Bools
from grnet.scoring.candidates import Candidates
from grnet.scoring.late_blocks import LateScorer
from grnet.scoring.sdinet_blocks import SdinetScorer


def find_saliency(
    candidates: Candidates, judged: JudgedPairs, wanted: Bools, views: tuple[str, ...], *, most: int | None
) -> list[Saliency | None]:
    """Return where the judges of pairs look; None where it is not wanted or not among the first `most`.

    Parameters
    ----------
    candidates : Candidates
    judged : JudgedPairs
    wanted : bool array [P]
        Pairs in whose scores images take part.
    views : tuple of str
        Of the dataset.
    most : int or None
        Most pairs; None takes all.
    """
    rows = np.flatnonzero(wanted)[:most].astype(np.int64)
    found: list[Saliency | None] = [None] * len(wanted)
    if not len(rows):
        return found
    scorer = candidates.scorer
    if isinstance(scorer, LateScorer):
        maps = look_by_occlusion(scorer, judged, rows)
    else:
        assert isinstance(scorer, SdinetScorer)
        maps = look_by_gradients(scorer, judged, rows, views)
    for row, saliency in zip(rows, maps, strict=True):
        found[row] = saliency
    return found
