"""What a reader has to know of a pair's evidence: what is missing, and why. In short sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grnet.architectures.pair_scorer import PairScorer
from grnet.architectures.run_folder import Run
from grnet.dataset.directory import Dataset
from grnet.explanation.listed_pairs import ListedPairs
from grnet.schema.arrays import UNLABELLED, Bools
from grnet.schema.evidence import Saliency
from grnet.scoring.candidates import Candidates

NO_TRUST = "The models give images no weight (trust 0): they did not add to RNA in training."
LEFT_OUT = "Where the models look is left out for this pair, to save room."


@dataclass(frozen=True)
class PairFacts:
    """What notes are made of.

    Attributes
    ----------
    names : list of (TF, target)
    modality : {"rna", "image", "fused"}
        What the models look at.
    has_expression, has_image : bool arrays [2, P]
        Of the TF and of the target.
    shares_view : bool array [P]
    distrusted : bool array [P]
        Both modalities are there, and none of the judges gives images any weight.
    fold : int array [P]
        UNLABELLED for a pair without a label.
    label : int array [P]
    reverse_known : bool array [P]
        The reverse pair is a known edge.
    """

    names: list[tuple[str, str]]
    modality: str
    has_expression: Bools
    has_image: Bools
    shares_view: Bools
    distrusted: Bools
    fold: np.ndarray
    label: np.ndarray
    reverse_known: Bools

    @classmethod
    def gather(cls, run: Run, dataset: Dataset, candidates: Candidates, judged: ListedPairs) -> PairFacts:
        """Look the facts up."""
        tf, target = judged.pairs.tf, judged.pairs.target
        has_view = np.zeros((len(dataset.genes), len(dataset.views)), dtype=bool)
        for index, view in enumerate(dataset.views):
            has_view[dataset.image_gene[(dataset.image_table["view"] == view).to_numpy()], index] = True
        has_image: Bools = np.asarray(has_view.any(axis=1))
        has_expression = dataset.has_expression
        shares: Bools = np.asarray((has_view[tf] & has_view[target]).any(axis=1))
        return cls(
            names=[(str(candidates.symbols[a]), str(candidates.symbols[b])) for a, b in zip(tf, target, strict=True)],
            modality=run.model_config.modality,
            has_expression=np.stack([has_expression[tf], has_expression[target]]),
            has_image=np.stack([has_image[tf], has_image[target]]),
            shares_view=shares,
            distrusted=shares
            & has_expression[tf]
            & has_expression[target]
            & ~candidates.scorer.find_image_use(judged.explained),
            fold=judged.scored.fold,
            label=judged.scored.label,
            reverse_known=candidates.known.of(target, tf)[0] == 1,
        )

    @property
    def shows_images(self) -> Bools:
        """In the scores of which pairs [P] images take part."""
        shows: Bools = self.shares_view & ~self.distrusted
        return shows if self.modality != "rna" else np.zeros_like(shows)


def write_notes(facts: PairFacts, looked_at: Sequence[Saliency | None], scorer: PairScorer) -> list[tuple[str, ...]]:
    """Return the notes on each pair."""
    notes = [_note(facts, row, seen) for row, seen in enumerate(looked_at)]
    for of_pair, seen in zip(notes, looked_at, strict=True):
        said = scorer.describe_saliency(seen) if seen is not None else ""
        of_pair += [said] if said else []
    return [tuple(of_pair) for of_pair in notes]


def _note(facts: PairFacts, row: int, seen: Saliency | None) -> list[str]:
    notes = []
    tf, target = facts.names[row]
    if facts.fold[row] != UNLABELLED:
        kind = "is a known edge of" if facts.label[row] == 1 else "stood for no edge in"
        notes.append(
            f"The pair {kind} the training: only the models of fold {facts.fold[row]}, which did not see it, scored it."
        )
    if facts.reverse_known[row]:
        notes.append(f"The reverse, {target} → {tf}, is a known edge of the training.")
    notes += _name_missing(facts.names[row], facts.has_expression[:, row], "expression")
    notes += _name_missing(facts.names[row], facts.has_image[:, row], "image")
    if facts.has_image[:, row].all() and not facts.shares_view[row]:
        notes.append("No view has images of both genes.")
    if facts.modality == "rna":
        notes.append("The models look at RNA only: images took no part in the score.")
    elif facts.modality == "image":
        notes.append("The models look at images only: expression took no part in the score.")
    elif facts.distrusted[row]:
        notes.append(NO_TRUST)
    if facts.shows_images[row] and seen is None:
        notes.append(LEFT_OUT)
    return notes


def _name_missing(names: tuple[str, str], has: Bools, what: str) -> list[str]:
    """Say which of two genes lack a measurement."""
    lacking = [name for name, is_there in zip(names, has, strict=True) if not is_there]
    if len(lacking) == 2:
        return [f"Neither {names[0]} nor {names[1]} has {'an image' if what == 'image' else 'expression'}."]
    return [f"{name} has no {what}." for name in lacking]
