"""Every candidate pair of a run, scored in blocks → score shards and their manifest.

A candidate is a TF with any other gene, where both share a measurement that the model looks at. An unlabelled
candidate gets the mean logit of all fold models; a labelled pair gets the one model that did not see it, and its
out-of-fold probability, whose calibration did not see it either.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from grnet.dataset.directory import Dataset
from grnet.features.build import build_features
from grnet.features.pairs import correlations
from grnet.models.device import choose_device
from grnet.models.run_folder import Run
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
from grnet.scoring.blocks import BlockScorer

UNLABELLED = -1


@dataclass(frozen=True)
class ScoringSummary:
    """What was scored.

    Attributes
    ----------
    n_tfs, n_genes, n_candidates : int
    n_unscorable : int
        TF × gene pairs that share no measurement that the model looks at.
    shards : tuple of str
        File names.
    device : str
    """

    n_tfs: int
    n_genes: int
    n_candidates: int
    n_unscorable: int
    shards: tuple[str, ...]
    device: str

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for `manifest.json`."""
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
    batch_pairs: int = 65_536,
    device: str = "auto",
    progress: Progress = SILENT,
) -> ScoringSummary:
    """Score every candidate and write the shards `part-*.parquet` with `manifest.json` into an existing folder.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        The one that the run was trained on.
    folder : Path
    batch_pairs : int
        Most pairs of one shard; at least all targets of one TF.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".
    progress : Progress

    Raises
    ------
    FormatError
        The features of `dataset` have other sizes than those of the training.
    ConfigError
        The device is not here.
    """
    chosen = choose_device(device)
    candidates = _Candidates(run, dataset, chosen)
    tfs, n_genes = dataset.genes.tfs, len(dataset.genes)
    n_rows = max(batch_pairs // max(n_genes, 1), 1)
    shards, n_candidates = [], 0
    with progress.track("scoring", len(tfs) * (n_genes - 1), "pairs") as advance:
        for number, rows in enumerate(np.array_split(tfs, -(-len(tfs) // n_rows))):
            shard = candidates.score(rows, max_columns=batch_pairs)
            shards.append(f"part-{number:05d}.parquet")
            write_table(shard, folder / shards[-1], SCORES)
            n_candidates += len(shard)
            advance(len(rows) * (n_genes - 1))
    summary = ScoringSummary(
        n_tfs=len(tfs),
        n_genes=n_genes,
        n_candidates=n_candidates,
        n_unscorable=len(tfs) * (n_genes - 1) - n_candidates,
        shards=tuple(shards),
        device=str(chosen),
    )
    write_json(summary.to_json(), folder / "manifest.json")
    return summary


class _Candidates:
    """The candidates of a run: which pairs they are, and the table of scores of any block of them."""

    def __init__(self, run: Run, dataset: Dataset, device: torch.device) -> None:
        self.features = build_features(dataset)
        run.check_features(self.features)
        self.blocks = BlockScorer(run.load_models(device), self.features, device)
        self.labels = _Labels(run, dataset)
        self.modality, self.calibration = run.model_config.modality, run.calibration
        self.symbols = np.asarray(dataset.genes.symbols, dtype=object)

    def score(self, tfs: Indices, *, max_columns: int) -> pd.DataFrame:
        """Return the SCORES table of some TFs with all genes, at most `max_columns` genes at a time."""
        everything = np.arange(len(self.symbols), dtype=np.int64)
        parts = np.array_split(everything, max(-(-len(everything) // max_columns), 1))
        return pd.concat([self._score_block(tfs, part) for part in parts], ignore_index=True)

    def _score_block(self, rows: Indices, columns: Indices) -> pd.DataFrame:
        """Return the table of one block, TF by TF, without self pairs and pairs that share no measurement."""
        logits = self.blocks.score(rows, columns).reshape(len(self.blocks.models), -1)  # [K, T N]
        tf, target = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
        wanted = (tf != target) & self.features.scorable(self.modality, tf, target)
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
