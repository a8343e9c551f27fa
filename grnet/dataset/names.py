"""Names in files → genes of the dataset: aliases, symbols, ids, and suggestions for names that almost match."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grnet.dataset.cells import header_word, listed, name_of, quote
from grnet.dataset.table_files import read_raw_table
from grnet.schema.errors import InputError

ALIAS_HEADERS = frozenset({"alias", "name", "synonym", "from", "old", "oldname", "nameinfile", "symbol", "gene", "to"})
_SIMILAR, _MOST = 0.85, 3


@dataclass(frozen=True)
class NameBook:
    """The genes of a dataset by symbol and id, and the aliases of the user.

    Attributes
    ----------
    symbols : frozenset of str
    by_id : mapping of str to str
        Id → symbol; ids that several genes share are left out.
    aliases : mapping of str to str
    """

    symbols: frozenset[str]
    by_id: Mapping[str, str]
    aliases: Mapping[str, str]

    @classmethod
    def build(cls, symbols: Iterable[str], ids: Iterable[str], aliases: Mapping[str, str]) -> NameBook:
        """Build from aligned symbols and ids ("" where unknown)."""
        pairs = list(zip(symbols, ids, strict=True))
        shared = Counter(gene_id for _, gene_id in pairs)
        by_id = {gene_id: symbol for symbol, gene_id in pairs if gene_id and shared[gene_id] == 1}
        return cls(frozenset(symbol for symbol, _ in pairs), by_id, aliases)

    def canonical(self, name: str) -> str:
        """Return the name that the aliases give to `name`, or `name`."""
        return self.aliases.get(name, name)

    def resolve(self, name: str, gene_id: str = "") -> str | None:
        """Return the symbol of a gene by alias, symbol, then id; None where it is not in the dataset."""
        symbol = self.canonical(name)
        if symbol in self.symbols:
            return symbol
        return self.by_id.get(gene_id) or self.by_id.get(symbol)


def read_aliases(path: Path | None, given: Mapping[str, str]) -> dict[str, str]:
    """Return name → symbol from a file of two columns and from the command line.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        The file has not two columns, or a name is given two symbols.
    """
    aliases = dict(given)
    if path is None:
        return aliases
    raw = read_raw_table(path)
    if raw.cells.shape[1] < 2:
        raise InputError(f"{path}: one column; expected two, the name in the files and the symbol to use")
    names, symbols = raw.column_texts(0), raw.column_texts(1)
    start = 1 if {header_word(names[0]), header_word(symbols[0])} <= ALIAS_HEADERS and raw.header is None else 0
    for row in range(start, len(names)):
        name = name_of(raw.cells.iat[row, 0], path, raw.rows[row])
        symbol = name_of(raw.cells.iat[row, 1], path, raw.rows[row])
        if not name or not symbol:
            raise InputError(
                f"{raw.line(row)}: an alias needs a name and a symbol, got {quote(name)} and {quote(symbol)}"
            )
        if aliases.setdefault(name, symbol) != symbol:
            raise InputError(
                f"{raw.line(row)}: the alias {quote(name)} stands for {quote(symbol)} here and for "
                f"{quote(aliases[name])} before; keep one of them"
            )
    return aliases


def describe_unused_aliases(aliases: Mapping[str, str], symbols: frozenset[str]) -> list[str]:
    """Return a line on aliases that point to a name that no gene has."""
    lost = [f"{name}={symbol}" for name, symbol in aliases.items() if symbol not in symbols]
    return [f"aliases to a symbol that no gene has: {listed(lost)}"] if lost else []


def suggest_aliases(unmatched: Mapping[str, str], symbols: Iterable[str], ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return (name, symbol) for names that almost match a gene, the most alike first, at most three for a name.

    Parameters
    ----------
    unmatched : mapping of str to str
        Name that joined nothing → its id, "" where unknown.
    symbols, ids : iterable of str
        The genes, aligned. A gene with another id than the name is another gene, however alike they look.

    Notes
    -----
    Alike are: equal without case and punctuation; one digit more or less at the end (Dp, Dp2); and names of five or
    more letters of high similarity with the same digits (so that CG1234 is never taken for CG1235).
    """
    id_of = dict(zip(symbols, ids, strict=True))
    by_key: dict[str, list[str]] = defaultdict(list)
    by_stem: dict[str, list[str]] = defaultdict(list)
    by_digits: dict[str, list[str]] = defaultdict(list)
    for symbol in id_of:
        by_key[_key(symbol)].append(symbol)
        if symbol[-1:].isdigit():
            by_stem[_key(symbol)[:-1]].append(symbol)
        by_digits[_digits(symbol)].append(symbol)
    found = []
    for name, gene_id in unmatched.items():
        key = _key(name)
        choices = by_key[key] + (by_key[key[:-1]] if key[-1:].isdigit() else by_stem[key])
        if not choices and len(name) >= 5:
            choices = difflib.get_close_matches(name, by_digits[_digits(name)], n=1, cutoff=_SIMILAR)
        fitting = [symbol for symbol in choices if not gene_id or not id_of[symbol] or id_of[symbol] == gene_id]
        fitting.sort(key=lambda symbol: -difflib.SequenceMatcher(None, name, symbol).ratio())
        if name not in id_of:
            found += [(name, symbol) for symbol in fitting[:_MOST]]
    return found


def _key(name: str) -> str:
    return header_word(name)


def _digits(name: str) -> str:
    return " ".join(re.findall(r"\d+", name))
