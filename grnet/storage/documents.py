"""JSON and TOML, written all or nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grnet.schema.errors import FormatError, MissingInputError
from grnet.storage.files import replace_file


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
    """Read a JSON object.

    Raises
    ------
    MissingInputError, FormatError
        The file is absent, or is not a JSON object.
    """
    if not path.is_file():
        raise MissingInputError(f"{path}: no such file; the folder is not complete, write it anew")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: not readable as JSON ({error}); write the folder anew") from error
    if not isinstance(value, dict):
        raise FormatError(f"{path}: expected a JSON object, got {type(value).__name__}")
    return value


def drop_nan(value: Any) -> Any:
    """Return JSON values in which what is no finite number is None, in dictionaries and lists to any depth."""
    if isinstance(value, Mapping):
        return {str(key): drop_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [drop_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
