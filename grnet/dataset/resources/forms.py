"""A download of a database → its edges or TFs, whatever form the database has.

A form is a function that takes the download and yields edges, or one that takes it and returns names. To add a form,
write the function and add a line to `EDGE_FORMS` or `NAME_FORMS`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError
from grnet.storage.read_limits import check_memory, check_regular_file, reading

T = TypeVar("T")

ACTIVATION, REPRESSION, BOTH, UNKNOWN = "activation", "repression", "both", "unknown"
COMPLEX_MARK = "COMPLEX:"
COLLECTRI_COMPLEXES = frozenset({"AP1", "NFKB"})
"""CollecTRI's names of two families of dimers; no gene has them."""
TRUE_WORDS = frozenset({"1", "true"})
_NOT_IN_NAMES = frozenset("<>{}\t,;=")


_BYTES_PER_LETTER = 8
"""What a letter of a download takes with the edges that it becomes."""


class _Tabs(csv.excel_tab):
    """Cells between tabs; quotes are letters."""

    quoting = csv.QUOTE_NONE


@dataclass(frozen=True)
class DatabaseEdge:
    """One row of a database.

    Attributes
    ----------
    tf, target : str
        Symbols.
    effect : str
        "activation", "repression", "both" or "unknown"; each is an edge.
    level : str
        Level of confidence; "" where the database has none.
    is_complex : bool
        One of the ends is a complex of several proteins, not one gene.
    """

    tf: str
    target: str
    effect: str
    level: str = ""
    is_complex: bool = False


def read_edges(form: str, path: Path) -> Iterator[DatabaseEdge]:
    """Yield the edges of a download.

    Raises
    ------
    InputError
        grnet knows no such form, or the file is not of this form, such as a page that says that a server is down.
    """
    return _find(EDGE_FORMS, form)(path)


def read_names(form: str, path: Path) -> tuple[str, ...]:
    """Return the names of a downloaded list of TFs, sorted, each once.

    Raises
    ------
    InputError
        grnet knows no such form, or the file is not of this form.
    """
    names = _find(NAME_FORMS, form)(path)
    for name in names:
        if _NOT_IN_NAMES & set(name):
            raise InputError(f"{path.name}: {quote(name)} is no name of a gene; expected a list of TFs")
    if not names:
        raise InputError(f"{path.name}: names no TF; expected a list of TFs")
    return tuple(sorted(set(names)))


def _find(forms: Mapping[str, T], form: str) -> T:
    if form not in forms:
        raise InputError(f"form {quote(form)} is not known; expected one of {', '.join(forms)}")
    return forms[form]


def _read_collectri(path: Path) -> Iterator[DatabaseEdge]:
    """Yield the edges of CollecTRI's own table: source, target, weight (1 or -1), …."""
    for row in _rows(path, ",", ("source", "target", "weight")):
        effect = REPRESSION if row["weight"].startswith("-") else ACTIVATION
        yield DatabaseEdge(row["source"], row["target"], effect, is_complex=row["source"] in COLLECTRI_COMPLEXES)


def _read_omnipath(path: Path, level: str = "") -> Iterator[DatabaseEdge]:
    """Yield the edges of the web service of OmniPath; `level` is the column of confidence."""
    columns = ("source", "target", "source_genesymbol", "target_genesymbol", "is_stimulation", "is_inhibition")
    for row in _rows(path, "\t", (*columns, *([level] if level else []))):
        yield DatabaseEdge(
            row["source_genesymbol"],
            row["target_genesymbol"],
            _effect_of(row["is_stimulation"], row["is_inhibition"]),
            # a pair that was listed with several levels has them all, the best first
            level=row[level].split(";")[0] if level else "",
            is_complex=row["source"].startswith(COMPLEX_MARK) or row["target"].startswith(COMPLEX_MARK),
        )


def _read_dorothea(path: Path) -> Iterator[DatabaseEdge]:
    return _read_omnipath(path, "dorothea_level")


def _read_trrust(path: Path) -> Iterator[DatabaseEdge]:
    """Yield the edges of TRRUST: TF, target, mode, references; no header."""
    effects = {"activation": ACTIVATION, "repression": REPRESSION, "unknown": UNKNOWN}
    for number, cells in enumerate(_cells(path, "\t"), 1):
        if len(cells) < 3 or cells[2].lower() not in effects:
            raise InputError(
                f"{path.name}: row {number}: expected TF, target and Activation, Repression or Unknown, separated by "
                f"tabs, got {quote(' '.join(cells)[:60])}"
            )
        yield DatabaseEdge(cells[0], cells[1], effects[cells[2].lower()])


def _read_plain_names(path: Path) -> list[str]:
    return [line.strip() for line in _text(path).splitlines() if line.strip()]


def _read_animaltfdb(path: Path) -> list[str]:
    """Return the symbols of a table of AnimalTFDB; where a gene has none, its Ensembl identifier."""
    rows = _rows(path, "\t", ("Symbol", "Ensembl"))
    names = [next((row[key] for key in ("Symbol", "Ensembl") if row[key] not in ("", "-")), "") for row in rows]
    return [name for name in names if name]


EDGE_FORMS: Mapping[str, Callable[[Path], Iterator[DatabaseEdge]]] = {
    "collectri": _read_collectri,
    "dorothea": _read_dorothea,
    "omnipath": _read_omnipath,
    "trrust": _read_trrust,
}
NAME_FORMS: Mapping[str, Callable[[Path], list[str]]] = {"names": _read_plain_names, "animaltfdb": _read_animaltfdb}
FORMS_WITH_LEVELS = frozenset({"dorothea"})


def _effect_of(stimulation: str, inhibition: str) -> str:
    plus, minus = stimulation.lower() in TRUE_WORDS, inhibition.lower() in TRUE_WORDS
    return {(True, False): ACTIVATION, (False, True): REPRESSION, (True, True): BOTH}.get((plus, minus), UNKNOWN)


def _rows(path: Path, separator: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table with a header, `columns` of each.

    Raises
    ------
    InputError
        A column is missing, or a row is shorter than the header.
    """
    cells = _cells(path, separator)
    header = next(cells, [])
    missing = [column for column in columns if column not in header]
    if missing:
        raise InputError(
            f"{path.name}: expected the columns {', '.join(columns)}, got {quote(separator.join(header)[:60])}"
        )
    places = {column: header.index(column) for column in columns}
    for number, row in enumerate(cells, 2):
        if len(row) < len(header):
            raise InputError(f"{path.name}: row {number}: {len(row)} cells; expected {len(header)}, as in its header")
        yield {column: row[place].strip() for column, place in places.items()}


def _cells(path: Path, separator: str) -> Iterator[list[str]]:
    """Yield the cells of each line that is not empty.

    Raises
    ------
    InputError
        It is no such table, such as a page in one long line.
    """
    text = io.StringIO(_text(path), newline="")
    rows = csv.reader(text, "excel" if separator == "," else _Tabs)
    try:
        yield from (row for row in rows if row)
    except csv.Error as error:
        raise InputError(f"{path.name}: line {rows.line_num}: {error}; expected the table of the database") from error


def _text(path: Path) -> str:
    check_regular_file(path, "the table of a database")
    check_memory(path, path.stat().st_size * _BYTES_PER_LETTER, "the table of a database")
    # named as the errors of rows are: by the file alone, as its folder is a passing one
    with reading(Path(path.name), "text", mend="expected the table of the database in UTF-8"):
        return path.read_text(encoding="utf-8-sig")
