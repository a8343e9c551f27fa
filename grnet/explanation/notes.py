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
from grnet.schema.measurements import Measurement
from grnet.scoring.candidates import Candidates

NO_WEIGHT = "The models give images no weight: beside RNA they did not help to tell edges from other candidates."
NO_VIEW = "No view has images of both genes."
NO_MEASUREMENT = "No measurement of images, spots or terms has both genes."
NO_MAP = (
    "For this pair, images count only through the known targets of the TF, not through the image network. So there is "
    "no map of where it looks."
)
LEFT_OUT = "The map of where the models look is left out for this pair, to save space."


@dataclass(frozen=True)
class PairFacts:
    """What notes are made of.

    Attributes
    ----------
    names : list of (TF, target)
    modality : {"rna", "image", "fused"}
        What the models look at.
    pictured : tuple of str
        What the measurements of the modality "image" are of: "image", "spots", "terms".
    has_expression, has_image : bool arrays [2, P]
        Of the TF and of the target.
    shares_expression, shares_image : bool array [P]
        Both genes were measured by the same measurement of RNA, of images.
    shares_picture : bool array [P]
        The same for those measurements of images that are shown as pictures.
    ignores_images : bool array [P]
        Both modalities are there, and none of the judges gives images any weight.
    is_mapped : bool array [P]
        The models have a map of where they look in pictures.
    fold : int array [P]
        UNLABELLED for a pair without a label.
    label : int array [P]
    reverse_known : bool array [P]
        The reverse pair is a known edge.
    """

    names: list[tuple[str, str]]
    modality: str
    pictured: tuple[str, ...]
    has_expression: Bools
    has_image: Bools
    shares_expression: Bools
    shares_image: Bools
    shares_picture: Bools
    ignores_images: Bools
    is_mapped: Bools
    fold: np.ndarray
    label: np.ndarray
    reverse_known: Bools

    @classmethod
    def gather(cls, run: Run, dataset: Dataset, candidates: Candidates, judged: ListedPairs) -> PairFacts:
        """Look the facts up."""
        tf, target = judged.pairs.tf, judged.pairs.target
        expression = _find_genes(dataset, dataset.of_modality("rna"))
        image = _find_genes(dataset, dataset.of_modality("image"))
        pictures = [entry for entry in dataset.of_modality("image") if entry.kind.display == "picture"]
        shares_expression, shares_image, shares_picture = (
            np.asarray((has[:, tf] & has[:, target]).any(axis=0))
            for has in (expression, image, _find_genes(dataset, pictures))
        )
        return cls(
            names=[(str(candidates.symbols[a]), str(candidates.symbols[b])) for a, b in zip(tf, target, strict=True)],
            modality=run.model_config.modality,
            pictured=_name_pictured(dataset.of_modality("image")),
            has_expression=np.asarray(expression[:, [tf, target]].any(axis=0)),
            has_image=np.asarray(image[:, [tf, target]].any(axis=0)),
            shares_expression=shares_expression,
            shares_image=shares_image,
            shares_picture=shares_picture,
            ignores_images=shares_image & shares_expression & ~candidates.scorer.find_image_use(judged.explained),
            is_mapped=_find_mapped(run, candidates, judged),
            fold=judged.scored.fold,
            label=judged.scored.label,
            reverse_known=candidates.known.of(target, tf)[0] == 1,
        )

    @property
    def shows_pictures(self) -> Bools:
        """In which pairs [P] the models look at places of pictures."""
        shows: Bools = self.shares_picture & ~self.ignores_images & self.is_mapped
        return shows if self.modality != "rna" else np.zeros_like(shows)


def _find_mapped(run: Run, candidates: Candidates, judged: ListedPairs) -> Bools:
    """Return for which pairs [P] the models have a map of where they look."""
    if run.model_config.modality == "rna":
        return np.zeros(len(judged.pairs), dtype=bool)
    return candidates.scorer.find_mapped(judged.explained)


def _name_pictured(measurements: Sequence[Measurement]) -> tuple[str, ...]:
    """Return what measurements are of, each once; "image" where there are none."""
    names = ["image" if entry.kind.show is not None else f"{entry.kind.place}s" for entry in measurements]
    return tuple(dict.fromkeys(names)) or ("image",)


def _find_genes(dataset: Dataset, measurements: Sequence[Measurement]) -> Bools:
    """Return which genes each of some measurements is of, bool [measurements, G]."""
    n_genes = len(dataset.genes)
    return np.array([entry.present(n_genes) for entry in measurements], dtype=bool).reshape(-1, n_genes)


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
    notes += _name_missing(facts.names[row], facts.has_image[:, row], " or ".join(facts.pictured))
    if facts.has_expression[:, row].all() and not facts.shares_expression[row]:
        notes.append("No measurement of RNA has both genes.")
    if facts.has_image[:, row].all() and not facts.shares_image[row]:
        notes.append(NO_VIEW if facts.pictured == ("image",) else NO_MEASUREMENT)
    if facts.modality == "rna":
        notes.append("The models look at RNA only: images took no part in the score.")
    elif facts.modality == "image":
        notes.append("The models look at images only: expression took no part in the score.")
    elif facts.ignores_images[row]:
        notes.append(NO_WEIGHT)
    elif facts.shares_picture[row] and not facts.is_mapped[row]:
        notes.append(NO_MAP)
    if facts.shows_pictures[row] and seen is None:
        notes.append(LEFT_OUT)
    return notes


def _name_missing(names: tuple[str, str], has: Bools, what: str) -> list[str]:
    """Say which of two genes lack a measurement."""
    lacking = [name for name, is_there in zip(names, has, strict=True) if not is_there]
    if len(lacking) == 2:
        return [f"Neither {names[0]} nor {names[1]} has {f'an {what}' if what.startswith('image') else what}."]
    return [f"{name} has no {what}." for name in lacking]
