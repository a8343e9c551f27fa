"""An ontology in the OBO format → its terms, with their names, synonyms and broader terms.

The format is that of https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html; of a term, the tags that say
what it is called and what it is part of are read, all others are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grnet.dataset.reading.content import recognise
from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError
from grnet.storage.read_limits import check_memory

PART_OF = frozenset({"part_of", "BFO:0000050"})
EXPECTED = "expected an ontology in OBO format, with [Term] and lines such as id: FBbt:00000052"
_BYTES_PER_LETTER = 12
"""What a letter of a term takes with the lines and the graph that hold it."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(\w*)')
_ENDS = re.compile(r"\s+(!.*|\{[^{}]*\}\s*(!.*)?)$")
"""Comments and modifiers behind a value."""


@dataclass
class OntologyTerm:
    """A term of an ontology.

    Attributes
    ----------
    id, name : str
    other_ids : list of str
        Identifiers that it had before it was merged with others.
    synonyms : list of (str, str)
        Text and scope: EXACT, BROAD, NARROW or RELATED.
    broader : list of str
        Identifiers of the terms that it is one of, or part of.
    obsolete : bool
    replaced_by : str
    """

    id: str = ""
    name: str = ""
    other_ids: list[str] = field(default_factory=list)
    synonyms: list[tuple[str, str]] = field(default_factory=list)
    broader: list[str] = field(default_factory=list)
    obsolete: bool = False
    replaced_by: str = ""


def read_obo(path: Path) -> dict[str, OntologyTerm]:
    """Return the terms of an ontology by identifier, in the order of the file.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        It is no OBO file, is damaged, or a term has no id.
    """
    terms: dict[str, OntologyTerm] = {}
    for start, lines in _list_stanzas(path):
        term = _read_term(path, lines)
        if not term.id:
            raise InputError(f"{path}:{start}: a [Term] without an id; {EXPECTED}")
        if term.id in terms:
            raise InputError(f"{path}:{start}: the term {quote(term.id)} is defined twice")
        terms[term.id] = term
    if not terms:
        raise InputError(f"{path}: holds no [Term]; {EXPECTED}")
    return terms


def _list_stanzas(path: Path) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """Yield the line on which each [Term] begins, and its numbered lines."""
    stanza: list[tuple[int, str]] = []
    start = 0
    for number, line in enumerate(_read_lines(path), start=1):
        if line.startswith("["):
            if start:
                yield start, stanza
            stanza, start = [], number if line == "[Term]" else 0
        elif start and line and not line.startswith("!"):
            stanza.append((number, line))
    if start:
        yield start, stanza


def _read_lines(path: Path) -> list[str]:
    content = recognise(path)
    with content.reading(), content.open() as stream:
        try:
            text = stream.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: is no text in UTF-8; {EXPECTED}") from error
        check_memory(path, len(text) * _BYTES_PER_LETTER, f"an ontology of {len(text):,} letters")
        return [line.strip() for line in text.splitlines()]


def _read_term(path: Path, lines: list[tuple[int, str]]) -> OntologyTerm:
    term = OntologyTerm()
    for number, line in lines:
        tag, colon, rest = line.partition(":")
        if not colon:
            raise InputError(f"{path}:{number}: {quote(line)} is no line of a term; {EXPECTED}")
        _take_tag(term, tag.strip(), rest.strip())
    return term


def _take_tag(term: OntologyTerm, tag: str, text: str) -> None:
    """Add what one line says of a term."""
    value = _ENDS.sub("", text).strip()
    if tag == "id":
        term.id = value
    elif tag == "name":
        term.name = _without_escapes(value)
    elif tag == "alt_id":
        term.other_ids.append(value)
    elif tag == "synonym" and (found := _QUOTED.match(text)):
        term.synonyms.append((_without_escapes(found.group(1)), found.group(2) or "RELATED"))
    elif tag == "is_a":
        term.broader.append(value)
    elif tag == "relationship" and value.split(maxsplit=1)[:1] and value.split()[0] in PART_OF:
        term.broader += value.split()[1:2]
    elif tag == "is_obsolete":
        term.obsolete = value == "true"
    elif tag == "replaced_by":
        term.replaced_by = value


def _without_escapes(text: str) -> str:
    r"""Return a text of the format with \" and the like as the characters they stand for."""
    return " ".join(
        re.sub(r"\\(.)", lambda found: {"n": " ", "W": " ", "t": " "}.get(found[1], found[1]), text).split()
    )
