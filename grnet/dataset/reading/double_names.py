"""Names that hold a symbol and an identifier, such as SOX2|6657 and ENSG00000181449_SOX2 → both."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

_FORMS = (
    re.compile(r"(?P<first>[^|]+)\|(?P<second>[^|]+)"),
    re.compile(r"(?P<first>ENS[A-Z]*\d{6,}(?:\.\d+)?)[_:;](?P<second>.+)"),
    re.compile(r"(?P<first>.+)[_:;](?P<second>ENS[A-Z]*\d{6,}(?:\.\d+)?)"),
)
_FEWEST_JOINED, _FAR_BETTER = 2, 4


def split_names(names: Sequence[str], known: Set[str]) -> tuple[list[str], list[str]] | None:
    """Return symbols and ids where a part of the names joins the lists and the whole names do not.

    Parameters
    ----------
    names : sequence of str
    known : set of str
        Names of the TF list and known edges.

    Returns
    -------
    symbols, ids : list of str
        The part that joins, and the other one.
    None
        Where not all names have such a form, or their parts join no better.
    """
    joined = len(known & set(names))
    said = [name for name in names if name]
    for form in _FORMS:
        if not said or not form.fullmatch(said[0]):
            continue
        hits = [form.fullmatch(name) for name in names]
        if not all(hit or not name for hit, name in zip(hits, names, strict=True)):
            continue
        parts = [[hit[key] if hit else "" for hit in hits] for key in ("first", "second")]
        counts = [len(known & set(part)) for part in parts]
        best = 0 if counts[0] >= counts[1] else 1
        if counts[best] >= _FEWEST_JOINED and counts[best] > _FAR_BETTER * joined:
            return parts[best], parts[1 - best]
    return None
