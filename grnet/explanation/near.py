"""The known edges that are most like a pair, among those that its judges were trained on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grnet.explanation.judges import JudgedPairs
from grnet.features.pairs import expression_similarity
from grnet.models.run_folder import Run
from grnet.schema.evidence import NearKnownEdge
from grnet.schema.features import Bools, Float32
from grnet.schema.genes import Indices, PairIndex
from grnet.schema.tables import FOLD, LABEL
from grnet.scoring.candidates import UNLABELLED, Candidates

MOST = 5
VALUES_AT_ONCE = 2**22


def find_near(candidates: Candidates, run: Run, judged: JudgedPairs) -> list[tuple[NearKnownEdge, ...]]:
    """Return for each pair up to MOST known positive edges, the most alike first.

    Two edges are alike by r(TF, TF') · r(target, target'), where both are above 0; r is the Pearson correlation of
    expression, and 1 for the same gene. A labelled pair looks at the edges of the other folds only, and no pair at
    itself or its reverse.
    """
    table = run.out_of_fold[run.out_of_fold[LABEL] == 1]
    position = {symbol: index for index, symbol in enumerate(candidates.symbols)}
    tf, target = (np.array([position[name] for name in table[column]], dtype=np.int64) for column in ("tf", "target"))
    known, folds = PairIndex(tf, target), table[FOLD].to_numpy(np.int8)
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
    score = np.where(allowed & (alike[0] > 0) & (alike[1] > 0), alike[0] * alike[1], 0.0)
    found = []
    for row, of_pair in enumerate(score):
        best = [edge for edge in np.argsort(-of_pair, kind="stable")[:MOST] if of_pair[edge] > 0]
        names = ((str(symbols[known.tf[edge]]), str(symbols[known.target[edge]])) for edge in best)
        sizes = ((float(alike[0][row, edge]), float(alike[1][row, edge])) for edge in best)
        found.append(tuple(NearKnownEdge(*name, *size) for name, size in zip(names, sizes, strict=True)))
    return found


def _compare(similarity: Callable[[Indices, Indices], Float32] | None, genes: Indices, others: Indices) -> Float32:
    """Return r of genes [P] with others [E], [P, E]; 1 for the same gene, 0 where one has no expression."""
    r = np.zeros((len(genes), len(others)), dtype=np.float32)
    if similarity is not None:
        rows, place = np.unique(genes, return_inverse=True)
        columns, places = np.unique(others, return_inverse=True)
        r = similarity(rows, columns)[place[:, None], places]
    r[genes[:, None] == others] = 1.0
    return r
