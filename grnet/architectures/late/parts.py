"""The parts that add up to a score, and how much each counts for a pair.

A part is what one source says of a pair, a logit or a number like one: the tower of a modality, the kernel of a
measurement, the known network. A part is 0 for a pair whose genes lack its measurement. What the parts count depends on
which modalities the two genes share: beside RNA, images count less than alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from grnet.architectures.input_shape import InputShape

PATTERNS = ("rna", "image", "fused")
"""What the genes of a pair share: RNA alone, images alone, or both."""
Source = Literal["tower", "kernel", "known network"]


@dataclass(frozen=True)
class Part:
    """One part of a score.

    Attributes
    ----------
    source : {"tower", "kernel", "known network"}
    modality : str
        "rna" or "image"; empty for the known network.
    measurement : str
        Of a kernel; else empty.
    """

    source: Source
    modality: str = ""
    measurement: str = ""

    def counts_in(self, pattern: str) -> bool:
        """Whether the part says anything of pairs that share "rna", "image" or both."""
        return pattern == "fused" or self.modality in ("", pattern)


def list_parts(shape: InputShape, modalities: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts of a model: a tower for each modality, a kernel for each measurement, the known network.

    Parameters
    ----------
    shape : InputShape
    modalities : sequence of {"rna", "image"}
        That the model looks at.
    """
    towers = [Part("tower", name) for name in modalities]
    kernels = [Part("kernel", name, measured) for name in modalities for measured in shape.measurements(name)]
    return (*towers, *kernels, *([Part("known network")] if shape.known_network else []))


def find_pattern(has_rna: Tensor, has_image: Tensor) -> Tensor:
    """Return the position in PATTERNS of each pair, int64, from whether its genes share RNA and images."""
    return torch.where(has_image, torch.where(has_rna, 2, 1), 0)


def towers_alone(parts: Sequence[Part]) -> Tensor:
    """Return weights, float32 [3, parts], by which a score is what the tower of RNA says, else that of images."""
    weights = torch.zeros(len(PATTERNS), len(parts))
    modalities = {part.modality for part in parts}
    for row, pattern in enumerate(PATTERNS):
        first = "image" if pattern == "image" or "rna" not in modalities else "rna"
        for column, part in enumerate(parts):
            weights[row, column] = float(part == Part("tower", first))
    return weights
