"""Anatomy terms: genes × terms by stage, 1 where a curator saw the gene there, 0 where not."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from grnet.schema.measurements import Kind, Recipe

NAME = "terms"
TERM, STAGE = "term", "stage"
COORDINATES = 32
"""More than for images: terms are many and each is about another part, so a few axes leave most of them out."""


def name_terms(places: pd.DataFrame) -> tuple[str, ...]:
    """Return what each place is called: "brain primordium, stage 5", or the term alone where it has no stage."""
    return tuple(
        f"{term}, {_name_stage(stage)}" if stage else term
        for term, stage in zip(places[TERM].astype(str), places[STAGE].astype(str), strict=True)
    )


def _name_stage(stage: str) -> str:
    return stage if stage.lower().startswith(STAGE) else f"{STAGE} {stage}"


TERMS = Kind(
    name="terms",
    modality="image",
    places=pa.schema([(TERM, pa.string()), (STAGE, pa.string())]),
    recipe=Recipe(components=(1, 3), coordinates=COORDINATES, correlations=("pearson",)),
    display="terms",
    place=TERM,
    name_places=name_terms,
)
