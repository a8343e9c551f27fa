"""What each source adds to the logits of late interaction: exactly what its models add up.

What the RNA tower says is divided further by Shapley values (Shapley 1953, doi:10.1515/9781400881970-018) over three
groups of inputs; a group that is left out takes the values of the average training pair, which are 0 once standardised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from grnet.architectures.late.label_context import LabelContext
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.parts import Part, find_pattern
from grnet.architectures.threads import map_in_threads
from grnet.schema.arrays import Bools, Float64
from grnet.schema.evidence import EXACT, Contributions
from grnet.schema.features import by_kernel, by_similar_pairs
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
    parts : tuple of Part
    base : float array [M, P]
    weighted : float array [parts, M, P]
        With the base they add up to the logit.
    details : float array [4, M, P]
        What the RNA tower consists of: TYPICAL, then GROUPS; 0 where the pair has no RNA.
    """

    parts: tuple[Part, ...]
    base: Float64
    weighted: Float64
    details: Float64


def divide_late(scorer: LateScorer, explained: ExplainedPairs) -> list[Contributions]:
    """Return the contributions of late interaction for each pair, averaged over its judges.

    Parameters
    ----------
    scorer : LateScorer
    explained : ExplainedPairs
    """
    found = work_out_parts(scorer, explained.pairs, explained.judges)
    base = explained.average(found.base)
    weighted = np.stack([explained.average(values) for values in found.weighted])  # [parts, P]
    details = np.stack([explained.average(values) for values in found.details])  # [4, P]
    of_modality = {
        name: weighted[[part.modality == name for part in found.parts]].sum(axis=0) for name in ("rna", "image", "")
    }
    return [
        Contributions(
            EXACT,
            baseline=float(base[place]),
            rna=float(of_modality["rna"][place]),
            image=float(of_modality["image"][place]),
            network=float(of_modality[""][place]),
            details=_name_details(found.parts, float(base[place]), details[:, place], weighted[:, place]),
        )
        for place in range(len(base))
    ]


def _name_details(parts: Sequence[Part], base: float, details: Float64, weighted: Float64) -> dict[str, float]:
    """Return what the baseline and RNA consist of; empty where a pair has no RNA."""
    of_kernels = {
        part.measurement: float(value)
        for part, value in zip(parts, weighted, strict=True)
        if part.source == "kernel" and part.modality == "rna"
    }
    if not details.any() and not any(of_kernels.values()):
        return {}
    named = dict(zip((TYPICAL, *GROUPS), map(float, details), strict=True))
    named[TYPICAL] += base
    return named | {by_kernel(name): value for name, value in of_kernels.items()}


def work_out_parts(scorer: LateScorer, pairs: PairIndex, judges: Bools) -> LateParts:
    """Return what each model adds up for the pairs that it judges, in float32 whatever the precision of the scoring is.

    Parameters
    ----------
    scorer : LateScorer
    pairs : PairIndex
    judges : bool array [M, P]
        Where it is False, parts are 0.
    """
    parts, models = scorer.ensemble.parts, scorer.ensemble.models
    values = np.zeros((1 + len(parts) + 1 + len(GROUPS), *judges.shape))

    def ask(member: int) -> Float64:
        own = pairs.take(judges[member])
        tf, target = (torch.from_numpy(genes).to(scorer.device) for genes in (own.tf, own.target))
        with torch.inference_mode():
            found: Float64 = _add_up(scorer, models[member], tf, target).double().cpu().numpy()
        return found

    for member, found in enumerate(map_in_threads(ask, range(len(models)), threads=scorer.threads)):
        values[:, member, judges[member]] = found
    return LateParts(parts, values[0], values[1 : 1 + len(parts)], values[1 + len(parts) :])


def context_of_pairs(scorer: LateScorer, tf: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Return the context of listed pairs, float32 [P, F], for each measurement that the models look at."""
    return {name: table.of_pairs(tf, target) for name, table in scorer.tables.items()}


def _add_up(scorer: LateScorer, model: LateInteraction, tf: Tensor, target: Tensor) -> Tensor:
    """Return the base and the weighted parts, then the four details of the RNA tower: [1 + parts + 4, P]."""
    genes, places = torch.unique(torch.cat([tf, target]), return_inverse=True)
    codes = model.encode(scorer.genes.take(genes))
    rows, columns = places[: len(tf)], places[len(tf) :]
    said = LabelContext(model, scorer.tables, scorer.kernels)
    pieces = []
    for row, column in zip(rows.split(LISTED_AT_ONCE), columns.split(LISTED_AT_ONCE), strict=True):
        context = context_of_pairs(scorer, genes[row], genes[column])
        context |= said.of_pairs(genes[row], genes[column])
        of_tf, of_target = codes.take(row), codes.take(column)
        logits = model(context, of_tf, of_target)
        details = torch.zeros(1 + len(GROUPS), len(row), device=row.device)
        if "rna" in model.modalities:
            tower = model.parts.index(Part("tower", "rna"))
            counts = model.weights[find_pattern(logits.has_rna, logits.has_image), tower]
            details = divide_rna(model, context, of_tf, of_target) * counts * logits.has_rna
        base = logits.total - logits.weighted.sum(dim=0)
        pieces.append(torch.cat([base[None], logits.weighted, details]))
    return torch.cat(pieces, dim=1) if pieces else torch.zeros(2 + len(model.parts) + len(GROUPS), 0)


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
