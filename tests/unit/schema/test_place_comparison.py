"""Shared places are found, and the rarest come first."""

import numpy as np

from grnet.schema.evidence import GeneEvidence, MeasurementInfo
from grnet.schema.place_comparison import PlaceComparison, compare_places

PLACES = ("maternal", "brain, stage 6", "gut, stage 6", "pole cell", "yolk")
TERMS = MeasurementInfo("terms", "terms", "image", places=PLACES, place_counts=(90, 12, 40, 3, 7))


def gene(symbol, *values):
    return GeneEvidence(symbol, {"terms": np.array(values, dtype=np.float32)})


def test_places_are_parted_into_shared_and_not_the_rarest_first():
    found = compare_places(TERMS, gene("eve", 1, 1, 1, 1, 0), gene("ftz", 1, 0, 1, 1, 1))
    assert found == PlaceComparison(
        shared=(("pole cell", 3), ("gut, stage 6", 40), ("maternal", 90)),
        tf_only=(("brain, stage 6", 12),),
        target_only=(("yolk", 7),),
    )


def test_a_gene_without_terms_shares_nothing():
    found = compare_places(TERMS, gene("eve", 1, 0, 0, 0, 0), GeneEvidence("ftz", {}))
    assert found == PlaceComparison((), (("maternal", 90),), ())
