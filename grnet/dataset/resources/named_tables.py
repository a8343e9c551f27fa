"""What a user gives for known edges or TFs, a file or the name of a resource → the file to read."""

from __future__ import annotations

from pathlib import Path

from grnet.dataset.resources.cache import find_cached, say_fetch
from grnet.dataset.resources.catalogue import Holds, find_resource, is_resource_name
from grnet.schema.errors import MissingInputError


def locate_table(path: Path, holds: Holds, argument: str) -> Path:
    """Return the path itself, or the file of the cache if it is SOURCE:ORGANISM and there is no file of this name.

    Parameters
    ----------
    path : Path
    holds : {"tfs", "edges"}
        What is needed: the TFs of an edge source are its regulators.
    argument : str
        For messages, such as "--known-edges".

    Raises
    ------
    InputError
        The name is that of no resource, or of one that holds no edges.
    MissingInputError
        The resource was not fetched; the text says how to.
    FormatError
        It is damaged.
    """
    name = str(path)
    if path.exists() or not is_resource_name(name):
        return path
    resource = find_resource(name, holds, argument)
    cached = find_cached(resource)
    if cached is None:
        raise MissingInputError(f"{argument} {name}: is not in the cache; fetch it first: {say_fetch(resource)}")
    return cached.file_of(holds)
