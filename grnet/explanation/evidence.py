"""A run, its dataset and some pairs → the evidence for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from grnet.architectures.device import one_thread
from grnet.architectures.registry import find_architecture
from grnet.architectures.run_folder import Run
from grnet.dataset.directory import Dataset
from grnet.explanation.derived_correlations import correlate_versions
from grnet.explanation.gene_evidence import describe_genes, describe_measurements
from grnet.explanation.listed_pairs import ListedPairs, list_pairs
from grnet.explanation.notes import PairFacts, write_notes
from grnet.explanation.saliency import find_saliency
from grnet.explanation.similar_known_edges import find_near
from grnet.probability.calibration import CandidateCalibration
from grnet.schema.arrays import UNLABELLED, Float32
from grnet.schema.evidence import Contributions, Evidence, NearKnownEdge, PairEvidence, Places, Saliency
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates

ROUNDED = 0.002
"""Distance of a score from the sum of its parts that float32 does not explain."""


def explain_pairs(
    run: Run,
    dataset: Dataset,
    candidates: Candidates,
    calibration: CandidateCalibration,
    pairs: PairIndex,
    places: Sequence[Places],
    *,
    logits: Float32 | None = None,
    saliency: int | None = None,
) -> Evidence:
    """Gather the evidence for pairs.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        The one that the run was trained on.
    candidates : Candidates
        Of both.
    calibration : CandidateCalibration
        What makes probabilities of logits.
    pairs : PairIndex
        P pairs, all of them candidates, none twice.
    places : sequence of Places
        Where each pair stands among the candidates, see :func:`grnet.explanation.pair_places.place_pair`.
    logits : float32 array [M, P], optional
        What all members say of the pairs, where that is at hand.
    saliency : int, optional
        Work out where the models look for at most this many pairs, the first whose genes both have images; for all
        where it is not given.

    Raises
    ------
    InputError
        A pair is no candidate.
    """
    if len(places) != len(pairs):
        raise ValueError(f"expected a place for each of {len(pairs)} pairs, got {len(places)}")
    with one_thread(), threadpool_limits(1):
        judged = list_pairs(candidates, calibration, pairs, logits=logits)
        parts = candidates.scorer.find_contributions(judged.explained)
        near = find_near(candidates, run, judged)
        facts = PairFacts.gather(run, dataset, candidates, judged)
        looked_at = find_saliency(candidates, judged, facts.shows_pictures, dataset.views, most=saliency)
        notes = write_notes(facts, looked_at, candidates.scorer)
        versions = correlate_versions(dataset.measurements, pairs)
        found = [_Findings(*of_pair) for of_pair in zip(parts, places, near, looked_at, notes, versions, strict=True)]
        described = [_describe(judged, row, candidates, of_pair) for row, of_pair in enumerate(found)]
    return Evidence(
        measurements=describe_measurements(dataset),
        genes=describe_genes(dataset, np.unique(np.concatenate([pairs.tf, pairs.target]))),
        pairs={(pair.tf, pair.target): pair for pair in described},
        model=describe_model(run),
    )


def describe_model(run: Run) -> str:
    """Say in a few words what scored the pairs: "late interaction, RNA and images, 5 folds"."""
    name = find_architecture(run.architecture).title
    looks_at = {"rna": "RNA", "image": "images", "fused": "RNA and images"}[run.model_config.modality]
    seeds = f" × {run.seeds} seeds" if run.seeds > 1 else ""
    return f"{name}, {looks_at}, {run.folds} folds{seeds}"


@dataclass(frozen=True)
class _Findings:
    """What was found out about one pair beside its figures."""

    parts: Contributions
    places: Places
    near: tuple[NearKnownEdge, ...]
    saliency: Saliency | None
    notes: tuple[str, ...]
    correlations: dict[str, dict[str, float]]


def _describe(judged: ListedPairs, row: int, candidates: Candidates, found: _Findings) -> PairEvidence:
    """Put together what is known of one pair."""
    scored, figures = judged.scored, judged.figures
    label, fold = int(scored.label[row]), int(scored.fold[row])
    is_labelled = fold != UNLABELLED
    of_folds = tuple(
        None if is_labelled and number != fold else float(value)
        for number, value in enumerate(figures.of_folds[:, row])
    )
    return PairEvidence(
        tf=str(candidates.symbols[scored.tf[row]]),
        target=str(candidates.symbols[scored.target[row]]),
        label=label if is_labelled else None,
        fold=fold if is_labelled else None,
        score=float(figures.score[row]),
        probability=float(figures.probability[row]),
        spread=float(figures.spread[row]),
        seed_spread=_known(figures.seed_spread[row]),
        fold_probabilities=of_folds,
        correlation=_known(scored.correlation[row]),
        spearman=_known(judged.spearman[row]),
        contributions=found.parts,
        places=found.places,
        near=found.near,
        saliency=found.saliency,
        notes=(*found.notes, *_say_rounding(float(figures.score[row]), found.parts.score)),
        correlations=found.correlations,
    )


def _say_rounding(score: float, parts: float) -> tuple[str, ...]:
    """Return a note where the score was rounded more coarsely than its parts, which are always in float32."""
    if abs(score - parts) < ROUNDED:
        return ()
    return (
        f"The pair was scored in bfloat16: the parts, in float32, add up to {parts:.3f}, the score is {score:.3f}.",
    )


def _known(value: np.floating) -> float | None:
    """Return a number; None for NaN."""
    return None if np.isnan(value) else float(value)
