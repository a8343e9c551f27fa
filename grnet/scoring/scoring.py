"""Every candidate pair of a run, scored by a crew → score shards and their manifest.

A shard appears when it is complete, so a scoring that was broken off can go on with the shards that are not there.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grnet.probability.calibration import CandidateCalibration
from grnet.schema.errors import ConfigError
from grnet.schema.network_folder import MANIFEST_FILE
from grnet.schema.progress import SILENT, Progress
from grnet.schema.sizes import show_size
from grnet.scores.manifest import Manifest
from grnet.scores.shards import plan_shards
from grnet.scoring.candidates import Candidates
from grnet.scoring.crews import Crew
from grnet.scoring.pace import estimate_seconds, in_words

DISK_BYTES_OF_A_PAIR = 15
"""What a candidate takes in a shard, about; measured on real runs."""


@dataclass(frozen=True)
class ScoringSummary:
    """What was scored.

    Attributes
    ----------
    n_tfs, n_genes, n_candidates : int
    n_unscorable : int
        TF × gene pairs for which the models have nothing to look at.
    shards : tuple of str
        File names.
    device : str
        Who scored them.
    n_taken_over : int
        Candidates in shards that were there before.
    """

    n_tfs: int
    n_genes: int
    n_candidates: int
    n_unscorable: int
    shards: tuple[str, ...]
    device: str
    n_taken_over: int = 0


def plan_scoring(candidates: Candidates, folder: Path, plan: Mapping[str, Any], *, batch_pairs: int | None) -> Manifest:
    """Return the manifest of a scoring of which nothing is done.

    Parameters
    ----------
    candidates : Candidates
    folder : Path
        Where the shards are going to be.
    plan : mapping
        What decides the bytes of the scores: JSON values.
    batch_pairs : int or None
        Most pairs of one shard; at least all TFs of one target. None takes what suits the run's architecture.
    """
    n_tfs, n_genes = len(candidates.tfs), candidates.n_genes
    shards = plan_shards(n_tfs, n_genes, batch_pairs or candidates.batch_pairs)
    counts = {
        "tfs": n_tfs,
        "genes": n_genes,
        "candidates": candidates.total,
        "unscorable": n_tfs * (n_genes - 1) - candidates.total,
    }
    return Manifest(folder / MANIFEST_FILE, plan, counts, shards)


def score_candidates(
    candidates: Candidates,
    calibration: CandidateCalibration,
    manifest: Manifest,
    crew: Crew,
    *,
    progress: Progress = SILENT,
) -> ScoringSummary:
    """Score every candidate into the shards of a manifest, but those that are there already.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
        What makes probabilities of logits.
    manifest : Manifest
        See :func:`plan_scoring`; shards in its folder are taken over where they are whole.
    crew : Crew
    progress : Progress

    Raises
    ------
    ConfigError
        The disk is too small.
    """
    folder, total = manifest.file.parent, manifest.counts["candidates"]
    manifest.take_over(progress)
    taken_over = sum(record.rows for record in manifest.done.values())
    manifest.save()
    missing = manifest.missing()
    if manifest.done:
        there = f"{taken_over:,} pairs in {len(manifest.done):,} of {len(manifest.shards):,} parts are there"
        progress.say(f"going on: {there}")
    if missing:
        _look_ahead(candidates, calibration, manifest, crew, progress)
        with (
            progress.track("scoring", total - taken_over, "pairs") as advance,
            closing(crew.score(missing, folder, say=progress.say)) as records,
        ):
            try:
                for record in records:
                    manifest.note(record)
                    advance(record.rows)
            finally:
                manifest.save()
    return ScoringSummary(
        n_tfs=manifest.counts["tfs"],
        n_genes=manifest.counts["genes"],
        n_candidates=total,
        n_unscorable=manifest.counts["unscorable"],
        shards=tuple(shard.name for shard in manifest.shards),
        device=crew.described,
        n_taken_over=taken_over,
    )


def _look_ahead(
    candidates: Candidates, calibration: CandidateCalibration, manifest: Manifest, crew: Crew, progress: Progress
) -> None:
    """Say what scoring is going to take, and make sure that the disk holds it.

    Raises
    ------
    ConfigError
        It does not.
    """
    missing, folder = len(manifest.missing()), manifest.file.parent
    n_pairs = manifest.counts["candidates"] - sum(record.rows for record in manifest.done.values())
    disk, free = n_pairs * DISK_BYTES_OF_A_PAIR, shutil.disk_usage(folder).free
    if disk > free:
        raise ConfigError(
            f"{folder}: the scores of {n_pairs:,} pairs take about {show_size(disk)}, but {show_size(free)} are free; "
            "make room, or write to another disk with --out"
        )
    if progress is not SILENT:
        seconds = estimate_seconds(candidates, calibration, n_candidates=n_pairs) / min(crew.size, missing)
        progress.say(
            f"scoring {n_pairs:,} pairs on {crew.described}: about {in_words(seconds)} and {show_size(disk)} of disk"
        )
