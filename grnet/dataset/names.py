"""Names in files → genes of the dataset: aliases, symbols, ids, and suggestions for names that almost match."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from grnet.dataset.reading.alias_plan import plan_aliases
from grnet.dataset.reading.overrides import NO_TABLE_CHOICES, TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.table_cells import header_word, listed, name_of, quote
from grnet.schema.errors import InputError
from grnet.schema.sources import TableSource

_SEVERAL = re.compile(r"\s*[|;,]\s*")
"""Between the names of a cell of aliases."""
_VERSIONED = re.compile(r"(ENS[A-Z]*[GTP]\d{6,})\.\d+")
_SIMILAR, _MOST = 0.85, 3
_SHORTEST_STEM, _LONG_WORD = 2, 5
_MIXED_CASE = 0.1
_Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class NameBook:
    """The genes of a dataset by symbol and id, and the aliases of the user.

    Attributes
    ----------
    symbols : frozenset of str
    by_id : mapping of str to str
        Id → symbol; ids that several genes share are left out.
    aliases : mapping of str to str
    by_unversioned : mapping of str to str
        Ensembl identifier without its version → symbol; those that several genes share are left out.
    """

    symbols: frozenset[str]
    by_id: Mapping[str, str]
    aliases: Mapping[str, str]
    by_unversioned: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def build(cls, symbols: Iterable[str], ids: Iterable[str], aliases: Mapping[str, str]) -> NameBook:
        """Build from aligned symbols and ids ("" where unknown)."""
        pairs = list(zip(symbols, ids, strict=True))
        shared = Counter(gene_id for _, gene_id in pairs)
        by_id = {gene_id: symbol for symbol, gene_id in pairs if gene_id and shared[gene_id] == 1}
        plain = {(unversioned(name), pair[0]) for pair in pairs for name in pair if name.startswith("ENS")}
        twins = Counter(name for name, _ in plain)
        by_unversioned = {name: symbol for name, symbol in plain if twins[name] == 1}
        return cls(frozenset(symbol for symbol, _ in pairs), by_id, aliases, by_unversioned)

    def canonical(self, name: str) -> str:
        """Return the name that the aliases give to `name`, or `name`."""
        return self.aliases.get(name, name)

    def resolve(self, name: str, gene_id: str = "") -> str | None:
        """Return the symbol of a gene by alias, symbol, then id; None where it is not in the dataset."""
        symbol = self.canonical(name)
        if symbol in self.symbols:
            return symbol
        found = self.by_id.get(gene_id) or self.by_id.get(symbol)
        return found or self.by_unversioned.get(unversioned(symbol)) or self.by_unversioned.get(unversioned(gene_id))


def unversioned(name: str) -> str:
    """Return an Ensembl identifier without its version (ENSG00000141510.18), other names as they are."""
    found = _VERSIONED.fullmatch(name)
    return found.group(1) if found else name


def read_aliases(
    path: TableSource | None,
    given: Mapping[str, str],
    *,
    choices: TableChoices = NO_TABLE_CHOICES,
    plans: list[ReadingPlan] | None = None,
) -> dict[str, str]:
    """Return name → symbol from a file of two columns and from the command line.

    Parameters
    ----------
    path : Path, GivenTable or None
    given : mapping of str to str
        Of the command line, or of a Python caller.
    choices : TableChoices
    plans : list of ReadingPlan, optional
        Takes the plan of the file.

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
    raw = read_table(path, choices.file, fits=is_name_sheet, long_text=1 << 62)
    table, plan = plan_aliases(raw, choices)
    if plans is not None:
        plans.append(plan)
    ends = [table.cells.iloc[:, plan.of_role(role)[0]] for role in (Role.NAME, Role.SYMBOL)]
    for row, cells in enumerate(zip(*ends, strict=True)):
        text, symbol = (name_of(cell, path, table.rows[row]) for cell in cells)
        names = [part for part in _SEVERAL.split(text) if part]
        if not names or not symbol:
            raise InputError(
                f"{table.line(row)}: an alias needs a name and a symbol, got {quote(text)} and {quote(symbol)}"
            )
        for name in names:
            if aliases.setdefault(name, symbol) != symbol:
                raise InputError(
                    f"{table.line(row)}: the alias {quote(name)} stands for {quote(symbol)} here and for "
                    f"{quote(aliases[name])} before; keep one of them"
                )
    return aliases


def describe_unused_aliases(aliases: Mapping[str, str], symbols: frozenset[str]) -> list[str]:
    """Return a line on aliases that point to a name that no gene has."""
    lost = [f"{name}={symbol}" for name, symbol in aliases.items() if symbol not in symbols]
    return [f"aliases to a symbol that no gene has: {listed(lost)}"] if lost else []


def suggest_aliases(
    unmatched: Mapping[str, str], symbols: Iterable[str], ids: Iterable[str], *, used: Collection[str] = frozenset()
) -> list[tuple[str, str]]:
    """Return (name, symbol) for names that almost match a gene, the most alike first, at most three for a name.

    Parameters
    ----------
    unmatched : mapping of str to str
        Name that joined nothing → its id, "" where unknown.
    symbols, ids : iterable of str
        The genes, aligned. A gene with another id than the name is another gene, however alike they look.
    used : collection of str
        Names of the lists that are genes as they stand. Who writes both CD2 and CD2L means two genes.

    Notes
    -----
    Alike are: equal but for case and punctuation; equal but for one digit at the end of the symbol, where the name has
    no digit (Dp, Dp2); and long words of high similarity with the same beginning and end. Numbers are never
    changed: CD2 is not CD22, and Hoxa1 is not Hoxa11. A used symbol is suggested for its spelling in another case only
    where case does not tell genes apart, as it does in the fly.
    """
    if not unmatched:
        return []
    id_of = dict(zip(symbols, ids, strict=True))
    taken = {*id_of, *id_of.values()}
    index = _LikeNames.build(id_of)
    found = []
    for name, gene_id in unmatched.items():
        if not name or name in taken:
            continue
        same = [symbol for symbol in index.same(name) if symbol not in used or not index.case_matters]
        near = [symbol for symbol in index.numbered(name) if symbol not in used]
        if not same and not near:
            near = [symbol for symbol in index.similar(name) if symbol not in used]
        fitting = [symbol for symbol in same + near if not gene_id or not id_of[symbol] or id_of[symbol] == gene_id]
        fitting.sort(key=lambda symbol: -difflib.SequenceMatcher(None, name, symbol).ratio())
        found += [(name, symbol) for symbol in fitting[:_MOST]]
    return found


@dataclass(frozen=True)
class _LikeNames:
    """Symbols by what they share with names that are like them.

    Attributes
    ----------
    by_key : mapping
        Letters in lower case, and the numbers → symbols.
    by_stem : mapping
        Letters in lower case of symbols that have one digit, at the end → symbols.
    by_outline : mapping
        Numbers, short words, and first and last letters of long words → symbols.
    case_matters : bool
        Another case may be another gene, as in the fly: many symbols begin with a small and many with a capital
        letter, or two differ by case alone.
    """

    by_key: Mapping[_Key, list[str]]
    by_stem: Mapping[str, list[str]]
    by_outline: Mapping[_Key, list[str]]
    case_matters: bool

    @classmethod
    def build(cls, symbols: Collection[str]) -> _LikeNames:
        """Put the symbols in order by what names that are alike have in common."""
        by_key: dict[_Key, list[str]] = defaultdict(list)
        by_stem: dict[str, list[str]] = defaultdict(list)
        by_outline: dict[_Key, list[str]] = defaultdict(list)
        spellings: Counter[str] = Counter()
        for symbol in symbols:
            letters, numbers = key = _key(symbol)
            by_key[key].append(symbol)
            if len(numbers) == 1 and numbers == (letters[-1],):
                by_stem[letters[:-1]].append(symbol)
            by_outline[_outline(symbol)].append(symbol)
            spellings[symbol.casefold()] += 1
        lower, every = sum(symbol[:1].islower() for symbol in symbols), len(symbols)
        mixed = min(lower, every - lower) >= _MIXED_CASE * every
        return cls(by_key, by_stem, by_outline, mixed or any(count > 1 for count in spellings.values()))

    def same(self, name: str) -> list[str]:
        """Return the symbols that are `name` but for case and punctuation."""
        return self.by_key.get(_key(name), [])

    def numbered(self, name: str) -> list[str]:
        """Return the symbols that are `name`, which has no digit, with one digit at the end."""
        letters, numbers = _key(name)
        if numbers or len(letters) < _SHORTEST_STEM:
            return []
        return self.by_stem.get(letters, [])

    def similar(self, name: str) -> list[str]:
        """Return the symbol most like `name` with the same numbers and short words.

        Symbols in capitals are codes, of which each letter counts: TNFSF4 and TNFRSF4 are ligand and receptor.
        """
        if name.isupper():
            return []
        words = _words(name)
        best = [(_similarity(words, _words(symbol)), symbol) for symbol in self.by_outline.get(_outline(name), [])]
        alike = max(best, key=lambda pair: pair[0], default=(0.0, ""))
        return [alike[1]] if alike[0] >= _SIMILAR else []


def _key(name: str) -> _Key:
    return header_word(name), tuple(re.findall(r"\d+", name))


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.lower())


def _outline(name: str) -> _Key:
    """Return what two names must share, so that a letter that counts members of a family is never a slip."""
    words = [word if len(word) < _LONG_WORD else f"{word[0]}…{word[-1]}" for word in _words(name)]
    return " ".join(words), tuple(re.findall(r"\d+", name))


def _similarity(some: list[str], others: list[str]) -> float:
    """Return the similarity, 0..1, of the words that are least alike."""
    return min(
        (difflib.SequenceMatcher(None, one, other).ratio() for one, other in zip(some, others, strict=True)),
        default=0.0,
    )
