"""GMT files: sets of genes, one in a line, as MSigDB, Enrichr, g:Profiler and WikiPathways write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grnet.dataset.reading.content import TEXT, recognise
from grnet.schema.errors import InputError
from grnet.schema.gene_sets import GeneSet
from grnet.storage.read_limits import check_memory

_EXPECTED = "expected GMT: a set in each line, its name, a description and its genes, separated by tabs"
_STEP = 1 << 20
"""Bytes from one look at the memory to the next."""
_MEMORY_OF_A_BYTE = 12
"""Memory that names take as Python objects, for each byte of the file."""


def read_gene_sets(path: Path) -> tuple[GeneSet, ...]:
    """Read a GMT file, compressed or not.

    A gene that a line repeats counts once. Weights behind a comma, as Enrichr writes them ("TP53,1.0"), are left out.

    Raises
    ------
    MissingInputError
        There is no such file.
    InputError
        It is no GMT file, damaged, or has a name twice.
    TooLittleMemoryError
        It would take more memory than there is.
    """
    content = recognise(path)
    if content.kind != TEXT:
        raise InputError(f"{path}: is no text; {_EXPECTED}")
    sets: dict[str, GeneSet] = {}
    with content.reading(), content.open() as stream:
        for number, line in _lines(path, stream):
            cells = line.split("\t")
            if len(cells) < 3:
                raise InputError(f"{path}:{number}: {len(cells)} cells separated by tabs; {_EXPECTED}")
            name, description, *genes = (cell.strip() for cell in cells)
            if not name:
                raise InputError(f"{path}:{number}: a set without a name; {_EXPECTED}")
            if name in sets:
                raise InputError(f"{path}:{number}: the set {name!r} is there twice; give each a name of its own")
            names = dict.fromkeys(_without_weight(gene) for gene in genes if gene)
            sets[name] = GeneSet(name, description, tuple(names))
    if not sets:
        raise InputError(f"{path}: holds no sets; {_EXPECTED}")
    return tuple(sets.values())


def _lines(path: Path, stream: Iterator[bytes]) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that are not blank."""
    n_bytes = checked = 0
    for number, line in enumerate(stream, 1):
        n_bytes += len(line)
        if n_bytes > checked:
            check_memory(path, _MEMORY_OF_A_BYTE * n_bytes, f"what it holds up to line {number:,}")
            checked = n_bytes + _STEP
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        if text.strip():
            yield number, text


def _without_weight(gene: str) -> str:
    """Return a gene without a number behind a comma."""
    name, comma, weight = gene.rpartition(",")
    try:
        float(weight)
    except ValueError:
        return gene
    return name if comma and name else gene
