"""What the entries of a document have to be, declared as a table, and one line for the first that is not.

Enter: the contents of a JSON or TOML file, and their form: a table of key → rule. A key that ends in "?" may be
absent; keys that the form does not name are passed by.

    FORM = {"folds": Whole(1, 127), "prior?": {"value": Number(0, 1)}, "epochs": ListOf({"stage": Text()})}
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeAlias

from grnet.schema.errors import FormatError

LARGEST = 1.7e308
"""Of a finite number, about."""
LARGEST_WHOLE = 2**53
"""Up to here whole numbers are exact in every language."""
MOST_SHOWN = 40
"""Characters of a wrong value that are quoted."""


@dataclass(frozen=True)
class Number:
    """A finite number in `low`..`high`."""

    low: float = -LARGEST
    high: float = LARGEST

    def describe(self) -> str:
        """Say what is expected."""
        return f"a number {_say_range(self.low, self.high)}".rstrip()

    def fits(self, value: object) -> bool:
        """Return whether a value is such a number; NaN is none."""
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high


@dataclass(frozen=True)
class Whole:
    """A whole number in `low`..`high`."""

    low: int = -LARGEST_WHOLE
    high: int = LARGEST_WHOLE

    def describe(self) -> str:
        """Say what is expected."""
        return f"a whole number {_say_range(self.low, self.high)}".rstrip()

    def fits(self, value: object) -> bool:
        """Return whether a value is such a number."""
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high


@dataclass(frozen=True)
class Text:
    """Text without control characters that no name of a file may hold; one of `choices` where there are any."""

    choices: tuple[str, ...] = ()

    def describe(self) -> str:
        """Say what is expected."""
        return " or ".join(map(repr, self.choices)) or "text"

    def fits(self, value: object) -> bool:
        """Return whether a value is such text."""
        return isinstance(value, str) and "\0" not in value and (not self.choices or value in self.choices)


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def describe(self) -> str:
        """Say what is expected."""
        return "true or false"

    def fits(self, value: object) -> bool:
        """Return whether a value is one of the two."""
        return isinstance(value, bool)


@dataclass(frozen=True)
class Anything:
    """Any value."""


@dataclass(frozen=True)
class ListOf:
    """A list whose entries all follow a rule; `fewest` and `most` of them."""

    rule: Rule
    fewest: int = 0
    most: int = LARGEST_WHOLE


@dataclass(frozen=True)
class TableOf:
    """A table with any keys, whose values all follow a rule."""

    rule: Rule


@dataclass(frozen=True)
class OrNull:
    """Null, or what follows a rule."""

    rule: Rule


Rule: TypeAlias = "Number | Whole | Text | Flag | Anything | ListOf | TableOf | OrNull | Form"
Form: TypeAlias = Mapping[str, Rule]


def check_entries(document: Mapping[str, Any], form: Form, path: Path, *, mend: str) -> None:
    """Make sure that a document has the entries of a form.

    Parameters
    ----------
    document : mapping
        What the file holds.
    form : mapping of str to Rule
    path : Path
        The file, for the message.
    mend : str
        How to mend the file, such as "train the run anew with: grnet train".

    Raises
    ------
    FormatError
        An entry is missing, of another type or out of range; the first that is.
    """
    flaw = next(_find_flaws(document, form, ""), None)
    if flaw is not None:
        raise FormatError(f"{path}: {flaw}; {mend}")


def form_of(config: type[Any]) -> Form:
    """Return the form of a config dataclass as `to_plain` writes it: what has a default that is None may be absent."""
    hints = typing.get_type_hints(config)
    return {
        f"{entry.name}?" if entry.default is None else entry.name: _rule_of_type(hints[entry.name])
        for entry in fields(config)
    }


def _find_flaws(value: object, rule: Rule, name: str) -> Iterator[str]:
    """Yield what is wrong with a value and with what it holds, in the order of the form."""
    if isinstance(rule, OrNull):
        if value is not None:
            yield from _find_flaws(value, rule.rule, name)
    elif isinstance(rule, ListOf):
        yield from _find_flaws_of_list(value, rule, name)
    elif isinstance(rule, TableOf):
        if isinstance(value, Mapping):
            for key, entry in value.items():
                yield from _find_flaws(entry, rule.rule, _join(name, key))
        else:
            yield _say_wrong(name, "a table", value)
    elif isinstance(rule, Mapping):
        yield from _find_flaws_of_table(value, rule, name)
    elif not isinstance(rule, Anything) and not rule.fits(value):
        yield _say_wrong(name, rule.describe(), value)


def _find_flaws_of_list(value: object, rule: ListOf, name: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _say_wrong(name, "a list", value)
    elif not rule.fewest <= len(value) <= rule.most:
        yield f"the entry {name} has the length {len(value):,}, expected {_say_range(rule.fewest, rule.most)}"
    else:
        for number, entry in enumerate(value):
            yield from _find_flaws(entry, rule.rule, f"{name}[{number}]")


def _find_flaws_of_table(value: object, form: Form, name: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _say_wrong(name, "a table", value)
        return
    for key, rule in form.items():
        own = _join(name, key.removesuffix("?"))
        if key.removesuffix("?") in value:
            yield from _find_flaws(value[key.removesuffix("?")], rule, own)
        elif not key.endswith("?"):
            yield f"lacks the entry {own}"


def _rule_of_type(kind: Any) -> Rule:
    """Return the rule of the type of a field."""
    simple: dict[Any, Rule] = {int: Whole(), float: Number(), str: Text(), bool: Flag()}
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in simple:
        return simple[kind]
    if origin is typing.Literal:
        return Text(arguments)
    if origin in (typing.Union, types.UnionType):
        return _rule_of_type(next(part for part in arguments if part is not type(None)))
    if origin is tuple:
        long = arguments[-1] is Ellipsis
        return ListOf(_rule_of_type(arguments[0]), *(() if long else (len(arguments), len(arguments))))
    return Anything()


def _say_wrong(name: str, expected: str, value: object) -> str:
    got = " ".join(repr(value).split())
    short = got if len(got) <= MOST_SHOWN else f"{got[:MOST_SHOWN]}…"
    return f"the entry {name or 'at the top'} is {short}, expected {expected}"


def _say_range(low: float, high: float) -> str:
    """Say a range, without the ends that are beyond all that occurs."""
    ends = (abs(low) < LARGEST_WHOLE, abs(high) < LARGEST_WHOLE)
    return {
        (True, True): f"in {low:,}..{high:,}" if low != high else f"of {low:,}",
        (True, False): f"of {low:,} or more",
        (False, True): f"of {high:,} or less",
        (False, False): "",
    }[ends]


def _join(name: str, key: object) -> str:
    return f"{name}.{key}" if name else str(key)
