"""Expression tables → one matrix of genes × samples, with the place of each gene in the files.

Tables are merged by symbol: rows of a gene that are equal become one, rows that differ are told apart by their ids,
or are an error that names them. Tables of the same genes and other samples are set side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from grnet.dataset.cells import (
    MISSING_WORDS,
    find_date_names,
    header_word,
    is_decimal_comma,
    listed,
    name_of,
    quote,
    text_of,
)
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.reading.column_statistics import (
    EMPTY,
    FEWEST_ROWS,
    Stranger,
    find_resembling,
    find_strangers,
    find_summaries,
)
from grnet.dataset.reading.column_words import SUMMARY_ROWS, is_accession, is_cell_word
from grnet.dataset.reading.columns import ColumnValues, read_columns
from grnet.dataset.reading.double_names import split_names
from grnet.dataset.reading.expression_plan import (
    DOUBT,
    NAMED_LENGTH,
    NAMED_TEXT,
    VALUE_ORDER,
    plan_expression,
    with_roles,
    with_sample_names,
)
from grnet.dataset.reading.numbers import ERROR_CELLS, NumberMarks, looks_numeric
from grnet.dataset.reading.overrides import NO_COLUMN_CHOICES, ColumnChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import is_number_sheet, read_table
from grnet.dataset.reading.text_tables import read_whole
from grnet.dataset.units import FEWEST_GENES, find_units, normalise
from grnet.schema.configs import Normalisation
from grnet.schema.errors import InputError
from grnet.schema.tables import SYMBOL

_SHOWN_ROWS = 100
Floats = npt.NDArray[np.float32]
ONE_SAMPLE_SUFFIXES = (
    ".genes.results",
    ".isoforms.results",
    ".genes",
    ".results",
    ".sf",
    ".tsv",
    ".txt",
    ".csv",
    ".tab",
)


@dataclass(frozen=True)
class ExpressionOptions:
    """How expression tables are read.

    Attributes
    ----------
    transpose : bool
        The user says that genes are in the columns of the files.
    choices : ColumnChoices
    normalise : {"auto", "log-cpm", "log", "none"}
    """

    transpose: bool = False
    choices: ColumnChoices = NO_COLUMN_CHOICES
    normalise: Normalisation = "auto"


DEFAULT_OPTIONS = ExpressionOptions()


@dataclass(frozen=True)
class ExpressionTable:
    """Expression of distinct genes.

    Attributes
    ----------
    symbols, ids : tuple of str
        Aligned; ids are "" where the tables have none.
    samples : tuple of str
    values : float32 array [G, S]
        Finite.
    plans : tuple of ReadingPlan
        One for each file.
    normalised : str
        What was done to the values; "" where nothing.
    """

    symbols: tuple[str, ...]
    ids: tuple[str, ...]
    samples: tuple[str, ...]
    values: Floats
    plans: tuple[ReadingPlan, ...] = ()
    normalised: str = ""


def read_expression(
    paths: tuple[Path, ...],
    aliases: Mapping[str, str],
    *,
    known_names: Set[str],
    options: ExpressionOptions = DEFAULT_OPTIONS,
    findings: Findings,
) -> ExpressionTable:
    """Read and merge expression tables.

    Parameters
    ----------
    paths : tuple of Path
        One or more tables.
    aliases : mapping of str to str
        Name in the files → symbol.
    known_names : set of str
        Names of the TF list and known edges.
    options : ExpressionOptions
    findings : Findings
        Takes refused rows and words to the user.

    Raises
    ------
    MissingInputError, InputError
        A file is missing or cannot be used as it is.
    """
    parts = [read_part(path, known_names, options, findings) for path in paths]
    if len(parts) > 1 and have_other_samples(parts):
        parts = [join_samples(parts, aliases, findings)]
    samples, aligned = align_samples(parts, findings)
    table = merge_rows(parts, aligned, samples, aliases, findings)
    flat = [
        symbol for symbol, constant in zip(table.symbols, np.ptp(table.values, axis=1) == 0, strict=True) if constant
    ]
    if flat and len(samples) > 1:
        findings.note(f"constant expression, kept but of no use to correlation: {len(flat)} genes ({listed(flat)})")
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
        why = f" (of {len(values)} genes the sums are no sizes of libraries)" if few else ""
        findings.note(
            f"expression: {units.sentence}, left as they are{why}; --normalise log-cpm brings them to log2(CPM + 1)"
        )
    elif units.warning:
        findings.note(f"expression: {units.warning}")
    sentence = f"{units.sentence} → {done}" if done else units.sentence
    said = tuple(replace(plan, units=sentence) for plan in plans)
    return replace(table, values=values, plans=said, normalised=done)

