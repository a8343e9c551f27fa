"""The known edges that are most like a pair, among those that its judges were trained on."""

from __future__ import annotations

import numpy as np

from grnet.explanation.judges import JudgedPairs
from grnet.features.pairs import expression_similarity
from grnet.models.run_folder import Run
from grnet.schema.evidence import NearKnownEdge
from grnet.schema.features import Float32
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
    step = max(VALUES_AT_ONCE // len(known), 1)
    starts = range(0, len(judged.pairs), step)
    return [found for start in starts for found in _near_some(candidates, judged, (known, folds), start, step)]


def _near_some(
    candidates: Candidates, judged: JudgedPairs, edges: tuple[PairIndex, np.ndarray], start: int, step: int
) -> list[tuple[NearKnownEdge, ...]]:
    known, folds = edges
    pairs, own_fold = judged.pairs.take(np.arange(start, min(start + step, len(judged.pairs)))), judged.scored.fold
    own_fold = own_fold[start : start + step]
    alike = [_compare(candidates, *genes) for genes in ((pairs.tf, known.tf), (pairs.target, known.target))]
    score = np.where((alike[0] > 0) & (alike[1] > 0), alike[0] * alike[1], 0.0)  # [P, E]
    n_genes = candidates.n_genes
    itself = pairs.unordered_keys(n_genes)[:, None] == known.unordered_keys(n_genes)
    score[itself | ((own_fold[:, None] == folds) & (own_fold != UNLABELLED)[:, None])] = 0.0
    result = []
    for row, of_pair in enumerate(score):
        best = np.argsort(-of_pair, kind="stable")[:MOST]
        names = candidates.symbols
        result.append(
            tuple(
                NearKnownEdge(
                    str(names[known.tf[edge]]),
                    str(names[known.target[edge]]),
                    float(alike[0][row, edge]),
                    float(alike[1][row, edge]),
                )
                for edge in best
                if of_pair[edge] > 0
            )
        )
    return result


def _compare(candidates: Candidates, genes: Indices, others: Indices) -> Float32:
    """Return r of genes [P] with others [E], [P, E]; 1 for the same gene, 0 where one has no expression."""
    similarity = expression_similarity(candidates.features)
    r = np.zeros((len(genes), len(others)), dtype=np.float32)
    if similarity is not None:
        rows, place = np.unique(genes, return_inverse=True)
        columns, places = np.unique(others, return_inverse=True)
        r = similarity(rows, columns)[place[:, None], places]
    r[genes[:, None] == others] = 1.0
    return r
