"""Sizes as people write them: "2GB", "800 MiB"."""

from __future__ import annotations

import re

from grnet.schema.errors import ConfigError

LARGEST = 1e15
"""Of the number before the unit."""
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(?:i?b)?\s*", re.IGNORECASE)


def parse_size(text: str, *, flag: str) -> int:
    """Return the bytes of a size such as "1.5GB" or "800 MiB" (1 K is 1,024).

    Raises
    ------
    ConfigError
        It is no size.
    """
    found = _SIZE.fullmatch(text)
    if found is None or not 0 < float(found[1]) < LARGEST:
        raise ConfigError(f"{flag}: {text!r} is no size; expected a number and a unit, such as 800MB or 2GB")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def take_size(size: int | str | None, *, flag: str) -> int | None:
    """Return the bytes of a size that was given as a number or as text; None where none was.

    Raises
    ------
    ConfigError
        It is no size.
    """
    return parse_size(size, flag=flag) if isinstance(size, str) else size


def show_size(n_bytes: float) -> str:
    """Return a size as one says it: 812 MB, 1.5 GB."""
    for unit, size in (("TB", 2**40), ("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if n_bytes >= size:
            number = n_bytes / size
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{n_bytes:.0f} bytes"
