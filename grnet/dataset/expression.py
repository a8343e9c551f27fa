"""Expression tables → one matrix of genes × samples, with the place of each gene in the files.

Tables are merged by symbol: rows of a gene that are equal become one, rows that differ are told apart by their ids,
or are an error that names them. Tables of the same genes and other samples are set side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from functools import partial

import numpy as np

from grnet.dataset.expression_merge import align_samples, have_other_samples, join_samples, merge_rows
from grnet.dataset.expression_parts import read_part
from grnet.dataset.expression_table import DEFAULT_OPTIONS, ExpressionOptions, ExpressionTable
from grnet.dataset.file_readers import HERE, FileReaders
from grnet.dataset.findings import Findings
from grnet.dataset.reading.plan import ReadingPlan
from grnet.dataset.table_cells import (
    listed,
)
from grnet.dataset.units import FEWEST_GENES, find_units, normalise
from grnet.schema.sources import TableSource

_SHOWN_ROWS = 100


def read_expression(
    paths: tuple[TableSource, ...],
    aliases: Mapping[str, str],
    *,
    known_names: Set[str],
    options: ExpressionOptions = DEFAULT_OPTIONS,
    findings: Findings,
    readers: FileReaders = HERE,
) -> ExpressionTable:
    """Read and merge expression tables.

    Parameters
    ----------
    paths : tuple of Path or GivenTable
        One or more tables.
    aliases : mapping of str to str
        Name in the files → symbol.
    known_names : set of str
        Names of the TF list and known edges.
    options : ExpressionOptions
    findings : Findings
        Takes refused rows and words to the user.
    readers : FileReaders

    Raises
    ------
    MissingInputError, InputError
        A file is missing or cannot be used as it is.
    """
    parts = readers.read_each(partial(read_part, known_names=known_names, options=options), paths, findings)
    if len(parts) > 1 and have_other_samples(parts):
        parts = [join_samples(parts, aliases, findings)]
    samples, aligned = align_samples(parts, findings)
    table = merge_rows(parts, aligned, samples, aliases, findings)
    flat = [
        symbol for symbol, constant in zip(table.symbols, np.ptp(table.values, axis=1) == 0, strict=True) if constant
    ]
    if flat and len(samples) > 1:
        findings.note(f"constant expression, kept although it has no correlations: {len(flat)} genes ({listed(flat)})")
    return _settle_units(table, tuple(part.plan for part in parts), options, findings)


def _settle_units(
    table: ExpressionTable, plans: tuple[ReadingPlan, ...], options: ExpressionOptions, findings: Findings
) -> ExpressionTable:
    """Find what the values are, bring counts to logarithms, and say both."""
    units = find_units(table.values)
    values, done = normalise(table.values, table.samples, units, wanted=options.normalise)
    if done:
        findings.note(
            f"expression: {units.sentence}, normalised to {done}; --normalise none leaves the values as they are"
        )
    elif units.kind == "counts":
        few = len(values) < FEWEST_GENES and options.normalise == "auto"
        why = f" ({len(values)} genes are too few to estimate library sizes)" if few else ""
        findings.note(
            f"expression: {units.sentence}, left as they are{why}; --normalise log-cpm brings them to log2(CPM + 1)"
        )
    elif units.warning:
        findings.note(f"expression: {units.warning}")
    sentence = f"{units.sentence} → {done}" if done else units.sentence
    said = tuple(replace(plan, units=sentence) for plan in plans)
    return replace(table, values=values, plans=said, normalised=done)
