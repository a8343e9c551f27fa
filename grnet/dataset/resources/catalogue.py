"""The table of what can be fetched, `resources.toml`, and the words of a user → one resource of it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from grnet.dataset.table_cells import quote
from grnet.schema.errors import InputError, MissingInputError

Holds = Literal["tfs", "edges"]
VARIABLE = "GRNET_RESOURCES"
"""Environment variable: a file of further resources, such as those of a mirror."""
TABLE = Path(__file__).with_name("resources.toml")
ORGANISMS: Mapping[str, tuple[str, ...]] = {
    "human": ("homo sapiens", "h. sapiens", "9606"),
    "mouse": ("mus musculus", "m. musculus", "10090"),
    "rat": ("rattus norvegicus", "r. norvegicus", "10116"),
    "zebrafish": ("danio rerio", "d. rerio", "7955"),
    "fly": ("drosophila melanogaster", "d. melanogaster", "drosophila", "fruit fly", "7227"),
    "worm": ("caenorhabditis elegans", "c. elegans", "6239"),
}
"""Organism → its other names, in lower case."""
_PLAIN = re.compile(r"[a-z][a-z0-9_]+")
_HOLDS: tuple[Holds, ...] = ("tfs", "edges")
_SHOWN = 3


@dataclass(frozen=True)
class Resource:
    """One file of a database, for one organism.

    Attributes
    ----------
    source, organism : str
        Lower-case names, such as "collectri" and "human".
    holds : {"tfs", "edges"}
        Edges name TFs, too; a list of TFs names no edges.
    title : str
        What the source calls itself, with its version.
    form : str
        How the download is read.
    address : str
    licence, citation : str
    sha256 : str
        Of the download; "" where the publisher changes it from time to time.
    """

    source: str
    organism: str
    holds: Holds
    title: str
    form: str
    address: str
    licence: str
    citation: str
    sha256: str = ""

    @property
    def name(self) -> str:
        """Return what a user calls it: SOURCE:ORGANISM."""
        return f"{self.source}:{self.organism}"


def list_resources() -> tuple[Resource, ...]:
    """Return all that can be fetched, the default source of each organism before its others.

    Raises
    ------
    MissingInputError, InputError
        The file that GRNET_RESOURCES names is missing, or is not of the form of `resources.toml`.
    """
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    own = os.environ.get(VARIABLE)
    return tuple(_as_resources(_merge(table, _read_own(Path(own))) if own else table, Path(own) if own else TABLE))


def choose_resource(holds: Holds, source: str | None, organism: str | None) -> Resource:
    """Return the resource that a user asks for.

    Parameters
    ----------
    holds : {"tfs", "edges"}
    source : str or None
        None takes the first source of the table that holds it for the organism.
    organism : str or None

    Raises
    ------
    InputError
        No organism is given, or there is no such resource; the text names those that there are.
    """
    resources = list_resources()
    known = [resource for resource in resources if resource.holds == holds]
    if holds == "tfs":  # lists of TFs before regulators of edges
        known += [resource for resource in resources if resource.holds == "edges"]
    organisms = list(dict.fromkeys(resource.organism for resource in known))
    if not organism:
        raise InputError(f"which organism? Add --organism, one of {', '.join(organisms)}")
    wanted = name_organism(organism)
    if wanted not in organisms:
        raise InputError(
            f"--organism {quote(organism)}: there are no {_call(holds)} of it; expected one of {', '.join(organisms)}"
        )
    fitting = [resource for resource in known if resource.organism == wanted]
    if source is None:
        return fitting[0]
    found = [resource for resource in fitting if resource.source == source.lower()]
    if not found:
        names = ", ".join(dict.fromkeys(resource.source for resource in fitting))
        raise InputError(
            f"--source {quote(source)}: it has no {_call(holds)} of {wanted} that grnet knows; expected one of {names}"
        )
    return found[0]


def find_resource(name: str, holds: Holds, argument: str) -> Resource:
    """Return the resource of a name, SOURCE:ORGANISM.

    Raises
    ------
    InputError
        There is none of this name, or it is a list of TFs where edges are needed.
    """
    source, _, organism = name.partition(":")
    wanted = f"{source.lower()}:{name_organism(organism)}"
    resources = {resource.name: resource for resource in list_resources()}
    usable = [name for name, one in resources.items() if holds == "tfs" or one.holds == "edges"]
    if wanted not in resources:
        near = get_close_matches(wanted, usable, _SHOWN, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`grnet fetch` lists the names"
        raise InputError(f"{argument} {name}: no such file, and no database of this name; {hint}")
    if wanted not in usable:
        alike = [one for one in usable if resources[one].organism == resources[wanted].organism]
        hint = f"known edges of {resources[wanted].organism}: {', '.join(alike)}" if alike else "give a file"
        raise InputError(f"{argument} {name}: is a list of TFs and holds no edges; {hint}")
    return resources[wanted]


def is_resource_name(text: str) -> bool:
    """Tell whether a text can only be the name of a resource where no file has this name."""
    source, mark, organism = text.partition(":")
    if not mark:
        return text.lower() in {resource.source for resource in list_resources()} if _PLAIN.fullmatch(text) else False
    return _PLAIN.fullmatch(source.lower()) is not None and re.fullmatch(r"[\w. -]+", organism) is not None


def name_organism(text: str) -> str:
    """Return the name of an organism in the table for any of its names; other texts in lower case."""
    plain = " ".join(text.lower().replace("_", " ").split())
    return next((name for name, others in ORGANISMS.items() if plain in others), plain)


def _merge(table: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return `table` with the entries of `own` in their places, in tables to any depth."""
    merged = dict(table)
    for key, value in own.items():
        inner = merged.get(key)
        merged[key] = _merge(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged


def _read_own(file: Path) -> dict[str, Any]:
    """Return the entries of a user's file.

    Raises
    ------
    MissingInputError, InputError
        The file is missing or is no TOML.
    """
    if not file.is_file():
        raise MissingInputError(f"{VARIABLE}={file}: no such file; expected a table such as {TABLE}")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{VARIABLE}={file}: not readable as TOML ({error}); expected a table such as {TABLE}"
        ) from error


def _as_resources(table: Mapping[str, Any], file: Path) -> Iterable[Resource]:
    """Yield the resources of a table.

    Raises
    ------
    InputError
        An entry lacks a field, has one that is not known, or a field is no text.
    """
    names = {field.name for field in fields(Resource)} - {"source", "organism"}
    for source, entry in table.items():
        organisms = entry.get("organisms") if isinstance(entry, dict) else None
        if not isinstance(organisms, dict) or not _PLAIN.fullmatch(source):
            raise InputError(f"{file}: [{source}]: expected tables [{source}.organisms.ORGANISM] with an address")
        common = {key: value for key, value in entry.items() if key != "organisms"}
        for organism, special in organisms.items():
            given = common | special if isinstance(special, dict) else {}
            lacking = names - {"sha256"} - given.keys()
            wrong = [key for key, value in given.items() if key not in names or not isinstance(value, str)]
            if lacking or wrong or given["holds"] not in _HOLDS or not _PLAIN.fullmatch(organism):
                told = ", ".join(sorted(lacking)) or ", ".join(wrong) or "holds"
                raise InputError(
                    f"{file}: [{source}.organisms.{organism}]: missing or wrong: {told}; expected texts for "
                    f"{', '.join(sorted(names))}"
                )
            yield Resource(source=source, organism=organism, **given)


def _call(holds: Holds) -> str:
    return "TFs" if holds == "tfs" else "known edges"
