"""Boosted and randomised trees: what the RNA head of late interaction learns from.

Trees make sharp cuts in correlations and backgrounds from a few thousand labelled pairs where networks blur them, but
they cannot score every pair of a genome. So they are fitted on the labelled pairs, say what they think of any number of
candidates, and a small network learns that (distillation: Hinton, Vinyals & Dean 2015, arXiv:1503.02531).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.special import expit
from threadpoolctl import threadpool_limits

from grnet.architectures.late.labelled_pairs import LabelledPairs, RnaInputs
from grnet.features.similar_pairs import HIDDEN, Hidden
from grnet.schema.arrays import Float32, Float64, Indices, Int8
from grnet.schema.features import by_similar_pairs

if TYPE_CHECKING:  # scoring imports this module too, and scikit-learn takes half a second
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

SMALLEST_SHARE = 0.03
"""Of the candidates that are in a situation (such as: no known edges of the TF), to have trees of their own."""
LARGEST_LOGIT = 7.0
MOST_ROUNDS, RATE_OF_ROUNDS = 200, 0.06
BINS = 31
"""That a feature is cut at: more of them cost more than they tell where a leaf has some hundred pairs."""
RANDOMISED_TREES = 50
ROWS = 1024
"""That boosted trees judge at a time: more do not stay in the cache between one tree and the next."""


@dataclass(frozen=True)
class Trees:
    """Two ensembles whose probabilities are averaged."""

    boosted: HistGradientBoostingClassifier
    randomised: ExtraTreesClassifier

    @classmethod
    def fit(cls, table: Float32, labels: Int8, *, seed: int) -> Trees:
        """Fit on rows [P, F] with labels [P] of both classes."""
        from sklearn.ensemble import ExtraTreesClassifier

        boosted = boost(len(labels), seed=seed).fit(table, labels)
        randomised = ExtraTreesClassifier(
            n_estimators=RANDOMISED_TREES, min_samples_leaf=3, max_features=0.1, random_state=seed, n_jobs=1
        ).fit(table, labels)
        return cls(boosted, randomised)

    def predict(self, table: Float32) -> Float64:
        """Return the probability of each row [P]."""
        boosted = expit(score_boosted(self.boosted, table))
        mean: Float64 = (boosted + self.randomised.predict_proba(table)[:, 1]) / 2
        return mean


def score_boosted(trees: HistGradientBoostingClassifier, table: Float32) -> Float64:
    """Return the logits of boosted trees for rows [P, F]: float64 [P]."""
    blocks = [trees.decision_function(table[start : start + ROWS]) for start in range(0, len(table), ROWS)]
    logits: Float64 = np.concatenate(blocks) if blocks else np.zeros(0)
    return logits


def boost(n_pairs: int, *, seed: int) -> HistGradientBoostingClassifier:
    """Return unfitted boosted trees for a number of labelled pairs; few pairs bear few cuts."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=int(np.clip(n_pairs // 8, 25, MOST_ROUNDS)),
        learning_rate=RATE_OF_ROUNDS,
        max_bins=BINS,
        max_leaf_nodes=10,
        min_samples_leaf=20,
        l2_regularization=10.0,
        max_features=0.3,
        early_stopping=False,
        random_state=seed,
    )


class Teacher:
    """Trees for each situation that candidates are in: a TF, a target, both or neither without known edges.

    A candidate whose TF has no known edge is judged by trees that were fitted with all known edges of the pair's own TF
    hidden, so a gene without known edges is nothing new to them.

    Parameters
    ----------
    inputs : RnaInputs
    tf, target : int64 arrays [P]
        Labelled pairs to learn from.
    labels : int8 array [P]
        Of both classes.
    situations : tuple of {"pair", "tf", "target", "both"}
        Those to fit trees for.
    seed : int
    """

    def __init__(
        self,
        inputs: RnaInputs,
        tf: torch.Tensor,
        target: torch.Tensor,
        labels: Int8,
        situations: tuple[Hidden, ...],
        *,
        seed: int,
    ) -> None:
        self.inputs = inputs
        context = inputs.context_of(tf, target)
        tables = []
        for hidden in situations:
            context |= inputs.similar.of_pairs(tf, target, hidden=hidden)
            tables.append(tabulate(inputs, context, tf, target))
        with threadpool_limits(1):
            self.trees = {
                name: Trees.fit(table, labels, seed=seed) for name, table in zip(situations, tables, strict=True)
            }

    def predict(self, context: dict[str, torch.Tensor], tf: torch.Tensor, target: torch.Tensor) -> Float64:
        """Return the probability that the trees of each pair's situation give it, [P]."""
        table = tabulate(self.inputs, context, tf, target)
        situation = np.asarray(self.inputs.situations_of(tf, target))
        probability = np.empty(len(table))
        for number, hidden in enumerate(HIDDEN):
            rows = np.flatnonzero(situation == number)
            if len(rows):
                trees = self.trees[_nearest(hidden, tuple(self.trees))]
                with threadpool_limits(1):
                    probability[rows] = trees.predict(table[rows])
        return probability


def choose_situations(situation: Indices) -> tuple[Hidden, ...]:
    """Return the situations, numbers in HIDDEN [P], that enough candidates are in; at least the commonest."""
    share = np.bincount(situation, minlength=len(HIDDEN)) / max(len(situation), 1)
    chosen = tuple(name for name, part in zip(HIDDEN, share, strict=True) if part >= SMALLEST_SHARE)
    return chosen or (HIDDEN[int(share.argmax())],)


def _nearest(wanted: Hidden, fitted: tuple[Hidden, ...]) -> Hidden:
    """Return what is fitted for a situation, or for the one that hides most nearly the same."""
    hides = {"pair": (0, 0), "tf": (1, 0), "target": (0, 1), "both": (1, 1)}
    return min(fitted, key=lambda name: sum(a != b for a, b in zip(hides[name], hides[wanted], strict=True)))


def tabulate(inputs: RnaInputs, context: dict[str, torch.Tensor], tf: torch.Tensor, target: torch.Tensor) -> Float32:
    """Return the table of pairs that trees look at, float32 [P, F].

    All that the network is given, and for each transform |r| and the sums of the z-scores in both backgrounds, which a
    tree cannot form; with several measurements also which of them the pair has.
    """
    parts: list[torch.Tensor] = []
    shared = inputs.share(tf, target)
    for name in inputs.names:
        pair, level = context[name], inputs.level[name]  # [P, 5 M], [G, Q]
        r, z_tf, size_tf, z_target, size_target = pair.unflatten(1, (-1, 5)).unbind(dim=2)
        parts += [pair, r.abs(), z_tf + z_target, size_tf + size_target, level[tf], level[target]]
        parts.append(context[by_similar_pairs(name)])
        if len(inputs.names) > 1:
            parts.append(shared[name][:, None].to(pair.dtype))
    table: Float32 = torch.cat(parts, dim=1).cpu().numpy()
    return table


def score_honestly(data: LabelledPairs, rows: Indices, inputs: RnaInputs, *, seed: int, n_folds: int = 3) -> Float32:
    """Return logits of labelled pairs from boosted trees that did not see them or their reverse, float32 [P].

    What images can add is learnt beside these: beside the logits of a model that was fitted on the pairs
    themselves, little would be left to add. 0 for pairs that are not in `rows`.
    """
    tf, target = data.tf[rows], data.target[rows]
    context = inputs.context_of(tf, target)
    table, labels = tabulate(inputs, context, tf, target), data.labels[rows].cpu().numpy()
    _, group = np.unique(data.pairs.take(rows).unordered_keys(data.genes.n_genes), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(group.max() + 1)[group] % n_folds
    logits = np.zeros(len(data.pairs), dtype=np.float32)
    for number in range(n_folds):
        own = fold == number
        if not own.any() or len(np.unique(labels[~own])) < 2:
            continue
        with threadpool_limits(1):
            raw = boost(len(labels), seed=seed).fit(table[~own], labels[~own]).decision_function(table[own])
        logits[rows[own]] = np.clip(raw, -LARGEST_LOGIT, LARGEST_LOGIT)
    return logits
