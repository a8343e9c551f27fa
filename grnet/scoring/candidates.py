"""Every candidate pair of a run, scored in blocks → score shards and their manifest.

A candidate is a TF with any other gene, where both share a measurement that the model looks at. An unlabelled
candidate gets the mean logit of all fold models; a labelled pair gets the one model that did not see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from grnet.dataset.directory import Dataset
from grnet.features.build import build_features
from grnet.features.pairs import ContextTable, context_tables, correlations
from grnet.models.arrays import GeneCodes, GeneInputs
from grnet.models.device import choose_device
from grnet.models.late import LateInteraction
from grnet.models.run_folder import Run
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
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

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
UNLABELLED = -1
TILE_PAIRS = {"cpu": 2048, "cuda": 262_144}
"""Most pairs that go through the models at a time: what stays in a processor's cache, or fills a GPU."""


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


class BlockScorer:
    """Scores blocks of TFs × targets with all fold models; every gene is encoded once, when it is made.

    Parameters
    ----------
    models : list of LateInteraction
        K fold models on one device, in evaluation mode.
    features : GeneFeatures
    device : torch.device
    """

    def __init__(self, models: list[LateInteraction], features: GeneFeatures, device: torch.device) -> None:
        self.models, self.device = models, device
        self.modalities = models[0].modalities
        self.tables: dict[str, ContextTable] = context_tables(features, models[0].config.modality, device)
        self.has_image = features.present("image")
        genes = GeneInputs.from_features(features, device)
        with torch.inference_mode():
            self.codes: list[GeneCodes] = [model.encode(genes) for model in models]

    def score(self, tf: Indices, target: Indices) -> Floats:
        """Return the logits of every pair of a block from every fold model.

        Parameters
        ----------
        tf : int64 array [T]
        target : int64 array [N]

        Returns
        -------
        float32 array [K, T, N]
        """
        scores = np.empty((len(self.models), len(tf), len(target)), dtype=np.float32)
        for modalities, rows, columns in self._divide(tf, target):
            for tile in self._tile(len(rows), len(columns)):
                row, column = rows[tile[0]], columns[tile[1]]
                scores[:, row[:, None], column] = self._score_tile(modalities, tf[row], target[column])
        return scores

    def _divide(self, tf: Indices, target: Indices) -> Iterator[tuple[tuple[str, ...], Indices, Indices]]:
        """Yield parts of a block as positions, with the modalities to look at: images where both genes have any."""
        if self.modalities != ("rna", "image"):
            yield self.modalities, np.arange(len(tf)), np.arange(len(target))
            return
        for tf_has in (False, True):
            for target_has in (False, True):
                rows = np.flatnonzero(self.has_image[tf] == tf_has)
                columns = np.flatnonzero(self.has_image[target] == target_has)
                if len(rows) and len(columns):
                    yield (self.modalities if tf_has and target_has else ("rna",)), rows, columns

    def _tile(self, n_rows: int, n_columns: int) -> Iterator[tuple[slice, slice]]:
        """Yield slices that cover n_rows × n_columns in tiles of at most TILE_PAIRS pairs."""
        largest = TILE_PAIRS[self.device.type]
        width = min(n_columns, largest)
        height = max(largest // width, 1)
        for top in range(0, n_rows, height):
            for left in range(0, n_columns, width):
                yield slice(top, top + height), slice(left, left + width)

    def _score_tile(self, modalities: tuple[str, ...], tf: Indices, target: Indices) -> Floats:
        rows, columns = (torch.from_numpy(index).to(self.device) for index in (tf, target))
        with torch.inference_mode():
            context = {
                name: table.of_block(rows, columns)
                for name, table in self.tables.items()
                if any(name in self.models[0].shape.measurements(modality) for modality in modalities)
            }
            logits = []
            for model, codes in zip(self.models, self.codes, strict=True):
                chosen = codes.only(modalities)
                logits.append(model(context, chosen.take(rows), chosen.take(columns), block=True).total)
            scores: Floats = torch.stack(logits).cpu().numpy()
        return scores


class _Labels:
    """Labels and folds of the labelled pairs, looked up for a block of candidates."""

    def __init__(self, run: Run, dataset: Dataset) -> None:
        table = run.out_of_fold
        self.n_genes = len(dataset.genes)
        keys = PairIndex.from_frame(table, dataset.genes).keys(self.n_genes)
        order = np.argsort(keys)
        self.keys = keys[order]
        self.label = table[LABEL].to_numpy(np.int8)[order]
        self.fold = table[FOLD].to_numpy(np.int8)[order]

    def of(self, tf: Indices, target: Indices) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
        """Return label and fold of the pairs [P]; UNLABELLED where a pair has none."""
        keys = tf * self.n_genes + target
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[place] == keys
        label = np.where(known, self.label[place], UNLABELLED).astype(np.int8)
        return label, np.where(known, self.fold[place], UNLABELLED).astype(np.int8)


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
    features = build_features(dataset)
    run.check_features(features)
    scorer = BlockScorer(run.load_models(chosen), features, chosen)
    labels = _Labels(run, dataset)
    tfs, everything = dataset.genes.tfs, np.arange(len(dataset.genes), dtype=np.int64)
    n_rows = max(batch_pairs // max(len(everything), 1), 1)
    columns = np.array_split(everything, max(-(-len(everything) // batch_pairs), 1))
    shards, n_candidates = [], 0
    with progress.track("scoring", len(tfs) * (len(everything) - 1), "pairs") as advance:
        for number, rows in enumerate(np.array_split(tfs, -(-len(tfs) // n_rows))):
            parts = [_score_block(scorer, run, labels, features, rows, part, dataset) for part in columns]
            shard = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
            name = f"part-{number:05d}.parquet"
            write_table(shard, folder / name, SCORES)
            shards.append(name)
            n_candidates += len(shard)
            advance(len(rows) * (len(everything) - 1))
    summary = ScoringSummary(
        n_tfs=len(tfs),
        n_genes=len(everything),
        n_candidates=n_candidates,
        n_unscorable=len(tfs) * (len(everything) - 1) - n_candidates,
        shards=tuple(shards),
        device=str(chosen),
    )
    write_json(summary.to_json(), folder / "manifest.json")
    return summary


def _score_block(
    scorer: BlockScorer,
    run: Run,
    labels: _Labels,
    features: GeneFeatures,
    rows: Indices,
    columns: Indices,
    dataset: Dataset,
) -> pd.DataFrame:
    """Return the SCORES table of one block, TF by TF, without self pairs and pairs that share no measurement."""
    logits = scorer.score(rows, columns).reshape(len(scorer.models), -1)  # [K, T N]
    tf, target = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
    wanted = (tf != target) & features.scorable(run.model_config.modality, tf, target)
    logits, tf, target = logits[:, wanted], tf[wanted], target[wanted]
    label, fold = labels.of(tf, target)
    labelled = fold != UNLABELLED
    score = logits.mean(axis=0, dtype=np.float64)
    score[labelled] = logits[fold[labelled], np.flatnonzero(labelled)]
    spread = run.calibration.apply(logits).std(axis=0)
    spread[labelled] = 0.0
    symbols = np.asarray(dataset.genes.symbols, dtype=object)
    return pd.DataFrame(
        {
            TF: symbols[tf],
            TARGET: symbols[target],
            SCORE: score.astype(np.float32),
            PROBABILITY: run.calibration.apply(score).astype(np.float32),
            SPREAD: spread.astype(np.float32),
            CORRELATION: correlations(features, PairIndex(tf, target))[0].astype(np.float32),
            LABEL: pd.arrays.IntegerArray(label, ~labelled),
        }
    )
