"""JSON and TOML, written all or nothing."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grnet.schema.errors import FormatError
from grnet.storage.entries import Form, check_entries
from grnet.storage.files import replace_file
from grnet.storage.read_limits import check_regular_file, reading

ANEW = "write the folder anew"
"""How to mend a file of a folder that is damaged."""
DEEPEST = 50
"""Tables and lists inside each other in a document; what grnet writes has fewer than ten."""
MOST_BITS = 64
"""Of a whole number, as TOML has it."""


def write_json(value: Mapping[str, Any], path: Path) -> None:
    """Write `value` as indented JSON, atomically; NaN becomes null so that any reader accepts it."""
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(drop_nan(value), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_toml(value: Mapping[str, Any], path: Path) -> None:
    """Write `value` as TOML, atomically."""
    import tomli_w

    with replace_file(path) as temporary:
        temporary.write_text(tomli_w.dumps(value), encoding="utf-8")


def read_json(path: Path, *, form: Form | None = None, mend: str = ANEW) -> dict[str, Any]:
    """Read a JSON object of a folder that grnet wrote.

    Parameters
    ----------
    path : Path
    form : mapping of str to Rule, optional
        What its entries have to be, see :mod:`grnet.storage.entries`.
    mend : str
        What to do where it cannot be read.

    Raises
    ------
    MissingInputError, FormatError
        The file is absent, or is not such a JSON object.
    """
    check_regular_file(path, f"a file of JSON; the folder is not complete, {mend}")
    with reading(path, "JSON", mend=mend, error=FormatError):
        value = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
        _check_size(value)
        # Refuses infinite numbers, and halves of letters, which no file could take.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    if not isinstance(value, dict):
        raise FormatError(f"{path}: expected a JSON object, got {type(value).__name__}; {mend}")
    check_entries(value, form or {}, path, mend=mend)
    return value


def read_toml(path: Path, *, form: Form | None = None, mend: str = ANEW) -> dict[str, Any]:
    """Read a TOML file of a folder that grnet wrote.

    Parameters
    ----------
    path : Path
    form : mapping of str to Rule, optional
        What its entries have to be, see :mod:`grnet.storage.entries`.
    mend : str
        What to do where it cannot be read.

    Raises
    ------
    MissingInputError, FormatError
        The file is absent, or is not such a TOML file.
    """
    check_regular_file(path, f"a TOML file; {mend}")
    with reading(path, "TOML", mend=mend, error=FormatError):
        value = tomllib.loads(path.read_text(encoding="utf-8"))
        _check_size(value)
    check_entries(value, form or {}, path, mend=mend)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _check_size(value: object) -> None:
    """Raise ValueError where a document is deeper, or a whole number longer, than any that grnet writes."""
    level = [value]
    for _ in range(DEEPEST):
        inner: list[object] = []
        for entry in level:
            if isinstance(entry, dict):
                inner.extend(entry.values())
            elif isinstance(entry, list):
                inner.extend(entry)
            elif isinstance(entry, int) and entry.bit_length() > MOST_BITS:
                raise ValueError(f"a whole number of more than {MOST_BITS} bits")
        level = inner
    if level:
        raise ValueError(f"more than {DEEPEST} tables and lists inside each other")


def drop_nan(value: Any) -> Any:
    """Return JSON values in which what is no finite number is None, in dictionaries and lists to any depth."""
    if isinstance(value, Mapping):
        return {str(key): drop_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [drop_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
