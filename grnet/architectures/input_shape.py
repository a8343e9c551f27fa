"""Sizes of the features that the weights of a model depend on, as a run folder keeps them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from grnet.schema.features import GeneFeatures
from grnet.schema.training_config import KNOWN_NETWORK


@dataclass(frozen=True)
class InputShape:
    """Sizes that the weights depend on.

    Attributes
    ----------
    context : mapping of str to int
        Pair features of each measurement.
    level : mapping of str to int
        Per-gene features of each measurement.
    modality : mapping of str to str
        "rna" or "image", of each measurement.
    pictures : tuple of str
        Measurements whose values are pictures.
    known_network : bool
        Whether models look at the graph of known edges, too.
    """

    context: Mapping[str, int]
    level: Mapping[str, int]
    modality: Mapping[str, str]
    pictures: tuple[str, ...]
    known_network: bool = True

    @classmethod
    def of(cls, features: GeneFeatures, *, without: Collection[str] = ()) -> InputShape:
        """Return the sizes of `features`; `without` names what models do not look at, perhaps KNOWN_NETWORK."""
        return cls(
            context={p.name: p.n_pair_features for p in features.profiles},
            level={p.name: p.level.shape[1] for p in features.profiles},
            modality={p.name: p.modality for p in features.profiles},
            pictures=tuple(p.name for p in features.profiles if p.maps is not None),
            known_network=KNOWN_NETWORK not in without,
        )

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> InputShape:
        """Build from what :meth:`to_plain` returned.

        Raises
        ------
        KeyError, TypeError, ValueError
            An entry is missing or of another type.
        """
        context, level = (
            {str(name): int(size) for name, size in dict(plain[key]).items()} for key in ("context", "level")
        )
        modality = {str(name): str(kind) for name, kind in dict(plain["modality"]).items()}
        return cls(context, level, modality, tuple(plain["pictures"]), bool(plain["known_network"]))

    def to_plain(self) -> dict[str, Any]:
        """Return values of TOML."""
        return asdict(self)

    def of_modality(self, modality: str) -> InputShape:
        """Return the sizes that models of "rna", "image" or "fused" depend on."""
        kinds = ("rna", "image") if modality == "fused" else (modality,)
        names = [name for kind in kinds for name in self.measurements(kind)]
        return InputShape(
            {name: self.context[name] for name in names},
            {name: self.level[name] for name in names},
            {name: self.modality[name] for name in names},
            tuple(name for name in self.pictures if name in names),
            self.known_network,
        )

    def measurements(self, modality: str) -> tuple[str, ...]:
        """Return the names of the measurements of "rna" or "image"."""
        return tuple(name for name in self.context if self.modality[name] == modality)

    def pictures_of(self, modality: str) -> tuple[str, ...]:
        """Return the names of those of "rna" or "image" that are pictures."""
        return tuple(name for name in self.pictures if self.modality[name] == modality)
