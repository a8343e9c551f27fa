"""`--columns`: what the user says of the columns of a file, above what the rules find.

A choice is `[FILE:]ROLE=COLUMN[,ROLE=COLUMN…]`. FILE is the name of a file or what it is given as (expression, tfs,
known-edges, images, spatial, coordinates, annotations, aliases, scores); COLUMN is a name, a pattern (`S*`), or a place
(`#3`).
"""

from __future__ import annotations

import csv
import fnmatch
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grnet.dataset.reading.plan import Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import FileChoices
from grnet.dataset.table_cells import listed, quote
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.sources import Source

FILE_KEYS = ("sheet", "encoding", "separator", "decimal", "thousands", "header")
_SAME = {"sample": Role.SAMPLES, "gene": Role.SYMBOL, "aside": Role.SET_ASIDE, "set_aside": Role.SET_ASIDE}
_MARKS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "point": ".", "none": ""}
_OF_KIND = {
    TableKind.EXPRESSION: (Role.SYMBOL, Role.ID, Role.SAMPLES, Role.SET_ASIDE),
    TableKind.TFS: (Role.TF, Role.SYMBOL, Role.IS_TF, Role.SET_ASIDE),
    TableKind.KNOWN_EDGES: (Role.TF, Role.TARGET, Role.LABEL, Role.SIGN, Role.WEIGHT, Role.SOURCE, Role.SET_ASIDE),
    TableKind.IMAGES: (Role.SYMBOL, Role.ID, Role.VIEW, Role.STAGE, Role.PATH),
    TableKind.SPATIAL: (Role.SYMBOL, Role.ID, Role.SAMPLES, Role.SET_ASIDE),
    TableKind.COORDINATES: (Role.SPOT, Role.X, Role.Y, Role.Z, Role.SECTION),
    TableKind.ANNOTATIONS: (Role.SYMBOL, Role.ID, Role.TERM, Role.STAGE, Role.SET_ASIDE),
    TableKind.ALIASES: (Role.NAME, Role.SYMBOL),
    TableKind.SCORES: (Role.TF, Role.TARGET, Role.SCORE, Role.SIGN, Role.SET_ASIDE),
}


@dataclass(frozen=True)
class TableChoices:
    """What the user says of one file.

    Attributes
    ----------
    roles : tuple of (Role, str)
        Role and the name, pattern or place of its columns, in the order in which they were given.
    values : dict of str to str
        FILE_KEYS that were given.
    """

    roles: tuple[tuple[Role, str], ...] = ()
    values: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> FileChoices:
        """What is needed to read the cells."""
        return FileChoices(*(self.values.get(key, "") for key in ("sheet", "encoding", "separator")))

    def find(self, raw: RawTable) -> dict[int, Role]:
        """Return column → role in a table whose header has been taken.

        Raises
        ------
        InputError
            No column has that name, pattern or place.
        """
        names = [raw.header[column] if raw.header else "" for column in range(raw.cells.shape[1])]
        found: dict[int, Role] = {}
        for role, pattern in self.roles:
            hits = _match(pattern, names, raw.columns)
            if not hits:
                shown = [name for name in names if name] or [f"#{place}" for place in raw.columns]
                raise InputError(
                    f"{raw.path}: --columns {role.value}={pattern}: no such column; its columns are {listed(shown, 12)}"
                )
            if role not in (Role.SAMPLES, Role.SET_ASIDE) and len(hits) > 1:
                raise InputError(
                    f"{raw.path}: --columns {role.value}={pattern}: {len(hits)} columns match "
                    f"({listed([names[hit] for hit in hits])}); name one of them, or its place such as #{hits[0] + 1}"
                )
            for hit in hits:
                found.setdefault(hit, role) if "*" in pattern else found.__setitem__(hit, role)
        return found


@dataclass(frozen=True)
class ColumnChoices:
    """All that the user says of columns, by file.

    Attributes
    ----------
    entries : tuple of (file, key, value)
        The file is a name, a TableKind, or "" for the kind that has such a role.
    """

    entries: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> ColumnChoices:
        """Read the values of `--columns`.

        Raises
        ------
        ConfigError
            A text is not of the form [FILE:]ROLE=COLUMN,…
        """
        entries: list[tuple[str, str, str]] = []
        for text in texts:
            file, rest = "", text
            before, colon, after = text.partition(":")
            if colon and "=" not in before:
                file, rest = before.strip(), after
            for part in next(csv.reader(io.StringIO(rest)), []):
                key, equals, value = part.partition("=")
                key = key.strip().lower()
                if not equals or not value:
                    raise ConfigError(
                        f"--columns {quote(text)}: {quote(part)} is not ROLE=COLUMN, such as symbol=gene_name"
                    )
                if key not in FILE_KEYS and key not in _SAME and key not in set(Role):
                    raise ConfigError(
                        f"--columns {quote(text)}: there is no role {quote(key)}; expected one of "
                        f"{', '.join(role.value for role in Role)}, or {', '.join(FILE_KEYS)}"
                    )
                entries.append((file, key, value.strip()))
        return cls(tuple(entries))

    def of_table(self, kind: TableKind, path: Source) -> TableChoices:
        """Return what is said of one file."""
        roles: list[tuple[Role, str]] = []
        values: dict[str, str] = {}
        for file, key, value in self.entries:
            if file not in ("", kind.value, path.name, str(path)):
                continue
            role = _SAME.get(key) or (Role(key) if key in set(Role) else None)
            if not file and kind is not _kind_of(role):
                continue
            if role is None:
                values[key] = _MARKS.get(value, value)
            elif role in _OF_KIND[kind]:
                roles.append((role, value))
            else:
                raise ConfigError(
                    f"--columns {key}={value}: a file of kind {kind.value} has no such role; expected one of "
                    f"{', '.join(each.value for each in _OF_KIND[kind])}"
                )
        return TableChoices(tuple(roles), values)

    def check_files(self, given: Sequence[tuple[TableKind, Source]]) -> None:
        """Raise where a choice names a file that is not given.

        Raises
        ------
        ConfigError
        """
        known = {"", *(kind.value for kind, _ in given), *(path.name for _, path in given), *(str(p) for _, p in given)}
        for file, key, value in self.entries:
            if file not in known:
                shown = listed(dict.fromkeys(path.name for _, path in given))
                raise ConfigError(f"--columns {file}:{key}={value}: no such file is given; expected one of {shown}")
            role = _SAME.get(key) or (Role(key) if key in set(Role) else None)
            if not file and not any(kind is _kind_of(role) for kind, _ in given):
                raise ConfigError(f"--columns {key}={value}: no file of kind {_kind_of(role).value} is given")


NO_TABLE_CHOICES = TableChoices()
NO_COLUMN_CHOICES = ColumnChoices()


def _kind_of(role: Role | None) -> TableKind:
    """Return the kind of file that a choice without a file is about."""
    if role in (Role.TF, Role.TARGET, Role.LABEL, Role.SIGN, Role.WEIGHT, Role.SOURCE):
        return TableKind.KNOWN_EDGES
    if role in (Role.VIEW, Role.STAGE, Role.PATH):
        return TableKind.IMAGES
    if role is Role.IS_TF:
        return TableKind.TFS
    if role is Role.TERM:
        return TableKind.ANNOTATIONS
    if role in (Role.SPOT, Role.X, Role.Y, Role.Z, Role.SECTION):
        return TableKind.COORDINATES
    if role is Role.NAME:
        return TableKind.ALIASES
    return TableKind.SCORES if role is Role.SCORE else TableKind.EXPRESSION


def _match(pattern: str, names: Sequence[str], places: Sequence[int]) -> list[int]:
    """Return the columns of a name, else of a place (#3, #3-14), else of a pattern."""
    exact = [column for column, name in enumerate(names) if name == pattern]
    if exact:
        return exact
    if pattern.startswith("#"):
        low, _, high = pattern[1:].partition("-")
        if low.isdigit() and (high.isdigit() or not high):
            return [column for column, place in enumerate(places) if int(low) <= place <= int(high or low)]
    return [column for column, name in enumerate(names) if name and fnmatch.fnmatchcase(name, pattern)]
