"""A file or object of single cells → the measurement "cells": which cells, which genes, pools, groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from grnet.dataset.annotated.cell_choice import CellGroups, choose_cells, group_cells
from grnet.dataset.annotated.chosen_cells import ChosenCells
from grnet.dataset.annotated.matrix import AnnotatedMatrix, AnnotatedOptions
from grnet.dataset.annotated.normalising import (
    Sums,
    add_up,
    choose_method,
    find_kept_genes,
    name_genes,
    read_logarithms,
)
from grnet.dataset.annotated.pooling import Pools, count_pools, make_pools, read_pools
from grnet.dataset.annotated.readers import NO_OPTIONS, open_annotated
from grnet.dataset.findings import Findings
from grnet.dataset.lab_measurements import LabMeasurement
from grnet.dataset.measurements.cells import CELL, CELLS, GROUP, N_CELLS, NAME
from grnet.schema.arrays import Indices
from grnet.schema.errors import InputError
from grnet.schema.prepare_config import Normalisation, PrepareConfig
from grnet.schema.progress import SILENT, Progress
from grnet.schema.sources import MatrixSource

_PASSES, _PASSES_WITH_POOLS = 2, 4
"""How often a file is read: sums, then values; variable genes and coordinates come between where cells are pooled."""


@dataclass(frozen=True)
class CellOptions:
    """How cells become a measurement.

    Attributes
    ----------
    reading : AnnotatedOptions
    only, within : tuple of str
    pool, min_cells : int or None
    normalise : {"auto", "log-cpm", "log", "none"}
    units : str
        What the user calls the units; "" where nothing.
    has_spots : bool
        Spots are read, too.
    """

    reading: AnnotatedOptions = NO_OPTIONS
    only: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    pool: int | None = None
    min_cells: int | None = None
    normalise: Normalisation = "auto"
    units: str = ""
    has_spots: bool = False

    @classmethod
    def of_config(cls, config: PrepareConfig) -> CellOptions:
        """Return what the options of `grnet prepare` say of cells."""
        reading = AnnotatedOptions(config.layer, config.gene_names)
        return cls(
            reading,
            config.only,
            config.within,
            config.pool,
            config.min_cells,
            config.normalise,
            config.units,
            has_spots=bool(config.spatial),
        )


def read_cells(
    source: MatrixSource, options: CellOptions, findings: Findings, progress: Progress = SILENT
) -> LabMeasurement:
    """Read single cells.

    Parameters
    ----------
    source : Path or GivenAnnData
        For which :func:`~grnet.dataset.annotated.readers.is_annotated` holds.
    options : CellOptions
    findings : Findings
        Takes words to the user.
    progress : Progress

    Raises
    ------
    InputError
        The file cannot be read, or no cell or gene is left.
    """
    with open_annotated(source, options.reading) as matrix:
        for note in matrix.notes:
            findings.note(note)
        if matrix.coordinates is not None and not options.has_spots:
            findings.note(
                f"{source.name}: its cells have coordinates; --spatial {source.name} also takes them as pictures of "
                "where genes are expressed"
            )
        rows = choose_cells(matrix, options.only)
        passes = _PASSES_WITH_POOLS if count_pools(len(rows), options.pool) else _PASSES
        with progress.track(f"reading {source.name}", passes * len(rows), "rows") as advance:
            return _measure(replace(matrix, advance=advance), rows, options, findings)


def _measure(matrix: AnnotatedMatrix, rows: Indices, options: CellOptions, findings: Findings) -> LabMeasurement:
    """Return the measurement of some cells of an open matrix."""
    rows, sums = _drop_empty_cells(matrix, rows, findings)
    groups = group_cells(matrix, rows, options.within)
    kept = find_kept_genes(matrix, sums, options.min_cells, findings)
    method = choose_method(matrix, options.normalise, findings)
    n_pools, cells = count_pools(len(rows), options.pool), ChosenCells(matrix, rows, kept, sums.of_cells)
    if n_pools:
        pools = make_pools(cells, groups, n_pools)
        values = read_pools(cells, pools, method)
        places = _describe_pools(pools, groups)
    else:
        values = read_logarithms(cells, method)
        places = _describe_cells(matrix, rows, groups)
    symbols, ids = name_genes(cells, sums, findings)
    return LabMeasurement(
        name=NAME,
        kind=CELLS,
        source=matrix.source.name,
        symbols=symbols,
        ids=ids,
        values=values,
        places=places,
        units=options.units or method,
        plans=(replace(matrix.plan, remarks=tuple(_remark(matrix, rows, groups, places, method, options))),),
    )


def _drop_empty_cells(matrix: AnnotatedMatrix, rows: Indices, findings: Findings) -> tuple[Indices, Sums]:
    """Return the cells that have any counts, and their sums."""
    sums = add_up(matrix, rows)
    held = sums.of_cells > 0
    if matrix.contents == "scaled" or held.all():
        return rows, sums
    if not held.any():
        raise InputError(f"{matrix.source}: {matrix.layer} holds nothing but zeros; expected expression")
    findings.note(f"{matrix.source.name}: cells without any counts, left out: {int((~held).sum()):,}")
    return rows[held], Sums(sums.n_cells, sums.of_genes, sums.of_cells[held])


def _describe_cells(matrix: AnnotatedMatrix, rows: Indices, groups: CellGroups) -> pd.DataFrame:
    return _as_places(matrix.cells.index[rows], groups, groups.group, np.ones(len(rows), dtype=np.int32))


def _describe_pools(pools: Pools, groups: CellGroups) -> pd.DataFrame:
    names = [f"pool {number}" for number in range(1, len(pools.n_cells) + 1)]
    return _as_places(names, groups, pools.group, pools.n_cells)


def _as_places(names: Iterable[object], groups: CellGroups, group: Indices, n_cells: Indices) -> pd.DataFrame:
    return pd.DataFrame(
        {
            CELL: [str(name) for name in names],
            GROUP: [groups.names[number] for number in group],
            N_CELLS: n_cells.astype(np.int32),
        }
    )


def _remark(
    matrix: AnnotatedMatrix,
    rows: Indices,
    groups: CellGroups,
    places: pd.DataFrame,
    method: str,
    options: CellOptions,
) -> list[str]:
    """Return what the plan says of cells, groups, pools and units."""
    remarks = [method] if method else []
    if len(rows) < len(matrix.cells):
        remarks.append(f"{len(rows):,} of them kept" + (f" by {', '.join(options.only)}" if options.only else ""))
    if groups.columns:
        remarks.append(f"groups: {' / '.join(groups.columns)} ({len(groups.names):,})")
    sizes = places[N_CELLS]
    if len(places) < len(rows):
        spread = f"{sizes.min():,} to {sizes.max():,}" if sizes.min() < sizes.max() else f"{sizes.min():,}"
        remarks.append(f"added up to {len(places):,} pools of {spread} similar cells")
    return remarks
