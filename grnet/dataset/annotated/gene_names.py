"""Symbols and ids of the genes of an annotated matrix: its var_names and the columns that tools write beside them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from grnet.dataset.findings import Findings
from grnet.dataset.reading.column_words import ID_HEADERS, SYMBOL_HEADERS, TF_HEADERS, is_accession
from grnet.dataset.table_cells import MISSING_WORDS, header_word, listed, text_of
from grnet.schema.arrays import Float64
from grnet.schema.errors import InputError
from grnet.schema.sources import MatrixSource

VAR_NAMES = "var_names"
_MOST = 0.5
_SYMBOL_WORDS = (SYMBOL_HEADERS - TF_HEADERS) | {"gene", "symbol", "genename", "genesymbol"}


@dataclass(frozen=True)
class GeneNames:
    """Names of genes, and the columns that they are from.

    Attributes
    ----------
    symbols, ids : tuple of str
        Ids are "" where there is none.
    symbol_column, id_column : str
        "var_names" or a column; no id is "".
    """

    symbols: tuple[str, ...]
    ids: tuple[str, ...]
    symbol_column: str
    id_column: str


def find_gene_names(source: MatrixSource, genes: pd.DataFrame, wanted: str) -> GeneNames:
    """Tell the symbol and the id of each gene.

    Parameters
    ----------
    source : Path, GivenTable or GivenAnnData
    genes : DataFrame
        What a file says of its genes; the index holds their names.
    wanted : str
        `--gene-names`: the column of symbols; "" finds it.

    Raises
    ------
    InputError
        There is no such column, or no names at all.
    """
    own = [text_of(name) for name in genes.index]
    if wanted and wanted not in (VAR_NAMES, "index"):
        if wanted not in genes.columns:
            raise InputError(f"{source}: --gene-names {wanted}: {_hint(wanted, genes)}")
        return _named(own, genes, wanted)
    accessions = _is_mostly_accessions(own)
    numbered = all(name.isdigit() for name in own)
    if (accessions or numbered) and not wanted:
        for column in genes.columns:
            if header_word(str(column)) in _SYMBOL_WORDS and _fits(genes[column]):
                return _named(own, genes, str(column))
    if numbered and own:
        raise InputError(
            f"{source}: the genes are called {listed(own, 3)}; name the column of var with their symbols by "
            f"--gene-names COLUMN; it has {listed(map(str, genes.columns), 12) or 'no columns'}"
        )
    return _named(own, genes, VAR_NAMES)


def tell_apart(
    source: MatrixSource, symbols: Sequence[str], ids: Sequence[str], mean: Float64, findings: Findings
) -> list[str]:
    """Return distinct symbols: of genes that share one, that of the highest mean keeps it, the others get their ids.

    Parameters
    ----------
    source : Path, GivenTable or GivenAnnData
    symbols, ids : sequence of str
    mean : float64 array [G]
        Mean expression of each gene.
    findings : Findings
        Takes a word on the symbols that are shared.

    Raises
    ------
    InputError
        No id tells genes of one symbol apart.
    """
    counts = Counter(symbols)
    shared = [symbol for symbol, count in counts.items() if count > 1]
    if not shared:
        return list(symbols)
    distinct = list(symbols)
    rows_of: dict[str, list[int]] = {symbol: [] for symbol in shared}
    for row, symbol in enumerate(symbols):
        if symbol in rows_of:
            rows_of[symbol].append(row)
    for rows in rows_of.values():
        best = max(rows, key=lambda row: (float(mean[row]), -row))
        for row in rows:
            distinct[row] = distinct[row] if row == best else ids[row]
    counts = Counter(distinct)
    twice = [
        symbol for symbol, rows in rows_of.items() if any(not distinct[r] or counts[distinct[r]] > 1 for r in rows)
    ]
    if twice:
        raise InputError(
            f"{source}: {len(twice)} symbols occur more than once and no ids tell them apart: {listed(twice)}; make "
            "them distinct, as by adata.var_names_make_unique(), or name a column of var with --gene-names COLUMN"
        )
    findings.note(
        f"{source.name}: symbols with several ids: {len(shared)} ({listed(shared)}). The gene with the highest "
        "mean keeps the symbol; the others are named by their id"
    )
    return distinct


def _named(own: list[str], genes: pd.DataFrame, column: str) -> GeneNames:
    """Return the names with the symbols of a column; genes without a symbol are called by their var_name."""
    symbols = own if column == VAR_NAMES else [_text(cell) for cell in genes[column].astype(object)]
    id_column, ids = "", [""] * len(own)
    if column != VAR_NAMES and len(set(own)) == len(own) and not all(name.isdigit() for name in own):
        id_column, ids = VAR_NAMES, own
    else:
        for name in genes.columns:
            if name != column and header_word(str(name)) in ID_HEADERS and _fits(genes[name]):
                id_column, ids = str(name), [_text(cell) for cell in genes[name].astype(object)]
                break
    symbols = [symbol or gene_id or name for symbol, gene_id, name in zip(symbols, ids, own, strict=True)]
    ids = ["" if gene_id == symbol else gene_id for symbol, gene_id in zip(symbols, ids, strict=True)]
    return GeneNames(tuple(symbols), tuple(ids), column, id_column)


def _text(cell: object) -> str:
    text = text_of(cell)
    return "" if text.lower() in MISSING_WORDS else text


def _fits(values: pd.Series) -> bool:
    """Tell whether a column may name genes: texts, most of them distinct."""
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return False
    return int(values.astype(object).nunique()) >= _MOST * max(1, len(values))


def _is_mostly_accessions(names: Sequence[str]) -> bool:
    part = names[:: max(1, len(names) // 1000)]
    return bool(part) and float(np.mean([is_accession(name) for name in part])) > _MOST


def _hint(wanted: str, genes: pd.DataFrame) -> str:
    columns = [str(column) for column in genes.columns]
    near = difflib.get_close_matches(wanted, columns, n=2)
    if near:
        return f"no such column of var; did you mean {' or '.join(near)}?"
    return f"no such column of var; it has {listed(columns, 12) or 'no columns'}"
