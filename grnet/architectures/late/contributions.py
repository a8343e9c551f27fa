"""What RNA, images and both together add to the logits of late interaction: exactly what its models add up.

The RNA part is divided further by Shapley values (Shapley 1953, doi:10.1515/9781400881970-018) over three groups of
inputs; a group that is left out takes the values of the average training pair, which are 0 once standardised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.late.arrays import GeneCodes
from grnet.architectures.late.first_layer import FirstLayer
from grnet.architectures.late.network import LateInteraction
from grnet.features.similar_pairs import PairLabels, SimilarPairContext
from grnet.schema.arrays import Bools, Float64
from grnet.schema.evidence import EXACT, Contributions
from grnet.schema.features import by_similar_pairs
from grnet.schema.genes import PairIndex

if TYPE_CHECKING:
    from grnet.architectures.late.scorer import LateScorer

LISTED_AT_ONCE = 256
"""Pairs that are looked at together: few enough for a processor's cache to hold their sums over known edges."""
TYPICAL = "a typical pair"
GROUPS = ("co-expression", "labelled pairs of similar genes", "the two genes' own levels")
"""Groups of inputs of the RNA tower, in the order of the addends that stand for them."""


@dataclass(frozen=True)
class LateParts:
    """What each of M models adds up for each of P pairs.

    Attributes
    ----------
    rna, image, joint : float array [M, P]
        They add up to the logit: image and joint are weighted by trust where the pair has both modalities.
    details : float array [4, M, P]
        What `rna` consists of: TYPICAL, then GROUPS; 0 where the pair has no RNA.
    """

    rna: Float64
    image: Float64
    joint: Float64
    details: Float64


def divide_late(scorer: LateScorer, explained: ExplainedPairs) -> list[Contributions]:
    """Return the contributions of late interaction for each pair, averaged over its judges.

    Parameters
    ----------
    scorer : LateScorer
    explained : ExplainedPairs
    """
    parts = work_out_parts(scorer, explained.pairs, explained.judges)
    rna, image, joint = (explained.average(values) for values in (parts.rna, parts.image, parts.joint))
    details = np.stack([explained.average(values) for values in parts.details])  # [4, P]
    return [
        Contributions(
            EXACT,
            baseline=0.0,
            rna=float(rna[place]),
            image=float(image[place]),
            interaction=float(joint[place]),
            details=dict(zip((TYPICAL, *GROUPS), map(float, of_pair), strict=True)) if of_pair.any() else {},
        )
        for place, of_pair in enumerate(details.T)
    ]


def work_out_parts(scorer: LateScorer, pairs: PairIndex, judges: Bools) -> LateParts:
    """Return what each model adds up for the pairs that it judges, in float32 whatever the precision of the scoring is.

    Parameters
    ----------
    scorer : LateScorer
    pairs : PairIndex
    judges : bool array [M, P]
        Where it is False, parts are 0.
    """
    device = scorer.device
    values = np.zeros((4 + len(GROUPS), *judges.shape))
    with torch.inference_mode():
        for member, (model, judged) in enumerate(zip(scorer.ensemble.models, judges, strict=True)):
            own = pairs.take(judged)
            tf, target = (torch.from_numpy(genes).to(device) for genes in (own.tf, own.target))
            values[:, member, judged] = _add_up(scorer, model, tf, target).double().cpu().numpy()
    return LateParts(values[0], values[1], values[2], values[3:])


def context_of_pairs(scorer: LateScorer, tf: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Return the context of listed pairs, float32 [P, F], for each measurement that the models look at."""
    return {name: table.of_pairs(tf, target) for name, table in scorer.tables.items()}


def _add_up(scorer: LateScorer, model: LateInteraction, tf: Tensor, target: Tensor) -> Tensor:
    """Return rna, image and joint as the model adds them up, and the four details of rna: [7, P]."""
    genes, places = torch.unique(torch.cat([tf, target]), return_inverse=True)
    codes = model.encode(scorer.genes.take(genes))
    rows, columns = places[: len(tf)], places[len(tf) :]
    similar = SimilarPairContext(scorer.tables, PairLabels(*model.labelled))
    parts = []
    for row, column in zip(rows.split(LISTED_AT_ONCE), columns.split(LISTED_AT_ONCE), strict=True):
        context = context_of_pairs(scorer, genes[row], genes[column])
        context |= similar.of_pairs(genes[row], genes[column])
        of_tf, of_target = codes.take(row), codes.take(column)
        logits = model(context, of_tf, of_target)
        weight = torch.where(logits.has_rna & logits.has_image, model.trust, 1.0)
        details = torch.zeros(1 + len(GROUPS), len(row), device=row.device)
        if "rna" in model.modalities:
            details = divide_rna(model, context, of_tf, of_target) * logits.has_rna
        added = torch.stack([logits.rna, weight * logits.image, weight * logits.joint])
        parts.append(torch.cat([added, details]))
    return torch.cat(parts, dim=1) if parts else torch.zeros(4 + len(GROUPS), 0)


def divide_rna(model: LateInteraction, context: Mapping[str, Tensor], tf: GeneCodes, target: GeneCodes) -> Tensor:
    """Divide the logit of the RNA tower: that of a typical pair, and Shapley values of GROUPS.

    Parameters
    ----------
    model : LateInteraction
    context : mapping of str to float32 tensor [P, F]
    tf, target : GeneCodes
        Of P TFs and P targets.

    Returns
    -------
    float32 tensor [4, P]
        They add up to the logit.
    """
    tower = model.tower("rna")
    layer = FirstLayer(tower)
    shared = {name: tf.present[name] & target.present[name] for name in tower.names}
    of_context = [layer.add_context(name, context[name], shared[name]) for name in tower.names]
    groups = (
        torch.stack(of_context).sum(dim=0),
        torch.stack([layer.add_similar(name, context[by_similar_pairs(name)]) for name in tower.names]).sum(dim=0),
        tf.tf["rna"] + target.target["rna"],
    )
    bare = layer.add_flags(shared)
    every = range(len(groups))
    worth: dict[tuple[int, ...], Tensor] = {}
    for size in range(len(groups) + 1):
        for kept in combinations(every, size):
            hidden = tower.rest(sum((groups[group] for group in kept), bare))
            worth[kept] = tower.out(hidden).squeeze(-1)
    return torch.stack([worth[()], *(_shapley(worth, group, len(groups)) for group in every)])


def _shapley(worth: Mapping[tuple[int, ...], Tensor], player: int, n_players: int) -> Tensor:
    """Return the Shapley value of a player from the worth of every set of players (sorted)."""
    total = torch.zeros_like(worth[()])
    for others, value in worth.items():
        if player not in others:
            weight = factorial(len(others)) * factorial(n_players - len(others) - 1) / factorial(n_players)
            total = total + weight * (worth[tuple(sorted((*others, player)))] - value)
    return total
