"""What the members of an ensemble say of known edges and of a random sample of candidates, before all are scored.

Enter: the candidates of a run. Leave: logits, which tell how probable an edge is at each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.schema.arrays import UNLABELLED, Float32, Indices
from grnet.schema.genes import PairIndex
from grnet.schema.progress import SILENT, Progress
from grnet.scoring.candidates import Candidates

SHARED_TARGETS, MOST_SAMPLED = 512, 400_000
"""Fewest targets that are looked at with all TFs, where whole blocks are cheap, as long as these are no more pairs than
that."""
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

    known: Float32
    known_folds: Indices
    known_tfs: Indices
    candidates: Float32
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
    known, sample = _choose_known(candidates, rng), _choose_candidates(candidates, n_pairs, rng)
    with progress.track("sampling scores", len(sample) + len(known), "pairs") as advance:
        known_logits, known_found = candidates.score_listed(known, advance=advance)
        together = len(candidates.tfs) if candidates.costs.shares_targets else 1
        logits, found = candidates.score_listed(sample, tfs_at_once=together, advance=advance)
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


def _choose_candidates(candidates: Candidates, n_pairs: int | None, rng: np.random.Generator) -> PairIndex:
    """Return every TF with as many random targets, by TF: the same for all TFs where that makes scoring cheap."""
    genes, tfs = candidates.n_genes, candidates.tfs
    size = -(-(n_pairs or candidates.costs.sampled_pairs) // len(tfs))
    if candidates.costs.shares_targets:
        shared = min(SHARED_TARGETS, MOST_SAMPLED // len(tfs))
        size = min(max(size, shared) if n_pairs is None else size, genes)
        targets = [rng.choice(genes, size, replace=False)] * len(tfs)
    else:
        size = min(size, genes)
        targets = [rng.choice(genes, size, replace=False) for _ in tfs]
    return PairIndex(np.repeat(tfs, size), np.concatenate([np.sort(own) for own in targets]).astype(np.int64))
