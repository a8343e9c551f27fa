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


@dataclass(frozen=True)
class _Part:
    """One file: names, ids, lines of the rows that have a name; samples is None without a header."""

    path: Path
    names: list[str]
    ids: list[str]
    lines: list[str]
    samples: tuple[str, ...] | None
    values: Floats
    plan: ReadingPlan


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
    parts = [_read_part(path, known_names, options, findings) for path in paths]
    if len(parts) > 1 and _are_other_samples(parts):
        parts = [_join_samples(parts, aliases, findings)]
    samples, aligned = _align_samples(parts, findings)
    table = _merge(parts, aligned, samples, aliases, findings)
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


def _read_part(path: Path, known_names: Set[str], options: ExpressionOptions, findings: Findings) -> _Part:
    choices = options.choices.of_table(TableKind.EXPRESSION, path)
    raw = read_table(path, choices.file, fits=is_number_sheet)
    table, plan, marks = plan_expression(raw, known=known_names, choices=choices, transpose=options.transpose)
    for note in table.notes:
        findings.note(note)
    if plan.transposed:
        chosen = bool(choices.roles)
        return _read_transposed(table, plan, marks, findings, known=known_names, chosen=chosen)
    symbol, gene_id = plan.first(Role.SYMBOL), plan.first(Role.ID)
    assert symbol is not None
    value_columns = plan.of_role(Role.SAMPLES)
    columns = read_columns(table, [symbol] if gene_id is None else [symbol, gene_id], value_columns, marks)
    plan = replace(plan, form=columns.table.form)
    for note in columns.table.notes:
        if note not in table.notes:
            findings.note(note)
    names, ids = _read_names(path, columns, symbol, gene_id, known_names, findings)
    kept = _kept_rows(columns, value_columns, names, findings)
    plan, value_columns, places = _settle_samples(table, plan, columns, kept, chosen=bool(choices.roles))
    samples = _sample_names(table, plan) if table.header is not None else None
    if samples is None and len(places) == 1:
        samples = (_name_of_file(path),)
    plan = plan if samples is None else with_sample_names(plan, samples)
    _check_values(columns, value_columns, places, names, kept, samples)
    values = columns.values if len(kept) == len(names) and len(places) == columns.values.shape[1] else None
    return _Part(
        path,
        [names[row] for row in kept],
        [ids[row] for row in kept],
        [f"{path}:{columns.rows[row]}" for row in kept],
        samples,
        columns.values[np.ix_(kept, places)] if values is None else values,
        plan,
    )


def _read_names(
    path: Path, columns: ColumnValues, symbol: int, gene_id: int | None, known: Set[str], findings: Findings
) -> tuple[list[str], list[str]]:
    """Return the name and id of each row; a row without a symbol is called by its id."""
    names = [name_of(cell, path, int(row)) for cell, row in zip(columns.texts[symbol], columns.rows, strict=True)]
    names = ["" if name.lower() in ERROR_CELLS else name for name in names]
    ids = [""] * len(names) if gene_id is None else [text_of(cell) for cell in columns.texts[gene_id]]
    ids = ["" if gene.lower() in MISSING_WORDS else gene for gene in ids]
    parts = None if gene_id is not None else split_names(names, known)
    if parts is not None:
        findings.note(f"{path.name}: names such as {quote(names[0])} are taken as {quote(parts[0][0])} and an id")
        names, ids = parts
    if gene_id is not None or parts is not None:
        bare = [row for row, name in enumerate(names) if ids[row] and (not name or name.lower() in MISSING_WORDS)]
        for row in bare:
            names[row] = ids[row]
        if bare:
            findings.note(
                f"{path.name}: rows without a symbol, called by their id: {len(bare)} ({listed(ids[r] for r in bare)})"
            )
    dates = find_date_names(names)
    if dates:
        findings.note(
            f"{path.name}: names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: {listed(dates)}"
        )
    return names, ids


def _kept_rows(
    columns: ColumnValues, value_columns: tuple[int, ...], names: list[str], findings: Findings
) -> list[int]:
    """Return the rows that are genes; others are refused with their reason."""
    path = columns.table.path
    top = _rows_of_samples(columns, value_columns, names) | _rows_below_genes(columns, names)
    kept, aside = [], []
    for row, name in enumerate(names):
        if not name:
            findings.reject(path.name, int(columns.rows[row]), "", Reason.NO_NAME)
        elif row in top or (header_word(name) in SUMMARY_ROWS and _is_summary(name)):
            findings.reject(path.name, int(columns.rows[row]), name, Reason.NO_GENE)
            aside.append(name)
        else:
            kept.append(row)
    if aside:
        findings.note(f"{path.name}: rows that are no genes, set aside: {listed(aside)}")
    _note_whole_rows(columns, names, kept, findings)
    if not kept:
        raise InputError(f"{path}: no row has a gene name; expected a row for each gene")
    return kept


def _note_whole_rows(columns: ColumnValues, names: list[str], kept: list[int], findings: Findings) -> None:
    """Tell of first rows of whole numbers above rows with fractions: they may describe the samples."""
    part = columns.values[kept[:_SHOWN_ROWS]]
    whole = np.all(part == np.rint(part), axis=1)
    varied = np.ptp(part, axis=1) > 0 if part.size else whole
    if len(part) < FEWEST_ROWS or not varied.any() or whole[varied].mean() > 0.3:
        return
    first = int(np.argmin(whole & varied))
    if first:
        shown = listed(names[row] for row in kept[:first])
        findings.note(
            f"{columns.table.path.name}: first rows of whole numbers, where others have fractions: {shown}; they are "
            "kept as genes; delete rows that describe the samples"
        )


def _is_summary(name: str) -> bool:
    """Tell whether a name is that of a row of sums or of reads without a gene, as tools write it."""
    return name.startswith(("N_", "__")) or name.lower() in (
        "total",
        "totals",
        "sum",
        "grand total",
        "unassigned",
        "assigned",
    )


def _rows_below_genes(columns: ColumnValues, names: list[str]) -> set[int]:
    """Return the last rows that describe samples, or that are the mean or median of those above."""
    found: set[int] = set()
    for row in range(len(names) - 1, max(len(names) - 20, 0), -1):
        above = columns.values[:row]
        rules: dict[str, Callable[..., Floats]] = {"mean": np.mean, "average": np.mean, "median": np.median}
        rule = rules.get(header_word(names[row]))
        is_mean = rule is not None and np.allclose(rule(above, axis=0), columns.values[row], rtol=1e-2, atol=1e-2)
        if not (is_cell_word(names[row]) or is_mean or (header_word(names[row]) in SUMMARY_ROWS)):
            break
        found.add(row)
    return found


def _rows_of_samples(columns: ColumnValues, value_columns: tuple[int, ...], names: list[str]) -> set[int]:
    """Return the rows above the genes that describe the samples, such as `cluster` or a row of groups."""
    found: set[int] = set()
    missing = np.asarray(np.isnan(columns.values[:20]).all(axis=1))
    for row, name in enumerate(names[:20]):
        texts = missing[row] and not columns.table.complete
        if missing[row] and columns.table.complete:
            cells = [text_of(columns.table.cells.iat[row, column]) for column in value_columns]
            texts = bool(cells) and all(
                cell and not looks_numeric(cell) and cell.lower() not in MISSING_WORDS for cell in cells
            )
        if not (is_cell_word(name) or (texts and not name) or (texts and not is_accession(name) and row == len(found))):
            break
        found.add(row)
    return found


def _settle_samples(
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
    strangers = find_strangers(columns.values[kept] if len(kept) < len(columns.values) else columns.values, names)
    strangers = _settle_empty(table, samples, strangers)
    strangers = _settle_named(plan, samples, columns.values[kept], strangers)
    unclear = [stranger for stranger in strangers if not stranger.clear]
    if unclear:
        first = unclear[0]
        name = table.column_name(samples[first.column])
        option = name if table.header else f"#{table.columns[samples[first.column]]}"
        more = f" ({len(unclear) - 1} more such columns)" if len(unclear) > 1 else ""
        raise InputError(
            f"{table.path}: the column {quote(name)} does not look like the other samples: {first.reason}{more}; say "
            "what it "
            f"is: --columns 'set-aside={option}' if it is no sample, --columns 'samples={option},…' with all samples "
            "if it is"
        )
    changed = {samples[one.column]: (Role.SET_ASIDE, one.reason) for one in strangers}
    places = [place for place in everywhere if samples[place] not in changed]
    if not places:
        raise InputError(f"{table.path}: no column of numbers; expected gene names and then a column for each sample")
    return with_roles(plan, changed), tuple(samples[place] for place in places), places


def _settle_empty(table: RawTable, samples: tuple[int, ...], strangers: list[Stranger]) -> list[Stranger]:
    """Return the strangers; columns without a value are no samples if nameless or before them."""
    empty = {one.column for one in strangers if one.reason == EMPTY}
    first = next((place for place in range(len(samples)) if place not in empty), 0)
    bare = {place for place in empty if place < first or not (table.header and table.header[samples[place]])}
    return [replace(one, clear=one.clear or one.column in bare) for one in strangers]


def _settle_named(
    plan: ReadingPlan, samples: tuple[int, ...], values: Floats, strangers: list[Stranger]
) -> list[Stranger]:
    """Return the strangers with the columns whose names are those of annotation, by what their values say."""
    doubted = {
        place: column.reason
        for column in plan.columns
        if column.role is Role.SAMPLES and column.reason
        for place in [samples.index(column.index)]
    }
    summed = [place for place in range(len(samples)) if _is_summary_word(plan.columns[samples[place]].name)]
    if not doubted and not summed:
        return strangers
    alike = find_resembling(values)
    found = {one.column: replace(one, clear=one.clear or one.column in doubted) for one in strangers}
    for place, reason in doubted.items():
        if place in found:
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


def _sample_names(table: RawTable, plan: ReadingPlan) -> tuple[str, ...]:
    """Return distinct names of the samples; a nameless one is named after its place."""
    header = table.header or ()
    samples = plan.of_role(Role.SAMPLES)
    names = tuple(header[column] or f"sample_{place}" for place, column in enumerate(samples, start=1))
    if len(names) == 1 and header_word(names[0]) in VALUE_ORDER:
        names = (_name_of_file(table.path),)
    files = tuple(PurePosixPath(name.replace("\\", "/")).name for name in names)
    if all(name.endswith((".bam", ".sam", ".cram")) for name in names) and len(set(files)) == len(names):
        names = tuple(name.rsplit(".", 1)[0].removesuffix(".sorted") for name in files)
    _check_names(table.path, names)
    return names


def _name_of_file(path: Path) -> str:
    """Return the sample that a file of one sample is named after; quantifiers name only the folder."""
    name = path.name
    for suffix in ONE_SAMPLE_SUFFIXES * 2:
        name = name.removesuffix(suffix)
    return path.resolve().parent.name if name in ("quant", "abundance", "quant.genes") else name


def _check_names(path: Path, names: tuple[str, ...]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if repeated:
        raise InputError(f"{path}: samples of the same name: {listed(repeated)}; give each sample its own name")
    if SYMBOL in names:
        raise InputError(f"{path}: a sample is named '{SYMBOL}', which stands for the gene names; rename it")


def _check_values(
    columns: ColumnValues,
    value_columns: tuple[int, ...],
    places: list[int],
    names: list[str],
    kept: list[int],
    samples: tuple[str, ...] | None,
) -> None:
    """Raise where a cell among the numbers is text, missing or infinite."""
    wrong = ~np.isfinite(columns.values[:, places] if len(places) < columns.values.shape[1] else columns.values)
    if not wrong.any():
        return
    aside = np.ones(len(names), dtype=bool)
    aside[kept] = False
    wrong[aside] = False
    if not wrong.any():
        return
    table = columns.table if columns.table.complete else read_whole(columns.table)
    row, place = (int(index) for index in np.argwhere(wrong)[0])
    column = value_columns[place]
    text = text_of(table.cells.iat[row, column])
    gene = f"gene {quote(names[row])}" + (f", sample {quote(samples[place])}" if samples else "")
    more = f" ({int(wrong.sum()) - 1:,} more such cells)" if wrong.sum() > 1 else ""
    hint = "; if the genes are in the columns, add --transpose" if wrong.all(axis=1).any() else ""
    raise InputError(f"{table.place(row, column)} ({gene}): {_wrong_value(text)}{more}{hint}")


def _wrong_value(text: str) -> str:
    if text.lower() in ERROR_CELLS:
        return f"the cell holds the spreadsheet's error {quote(text)}; expected a number; mend its formula"
    if text.lower() in MISSING_WORDS:
        return f"the value is missing ({quote(text)}); expected a number; fill it in or leave the gene out"
    if not _is_beyond_range(text):
        mend = "write all decimals with a point" if is_decimal_comma(text) else "mend the cell"
        return f"the text {quote(text)} among the numbers; expected a number; {mend}"
    return f"the value {quote(text)} is infinite or too large; expected a finite number; mend it or leave the gene out"


def _is_beyond_range(text: str) -> bool:
    """Tell whether `text` is a number that float32 cannot hold; what Python alone reads (1_000) is none."""
    try:
        return not abs(float(text)) <= float(np.finfo(np.float32).max)
    except ValueError:
        return False


def _refuse_odd_margins(table: RawTable, genes: tuple[int, ...], values: Floats, known: Set[str]) -> None:
    """Raise where the first or last columns of a table of cells × genes seem to describe the cells.

    Raises
    ------
    InputError
        Their values or names are not like those of the other columns; the text names the option that decides.
    """
    names = [table.column_name(column) for column in genes]
    known_values = np.nan_to_num(values)
    whole = np.all(known_values == np.rint(known_values), axis=0)
    varied = np.ptp(known_values, axis=0) > 0
    spelled = np.array([("_" in name or " " in name) and not name.isupper() for name in names])
    odd = np.zeros(len(genes), dtype=bool)
    if len(genes) > 2 and varied.any():
        share = float(whole[varied].mean())
        odd |= varied & (whole if share < 0.2 else ~whole & (share > 0.8))
        odd |= spelled & (spelled.mean() < 0.2)
    odd &= np.array([name not in known for name in names])
    ends = [0, len(genes) - 1] if len(genes) > 2 else []
    for place in ends:
        if odd[place]:
            name = names[place]
            raise InputError(
                f"{table.path}: the column {quote(name)} does not look like the other genes; does it describe the "
                f"cells? Say so with --columns 'set-aside={name}', or with --columns 'samples={name}' if it is a gene"
            )


def _read_transposed(
    table: RawTable, plan: ReadingPlan, marks: NumberMarks, findings: Findings, *, known: Set[str], chosen: bool
) -> _Part:
    """Read a table whose columns are genes and whose rows are samples or cells."""
    genes, name = plan.of_role(Role.GENES), plan.first(Role.NAME)
    columns = read_columns(table, [] if name is None else [name], genes, marks)
    symbols = [name_of(table.column_name(column), table.path, 1) for column in genes]
    dates = find_date_names(symbols)
    if dates:
        findings.note(
            f"{table.path.name}: names that a spreadsheet made of genes such as MARCH1, SEPT2 or DEC1: {listed(dates)}"
        )
    rows = [text_of(cell) for cell in columns.texts[name]] if name is not None else []
    if not chosen:
        _refuse_odd_margins(table, genes, columns.values, known)
    samples = tuple(rows) if rows else tuple(f"sample_{number}" for number in range(1, len(columns.values) + 1))
    samples = tuple(one or f"sample_{place}" for place, one in enumerate(samples, start=1))
    _check_names(table.path, samples)
    wrong = ~np.isfinite(columns.values)
    if wrong.any():
        whole = columns.table if columns.table.complete else read_whole(columns.table)
        row, place = (int(index) for index in np.argwhere(wrong)[0])
        text = text_of(whole.cells.iat[row, genes[place]])
        more = f" ({int(wrong.sum()) - 1:,} more such cells)" if wrong.sum() > 1 else ""
        where = f"gene {quote(symbols[place])}, sample {quote(samples[row])}"
        raise InputError(f"{whole.place(row, genes[place])} ({where}): {_wrong_value(text)}{more}")
    lines = [f"{table.path}, column {table.columns[column]}" for column in genes]
    values = np.ascontiguousarray(columns.values.T)
    return _Part(table.path, symbols, [""] * len(symbols), lines, samples, values, plan)


def _are_other_samples(parts: list[_Part]) -> bool:
    """Tell whether each file has samples of its own, as files of one sample have."""
    every = [sample for part in parts for sample in part.samples or ()]
    return all(part.samples is not None for part in parts) and len(set(every)) == len(every)


def _join_samples(parts: list[_Part], aliases: Mapping[str, str], findings: Findings) -> _Part:
    """Set tables of other samples side by side; a gene that one of them lacks is refused.

    Raises
    ------
    InputError
        The tables have few genes in common, or a gene twice.
    """
    places = []
    for part in parts:
        keys = [gene_id or aliases.get(name, name) for name, gene_id in zip(part.names, part.ids, strict=True)]
        if len(set(keys)) < len(keys):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise InputError(f"{part.path}: genes with two rows, of which neither can be chosen: {listed(twice)}")
        places.append({key: row for row, key in enumerate(keys)})
    shared = [key for key in places[0] if all(key in place for place in places[1:])]
    largest = max(len(place) for place in places)
    if len(shared) < 0.5 * largest:
        raise InputError(
            f"{parts[1].path}: has other samples than {parts[0].path}, and only {len(shared)} of {largest} genes in "
            "common; "
            "expected the same samples, or the same genes, in each expression table"
        )
    for part, place in zip(parts, places, strict=True):
        for key in set(place) - set(shared):
            findings.reject(part.path.name, 0, key, Reason.NOT_IN_ALL)
    if len(shared) < largest:
        findings.note(f"genes that not all expression tables have, left out: {largest - len(shared)}")
    findings.note(f"{len(parts)} expression tables with other samples, set side by side by gene")
    rows = [[place[key] for key in shared] for place in places]
    first = parts[0]
    return replace(
        first,
        names=[first.names[row] for row in rows[0]],
        ids=[first.ids[row] for row in rows[0]],
        lines=[first.lines[row] for row in rows[0]],
        samples=tuple(sample for part in parts for sample in part.samples or ()),
        values=np.concatenate([part.values[own] for part, own in zip(parts, rows, strict=True)], axis=1),
    )


def _align_samples(parts: list[_Part], findings: Findings) -> tuple[tuple[str, ...], list[Floats]]:
    """Return the samples and the values of each part in their order; by name where the tables have names."""
    named = [part for part in parts if part.samples is not None]
    width = parts[0].values.shape[1]
    for part in parts:
        if part.values.shape[1] != width:
            raise InputError(
                f"{part.path}: {part.values.shape[1]} samples, but {parts[0].path} has {width}; "
                "expected the same samples in each expression table"
            )
    if not named:
        return tuple(f"sample_{number}" for number in range(1, width + 1)), [part.values for part in parts]
    samples = named[0].samples or ()
    if len(named) < len(parts):
        bare = [part.path.name for part in parts if part.samples is None]
        findings.note(f"no header in {listed(bare)}: its columns are taken in the order of {named[0].path.name}")
    aligned = []
    for part in parts:
        order = range(width)
        if part.samples is not None and part.samples != samples:
            strange = sorted(set(part.samples) - set(samples))
            if strange:
                raise InputError(
                    f"{part.path}: samples that {named[0].path} lacks: {listed(strange)}; "
                    "expected the same samples in each expression table"
                )
            position = {name: index for index, name in enumerate(part.samples)}
            order = [position[name] for name in samples]  # type: ignore[assignment]
        same = list(order) == list(range(part.values.shape[1]))
        aligned.append(part.values if same else part.values[:, list(order)])
    return samples, aligned


def _merge(
    parts: list[_Part],
    aligned: list[Floats],
    samples: tuple[str, ...],
    aliases: Mapping[str, str],
    findings: Findings,
) -> ExpressionTable:
    """Merge equal rows of a gene; rows that differ are told apart by their ids, else raise."""
    rows = _Rows()
    for part, values in zip(parts, aligned, strict=True):
        for name, gene_id, line, row in zip(part.names, part.ids, part.lines, values, strict=True):
            rows.add(aliases.get(name, name), gene_id, line, row)
    rows.check()
    if rows.merged:
        findings.note(f"rows of one gene with equal values, merged: {len(rows.merged)} genes ({listed(rows.merged)})")
    if rows.other_ids:
        findings.note(f"genes with two ids, of which the first is kept: {listed(rows.other_ids)}")
    renamed = rows.settle_twins()
    if renamed:
        findings.note(
            f"symbols with several ids and different values: {len(renamed)} ({listed(renamed)}); the row of the "
            "highest mean "
            "keeps the symbol, the others are called by their id"
        )
    values = (
        aligned[0]
        if rows.are_in_order(len(aligned[0])) and len(parts) == 1
        else np.array(rows.values, dtype=np.float32)
    )
    return ExpressionTable(tuple(rows.symbols), tuple(rows.ids), samples, values.reshape(-1, len(samples)))


class _Rows:
    """The rows of all tables, one for each gene."""

    def __init__(self) -> None:
        self.symbols: list[str] = []
        self.ids: list[str] = []
        self.lines: list[str] = []
        self.values: list[Floats] = []
        self.merged: dict[str, None] = {}
        self.other_ids: dict[str, None] = {}
        self._unequal: dict[str, str] = {}
        self._of_symbol: dict[str, list[int]] = {}

    def add(self, symbol: str, gene_id: str, line: str, values: Floats) -> None:
        """Take a row: a new gene, one that is there with equal values, or another gene of the same symbol."""
        twins = self._of_symbol.setdefault(symbol, [])
        equal = next((index for index in twins if np.array_equal(self.values[index], values)), None)
        if equal is not None:
            if gene_id and self.ids[equal] and gene_id != self.ids[equal]:
                self.other_ids[symbol] = None
            self.ids[equal] = self.ids[equal] or gene_id
            self.merged[symbol] = None
            return
        if twins and (not gene_id or any(self.ids[index] in ("", gene_id) for index in twins)):
            self._unequal.setdefault(symbol, f"{quote(symbol)} ({self.lines[twins[0]]} and {line})")
        twins.append(len(self.symbols))
        self.symbols.append(symbol)
        self.ids.append(gene_id)
        self.lines.append(line)
        self.values.append(values)

    def check(self) -> None:
        """Raise where rows of a gene differ and no id tells them apart."""
        if self._unequal:
            more = f" and {len(self._unequal) - 3} more" if len(self._unequal) > 3 else ""
            raise InputError(
                f"rows of one gene with different values: {', '.join(list(self._unequal.values())[:3])}{more}; "
                "expected one row for each gene: keep one of them, or their mean"
            )

    def settle_twins(self) -> list[str]:
        """Call genes that share a symbol by their ids, but for the one of the highest mean; return these symbols."""
        shared = [symbol for symbol, twins in self._of_symbol.items() if len(twins) > 1]
        for symbol in shared:
            best = max(self._of_symbol[symbol], key=lambda index: (float(self.values[index].mean()), -index))
            for index in self._of_symbol[symbol]:
                if index != best:
                    self.symbols[index] = self.ids[index]
        if len(set(self.symbols)) < len(self.symbols):
            twice = sorted({name for name in self.symbols if self.symbols.count(name) > 1})
            raise InputError(
                f"names that are the symbol of one gene and the id of another: {listed(twice)}; rename one"
            )
        return shared

    def are_in_order(self, count: int) -> bool:
        """Tell whether the rows are those of one table, one for one."""
        return len(self.values) == count
