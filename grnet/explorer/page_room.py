"""The room in a page: how many bytes JSON values take, and what still fits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def size_of(value: Any) -> int:
    """Return how many bytes `value` takes as JSON in a script element, where <, > and & are written as six each."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return len(text) + 5 * sum(text.count(character) for character in "<>&")


def size_added(*values: Any) -> int:
    """Return how many bytes `values` take more than the nulls in whose places they come."""
    return sum(size_of(value) - len("null") for value in values)


class Room:
    """Bytes that are still free."""

    def __init__(self, free: int) -> None:
        self.free = free

    def take_in_order(self, sizes: Iterable[tuple[int, int]]) -> list[int]:
        """Return the items that fit, of (item, bytes) in order, up to the first that does not.

        Then there is no room for anything else either, which tells less.
        """
        taken = []
        for item, size in sizes:
            if size > self.free:
                self.free = 0
                break
            self.free -= size
            taken.append(item)
        return taken


def say_missing(what: str, verb: str, missing: int, among: int) -> list[str]:
    """Say in a sentence of how many genes something found no room; nothing where it is there of all."""
    if not missing:
        return []
    if missing == among:
        return [f"The {what} of all {among:,} genes {verb} not in this page."]
    return [f"The {what} of {missing:,} of {among:,} genes, those with fewest edges, {verb} not in this page."]
