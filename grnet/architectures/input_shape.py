"""Sizes of the features that the weights of a model depend on, as a run folder keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grnet.schema.features import GeneFeatures


@dataclass(frozen=True)
class InputShape:
    """Sizes that the weights depend on.

    Attributes
    ----------
    context : mapping of str to int
        Pair features of each measurement ("expression" and each view).
    level : mapping of str to int
        Per-gene features of each measurement.
    views : tuple of str
        Those among the measurements that are images, in the order of the maps' axis V.
    """

    context: Mapping[str, int]
    level: Mapping[str, int]
    views: tuple[str, ...]

    @classmethod
    def of(cls, features: GeneFeatures) -> InputShape:
        """Return the sizes of `features`."""
        return cls(
            context={p.name: p.n_pair_features for p in features.profiles},
            level={p.name: p.level.shape[1] for p in features.profiles},
            views=features.views,
        )

    def of_modality(self, modality: str) -> InputShape:
        """Return the sizes that models of "rna", "image" or "fused" depend on."""
        kinds = ("rna", "image") if modality == "fused" else (modality,)
        names = [name for kind in kinds for name in self.measurements(kind)]
        return InputShape(
            {name: self.context[name] for name in names},
            {name: self.level[name] for name in names},
            tuple(view for view in self.views if view in names),
        )

    def measurements(self, modality: str) -> tuple[str, ...]:
        """Return the names of the measurements of "rna" or "image"."""
        return tuple(name for name in self.context if (name in self.views) == (modality == "image"))
