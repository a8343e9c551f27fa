"""How many cells a file has of each value of a column, before anything of their expression is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grnet.dataset.annotated.cell_choice import choose_cells, read_column
from grnet.dataset.annotated.matrix import AnnotatedOptions
from grnet.dataset.annotated.readers import is_annotated, open_annotated
from grnet.schema.errors import ConfigError, InputError
from grnet.schema.sources import GivenAnnData, GivenTable, MatrixSource

_LONGEST = 60


def count_cells(
    sources: Sequence[MatrixSource], column: str, only: Sequence[str], reading: AnnotatedOptions
) -> dict[str, int]:
    """Return value of a column → number of cells, in the order of the values; cells without a value do not count.

    Parameters
    ----------
    sources : sequence of Path, GivenTable or GivenAnnData
        One of them is a file or object of cells.
    column : str
    only : sequence of str
        As `--only`.
    reading : AnnotatedOptions

    Raises
    ------
    ConfigError
        None or several of the sources hold cells.
    InputError
        The file cannot be read, or has no such column.
    """
    of_cells = [
        source
        for source in sources
        if isinstance(source, GivenAnnData) or (not isinstance(source, GivenTable) and is_annotated(source))
    ]
    if len(of_cells) != 1:
        raise ConfigError(f"--per divides the cells of one file; --expression names {len(of_cells)} files of cells")
    with open_annotated(of_cells[0], reading) as matrix:
        values = read_column(matrix.source, matrix.cells, column, "--per").iloc[choose_cells(matrix, only)]
    counts = values[values != ""].value_counts()
    if not len(counts):
        raise InputError(f"{of_cells[0]}: --per {column}: no cell has a value in this column of obs")
    return {str(value): int(counts[value]) for value in sorted(counts.index)}


def name_folders(values: Iterable[str]) -> dict[str, str]:
    """Return value → name of a folder: letters, digits, dots, dashes and underscores, distinct whatever their case."""
    names: dict[str, str] = {}
    for value in values:
        plain = re.sub(r"[^\w.+-]+", "_", value)[:_LONGEST].strip("._") or "group"
        taken = {name.casefold() for name in names.values()}
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}_{number}"
        names[value] = name
    return names
