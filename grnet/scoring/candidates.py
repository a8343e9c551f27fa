"""Every candidate pair of a run, scored in blocks → score shards and their manifest.

A candidate is a TF with any other gene, where the models have something to look at for the two. An unlabelled candidate
is judged by all members of the ensemble; a labelled pair by those of the one fold that did not see it. One map turns
what they say into the probability that a candidate is an edge. A shard appears when it is complete, so a scoring that
was killed can go on with the shards that are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.dataset.directory import Dataset
from grnet.features.build import build_features
from grnet.features.pairs import correlations
from grnet.models.device import choose_device
from grnet.models.run_folder import Run
from grnet.schema.calibration import CandidateCalibration
from grnet.schema.features import Bools, GeneFeatures
from grnet.schema.genes import Indices, PairIndex
from grnet.schema.progress import SILENT, Progress
from grnet.schema.storage import write_json
from grnet.schema.tables import (
    CORRELATION,
    FOLD,
    LABEL,
    PROBABILITY,
    SCORE,
    SCORES,
    SEED_SPREAD,
    SPREAD,
    TARGET,
    TF,
    write_table,
)
from grnet.scoring.pace import WORTH_TELLING, estimate_seconds, in_words
from grnet.scoring.scorers import PairScorer, default_batch_pairs, make_scorer
from grnet.scoring.shards import Shard, find_flaw, plan_shards

Floats = npt.NDArray[np.float32]
UNLABELLED = -1


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

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for `manifest.json`: the same whether scoring was broken off or not."""
        return {
            "tfs": self.n_tfs,
            "genes": self.n_genes,
            "candidates": self.n_candidates,
            "unscorable": self.n_unscorable,
            "shards": list(self.shards),
            "device": self.device,
        }


@dataclass(frozen=True)
class ScoredPairs:
    """Candidates of a block with what the members of the ensemble say of them.

    Attributes
    ----------
    tf, target : int64 arrays [P]
    logits : float32 array [M, P]
    label, fold : int8 arrays [P]
        Of the training; UNLABELLED for all other candidates.
    """

    tf: Indices
    target: Indices
    logits: Floats
    label: npt.NDArray[np.int8]
    fold: npt.NDArray[np.int8]

    @property
    def labelled(self) -> Bools:
        """Which pairs [P] were labelled in the training."""
        mask: Bools = self.fold != UNLABELLED
        return mask

    def of_unseen(self, values: npt.NDArray[Any], n_folds: int) -> npt.NDArray[Any]:
        """Return of `values` [M, P] those of the labelled pairs from the S members that did not see them, [S, L]."""
        by_fold = values[:, self.labelled].reshape(len(values) // n_folds, n_folds, int(self.labelled.sum()))
        return np.asarray(by_fold[:, self.fold[self.labelled], np.arange(by_fold.shape[2])])


class Candidates:
    """The candidates of a run: which pairs they are, and what the models say of any block of them.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        The one that the run was trained on.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".

    Raises
    ------
    FormatError
        The features of `dataset` have other sizes than those of the training.
    ConfigError
        The device is not here.
    """

    def __init__(self, run: Run, dataset: Dataset, *, device: str = "auto") -> None:
        chosen = choose_device(device)
        self.device, self.tfs, self.n_folds = str(chosen), dataset.genes.tfs, run.folds
        self.features: GeneFeatures = build_features(dataset)
        self.scorer: PairScorer = make_scorer(run, dataset, self.features, chosen)
        self.architecture, self.batch_pairs = run.architecture, default_batch_pairs(run)
        self.known = _Labels(run, dataset)
        self.symbols = np.asarray(dataset.genes.symbols, dtype=object)
        self.n_genes = len(self.symbols)

    def count(self, tfs: Indices) -> int:
        """Return how many candidates some TFs have."""
        everything = np.arange(self.n_genes, dtype=np.int64)
        return int(self._are_candidates(np.repeat(tfs, self.n_genes), np.tile(everything, len(tfs))).sum())

    def judge(self, rows: Indices, columns: Indices) -> ScoredPairs:
        """Return the candidates among some TFs and some targets, TF by TF, with the logits of all members."""
        logits = self.scorer.score(rows, columns).reshape(self.scorer.n_models, -1)  # [M, T N]
        tf, target = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
        wanted = self._are_candidates(tf, target)
        label, fold = self.known.of(tf[wanted], target[wanted])
        return ScoredPairs(tf[wanted], target[wanted], logits[:, wanted], label, fold)

    def score(self, rows: Indices, columns: Indices, calibration: CandidateCalibration) -> pd.DataFrame:
        """Return the SCORES table of the candidates among some TFs and some targets, TF by TF."""
        pairs = self.judge(rows, columns)
        labelled = pairs.labelled
        score = pairs.logits.mean(axis=0, dtype=np.float64)
        score[labelled] = pairs.of_unseen(pairs.logits, self.n_folds).mean(axis=0, dtype=np.float64)
        of_folds = calibration.by_fold(pairs.logits)  # [K, P]
        probability, spread = of_folds.mean(axis=0), of_folds.std(axis=0)
        probability[labelled] = of_folds[pairs.fold[labelled], np.flatnonzero(labelled)]
        spread[labelled] = 0.0
        return pd.DataFrame(
            {
                TF: self.symbols[pairs.tf],
                TARGET: self.symbols[pairs.target],
                SCORE: score.astype(np.float32),
                PROBABILITY: probability.astype(np.float32),
                SPREAD: spread.astype(np.float32),
                SEED_SPREAD: self._spread_seeds(pairs, calibration),
                CORRELATION: correlations(self.features, PairIndex(pairs.tf, pairs.target))[0].astype(np.float32),
                LABEL: pd.arrays.IntegerArray(pairs.label, ~labelled),
            }
        )

    def _spread_seeds(self, pairs: ScoredPairs, calibration: CandidateCalibration) -> Floats:
        """Return the standard deviation of the probabilities that the seeds give to each pair; NaN for one seed."""
        n_seeds = len(pairs.logits) // self.n_folds
        if n_seeds == 1:
            return np.full(len(pairs.tf), np.nan, dtype=np.float32)
        of_members = calibration.by_member(pairs.logits)  # [S K, P]
        of_seeds = of_members.reshape(n_seeds, self.n_folds, -1).mean(axis=1)
        of_seeds[:, pairs.labelled] = pairs.of_unseen(of_members, self.n_folds)
        spread: Floats = of_seeds.std(axis=0).astype(np.float32)
        return spread

    def _are_candidates(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] are candidates."""
        wanted: Bools = (tf != target) & self.scorer.scorable(tf, target)
        return wanted


def score_candidates(
    candidates: Candidates,
    calibration: CandidateCalibration,
    folder: Path,
    *,
    batch_pairs: int | None = None,
    resume: bool = False,
    progress: Progress = SILENT,
) -> ScoringSummary:
    """Score every candidate and write the shards `part-*.parquet` with `manifest.json` into an existing folder.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
        What makes probabilities of logits.
    folder : Path
    batch_pairs : int or None
        Most pairs of one shard; at least all targets of one TF. None takes what suits the run's architecture.
    resume : bool
        Take over the shards that are in `folder` and whole: they must be of these candidates, this calibration and
        `batch_pairs`.
    progress : Progress
    """
    batch, tfs, n_genes = batch_pairs or candidates.batch_pairs, candidates.tfs, candidates.n_genes
    planned = {shard: candidates.count(shard.tfs) for shard in plan_shards(tfs, n_genes, batch)}
    missing = _find_missing(planned, folder, progress) if resume else planned
    columns = np.array_split(np.arange(n_genes, dtype=np.int64), max(-(-n_genes // batch), 1))
    if missing:
        if progress is not SILENT:
            _tell_duration(candidates, calibration, missing, progress)
        with progress.track("scoring", sum(missing.values()), "pairs") as advance:
            for shard, n_rows in missing.items():
                parts = [candidates.score(shard.tfs, part, calibration) for part in columns]
                write_table(pd.concat(parts, ignore_index=True), folder / shard.name, SCORES)
                advance(n_rows)
    summary = ScoringSummary(
        n_tfs=len(tfs),
        n_genes=n_genes,
        n_candidates=sum(planned.values()),
        n_unscorable=len(tfs) * (n_genes - 1) - sum(planned.values()),
        shards=tuple(shard.name for shard in planned),
        device=candidates.device,
        n_taken_over=sum(planned.values()) - sum(missing.values()),
    )
    write_json(summary.to_json(), folder / "manifest.json")
    return summary


def _find_missing(planned: Mapping[Shard, int], folder: Path, progress: Progress) -> dict[Shard, int]:
    """Return the shards that are not in `folder`, or not whole, each with its number of candidates."""
    missing = {}
    for shard, n_rows in planned.items():
        file = folder / shard.name
        flaw = find_flaw(file, n_rows) if file.exists() else ""
        if flaw:
            progress.say(f"{shard.name}, scored before, {flaw}: it is scored again")
        if flaw is not None:
            missing[shard] = n_rows
    if len(missing) < len(planned):
        there = sum(planned.values()) - sum(missing.values())
        progress.say(
            f"going on: {there:,} pairs in {len(planned) - len(missing):,} of {len(planned):,} parts are there"
        )
    return missing


def _tell_duration(
    candidates: Candidates, calibration: CandidateCalibration, missing: Mapping[Shard, int], progress: Progress
) -> None:
    """Say how long scoring takes, where that is worth telling."""
    tfs, n_pairs = np.concatenate([shard.tfs for shard in missing]), sum(missing.values())
    seconds = estimate_seconds(
        lambda rows, columns: candidates.score(rows, columns, calibration),
        tfs,
        candidates.n_genes,
        n_candidates=n_pairs,
    )
    if seconds >= WORTH_TELLING:
        progress.say(f"scoring {n_pairs:,} pairs on {candidates.device} takes about {in_words(seconds)}")


class _Labels:
    """The labelled pairs of a run, looked up for a block of candidates."""

    def __init__(self, run: Run, dataset: Dataset) -> None:
        table = run.out_of_fold
        self.n_genes = len(dataset.genes)
        self.pairs = PairIndex.from_frame(table, dataset.genes)
        keys = self.pairs.keys(self.n_genes)
        order = np.argsort(keys)
        self.keys = keys[order]
        self.label = table[LABEL].to_numpy(np.int8)[order]
        self.fold = table[FOLD].to_numpy(np.int8)[order]
        self.positive = self.pairs.take(table[LABEL].to_numpy(np.int8) == 1)

    def of(self, tf: Indices, target: Indices) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
        """Return label and fold of the pairs [P]; UNLABELLED twice where they have none."""
        keys = tf * self.n_genes + target
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[place] == keys
        label, fold = (np.where(known, values[place], UNLABELLED).astype(np.int8) for values in (self.label, self.fold))
        return label, fold
