"""Measurements of several files → the genes of one dataset.

The genes of the first measurement of RNA are the dataset's. Those of every other measurement are found among them by
alias, symbol and id. Genes that only other measurements of RNA have are added; those that only pictures have are added
where the user wants all genes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from grnet.dataset.findings import Findings, Reason
from grnet.dataset.lab_measurements import LabMeasurement
from grnet.dataset.names import NameBook
from grnet.dataset.table_cells import listed
from grnet.schema.arrays import Indices
from grnet.schema.errors import InputError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.measurements import Measurement


def join_rna(measured: Sequence[LabMeasurement], aliases: Mapping[str, str]) -> dict[str, str]:
    """Return symbol → id of all genes that any measurement of RNA has, in the order of the files."""
    ids: dict[str, str] = {}
    for entry in measured:
        book = NameBook.build(ids, ids.values(), aliases)
        for name, gene_id in zip(entry.symbols, entry.ids, strict=True):
            symbol = book.resolve(name, gene_id) or book.canonical(name)
            ids[symbol] = ids.get(symbol) or gene_id
    return ids


def join_pictures(
    measured: Sequence[LabMeasurement], book: NameBook, *, keep_all: bool, findings: Findings
) -> dict[str, str]:
    """Return symbol → id of genes that pictures alone have; refuse them unless all genes are kept.

    Parameters
    ----------
    measured : sequence of LabMeasurement
        Spots and terms.
    book : NameBook
        The genes that have expression.
    keep_all : bool
    findings : Findings
        Takes the genes that are refused.

    Raises
    ------
    InputError
        A measurement has no gene of the dataset.
    """
    new_genes: dict[str, str] = {}
    for entry in measured:
        names = list(zip(entry.symbols, entry.ids, strict=True))
        strange = [(name, gene_id) for name, gene_id in names if book.resolve(name, gene_id) is None]
        if len(strange) == len(names) and not keep_all:
            raise InputError(
                f"{entry.source}: none of its {len(names):,} genes has expression; they are such as "
                f"{listed(entry.symbols, 3)}, those of the expression {listed(sorted(book.symbols), 3)}; --aliases "
                "translates names, --genes all keeps genes without expression"
            )
        for name, gene_id in strange:
            findings.miss(name, gene_id)
            if keep_all:
                symbol = book.canonical(name)
                new_genes[symbol] = new_genes.get(symbol) or gene_id
            else:
                findings.reject(entry.source, 0, name, Reason.NO_EXPRESSION)
        if strange and not keep_all:
            findings.note(
                f"{entry.source}: {len(strange):,} of {len(names):,} genes have no expression and are left out; "
                "--genes all keeps them"
            )
    return new_genes


def as_measurement(
    measured: LabMeasurement, genes: GeneCatalogue, aliases: Mapping[str, str], findings: Findings
) -> Measurement:
    """Return the measurement with its genes as those of the dataset.

    Parameters
    ----------
    measured : LabMeasurement
    genes : GeneCatalogue
    aliases : mapping of str to str
    findings : Findings
        Takes a word on genes with two rows.
    """
    book = NameBook.build(genes.symbols, genes.ids, aliases)
    names = zip(measured.symbols, measured.ids, strict=True)
    found = [genes.position.get(book.resolve(name, gene_id) or "", -1) for name, gene_id in names]
    gene = np.array(found, dtype=np.int64)
    rows, twice = _choose_rows(gene, measured)
    if twice:
        findings.note(
            f"{measured.source}: genes under two names, of which the one of the higher mean is kept: {listed(twice)}"
        )
    in_order = len(rows) == len(gene) and bool((rows == np.arange(len(gene))).all())
    values = measured.values if in_order else measured.values[rows]
    return Measurement(measured.name, measured.kind, values, gene[rows], measured.places, measured.units)


def with_distinct_names(measured: Sequence[LabMeasurement], views: Iterable[str] = ()) -> list[LabMeasurement]:
    """Return the measurements, each with a name that no other has, nor a view of images: "cells", "cells 2"."""
    seen = dict.fromkeys(views, 1)
    named = []
    for entry in measured:
        count = seen[entry.name] = seen.get(entry.name, 0) + 1
        named.append(replace(entry, name=f"{entry.name} {count}") if count > 1 else entry)
    return named


def _choose_rows(gene: Indices, measured: LabMeasurement) -> tuple[Indices, list[str]]:
    """Return one row for each gene that the dataset has, by gene, and the names of genes with several."""
    mean = measured.values.mean(axis=1)
    order = np.lexsort((-mean, gene))
    order = order[gene[order] >= 0]
    first = np.diff(gene[order], prepend=-1) > 0
    return order[first], [measured.symbols[row] for row in order[~first]]
