"""Cells of edges that hold more or less than the name of one gene: several targets, regulons, marks of spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

_REGULON = re.compile(
    r"\s*(?:_?\(?[+-](?:/[+-])?\)?|_extended)?\s*(?:\(\d+\s*g(?:enes)?\))?(?:_regulons?|_targets?)?$", re.I
)
_REPRESSOR = re.compile(r"\(-\)|_-(/[+-])?$")
_WORDS = re.compile(r"[\s_.:$|]+")
_MANY = re.compile(r"\s*[,;|/\r\n]+\s*")
_SPACED = re.compile(r"\s+")
_BRACKETS = re.compile(r"[\[({](.*)[\])}]", re.DOTALL)
_FORMULA = re.compile(r'="?(.*?)"?')
_WHOLE = re.compile(r"\d+\.0+")
_WEIGHTED = re.compile(r"(.+),-?[\d.]+(?:[eE]-?\d+)?")
_FEWEST_KNOWN = 0.1


def regulator_of(name: str, genes: Set[str], tfs: Set[str] = frozenset()) -> str:
    """Return the TF of a gene set or regulon: SOX2 of "SOX2(+)", "SOX2_TARGET_GENES" or "SOX2 20726797 ChIP-Seq".

    Parameters
    ----------
    name : str
    genes, tfs : set of str
        Names of the dataset; may be empty.
    """
    plain = _REGULON.sub("", name) or name
    if name in genes or not genes:
        return name if name in genes else plain
    if plain in genes:
        return plain
    words = [word for word in _WORDS.split(plain) if word]
    named = list(dict.fromkeys(word for word in words if word in tfs))
    if len(named) == 1:
        return named[0]
    return words[0] if words and words[0] in genes else plain


def is_repressor_regulon(name: str) -> bool:
    """Tell whether a regulon is that of a repressor, such as "REST(-)"."""
    return _REPRESSOR.search(name) is not None


def target_of(name: str, genes: Set[str]) -> str:
    """Return a gene of a gene set without the weight behind it: "TP53,1.0" is TP53."""
    found = None if name in genes else _WEIGHTED.fullmatch(name)
    return found.group(1) if found else name


def mend_names(names: Sequence[str], genes: Set[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return names of genes without what programs add to them, where only that makes them genes of the dataset.

    Parameters
    ----------
    names : sequence of str
    genes : set of str
        Names of the dataset; names that are among them stay as they are.

    Returns
    -------
    tuple of str
        `="SOX2"`, SOX2(+) and 7157.0 as SOX2, SOX2 and 7157.
    dict of str to str
        Name → mended name, of those that changed.
    """
    changed: dict[str, str] = {}
    for name in dict.fromkeys(names):
        if name in genes or not name:
            continue
        formula = _FORMULA.fullmatch(name)
        tries = [formula.group(1) if formula else name, name.split(".")[0] if _WHOLE.fullmatch(name) else name]
        tries.append(name.strip("'`"))
        tries.append(_REGULON.sub("", name))
        mended = next((each for each in tries if each in genes), None)
        if mended is not None:
            changed[name] = mended
    return tuple(changed.get(name, name) for name in names), changed


def split_names(names: Sequence[str], genes: Set[str]) -> list[list[str]] | None:
    """Return the names in each cell of a column; None where each cell holds one name.

    Parameters
    ----------
    names : sequence of str
    genes : set of str
        Known names; without any, a comma or semicolon between words is enough.
    """
    several = [name for name in dict.fromkeys(names) if (_MANY.search(name) or " " in name) and name not in genes]
    if not several:
        return None
    for between in (_MANY, re.compile(f"{_MANY.pattern}|{_SPACED.pattern}")):
        parts = {name: _parts(name, between) for name in several}
        every = [part for found in parts.values() for part in found]
        known = sum(part in genes for part in every)
        fits = known >= max(1, _FEWEST_KNOWN * len(every)) if genes else all("," in n or ";" in n for n in several)
        if fits and (not genes or any(len(found) > 1 and set(found) & genes for found in parts.values())):
            return [parts.get(name, [name]) for name in names]
    return None


def names_in(name: str, genes: Set[str]) -> list[str]:
    """Return the genes that a cell of a list names: all of "SOX2, MYC", and SOX2 of "SOX2 (stem cells)".

    Parameters
    ----------
    name : str
    genes : set of str
        Names of the dataset; a cell that none of its parts is among stays as it is.
    """
    if name in genes:
        return [name]
    parts = _parts(name, _MANY)
    if len(parts) > 1 and any(part in genes for part in parts):
        return parts
    words = name.split()
    if len(words) > 1 and all(word in genes for word in words):
        return words
    return words[:1] if len(words) > 1 and words[0] in genes else [name]


def _parts(name: str, between: re.Pattern[str]) -> list[str]:
    inner = _BRACKETS.fullmatch(name)
    found = (part.strip().strip("'\"") for part in between.split(inner.group(1) if inner else name))
    return [part for part in found if part]


def fill_down(names: Sequence[str], beside: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Return TFs with empty cells below a name filled by it, as merged cells are exported; and how many were filled.

    Parameters
    ----------
    names, beside : sequence of str
        TFs and targets. Cells are filled only where many are empty, and the first is not.
    """
    empty = sum(not name and bool(other) for name, other in zip(names, beside, strict=True))
    if not names or not names[0] or empty < 2 or empty * 4 < len(names):
        return tuple(names), 0
    filled, last = [], ""
    for name, other in zip(names, beside, strict=True):
        last = name or last
        filled.append(last if other else name)
    return tuple(filled), empty
