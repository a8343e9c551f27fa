"""Fields of a config that a user can set: declared once, for the command line, for functions and for the config."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

SettingKind = Literal["int", "float", "text", "flag", "size", "file", "names"]


@dataclass(frozen=True)
class Setting:
    """How a field of a config is given.

    Attributes
    ----------
    flag : str
        On the command line.
    help : str
        What it does, in the imperative.
    kind : {"int", "float", "text", "flag", "size", "file", "names"}
        A size is HEIGHTxWIDTH, names are NAME=VALUE, each given by itself.
    choices : tuple of str
        Values that it can have; empty where any will do.
    shown : str
        The default, as help texts show it.
    of_images : bool
        Models that look at RNA only have no use for it.
    metavar : str
        What the value is, in the help text; "" where the kind says enough.
    multiple : bool
        May be given several times.
    required : bool
        Has to be given.
    """

    flag: str
    help: str
    kind: SettingKind
    choices: tuple[str, ...] = ()
    shown: str = ""
    of_images: bool = False
    metavar: str = ""
    multiple: bool = False
    required: bool = False


def setting(
    default: Any,
    flag: str,
    text: str,
    *,
    kind: SettingKind = "int",
    choices: tuple[str, ...] = (),
    shown: str = "",
    of_images: bool = False,
    metavar: str = "",
    multiple: bool = False,
) -> Any:
    """Return a field of a dataclass that a user can set, see :class:`Setting`.

    `default` is the default value, a class that makes it, or `dataclasses.MISSING` where there is none.
    """
    required = default is MISSING
    declared = Setting(flag, text, kind, choices, shown, of_images, metavar, multiple, required)
    if isinstance(default, type):
        return field(default_factory=default, metadata={"setting": declared})
    return field(default=default, metadata={"setting": declared})


def settings_of(config: type[Any]) -> dict[str, Setting]:
    """Return the fields of a config class that a user can set, by name."""
    return {entry.name: entry.metadata["setting"] for entry in fields(config) if "setting" in entry.metadata}
