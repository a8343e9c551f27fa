"""Sets of genes that have something in common, such as those of a pathway."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GeneSet:
    """A set of genes.

    Attributes
    ----------
    name, description : str
        As the file has them; the description may be "".
    genes : tuple of str
        Symbols or ids, each once.
    """

    name: str
    description: str
    genes: tuple[str, ...]
