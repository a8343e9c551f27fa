"""Invented gene symbols and ids: pronounceable, distinct, and safe as names of folders."""

from __future__ import annotations

import numpy as np

_ONSETS = ("b", "br", "d", "dr", "f", "g", "gl", "k", "kr", "l", "m", "n", "p", "r", "s", "sk", "st", "t", "v", "z")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ou")
_CODAS = ("", "l", "m", "n", "r", "s", "x")


def invent_symbols(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Return `count` distinct symbols of three syllables, lower-case letters only."""
    symbols: dict[str, None] = {}
    while len(symbols) < count:
        onsets, vowels = rng.integers(len(_ONSETS), size=3), rng.integers(len(_VOWELS), size=3)
        body = "".join(_ONSETS[o] + _VOWELS[v] for o, v in zip(onsets, vowels, strict=True))
        symbols[body + _CODAS[rng.integers(len(_CODAS))]] = None
    return tuple(symbols)


def gene_ids(count: int) -> tuple[str, ...]:
    """Return the ids SYN0000001, SYN0000002 and so on."""
    return tuple(f"SYN{number:07d}" for number in range(1, count + 1))
