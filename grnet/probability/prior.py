"""The prior of a network: which fraction of the candidates is taken to be true edges, and where that number is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from grnet.schema.errors import FormatError
from grnet.storage.entries import Form, Number, OrNull, Text, Whole

PriorSource = Literal["given", "estimated", "known"]
SOURCES: tuple[PriorSource, ...] = ("given", "estimated", "known")

PRIOR_FORM: Form = {
    "value": Number(0, 1),
    "low": OrNull(Number(0, 1)),
    "high": OrNull(Number(0, 1)),
    "source": Text(SOURCES),
    "known_edges": Whole(0),
    "candidates": Whole(0),
}
"""What a prior is as JSON."""

WIDE = 10.0
"""How many times the lower end of an interval the upper end is, where the interval is too wide to use the estimate."""


@dataclass(frozen=True)
class Prior:
    """A fraction of true edges among the candidates that carry no label.

    Attributes
    ----------
    value : float
        Above 0 and below 1.
    low, high : float or None
        95 % interval of an estimate; None where there is none.
    source : {"given", "estimated", "known"}
        By the user; from the scores of known edges and candidates; or, where the scores cannot tell it, the part of all
        candidates that is known to be edges.
    known_edges, candidates : int
        Known edges, and candidates without a label, whose scores were compared.
    """

    value: float
    low: float | None
    high: float | None
    source: PriorSource
    known_edges: int
    candidates: int

    def __post_init__(self) -> None:
        if not 0 < self.value < 1:
            raise FormatError(f"a prior lies between 0 and 1, got {self.value}")
        if self.source not in SOURCES:
            raise FormatError(f"the source of a prior is one of {', '.join(SOURCES)}, got {self.source!r}")

    @property
    def is_wide(self) -> bool:
        """Whether the upper end of its interval is ten times the lower one or more."""
        return self.low is not None and self.high is not None and self.high >= WIDE * self.low

    @property
    def is_none(self) -> bool:
        """Whether an estimate leaves less than one edge among all candidates.

        No candidate then scores as known edges do. That says more of how pairs came to have labels than of the
        candidates, and the interval of an estimate at its bound is too narrow.
        """
        return self.source == "estimated" and self.value * self.candidates < 1

    @property
    def is_settled(self) -> bool:
        """Whether probabilities can be read as such: else the data cannot tell them, and their order is a ranking."""
        return self.source == "given" or (self.source == "estimated" and not self.is_wide and not self.is_none)

    def describe(self) -> str:
        """Say in a few words how many candidates are taken to be edges, and why; no figure where none is known."""
        if self.source == "known":
            return "the scores cannot tell how many of the candidates are edges"
        if self.is_none:
            return (
                "the scores cannot tell how many of the candidates are edges, since no candidate scores like the known "
                "edges"
            )
        if self.is_wide and self.low is not None and self.high is not None:
            ends = f"{state_percent(self.low)} to {state_percent(self.high)}"
            return f"the scores cannot tell how many of the candidates are edges (95 % interval {ends})"
        share = f"{state_percent(self.value)} of the candidates without a label are taken to be edges"
        if self.source == "given":
            return f"{share} (as given)"
        if self.low is None or self.high is None:
            return f"{share} (estimated)"
        return f"{share} (estimated; 95 % interval {state_percent(self.low)} to {state_percent(self.high)})"

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary for a JSON file."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Prior:
        """Build from what :meth:`to_json` returned.

        Raises
        ------
        FormatError
            An entry is missing or wrong.
        """
        try:
            low, high = (None if value[name] is None else float(value[name]) for name in ("low", "high"))
            counts = int(value["known_edges"]), int(value["candidates"])
            return cls(float(value["value"]), low, high, value["source"], *counts)
        except FormatError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"prior: missing or wrong entry ({error})") from error


def state_percent(fraction: float) -> str:
    """Return a fraction (0..1) in percent with two digits, such as "2.4 %"; "< 0.01 %" where it is less."""
    percent = 100 * fraction
    if percent < 0.01:
        return "< 0.01 %"
    return f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.2g} %"
