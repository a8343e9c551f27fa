"""Which columns of numbers are the samples of an expression table, and what the samples are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from grnet.dataset.reading.column_statistics import (
    EMPTY,
    Stranger,
    find_resembling,
    find_strangers,
    find_summaries,
)
from grnet.dataset.reading.columns import ColumnValues
from grnet.dataset.reading.expression_plan import with_roles
from grnet.dataset.reading.plan import ReadingPlan, Role
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.sample_columns import DOUBT, NAMED_LENGTH, NAMED_TEXT, VALUE_ORDER
from grnet.dataset.table_cells import (
    header_word,
    listed,
    quote,
)
from grnet.schema.arrays import Float32
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenTable, TableSource
from grnet.schema.tables import SYMBOL

_SHOWN_ROWS = 100
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


def settle_samples(
    table: RawTable, plan: ReadingPlan, columns: ColumnValues, kept: list[int], *, chosen: bool
) -> tuple[ReadingPlan, tuple[int, ...], list[int]]:
    """Set aside columns of numbers that cannot be samples, and refuse those that may be none.

    Raises
    ------
    InputError
        A column does not look like the samples; the text names the option that decides.
    """
    samples = plan.of_role(Role.SAMPLES)
    everywhere = list(range(len(samples)))
    if chosen:
        return plan, samples, everywhere
    names = [table.header[column] if table.header else "" for column in samples]
    values = columns.values if len(kept) == len(columns.values) else columns.values[kept]
    strangers = _find_all_strangers(table, plan, samples, values, names)
    unclear = [stranger for stranger in strangers if not stranger.clear]
    if unclear:
        first = unclear[0]
        name = table.column_name(samples[first.column])
        option = table.column_handle(samples[first.column])
        more = f" ({len(unclear) - 1} more such columns)" if len(unclear) > 1 else ""
        raise InputError(
            f"{table.path}: the column {quote(name)} does not look like the other samples: {first.reason}{more}; say "
            f"what it is: --columns 'set-aside={option}' if it is no sample, --columns 'samples={option},…' with all "
            "samples if it is"
        )
    changed = {samples[one.column]: (Role.SET_ASIDE, one.reason) for one in strangers}
    places = [place for place in everywhere if samples[place] not in changed]
    if not places:
        raise InputError(f"{table.path}: no column of numbers; expected gene names and then a column for each sample")
    return with_roles(plan, changed), tuple(samples[place] for place in places), places


def _find_all_strangers(
    table: RawTable, plan: ReadingPlan, samples: tuple[int, ...], values: Float32, names: list[str]
) -> list[Stranger]:
    """Return the columns that are no samples or may be none, by values and names; each one found may hide another."""
    found: dict[int, Stranger] = {}
    more = True
    while more:
        rest = [place for place in range(len(samples)) if place not in found]
        part = values[:, rest] if found else values
        columns = tuple(samples[place] for place in rest)
        strangers = _settle_empty(table, columns, find_strangers(part, [names[place] for place in rest]))
        strangers = _settle_named(plan, columns, part, strangers)
        found |= {rest[one.column]: replace(one, column=rest[one.column]) for one in strangers}
        more = bool(strangers)
    return [found[place] for place in sorted(found)]


def _settle_empty(table: RawTable, samples: tuple[int, ...], strangers: list[Stranger]) -> list[Stranger]:
    """Return the strangers; columns without a value are no samples if nameless or before them."""
    empty = {one.column for one in strangers if one.reason == EMPTY}
    first = next((place for place in range(len(samples)) if place not in empty), 0)
    bare = {place for place in empty if place < first or not (table.header and table.header[samples[place]])}
    return [replace(one, clear=one.clear or one.column in bare) for one in strangers]


def _settle_named(
    plan: ReadingPlan, samples: tuple[int, ...], values: Float32, strangers: list[Stranger]
) -> list[Stranger]:
    """Return the strangers with the columns whose names are those of annotation, by what their values say."""
    doubted = {
        place: column.reason
        for column in plan.columns
        if column.role is Role.SAMPLES and column.reason and column.index in samples
        for place in [samples.index(column.index)]
    }
    summed = [place for place in range(len(samples)) if _is_summary_word(plan.columns[samples[place]].name)]
    if not doubted and not summed:
        return strangers
    alike = find_resembling(values)
    found = {one.column: replace(one, clear=one.clear or one.column in doubted) for one in strangers}
    for place, reason in doubted.items():
        if place in found:
            found[place] = replace(found[place], reason=reason) if reason == NAMED_LENGTH else found[place]
            continue
        whole = np.array_equal(values[:, place], np.rint(values[:, place]))
        if reason == NAMED_LENGTH and whole and not alike[place]:
            found[place] = Stranger(place, NAMED_LENGTH, clear=True)
        elif not (reason == NAMED_TEXT and alike[place]):
            found[place] = Stranger(place, DOUBT if reason == NAMED_LENGTH else reason, clear=False)
    if summed:
        found |= {place: Stranger(place, why, clear=True) for place, why in find_summaries(values).items()}
    return [found[place] for place in sorted(found)]


def _is_summary_word(name: str) -> bool:
    return header_word(name) in ("sum", "total", "max", "min", "rowsum", "rowmean", "rowsums", "rowmeans", "totals")


def name_samples(table: RawTable, plan: ReadingPlan) -> tuple[str, ...]:
    """Return distinct names of the samples; a nameless one is named after its place."""
    header = table.header or ()
    samples = plan.of_role(Role.SAMPLES)
    names = tuple(header[column] or f"sample_{place}" for place, column in enumerate(samples, start=1))
    if len(names) == 1 and header_word(names[0]) in VALUE_ORDER:
        names = (name_of_file(table.path),)
    files = tuple(PurePosixPath(name.replace("\\", "/")).name for name in names)
    if all(name.endswith((".bam", ".sam", ".cram")) for name in names) and len(set(files)) == len(names):
        names = tuple(name.rsplit(".", 1)[0].removesuffix(".sorted") for name in files)
    check_sample_names(table.path, names)
    return names


def name_of_file(path: TableSource) -> str:
    """Return the sample that a file of one sample is named after; quantifiers name only the folder, objects nothing."""
    if isinstance(path, GivenTable):
        return "sample_1"
    name = path.name
    for suffix in ONE_SAMPLE_SUFFIXES * 2:
        name = name.removesuffix(suffix)
    return path.resolve().parent.name if name in ("quant", "abundance", "quant.genes") else name


def check_sample_names(path: TableSource, names: tuple[str, ...]) -> None:
    """Raise where two samples have one name, or a sample has that of the column of genes.

    Raises
    ------
    InputError
    """
    repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if repeated:
        raise InputError(f"{path}: samples of the same name: {listed(repeated)}; give each sample its own name")
    if SYMBOL in names:
        raise InputError(f"{path}: a sample is named '{SYMBOL}', which stands for the gene names; rename it")
