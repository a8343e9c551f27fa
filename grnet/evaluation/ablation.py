"""What each modality and measurement contributes: the model with and without it, on the same pairs.

Enter: out-of-fold probabilities of the model on images alone, on RNA alone, without a measurement, without the known
network, and as it is. Leave: figures on all pairs and on those with images of both genes, differences with paired
intervals, and sentences that say whether images add to RNA, which measurement adds most, and what the network adds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grnet.evaluation.bootstrap import Estimate, Resampling, format_estimate
from grnet.evaluation.concordance import CONCORDANCES, Concordance, estimate_card_figures
from grnet.evaluation.figure_names import name_columns
from grnet.schema.arrays import Bools, Float64
from grnet.schema.training_config import KNOWN_NETWORK

IMAGES_ALONE, RNA_ALONE, FUSED = "images alone", "RNA alone", "fused"
ALL_MEASUREMENTS = "all measurements"
"""The model as it is, where it has one modality."""
WITHOUT_NETWORK = "without the known network"
ALL_PAIRS, WITH_IMAGES = "all pairs", "pairs with images of both genes"
FEWEST_OF_A_LABEL = 10


@dataclass(frozen=True)
class AblationPart:
    """The ablation on some of the pairs.

    Attributes
    ----------
    name : str
    n : int
    figures : dict of entry to dict of figure to Estimate
        AUROC, AUPRC, concordance within TFs (within targets where TFs are new) and accuracy; an entry without a
        probability for each of the pairs is left out.
    gains : dict of entry to dict of figure to Estimate
        The model as it is minus the entry, paired; empty where the model itself was left out.
    whole : str
        Name of the model as it is: "fused", or "all measurements" where it has one modality.
    concordance : Concordance
        Which one is among the figures.
    """

    name: str
    n: int
    figures: dict[str, dict[str, Estimate]]
    gains: dict[str, dict[str, Estimate]]
    whole: str = FUSED
    concordance: Concordance = CONCORDANCES["tf"]

    def name_columns(self) -> dict[str, str]:
        """Return the figures by key, with the names of their columns."""
        return _name_columns(self.concordance)

    def to_json(self) -> dict[str, Any]:
        """Return figures and differences."""
        return {
            "pairs": self.name,
            "n": self.n,
            "figures": _to_json(self.figures),
            f"{self.whole.replace(' ', '_')}_minus": _to_json(self.gains),
        }


@dataclass(frozen=True)
class Ablation:
    """The ablation on all pairs and on those with images of both genes, and what it says."""

    parts: tuple[AblationPart, ...]
    images_add: bool | None
    verdict: str

    def to_json(self) -> dict[str, Any]:
        """Return the parts and the sentence."""
        return {
            "images_add": self.images_add,
            "verdict": self.verdict,
            "parts": [part.to_json() for part in self.parts],
        }


def name_without(source: str) -> str:
    """Return the name of models without a measurement, or without the known network."""
    return WITHOUT_NETWORK if source == KNOWN_NETWORK else f"without {source}"


def compare_modalities(resampling: Resampling, entries: Mapping[str, Float64], with_images: Bools) -> Ablation:
    """Return the ablation.

    Parameters
    ----------
    resampling : Resampling
        Labels, folds and groups of P pairs.
    entries : mapping of name to float64 array [P]
        Out-of-fold probabilities; NaN where an entry cannot see a pair. "fused", or "all measurements", is compared
        with the others: "images alone", "RNA alone", "without …".
    with_images : bool array [P]
    """
    parts = [_judge(ALL_PAIRS, resampling, entries)]
    inside = resampling.labels[with_images]
    if not with_images.all() and min(inside.sum(), (1 - inside).sum()) >= FEWEST_OF_A_LABEL:
        chosen = {name: values[with_images] for name, values in entries.items()}
        parts.append(_judge(WITH_IMAGES, resampling.take(with_images), chosen))
    return Ablation(tuple(parts), *_pronounce(parts))


def _name_columns(concordance: Concordance) -> dict[str, str]:
    return name_columns(("auroc", "auprc", "accuracy"), concordance)


def _judge(name: str, resampling: Resampling, entries: Mapping[str, Float64]) -> AblationPart:
    known = {entry: values for entry, values in entries.items() if np.isfinite(values).all()}
    concordance = CONCORDANCES[resampling.role]
    shown = list(_name_columns(concordance))
    figures = {
        entry: {figure: estimates[figure] for figure in shown}
        for entry, estimates in estimate_card_figures(resampling, known).items()
    }
    whole = FUSED if FUSED in entries else ALL_MEASUREMENTS
    gains = {
        entry: {figure: figures[whole][figure].minus(estimates[figure]) for figure in shown}
        for entry, estimates in figures.items()
        if whole in figures and entry != whole
    }
    return AblationPart(name, len(resampling.labels), figures, gains, whole, concordance)


def _pronounce(parts: Sequence[AblationPart]) -> tuple[bool | None, str]:
    """Say what measurements of one modality add on all pairs, or what images add on those that have them."""
    of_network = _judge_network(parts[0])
    if parts[0].whole == ALL_MEASUREMENTS:
        measured = [entry for entry in parts[0].gains if entry != WITHOUT_NETWORK]
        return None, " ".join([*([_name_most_useful(parts[0])] if measured else []), *of_network])
    adds, verdict = _judge_images_of(parts[-1])
    return adds, " ".join([verdict, *of_network])


def _judge_network(part: AblationPart) -> list[str]:
    """Say what the model loses without the known network, in a sentence, where that was measured."""
    gain = part.gains.get(WITHOUT_NETWORK, {}).get("auroc")
    if gain is None or not np.isfinite(gain.value):
        return []
    rest, whole = (part.figures[name]["auroc"].value for name in (WITHOUT_NETWORK, part.whole))
    return [
        f"Without the known network the AUROC on all {part.n:,} pairs is {rest:.3f} against {whole:.3f}; the network "
        f"adds {format_estimate(gain, sign=True)}."
    ]


def _judge_images_of(part: AblationPart) -> tuple[bool | None, str]:
    """Say what images add on some pairs, by AUROC and within genes."""
    adds, verdict = _judge_images(part)
    within = part.gains.get(RNA_ALONE, {}).get(part.concordance.key)
    if within is None or np.isnan(within.low) or not np.any(within.draws):
        return adds, verdict
    fused, rna = (part.figures[name][part.concordance.key].value for name in (FUSED, RNA_ALONE))
    return adds, (
        f"{verdict} Within {part.concordance.genes} the concordance is {fused:.3f} against {rna:.3f}, a difference of "
        f"{format_estimate(within, sign=True)}."
    )


def _name_most_useful(part: AblationPart) -> str:
    """Say without which measurement the model loses most, and how much."""
    lost = {
        entry: gains["auroc"]
        for entry, gains in part.gains.items()
        if entry != WITHOUT_NETWORK and np.isfinite(gains["auroc"].value)
    }
    if not lost:
        return f"It is unknown what each measurement adds to the others on all {part.n:,} pairs."
    entry = max(lost, key=lambda name: lost[name].value)
    figures = f"{part.figures[part.whole]['auroc'].value:.3f} against {part.figures[entry]['auroc'].value:.3f}"
    return (
        f"Of models trained without one measurement, the one {entry} has the lowest AUROC on all {part.n:,} pairs: "
        f"{figures}, a difference of {format_estimate(lost[entry], sign=True)}."
    )


def _judge_images(part: AblationPart) -> tuple[bool | None, str]:
    """Say whether images add to RNA on a part of the pairs."""
    where = f"on the {part.n:,} {part.name}" if part.name == WITH_IMAGES else f"on all {part.n:,} pairs"
    gain = part.gains.get(RNA_ALONE, {}).get("auroc")
    if gain is None or np.isnan(gain.low):
        return None, f"It is unknown whether images improve on RNA alone {where}."
    if not np.any(gain.draws) and gain.value == 0:
        area = part.figures[FUSED]["auroc"].value
        return False, f"Images add nothing to RNA {where}: fused and RNA alone rank them alike (AUROC {area:.3f})."
    fused, rna = (part.figures[name]["auroc"].value for name in (FUSED, RNA_ALONE))
    told = f"AUROC {fused:.3f} (fused) against {rna:.3f} (RNA alone)"
    difference = f"{told}, a difference of {format_estimate(gain, sign=True)}"
    if gain.low > 0:
        return True, f"Images improve on RNA alone {where}: {difference}."
    if gain.high < 0:
        return False, f"Images make the ranking worse {where}: {difference}."
    return False, f"Images do not improve significantly on RNA alone {where}: {difference}."


def _to_json(entries: Mapping[str, Mapping[str, Estimate]]) -> dict[str, dict[str, dict[str, float | None]]]:
    return {
        name: {figure: estimate.to_json() for figure, estimate in estimates.items()}
        for name, estimates in entries.items()
    }
