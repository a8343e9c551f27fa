"""The places that two genes share and those that only one of them has, the most telling first.

Enters: the evidence of two genes by a measurement of 0 and 1, such as anatomy terms. Leaves: lists of names.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from grnet.schema.evidence import GeneEvidence, MeasurementInfo


@dataclass(frozen=True)
class PlaceComparison:
    """What two genes have in common; in each list, places that the fewest genes have come first.

    Attributes
    ----------
    shared, tf_only, target_only : tuple of (str, int)
        Names of places, and how many genes have each.
    """

    shared: tuple[tuple[str, int], ...]
    tf_only: tuple[tuple[str, int], ...]
    target_only: tuple[tuple[str, int], ...]


def compare_places(measurement: MeasurementInfo, tf: GeneEvidence, target: GeneEvidence) -> PlaceComparison:
    """Return the places that two genes share and do not share; a gene without the measurement has none.

    Parameters
    ----------
    measurement : MeasurementInfo
        Displayed as "terms".
    tf, target : GeneEvidence
    """
    of_tf, of_target = ({int(place) for place in gene.terms(measurement.name)} for gene in (tf, target))
    groups = (of_tf & of_target, of_tf - of_target, of_target - of_tf)
    return PlaceComparison(*(_list_rarest_first(measurement, group) for group in groups))


def _list_rarest_first(measurement: MeasurementInfo, chosen: Set[int]) -> tuple[tuple[str, int], ...]:
    own = [(measurement.places[place], measurement.place_counts[place]) for place in chosen]
    return tuple(sorted(own, key=lambda entry: (entry[1], entry[0])))
