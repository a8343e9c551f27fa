"""What the members of an ensemble say of known edges and of a random sample of candidates, before all are scored.

Enter: the candidates of a run. Leave: logits, which tell how probable an edge is at each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grnet.schema.features import Bools
from grnet.schema.genes import Indices, PairIndex
from grnet.schema.progress import SILENT, Progress
from grnet.scoring.candidates import UNLABELLED, Candidates, Floats

SAMPLED_PAIRS = {"late": 50_000, "sdinet": 4_000}
"""Architecture → candidates of a sample: a part of all that costs little beside the whole."""
MOST_KNOWN = 20_000
TFS_OF_A_STEP = 64


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
    with progress.track("sampling scores", len(tfs) * size + len(known), "pairs") as advance:
        targets = [np.sort(rng.choice(genes, size, replace=False)).astype(np.int64) for _ in tfs]
        sample = PairIndex(np.repeat(tfs, size), np.concatenate(targets))
        known_logits, known_found = _judge(candidates, known, advance)
        logits, found = _judge(candidates, sample, advance)
    known, known_logits = known.take(known_found), known_logits[:, known_found]
    folds = candidates.known.of(known.tf, known.target)[1].astype(np.int64)
    by_fold = known_logits.reshape(-1, candidates.n_folds, len(known))
    new = found & (candidates.known.of(sample.tf, sample.target)[1] == UNLABELLED)
    return SampledScores(
        known=by_fold[:, folds, np.arange(len(known))],
        known_folds=folds,
        known_tfs=known.tf,
        candidates=logits[:, new],
        candidate_tfs=sample.tf[new],
    )


def _choose_known(candidates: Candidates, rng: np.random.Generator) -> PairIndex:
    """Return the known edges, MOST_KNOWN at most, by TF and target."""
    pairs = candidates.known.positive
    if len(pairs) > MOST_KNOWN:
        pairs = pairs.take(np.sort(rng.choice(len(pairs), MOST_KNOWN, replace=False)))
    return pairs.take(np.lexsort((pairs.target, pairs.tf)))


def _judge(candidates: Candidates, pairs: PairIndex, advance: Callable[[int], None]) -> tuple[Floats, Bools]:
    """Return the logits [M, P] of pairs sorted by TF, and which are candidates, some TFs at a time."""
    starts = np.flatnonzero(np.diff(pairs.tf, prepend=-1))
    groups = np.split(np.arange(len(pairs)), starts[TFS_OF_A_STEP::TFS_OF_A_STEP])
    parts = []
    for group in groups:
        parts.append(candidates.judge_listed(pairs.take(group)))
        advance(len(group))
    logits, found = zip(*parts, strict=True)
    return np.concatenate(logits, axis=1), np.concatenate(found)
