"""What the members of an ensemble say of known edges and of a random sample of candidates, before all are scored.

Enter: the candidates of a run. Leave: logits, which tell how probable an edge is at each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grnet.schema.genes import Indices
from grnet.schema.progress import SILENT, Progress
from grnet.scoring.candidates import Candidates, Floats

SAMPLED_PAIRS = {"late": 50_000, "sdinet": 4_000}
"""Architecture → candidates of a sample: a part of all that costs little beside the whole."""
MOST_KNOWN = 20_000


@dataclass(frozen=True)
class SampledScores:
    """Logits of known edges and of candidates.

    Attributes
    ----------
    known : float32 array [S, P]
        Of known edges, from the S members that did not see them.
    known_folds, known_tfs : int64 arrays [P]
    candidates : float32 array [M, N]
        Of candidates without a label, from all members.
    candidate_tfs : int64 array [N]
    """

    known: Floats
    known_folds: Indices
    known_tfs: Indices
    candidates: Floats
    candidate_tfs: Indices


def sample_scores(
    candidates: Candidates, *, seed: int, n_pairs: int | None = None, progress: Progress = SILENT
) -> SampledScores:
    """Score the known edges, and as many candidates of each TF.

    Parameters
    ----------
    candidates : Candidates
    seed : int
    n_pairs : int, optional
        About how many candidates; what suits the architecture where it is not given, all where there are fewer.
    progress : Progress
    """
    rng = np.random.default_rng(seed)
    genes, tfs = candidates.n_genes, candidates.tfs
    size = min(-(-(n_pairs or SAMPLED_PAIRS[candidates.architecture]) // len(tfs)), genes)
    known = _choose_known(candidates, rng)
    with progress.track("sampling scores", len(tfs) * size + sum(map(len, known.values())), "pairs") as advance:
        drawn = {tf: np.sort(rng.choice(genes, size, replace=False)).astype(np.int64) for tf in tfs.tolist()}
        of_sample = _judge(candidates, drawn, advance, labelled=False)
        of_known = _judge(candidates, known, advance, labelled=True)
    return SampledScores(*of_known, of_sample[0], of_sample[2])


def _choose_known(candidates: Candidates, rng: np.random.Generator) -> dict[int, Indices]:
    """Return the targets of the known edges by TF, MOST_KNOWN at most."""
    pairs = candidates.known.positive
    if len(pairs) > MOST_KNOWN:
        pairs = pairs.take(np.sort(rng.choice(len(pairs), MOST_KNOWN, replace=False)))
    return {int(tf): pairs.target[pairs.tf == tf] for tf in np.unique(pairs.tf)}


def _judge(
    candidates: Candidates, targets: dict[int, Indices], advance: Callable[[int], None], *, labelled: bool
) -> tuple[Floats, Indices, Indices]:
    """Return logits, folds and TFs of the pairs that are labelled in the training, or of those that are not."""
    logits: list[Floats] = []
    folds: list[npt.NDArray[np.int8]] = []
    tfs: list[Indices] = []
    for tf, columns in targets.items():
        pairs = candidates.judge(np.array([tf]), columns)
        chosen = pairs.labelled if labelled else ~pairs.labelled
        logits.append(pairs.of_unseen(pairs.logits, candidates.n_folds) if labelled else pairs.logits[:, chosen])
        folds.append(pairs.fold[chosen])
        tfs.append(pairs.tf[chosen])
        advance(len(columns))
    return np.concatenate(logits, axis=1), np.concatenate(folds).astype(np.int64), np.concatenate(tfs)
