"""Expression tables → one matrix of genes × samples, with the place of each gene in the files.

Tables are merged by symbol: rows of a gene that are equal become one, rows that differ are an error that names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.dataset.cells import MISSING_WORDS, is_decimal_comma, listed, looks_like_excel_date, name_of, quote, text_of
from grnet.dataset.expression_layout import ExpressionLayout, find_layout, transpose_hint
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.table_files import RawTable, read_raw_table
from grnet.schema.errors import InputError
from grnet.schema.tables import SYMBOL

Floats = npt.NDArray[np.float32]


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
    """

    symbols: tuple[str, ...]
    ids: tuple[str, ...]
    samples: tuple[str, ...]
    values: Floats


@dataclass(frozen=True)
class _Part:
    """One file: names, ids, lines of the rows that have a name; samples is None without a header."""

    path: Path
    names: list[str]
    ids: list[str]
    lines: list[str]
    samples: tuple[str, ...] | None
    values: npt.NDArray[np.float64]


def read_expression(
    paths: tuple[Path, ...],
    aliases: Mapping[str, str],
    *,
    known_names: Set[str],
    transpose: bool,
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
    transpose : bool
        Genes are in the columns of the files.
    findings : Findings
        Takes refused rows and words to the user.

    Raises
    ------
    MissingInputError, InputError
        A file is missing or cannot be used as it is.
    """
    parts = [_read_part(path, known_names, transpose, findings) for path in paths]
    samples, aligned = _align_samples(parts, findings)
    table = _merge(parts, aligned, samples, aliases, findings)
    flat = [
        symbol for symbol, constant in zip(table.symbols, np.ptp(table.values, axis=1) == 0, strict=True) if constant
    ]
    if flat and len(samples) > 1:
        findings.note(f"constant expression, kept but of no use to correlation: {len(flat)} genes ({listed(flat)})")
    return table


def _read_part(path: Path, known_names: Set[str], transpose: bool, findings: Findings) -> _Part:
    raw = read_raw_table(path)
    table, layout = find_layout(raw.transpose() if transpose else raw, known_names)
    for note in table.notes:
        findings.note(note)
    if layout.set_aside:
        names = [table.header[c] if table.header else f"column {table.columns[c]}" for c in layout.set_aside]
        findings.note(f"{path.name}: columns without expression values, set aside: {listed(names)}")
    names = [name_of(cell, path, row) for cell, row in zip(table.cells.iloc[:, layout.symbol], table.rows, strict=True)]
    dates = [name for name in names if looks_like_excel_date(name)]
    if dates:
        findings.note(f"{path.name}: names that a spreadsheet may have made of MARCH1 and the like: {listed(dates)}")
    samples = _sample_names(table, layout) if table.header is not None else None
    values = _read_values(table, layout, names, samples)
    ids = table.column_texts(layout.id) if layout.id is not None else [""] * len(names)
    kept = [row for row, name in enumerate(names) if name]
    for row in sorted(set(range(len(names))) - set(kept)):
        findings.reject(path.name, table.rows[row], "", Reason.NO_NAME)
    lines = [table.line(row) for row in kept]
    return _Part(path, [names[row] for row in kept], [ids[row] for row in kept], lines, samples, values[kept])


def _sample_names(table: RawTable, layout: ExpressionLayout) -> tuple[str, ...]:
    """Return distinct names of the samples; a nameless one is named after its place."""
    header = table.header or ()
    names = tuple(header[column] or f"sample_{place}" for place, column in enumerate(layout.values, start=1))
    repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if repeated:
        raise InputError(f"{table.path}: samples of the same name: {listed(repeated)}; give each sample its own name")
    if SYMBOL in names:
        raise InputError(f"{table.path}: a sample is named '{SYMBOL}', which stands for the gene names; rename it")
    return names


def _read_values(
    table: RawTable, layout: ExpressionLayout, names: list[str], samples: tuple[str, ...] | None
) -> npt.NDArray[np.float64]:
    """Return the numbers, float64 [R, S].

    Raises
    ------
    InputError
        A cell is text, missing or infinite.
    """
    values = np.empty((len(table.cells), len(layout.values)), dtype=np.float64)
    for place, column in enumerate(layout.values):
        cells = table.cells.iloc[:, column]
        if cells.dtype == object:  # spreadsheets: TRUE is no number
            cells = cells.map(lambda cell: str(cell) if isinstance(cell, bool) else cell)
        values[:, place] = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(over="ignore"):
        wrong = ~np.isfinite(values.astype(np.float32))
    wrong[[not name for name in names]] = False
    if not wrong.any():
        return values
    row, place = (int(index) for index in np.argwhere(wrong)[0])
    column = layout.values[place]
    text = text_of(table.cells.iat[row, column])
    gene = f"gene {quote(names[row])}" + (f", sample {quote(samples[place])}" if samples else "")
    more = f" ({int(wrong.sum()) - 1:,} more such cells)" if wrong.sum() > 1 else ""
    raise InputError(f"{table.place(row, column)} ({gene}): {_wrong_value(text)}{more}{_wrong_direction(table, wrong)}")


def _wrong_value(text: str) -> str:
    if text.lower() in MISSING_WORDS:
        return f"the value is missing ({quote(text)}); expected a number; fill it in or leave the gene out"
    if not _is_beyond_range(text):
        mend = "write decimals with a point" if is_decimal_comma(text) else "mend the cell"
        return f"the text {quote(text)} among the numbers; expected a number; {mend}"
    return f"the value {quote(text)} is infinite or too large; expected a finite number; mend it or leave the gene out"


def _is_beyond_range(text: str) -> bool:
    """Tell whether `text` is a number that float32 cannot hold; what Python alone reads (1_000) is none."""
    try:
        return not abs(float(text)) <= float(np.finfo(np.float32).max)
    except ValueError:
        return False


def _wrong_direction(table: RawTable, wrong: npt.NDArray[np.bool_]) -> str:
    """Return a hint where whole rows are text: they describe samples, so the genes may be in the columns."""
    return f"; if the genes are in the columns, {transpose_hint(table)}" if wrong.all(axis=1).any() else ""


def _align_samples(parts: list[_Part], findings: Findings) -> tuple[tuple[str, ...], list[npt.NDArray[np.float64]]]:
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
        aligned.append(part.values[:, list(order)])
    return samples, aligned


def _merge(
    parts: list[_Part],
    aligned: list[npt.NDArray[np.float64]],
    samples: tuple[str, ...],
    aliases: Mapping[str, str],
    findings: Findings,
) -> ExpressionTable:
    """Merge equal rows of a gene; raise where they differ."""
    position: dict[str, int] = {}
    rows: list[Floats] = []
    ids: list[str] = []
    lines: list[str] = []
    merged: dict[str, None] = {}
    unequal: dict[str, str] = {}
    other_ids: dict[str, None] = {}
    for part, values in zip(parts, aligned, strict=True):
        for name, gene_id, line, row in zip(part.names, part.ids, part.lines, values.astype(np.float32), strict=True):
            symbol = aliases.get(name, name)
            index = position.setdefault(symbol, len(rows))
            if index == len(rows):
                rows.append(row)
                ids.append(gene_id)
                lines.append(line)
                continue
            if not np.array_equal(rows[index], row):
                unequal.setdefault(symbol, f"{quote(symbol)} ({lines[index]} and {line})")
            if gene_id and ids[index] and gene_id != ids[index]:
                other_ids[symbol] = None
            ids[index] = ids[index] or gene_id
            merged[symbol] = None
    if unequal:
        more = f" and {len(unequal) - 3} more" if len(unequal) > 3 else ""
        raise InputError(
            f"rows of one gene with different values: {', '.join(list(unequal.values())[:3])}{more}; "
            "expected one row for each gene: keep one of them, or their mean"
        )
    if merged:
        findings.note(f"rows of one gene with equal values, merged: {len(merged)} genes ({listed(merged)})")
    if other_ids:
        findings.note(f"genes with two ids, of which the first is kept: {listed(other_ids)}")
    return ExpressionTable(
        tuple(position), tuple(ids), samples, np.array(rows, dtype=np.float32).reshape(-1, len(samples))
    )
