"""The known edges that are most like a pair, among the training pairs of the models that score it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch

from grnet.architectures.run_folder import Run
from grnet.explanation.listed_pairs import ListedPairs
from grnet.features.pairs import expression_similarity
from grnet.schema.arrays import UNLABELLED, Bools, Float32, Indices
from grnet.schema.evidence import NearKnownEdge
from grnet.schema.genes import PairIndex
from grnet.schema.tables import FOLD, LABEL
from grnet.scoring.candidates import Candidates

MOST = 5
VALUES_AT_ONCE = 2**22


def find_near(candidates: Candidates, run: Run, judged: ListedPairs) -> list[tuple[NearKnownEdge, ...]]:
    """Return for each pair up to MOST known positive edges, the most alike first.

    Two edges are alike by r(TF, TF') · r(target, target'), where both are above 0; r is the Pearson correlation of
    expression, and 1 for the same gene. A labelled pair looks at the edges of the other folds only, and no pair at
    itself or its reverse.
    """
    positive = run.out_of_fold[LABEL].to_numpy(np.int8) == 1
    known, folds = candidates.known.positive, run.out_of_fold[FOLD].to_numpy(np.int8)[positive]
    if not len(known):
        return [()] * len(judged.pairs)
    step, similarity = max(VALUES_AT_ONCE // len(known), 1), expression_similarity(candidates.features)
    found: list[tuple[NearKnownEdge, ...]] = []
    for start in range(0, len(judged.pairs), step):
        rows = np.arange(start, min(start + step, len(judged.pairs)))
        pairs = judged.pairs.take(rows)
        alike = [_compare(similarity, *genes) for genes in ((pairs.tf, known.tf), (pairs.target, known.target))]
        itself = pairs.unordered_keys(candidates.n_genes)[:, None] == known.unordered_keys(candidates.n_genes)
        own_fold = judged.scored.fold[rows, None]
        unseen = ~itself & ((own_fold == UNLABELLED) | (own_fold != folds))
        found += _take_nearest(known, candidates.symbols, alike, unseen)
    return found


def _take_nearest(
    known: PairIndex, symbols: npt.NDArray[np.object_], alike: list[Float32], allowed: Bools
) -> list[tuple[NearKnownEdge, ...]]:
    """Return the nearest edges of each pair from how alike TFs and targets are, [P, E] each."""
    score = np.where(allowed & (alike[0] > 0) & (alike[1] > 0), alike[0] * alike[1], np.float32(0.0))
    found = []
    for row, best in enumerate(find_largest(score, MOST)):
        names = ((str(symbols[known.tf[edge]]), str(symbols[known.target[edge]])) for edge in best)
        sizes = ((float(alike[0][row, edge]), float(alike[1][row, edge])) for edge in best)
        found.append(tuple(NearKnownEdge(*name, *size) for name, size in zip(names, sizes, strict=True)))
    return found


def find_largest(values: Float32, most: int) -> Iterator[Indices]:
    """Yield the places of the values above 0 of each row, the largest first, equals in their order, at most so many.

    Parameters
    ----------
    values : float32 array [P, E]
    most : int
    """
    lowest = torch.from_numpy(values).topk(min(most, values.shape[1])).values[:, -1:].numpy()
    for row, may_be in zip(values, (values >= lowest) & (values > 0), strict=True):
        places = np.flatnonzero(may_be)  # a few; more where many equal the last of them
        yield places[np.argsort(-row[places], kind="stable")[:most]]


def _compare(similarity: Callable[[Indices, Indices], Float32] | None, genes: Indices, others: Indices) -> Float32:
    """Return r of genes [P] with others [E], [P, E]; 1 for the same gene, 0 where one has no expression."""
    r = np.zeros((len(genes), len(others)), dtype=np.float32)
    if similarity is not None:
        rows, place = np.unique(genes, return_inverse=True)
        columns, places = np.unique(others, return_inverse=True)
        r = similarity(rows, columns)[place[:, None], places]
    r[genes[:, None] == others] = 1.0
    return r
