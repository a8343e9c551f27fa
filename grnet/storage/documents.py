"""JSON and TOML, written all or nothing."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grnet.schema.errors import FormatError
from grnet.storage.files import replace_file
from grnet.storage.read_limits import check_regular_file, reading

ANEW = "write the folder anew"
"""How to mend a file of a folder that is damaged."""


def write_json(value: Mapping[str, Any], path: Path) -> None:
    """Write `value` as indented JSON, atomically; NaN becomes null so that any reader accepts it."""
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(drop_nan(value), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_toml(value: Mapping[str, Any], path: Path) -> None:
    """Write `value` as TOML, atomically."""
    import tomli_w

    with replace_file(path) as temporary:
        temporary.write_text(tomli_w.dumps(value), encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of a folder that grnet wrote.

    Raises
    ------
    MissingInputError, FormatError
        The file is absent, or is not a JSON object.
    """
    check_regular_file(path, "a file of JSON; the folder is not complete, write it anew")
    with reading(path, "JSON", mend=ANEW, error=FormatError):
        value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise FormatError(f"{path}: expected a JSON object, got {type(value).__name__}; {ANEW}")
    return value


def read_toml(path: Path, *, mend: str = ANEW) -> dict[str, Any]:
    """Read a TOML file of a folder that grnet wrote.

    Parameters
    ----------
    path : Path
    mend : str
        What to do where it cannot be read.

    Raises
    ------
    MissingInputError, FormatError
        The file is absent, or is not TOML.
    """
    check_regular_file(path, f"a TOML file; {mend}")
    with reading(path, "TOML", mend=mend, error=FormatError):
        return tomllib.loads(path.read_text(encoding="utf-8"))


def drop_nan(value: Any) -> Any:
    """Return JSON values in which what is no finite number is None, in dictionaries and lists to any depth."""
    if isinstance(value, Mapping):
        return {str(key): drop_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [drop_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
