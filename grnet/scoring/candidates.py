"""Every candidate pair of a run, scored in blocks → score shards and their manifest.

A candidate is a TF with any other gene, where the models have something to look at for the two. An unlabelled candidate
gets the mean logit of all fold models; a labelled pair gets the one model that did not see it, and its out-of-fold
probability, whose calibration did not see it either. A shard appears when it is complete, so a scoring that was killed
can go on with the shards that are not there.
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
    SPREAD,
    TARGET,
    TF,
    write_table,
)
from grnet.scoring.pace import WORTH_TELLING, estimate_seconds, in_words
from grnet.scoring.scorers import PairScorer, default_batch_pairs, make_scorer
from grnet.scoring.shards import Shard, find_flaw, plan_shards

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


def score_candidates(
    run: Run,
    dataset: Dataset,
    folder: Path,
    *,
    batch_pairs: int | None = None,
    device: str = "auto",
    resume: bool = False,
    progress: Progress = SILENT,
) -> ScoringSummary:
    """Score every candidate and write the shards `part-*.parquet` with `manifest.json` into an existing folder.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        The one that the run was trained on.
    folder : Path
    batch_pairs : int or None
        Most pairs of one shard; at least all targets of one TF. None takes what suits the run's architecture.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".
    resume : bool
        Take over the shards that are in `folder` and whole: they must be of this run, dataset and `batch_pairs`.
    progress : Progress

    Raises
    ------
    FormatError
        The features of `dataset` have other sizes than those of the training.
    ConfigError
        The device is not here.
    """
    chosen = choose_device(device)
    features = build_features(dataset)
    candidates = _Candidates(run, dataset, features, make_scorer(run, dataset, features, chosen))
    batch, tfs, n_genes = batch_pairs or default_batch_pairs(run), dataset.genes.tfs, len(dataset.genes)
    planned = {shard: candidates.count(shard.tfs) for shard in plan_shards(tfs, n_genes, batch)}
    missing = _find_missing(planned, folder, progress) if resume else planned
    if missing:
        if progress is not SILENT:
            _tell_duration(candidates, missing, str(chosen), progress)
        with progress.track("scoring", sum(missing.values()), "pairs") as advance:
            for shard, n_rows in missing.items():
                write_table(candidates.score(shard.tfs, max_columns=batch), folder / shard.name, SCORES)
                advance(n_rows)
    summary = ScoringSummary(
        n_tfs=len(tfs),
        n_genes=n_genes,
        n_candidates=sum(planned.values()),
        n_unscorable=len(tfs) * (n_genes - 1) - sum(planned.values()),
        shards=tuple(shard.name for shard in planned),
        device=str(chosen),
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


def _tell_duration(candidates: _Candidates, missing: Mapping[Shard, int], device: str, progress: Progress) -> None:
    """Say how long scoring takes, where that is worth telling."""
    tfs, n_pairs = np.concatenate([shard.tfs for shard in missing]), sum(missing.values())
    seconds = estimate_seconds(candidates.score_block, tfs, candidates.n_genes, n_candidates=n_pairs)
    if seconds >= WORTH_TELLING:
        progress.say(f"scoring {n_pairs:,} pairs on {device} takes about {in_words(seconds)}")


class _Candidates:
    """The candidates of a run: which pairs they are, and the table of scores of any block of them."""

    def __init__(self, run: Run, dataset: Dataset, features: GeneFeatures, scorer: PairScorer) -> None:
        self.features, self.scorer = features, scorer
        self.labels = _Labels(run, dataset)
        self.calibration = run.calibration
        self.symbols = np.asarray(dataset.genes.symbols, dtype=object)
        self.n_genes = len(self.symbols)

    def count(self, tfs: Indices) -> int:
        """Return how many candidates some TFs have."""
        everything = np.arange(self.n_genes, dtype=np.int64)
        return int(self._are_candidates(np.repeat(tfs, self.n_genes), np.tile(everything, len(tfs))).sum())

    def score(self, tfs: Indices, *, max_columns: int) -> pd.DataFrame:
        """Return the SCORES table of some TFs with all genes, at most `max_columns` genes at a time."""
        everything = np.arange(self.n_genes, dtype=np.int64)
        parts = np.array_split(everything, max(-(-self.n_genes // max_columns), 1))
        return pd.concat([self.score_block(tfs, part) for part in parts], ignore_index=True)

    def _are_candidates(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] are candidates."""
        wanted: Bools = (tf != target) & self.scorer.scorable(tf, target)
        return wanted

    def score_block(self, rows: Indices, columns: Indices) -> pd.DataFrame:
        """Return the SCORES table of the candidates among some TFs and some targets, TF by TF."""
        logits = self.scorer.score(rows, columns).reshape(self.scorer.n_models, -1)  # [K, T N]
        tf, target = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
        wanted = self._are_candidates(tf, target)
        logits, tf, target = logits[:, wanted], tf[wanted], target[wanted]
        known = self.labels.of(tf, target)
        labelled = known.fold != UNLABELLED
        score = logits.mean(axis=0, dtype=np.float64)
        score[labelled] = logits[known.fold[labelled], np.flatnonzero(labelled)]
        probability = self.calibration.apply(score)
        probability[labelled] = known.probability[labelled]
        spread = self.calibration.apply(logits).std(axis=0)
        spread[labelled] = 0.0
        return pd.DataFrame(
            {
                TF: self.symbols[tf],
                TARGET: self.symbols[target],
                SCORE: score.astype(np.float32),
                PROBABILITY: probability.astype(np.float32),
                SPREAD: spread.astype(np.float32),
                CORRELATION: correlations(self.features, PairIndex(tf, target))[0].astype(np.float32),
                LABEL: pd.arrays.IntegerArray(known.label, ~labelled),
            }
        )


@dataclass(frozen=True)
class _Labelled:
    """What training says of pairs [P]: label, fold, out-of-fold probability; UNLABELLED twice and NaN for others."""

    label: npt.NDArray[np.int8]
    fold: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float64]


class _Labels:
    """The labelled pairs of a run, looked up for a block of candidates."""

    def __init__(self, run: Run, dataset: Dataset) -> None:
        table = run.out_of_fold
        self.n_genes = len(dataset.genes)
        keys = PairIndex.from_frame(table, dataset.genes).keys(self.n_genes)
        order = np.argsort(keys)
        self.keys = keys[order]
        self.label = table[LABEL].to_numpy(np.int8)[order]
        self.fold = table[FOLD].to_numpy(np.int8)[order]
        self.probability = table[PROBABILITY].to_numpy(np.float64)[order]

    def of(self, tf: Indices, target: Indices) -> _Labelled:
        """Return what is known of the pairs [P]."""
        keys = tf * self.n_genes + target
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[place] == keys
        return _Labelled(
            np.where(known, self.label[place], UNLABELLED).astype(np.int8),
            np.where(known, self.fold[place], UNLABELLED).astype(np.int8),
            np.where(known, self.probability[place], np.nan),
        )
