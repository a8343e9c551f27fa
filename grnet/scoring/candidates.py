"""The candidates of a run: which pairs they are, and what its models say of any of them.

A candidate is a TF with any other gene, where the models have something to look at for the two. An unlabelled candidate
is judged by all members of the ensemble; a labelled pair by those of the one fold that did not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from threadpoolctl import threadpool_limits

from grnet.architectures.device import choose_device, free_cache, one_thread
from grnet.architectures.pair_scorer import PairScorer
from grnet.architectures.registry import find_architecture
from grnet.architectures.run_folder import Run
from grnet.architectures.threads import map_in_threads, threads_of
from grnet.dataset.directory import Dataset
from grnet.features.build import build_features
from grnet.schema.arrays import UNLABELLED, Bools, Float32, Indices, Int8
from grnet.schema.errors import TooLittleMemoryError
from grnet.schema.features import GeneFeatures
from grnet.schema.genes import PairIndex
from grnet.schema.tables import FOLD, LABEL
from grnet.schema.training_config import ScoringPrecision
from grnet.scores.shards import plan_shards
from grnet.scoring.memory import lacks_memory
from grnet.scoring.scorers import default_batch_pairs, make_scorer

PAIRS_AT_ONCE = 65_536
"""Listed pairs whose TFs and targets are scored together as one block."""


@dataclass(frozen=True)
class ScoredPairs:
    """Candidates with what the members of the ensemble say of them.

    Attributes
    ----------
    tf, target : int64 arrays [P]
    logits : float32 array [M, P]
    correlation : float32 array [P]
        Of their expression (Pearson); NaN where a gene has none.
    label, fold : int8 arrays [P]
        Of the training; UNLABELLED for all other candidates.
    """

    tf: Indices
    target: Indices
    logits: Float32
    correlation: Float32
    label: Int8
    fold: Int8

    @property
    def labelled(self) -> Bools:
        """Which pairs [P] were labelled in the training."""
        mask: Bools = self.fold != UNLABELLED
        return mask

    def of_unseen(self, values: npt.NDArray[Any], n_folds: int) -> npt.NDArray[Any]:
        """Return of `values` [M, P] those of the labelled pairs from the S members that did not see them, [S, L]."""
        by_fold = values[:, self.labelled].reshape(len(values) // n_folds, n_folds, int(self.labelled.sum()))
        return np.asarray(by_fold[:, self.fold[self.labelled], np.arange(by_fold.shape[2])])


def gather_features(run: Run, dataset: Dataset) -> GeneFeatures:
    """Return the features that the models of a run look at.

    They are the same bytes in every process, whatever the number of its threads.
    """
    threads = torch.get_num_threads()
    with one_thread(), threadpool_limits(1):
        return build_features(dataset, run.model_config.modality, threads=threads)


class Candidates:
    """The candidates of a run, and what its models say of them.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        The one that the run was trained on.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".
    precision : {"fp32", "bf16"}
        Of the products in the heads of late interaction.
    features : GeneFeatures, optional
        Those of `dataset`, where they are at hand.

    Raises
    ------
    FormatError
        The features of `dataset` have other sizes than those of the training.
    ConfigError
        The device is not here.
    """

    def __init__(
        self,
        run: Run,
        dataset: Dataset,
        *,
        device: str = "auto",
        precision: ScoringPrecision = "fp32",
        features: GeneFeatures | None = None,
    ) -> None:
        chosen = choose_device(device)
        self.device, self.tfs, self.n_folds = str(chosen), dataset.genes.tfs, run.folds
        self.features: GeneFeatures = features if features is not None else gather_features(run, dataset)
        self.threads = threads_of(chosen)
        with one_thread():
            self.scorer: PairScorer = make_scorer(run, dataset, self.features, chosen, precision=precision)
        self.take_threads(self.threads)
        self.costs = find_architecture(run.architecture).costs
        self.batch_pairs = default_batch_pairs(run, len(self.tfs), len(dataset.genes))
        self.known = _Labels(run, dataset)
        self.symbols = np.asarray(dataset.genes.symbols, dtype=object)
        self.n_genes = len(self.symbols)
        self.expression = _Expression(self.features)

    def take_threads(self, threads: int) -> None:
        """Let at most so many threads score listed pairs and explain them: each takes the memory of a block."""
        self.threads = self.scorer.threads = threads

    @cached_property
    def total(self) -> int:
        """How many candidates there are, counted block by block."""
        blocks = plan_shards(len(self.tfs), self.n_genes, self.batch_pairs)
        return sum(self.count(block.targets) for block in blocks)

    def count(self, targets: Indices) -> int:
        """Return how many candidates some targets have."""
        return int(self._are_candidates(self.tfs, targets).sum())

    def contain(self, pairs: PairIndex) -> Bools:
        """Return which listed pairs [P] are candidates."""
        found = np.zeros(len(pairs), dtype=bool)
        for tf in np.unique(pairs.tf):
            own = pairs.tf == tf
            found[own] = self._are_candidates(np.array([tf]), pairs.target[own])[0]
        return found & np.isin(pairs.tf, self.tfs)

    def correlations(self, targets: Indices) -> Float32:
        """Return the Pearson correlation of all candidates with some targets, float32 [P], TF by TF; NaN without."""
        return self.expression.correlate(self.tfs, targets)[self._are_candidates(self.tfs, targets)]

    def score_pairs(self, rows: Indices, columns: Indices) -> ScoredPairs:
        """Return the candidates among some TFs and some targets, TF by TF, with the logits of all members."""
        wanted = self._are_candidates(rows, columns)
        logits = self._score(rows, columns)[:, wanted]  # [M, P]
        tf, target = rows[np.nonzero(wanted)[0]], columns[np.nonzero(wanted)[1]]
        correlation = self.expression.correlate(rows, columns)[wanted]
        return ScoredPairs(tf, target, logits, correlation, *self.known.of(tf, target))

    def score_listed(
        self, pairs: PairIndex, *, tfs_at_once: int | None = None, advance: Callable[[int], None] | None = None
    ) -> tuple[Float32, Bools]:
        """Return the logits [M, P] of listed pairs from all members, and which [P] are candidates; NaN elsewhere.

        Parameters
        ----------
        pairs : PairIndex
        tfs_at_once : int, optional
            TFs that are scored together, with all targets that any of them has.
        advance : callable, optional
            Is told how many pairs were scored since it was called before.
        """
        logits = np.full((self.scorer.n_models, len(pairs)), np.nan, dtype=np.float32)
        found = np.zeros(len(pairs), dtype=bool)

        def score_some(block: _ListedBlock) -> int:
            found[block.pairs] = self._are_candidates(block.rows, block.columns)[block.place]
            logits[:, block.pairs] = self._score(block.rows, block.columns)[:, *block.place]
            return len(block.pairs)

        blocks = list(_divide_listed(pairs, tfs_at_once or self.costs.tfs_at_once))
        for done in map_in_threads(score_some, blocks, threads=self.threads):
            if advance is not None:
                advance(done)
        return logits, found

    def _score(self, rows: Indices, columns: Indices) -> Float32:
        """Return the logits [M, T, N] of a block, looked at in smaller parts where memory runs out.

        Raises
        ------
        TooLittleMemoryError
            Memory does not suffice for one pair at a time.
        """
        while True:
            try:
                with one_thread():  # several add up in another order
                    return self.scorer.score(rows, columns)
            except (RuntimeError, MemoryError) as error:
                if not lacks_memory(error):
                    raise
                if not self.scorer.take_less():
                    raise TooLittleMemoryError(
                        f"{self.device}: has not enough free memory to score candidates, even pair by pair; end other "
                        "programs that use it, or choose another --device"
                    ) from error
                free_cache(choose_device(self.device))

    def _are_candidates(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs of a block [T, N] are candidates."""
        wanted: Bools = (tf[:, None] != target) & self.scorer.scorable(tf, target)
        return wanted


@dataclass(frozen=True)
class _ListedBlock:
    """TFs and targets that are scored together, the positions of the listed pairs among them, and their places."""

    rows: Indices
    columns: Indices
    pairs: Indices
    place: tuple[Indices, Indices]


def _divide_listed(pairs: PairIndex, tfs_at_once: int) -> Iterator[_ListedBlock]:
    """Yield blocks that hold each of the listed pairs once."""
    tfs = np.unique(pairs.tf)
    for rows in np.array_split(tfs, max(-(-len(tfs) // tfs_at_once), 1)):
        of_rows = np.flatnonzero(np.isin(pairs.tf, rows))
        targets = np.unique(pairs.target[of_rows])
        for columns in np.array_split(targets, max(-(-len(targets) * len(rows) // PAIRS_AT_ONCE), 1)):
            own = of_rows[np.isin(pairs.target[of_rows], columns)]
            place = np.searchsorted(rows, pairs.tf[own]), np.searchsorted(columns, pairs.target[own])
            yield _ListedBlock(rows, columns, own, place)


class _Expression:
    """The Pearson correlation of the expression of TFs and targets."""

    def __init__(self, features: GeneFeatures) -> None:
        rna = features.of_modality("rna")
        self.rows = torch.from_numpy(rna[0].of_transform("pearson")) if rna else None
        self.present = rna[0].present if rna else np.zeros(features.n_genes, dtype=bool)

    def correlate(self, tf: Indices, target: Indices) -> Float32:
        """Return the correlation of every pair of a block, float32 [T, N]; NaN where a gene has no expression."""
        if self.rows is None:
            return np.full((len(tf), len(target)), np.nan, dtype=np.float32)
        r: Float32 = (self.rows[torch.from_numpy(tf)] @ self.rows[torch.from_numpy(target)].T).numpy()
        r[~(self.present[tf][:, None] & self.present[target])] = np.nan
        return r


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

    def of(self, tf: Indices, target: Indices) -> tuple[Int8, Int8]:
        """Return label and fold of the pairs [P]; UNLABELLED twice where they have none."""
        keys = tf * self.n_genes + target
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[place] == keys
        label, fold = (np.where(known, values[place], UNLABELLED).astype(np.int8) for values in (self.label, self.fold))
        return label, fold
