"""Counts of cells or spots → log2(CPM + 1), a block of rows at a time, and genes that too few cells show set aside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grnet.dataset.annotated.chosen_cells import ChosenCells
from grnet.dataset.annotated.gene_names import tell_apart
from grnet.dataset.annotated.matrix import AnnotatedMatrix
from grnet.dataset.findings import Findings
from grnet.dataset.units import FEWEST_GENES
from grnet.schema.arrays import Bools, Float32, Float64, Indices
from grnet.schema.errors import InputError
from grnet.schema.prepare_config import Normalisation

PER_MILLION = 1e6
_LEAST_CELLS, _LEAST_FRACTION = 3, 0.001
LOG_CPM = "log2(CPM + 1)"
LOG = "log2(value + 1)"


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of an annotated matrix over some of its rows.

    Attributes
    ----------
    n_cells : int64 array [G]
        In how many of the rows a gene is seen.
    of_genes : float64 array [G]
    of_cells : float64 array [n]
    """

    n_cells: Indices
    of_genes: Float64
    of_cells: Float64


def add_up(matrix: AnnotatedMatrix, rows: Indices) -> Sums:
    """Add up the values of some rows by gene and by cell.

    Parameters
    ----------
    matrix : AnnotatedMatrix
    rows : int64 array [n]
        Ascending.
    """
    n_genes = len(matrix.symbols)
    n_cells, of_genes = np.zeros(n_genes, dtype=np.int64), np.zeros(n_genes)
    of_cells = np.zeros(len(rows))
    for place, block in matrix.blocks(rows):
        n_cells += np.bincount(block.indices[block.data != 0], minlength=n_genes)
        of_genes += np.bincount(block.indices, weights=block.data, minlength=n_genes)
        of_cells[place] = np.asarray(block.sum(axis=1, dtype=np.float64)).ravel()
    return Sums(n_cells, of_genes, of_cells)


def find_kept_genes(matrix: AnnotatedMatrix, sums: Sums, min_cells: int | None, findings: Findings) -> Bools:
    """Return which genes [G] enough cells show.

    Parameters
    ----------
    matrix : AnnotatedMatrix
    sums : Sums
    min_cells : int or None
        None is 0.1 % of the cells, at least 3. Scaled values have no zeros, and no gene is set aside.
    findings : Findings
        Takes the number of the genes that are set aside.

    Raises
    ------
    InputError
        No gene is left.
    """
    if matrix.contents == "scaled":
        return np.ones(len(matrix.symbols), dtype=bool)
    total = len(sums.of_cells)
    automatic = min(max(_LEAST_CELLS, int(np.ceil(_LEAST_FRACTION * total))), total)
    fewest = automatic if min_cells is None else min_cells
    kept: Bools = sums.n_cells >= fewest
    if not kept.any():
        raise InputError(f"{matrix.source}: no gene is seen in {fewest:,} of its {total:,} cells; lower --min-cells")
    if not kept.all():
        count = int((~kept).sum())
        findings.note(
            f"{matrix.source.name}: genes seen in fewer than {fewest:,} of {total:,} {matrix.plan.kind}, set aside: "
            f"{count:,} of {len(kept):,}; --min-cells changes that"
        )
    return kept


def name_genes(cells: ChosenCells, sums: Sums, findings: Findings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return distinct symbols, and ids, of the genes that count; of genes of one symbol, ids tell them apart."""
    matrix, genes = cells.matrix, cells.genes
    symbols, ids = ([names[gene] for gene in genes] for names in (matrix.symbols, matrix.ids))
    return tuple(tell_apart(matrix.source, symbols, ids, sums.of_genes[genes], findings)), tuple(ids)


def choose_method(matrix: AnnotatedMatrix, wanted: Normalisation, findings: Findings) -> str:
    """Return what is done to the values: "log2(CPM + 1)", "log2(value + 1)", or "" for nothing.

    Parameters
    ----------
    matrix : AnnotatedMatrix
    wanted : {"auto", "log-cpm", "log", "none"}
        "auto" normalises counts of FEWEST_GENES genes or more.
    findings : Findings
        Takes a word where values that are no logarithms stay as they are.

    Raises
    ------
    InputError
        Logarithms are wanted of scaled values.
    """
    few = len(matrix.symbols) < FEWEST_GENES
    automatic = "log-cpm" if matrix.contents == "counts" and not few else "none"
    method = automatic if wanted == "auto" else wanted
    if method != "none" and matrix.contents == "scaled":
        raise InputError(
            f"{matrix.source}: --normalise {method} needs values of 0 or more, and some are negative; use "
            "--normalise none"
        )
    if wanted == "auto" and (matrix.contents == "linear" or (few and matrix.contents == "counts")):
        findings.note(f"{matrix.source.name}: the values are not logarithms; add --normalise log for log2(value + 1)")
    return {"log-cpm": LOG_CPM, "log": LOG, "none": ""}[method]


def read_logarithms(cells: ChosenCells, method: str) -> Float32:
    """Return the values of some rows and genes, normalised, float32 [kept genes, n].

    Parameters
    ----------
    cells : ChosenCells
    method : str
        As :func:`choose_method` returns it.
    """
    genes = cells.genes
    values = np.empty((len(genes), len(cells)), dtype=np.float32)
    for place, block in cells.blocks():
        part = cells.scale(place, block, PER_MILLION) if method == LOG_CPM else block
        values[:, place] = part[:, genes].toarray().T
    return take_logarithms(values) if method else values


def take_logarithms(values: Float32) -> Float32:
    """Bring values to log2(value + 1) in place, and return them."""
    values += 1
    np.log2(values, out=values)
    return values
