"""What was found on the way from files to a dataset: refused rows, words to the user, names that joined nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from grnet.schema.tables import FILE, NAME, REASON, REJECTED, ROW, empty_table


class Reason(StrEnum):
    """Why an input row was not taken; the text before the colon of `rejected.parquet`'s reason."""

    NO_NAME = "no gene name"
    NO_GENE = "no gene"
    NO_TERM = "no term"
    NOT_IN_ALL = "not in all expression tables"
    NOT_CHOSEN = "not chosen by its row"
    UNKNOWN_GENE = "unknown gene"
    NO_EXPRESSION = "gene without expression"
    NO_DATA = "gene without expression and images"
    NOT_A_TF = "regulator not in the TF list"
    REPEATED_TF = "repeated TF"
    REPEATED_PAIR = "repeated pair"
    SELF_PAIR = "self pair"
    CONTRADICTION = "contradicting labels"
    UNREADABLE_IMAGE = "unreadable image"
    MISSING_IMAGE = "missing image file"
    LARGE_IMAGE = "image too large"
    REPEATED_IMAGE = "repeated image"
    NOT_AN_IMAGE = "not an image file"


REASON_MARK = ": "


@dataclass
class Findings:
    """Collects, in the order of the files.

    Attributes
    ----------
    rejected : list of (file, row, name, reason)
    notes : list of str
        One line each.
    unmatched : dict of str to str
        Name that joined no gene → its database id ("" where none is known).
    """

    rejected: list[tuple[str, int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unmatched: dict[str, str] = field(default_factory=dict)

    def reject(self, file: str, row: int, name: str, reason: Reason, detail: str = "") -> None:
        """Keep a refused row; `row` is 1-based, 0 where the input has no rows (a folder of images)."""
        text = f"{reason.value}{REASON_MARK}{detail}" if detail else reason.value
        self.rejected.append((file, row, name, text))

    def note(self, text: str) -> None:
        """Keep one line for the user."""
        self.notes.append(text)

    def miss(self, name: str, gene_id: str = "") -> None:
        """Keep a name that joined no gene."""
        if name:
            self.unmatched.setdefault(name, gene_id)

    def extend(self, other: Findings) -> None:
        """Take over all that `other` has found."""
        self.rejected.extend(other.rejected)
        self.notes.extend(other.notes)
        for name, gene_id in other.unmatched.items():
            self.miss(name, gene_id)

    def rejected_table(self) -> pd.DataFrame:
        """Return the table `rejected.parquet`."""
        if not self.rejected:
            return empty_table(REJECTED)
        return pd.DataFrame(self.rejected, columns=[FILE, ROW, NAME, REASON])
