"""A dataset without some of its measurements: what `--without NAME` leaves to models, baselines and explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from grnet.dataset.directory import Dataset
from grnet.schema.errors import InputError
from grnet.schema.tables import VIEW
from grnet.schema.training_config import KNOWN_NETWORK, Modality

_OTHERS: dict[Modality, Modality] = {"rna": "image", "image": "rna"}
_MODALITY_NAMES = {"rna": "RNA", "image": "images"}


def leave_out(dataset: Dataset, names: Sequence[str], modality: Modality = "fused") -> Dataset:
    """Return a dataset as if some of its measurements had never been made.

    The images of a view that is left out go from `image_table` only. Its column `row` then says which image a line
    describes.

    Parameters
    ----------
    dataset : Dataset
    names : sequence of str
        Of measurements; without any, the dataset is returned as it is. KNOWN_NETWORK is no measurement of the dataset:
        it is left to the models.
    modality : {"rna", "image", "fused"}
        What the model is to look at.

    Raises
    ------
    InputError
        The dataset has no measurement of a name, or none of a modality that the model looks at remains.
    """
    names = [name for name in names if name != KNOWN_NETWORK]
    if not names:
        return dataset
    known = [entry.name for entry in dataset.measurements]
    for name in names:
        if name not in known:
            raise InputError(
                f"--without {name}: {dataset.path} has no such measurement; it has {', '.join(known)}"
                f"{_suggest(name, [*known, KNOWN_NETWORK])}"
            )
    kept = tuple(entry for entry in dataset.measurements if entry.name not in names)
    narrowed = replace(
        dataset, measurements=kept, image_table=dataset.image_table[~dataset.image_table[VIEW].isin(list(names))]
    )
    _check_remains(dataset, narrowed, names, modality)
    return narrowed


def _check_remains(dataset: Dataset, narrowed: Dataset, names: Sequence[str], modality: Modality) -> None:
    """Raise InputError where no measurement remains of a modality that the model looks at and the dataset has."""
    looked_at: tuple[Modality, ...] = ("rna", "image") if modality == "fused" else (modality,)
    for part in looked_at:
        had = [entry.name for entry in dataset.of_modality(part)]
        if had and not narrowed.of_modality(part):
            instead = f", or use --modality {_OTHERS[part]}" if narrowed.of_modality(_OTHERS[part]) else ""
            raise InputError(
                f"--without {', '.join(names)}: nothing of {_MODALITY_NAMES[part]} remains for --modality {modality}; "
                f"keep one of {', '.join(had)}{instead}"
            )


def _suggest(name: str, known: Sequence[str]) -> str:
    lower = {one.lower(): one for one in known}
    near = [lower[found] for found in get_close_matches(name.lower(), list(lower), n=3, cutoff=0.6)]
    return f"; did you mean {' or '.join(near)}?" if near else ""
