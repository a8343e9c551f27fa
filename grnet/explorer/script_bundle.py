"""The scripts of a page, which are ES modules, as one classic script.

A page opens from a disk, where browsers load no modules. So the modules are put together when the page is written: each
becomes a function with a scope of its own, in the order of their imports, and takes what it imports from those before.

The scripts keep to a part of the language that needs no parser, and what is beyond it is refused:

- `import { a, b as c } from "./other.js";` at the beginning of a line, before all else but comments;
- `export const`, `export function`, `export async function` and `export class` at the beginning of a line. What is
  exported never changes: state that does is kept in an object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grnet.schema.errors import GrnetError

_IMPORT = re.compile(r'^import \{(?P<names>[^{}]*)\} from "\./(?P<module>[\w.-]+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function|class) (?P<name>[A-Za-z_$][\w$]*))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\(.*|^await\b.*", re.MULTILINE)
_NAME = re.compile(r"(?P<theirs>[A-Za-z_$][\w$]*)(?: as (?P<ours>[A-Za-z_$][\w$]*))?")
_UNSAFE = re.compile(r"</script|<script|<!--", re.IGNORECASE)


class ScriptError(GrnetError, ValueError):
    """A script of a page cannot be put together with the others."""


@dataclass(frozen=True)
class _Import:
    module: str
    names: tuple[tuple[str, str], ...]
    """What the other module calls it, and what this one does."""


@dataclass(frozen=True)
class _Module:
    name: str
    imports: tuple[_Import, ...]
    exports: tuple[str, ...]
    body: str
    """The text without `import` and `export`."""


def bundle_scripts(entry: str, read: Callable[[str], str]) -> str:
    """Return a module and all that it imports as one script. Same input: same text.

    Parameters
    ----------
    entry : str
        File name of the module that is run for what it does.
    read : callable
        Returns the text of a module, by file name.

    Returns
    -------
    str
        A script that declares nothing outside and can stand in a script element.

    Raises
    ------
    ScriptError
        Modules import each other in a circle, a name is imported that is not exported, or the text is outside the part
        of the language that is understood.
    FileNotFoundError
        `read` does not find a module.
    """
    modules: dict[str, _Module] = {}
    _collect(entry, read, modules, ())
    parts = [_write(module, modules) for module in modules.values()]
    return '(() => {\n"use strict";\nconst modules = {};\n' + "\n".join(parts) + "\n})();"


def _collect(name: str, read: Callable[[str], str], modules: dict[str, _Module], path: tuple[str, ...]) -> None:
    """Enter a module into `modules` after all that it imports."""
    if name in path:
        circle = " → ".join((*path[path.index(name) :], name))
        raise ScriptError(
            f"{name}: scripts import each other in a circle: {circle}; move what both need to a third one"
        )
    if name in modules:
        return
    module = _parse(name, read(name))
    for one in module.imports:
        _collect(one.module, read, modules, (*path, name))
    modules[name] = module


def _parse(name: str, text: str) -> _Module:
    if found := _UNSAFE.search(text):
        raise ScriptError(f"{_place(name, text, found)}: {found.group()} would end or begin a script element")
    imports = tuple(_Import(one["module"], tuple(_names(name, text, one))) for one in _IMPORT.finditer(text))
    without = _IMPORT.sub(lambda found: "\n" * found.group().count("\n"), text)
    exports = tuple(found["name"] for found in _EXPORT.finditer(without))
    body = _EXPORT.sub("", without)
    if found := _OTHER.search(body):
        raise ScriptError(
            f"{_place(name, body, found)}: {found.group()!r} is not understood; write "
            '`import { name } from "./file.js";` or `export` before const, function or class, at the start of a line'
        )
    for what, those in (("exported", exports), ("imported", [ours for one in imports for _, ours in one.names])):
        if twice := [one for one in dict.fromkeys(those) if list(those).count(one) > 1]:
            raise ScriptError(f"{name}: {twice[0]} is {what} twice; name it once")
    return _Module(name, imports, exports, body.strip("\n"))


def _names(name: str, text: str, found: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Yield what an import names: as the other module calls it, and as this one does."""
    for part in (part.strip() for part in found["names"].split(",")):
        if not part:
            continue
        named = _NAME.fullmatch(part)
        if named is None:
            raise ScriptError(
                f"{_place(name, text, found)}: {part!r} cannot be imported; write a name, or `name as other`"
            )
        yield named["theirs"], named["ours"] or named["theirs"]


def _place(name: str, text: str, found: re.Match[str]) -> str:
    line = text.count("\n", 0, found.start()) + 1
    return f"{name}:{line}"


def _write(module: _Module, modules: dict[str, _Module]) -> str:
    """Return a module as a function that is called at once and returns what it exports."""
    lines = [f"// ---- {module.name}", f'modules["{module.name}"] = (() => {{']
    for one in module.imports:
        for theirs, _ in one.names:
            if theirs not in modules[one.module].exports:
                raise ScriptError(
                    f"{module.name}: {one.module} does not export {theirs}; it exports "
                    f"{', '.join(sorted(modules[one.module].exports)) or 'nothing'}"
                )
        names = ", ".join(theirs if theirs == ours else f"{theirs}: {ours}" for theirs, ours in one.names)
        lines.append(f'const {{ {names} }} = modules["{one.module}"];')
    lines += [module.body, f"return {{ {', '.join(module.exports)} }};", "})();"]
    return "\n".join(lines)
