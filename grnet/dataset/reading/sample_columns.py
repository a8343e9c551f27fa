"""Expression tables whose rows are the genes: which columns are samples, and which stand beside them.

Columns of numbers whose names leave a doubt are samples with a reason, which their values settle later.
"""

from __future__ import annotations

from collections.abc import Sequence

from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    POSITION_HEADERS,
    ROW_INDEX_HEADERS,
    STATISTIC_HEADERS,
    SYMBOL_HEADERS,
    TEXT_HEADERS,
    is_annotation_word,
)
from grnet.dataset.reading.expression_columns import ExpressionColumns
from grnet.dataset.reading.expression_names import find_names
from grnet.dataset.reading.numbers import looks_numeric
from grnet.dataset.reading.plan import ColumnPlan, Role, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import MISSING_WORDS, find_date_names, quote, word_set
from grnet.schema.errors import InputError

_AMBIGUOUS = word_set("f t b p lr fc no nr x y bp gc pos band size rank start end stop width sum total max min sig")
"""Words that are names of samples as well; they count where other columns of their kind are there."""
DOUBT = "a sample, or a column beside the samples"
"""The reason of a column of samples whose name is that of a statistic or position, where there are more of these."""
NAMED_LENGTH = "annotation"
"""The reason of a column of numbers named as a length or coordinate: no sample, unless its values resemble them."""
NAMED_TEXT = "a sample, or a class or code beside the samples"
"""The reason of a column of numbers named as annotation that is text: a sample if its values resemble them."""
_LENGTHS = word_set("length width size genelength exonlength start end stop position")
_CODES = word_set("taxid taxonid taxon goid geneversion keggid proteinid spotid")
_FEWEST_MIXED, _FEWEST_AMONG_SAMPLES = 0.2, 0.05
"""Part of the cells that are numbers from which on a column of text may be a sample, anywhere and amid samples."""
_ONE_SAMPLE = word_set(
    "tpm fpkm rpkm expectedcount numreads estcounts effectivelength efflength fpkmconflo fpkmconfhi unstranded "
    "strandedfirst strandedsecond tpmunstranded fpkmunstranded fpkmuqunstranded"
)
VALUE_ORDER = (
    "tpm",
    "tpmunstranded",
    "fpkm",
    "rpkm",
    "estcounts",
    "numreads",
    "expectedcount",
    "fpkmunstranded",
    "unstranded",
)
"""Columns of values in files of one sample; the first that is there is read."""
_TOOL_STATISTICS = (
    (word_set("logfc aveexpr pvalue"), word_set("t b f")),
    (word_set("logfc logcpm pvalue"), word_set("f lr")),
)
"""Columns of limma and edgeR, and the short names of those that they write beside them."""


def plan_sample_columns(table: RawTable, columns: ExpressionColumns, chosen: dict[int, Role]) -> list[ColumnPlan]:
    """Return what each column is taken for: symbols, identifiers, a sample, or something beside the samples.

    Parameters
    ----------
    table : RawTable
    columns : ExpressionColumns
    chosen : dict of int to Role
        What the user says of columns.

    Raises
    ------
    InputError
        There are no names, a column mixes numbers and text, or the file counts a sample several times.
    """
    one_sample = _find_one_sample(table, columns) if not chosen else None
    _refuse_strands(table, columns, chosen=bool(chosen))
    symbol, gene_id = find_names(table, columns, chosen)
    restricted = Role.SAMPLES in chosen.values()
    statistics = sum(word in STATISTIC_HEADERS and word not in _AMBIGUOUS for word in columns.words)
    positions = sum(word in POSITION_HEADERS and word not in _AMBIGUOUS for word in columns.words)
    of_tools = _tool_statistics(columns.words)
    plans = []
    for column, word in enumerate(columns.words):
        role, why = Role.SAMPLES, ""
        if column == symbol:
            role = Role.SYMBOL
        elif column == gene_id:
            role = Role.ID
        elif column in chosen:
            role, why = chosen[column], "as chosen" if chosen[column] is Role.SET_ASIDE else ""
        elif restricted:
            role, why = Role.SET_ASIDE, "not chosen"
        elif one_sample is not None:
            role, why = (Role.SAMPLES, "") if column == one_sample else (Role.SET_ASIDE, "annotation")
        elif not columns.numeric[column]:
            role, why = Role.SET_ASIDE, _why_text(word)
            if column > symbol and not is_annotation_word(word) and word not in ID_HEADERS | SYMBOL_HEADERS:
                _refuse_mixed(table, columns, column)
        elif word in ID_HEADERS:
            role, why = Role.SET_ASIDE, "identifiers"
        elif _is_index(table, columns, column, symbol):
            role, why = Role.SET_ASIDE, "row index"
        elif column in of_tools:
            role, why = Role.SET_ASIDE, "statistics"
        elif word in _LENGTHS and (word not in _AMBIGUOUS or positions):
            role, why = Role.SAMPLES, NAMED_LENGTH
        elif word in POSITION_HEADERS | STATISTIC_HEADERS:
            others = positions if word in POSITION_HEADERS else statistics
            kind = "annotation" if word in POSITION_HEADERS else "statistics"
            sure = word not in _AMBIGUOUS
            role, why = (Role.SET_ASIDE, kind) if sure else (Role.SAMPLES, DOUBT if others else "")
        elif word in TEXT_HEADERS:
            role, why = (Role.SET_ASIDE, "identifiers") if word in _CODES else (Role.SAMPLES, NAMED_TEXT)
        plans.append(plan_column(table, column, role, why))
    return plans


def _tool_statistics(words: Sequence[str]) -> set[int]:
    """Return the columns of short names, such as t and B, that limma and edgeR write beside others, once each."""
    found: set[int] = set()
    for beside, short in _TOOL_STATISTICS:
        if beside <= set(words):
            found |= {column for column, word in enumerate(words) if word in short and words.count(word) == 1}
    return found


def _refuse_mixed(table: RawTable, columns: ExpressionColumns, column: int) -> None:
    """Raise where a column of text may be a sample: it holds numbers, too, or dates, or is called like the samples."""
    said = [text for text in columns.texts[column] if text.lower() not in MISSING_WORDS]
    texts = [text for text in said if not looks_numeric(text)]
    if len(said) < 3:
        return
    name = table.column_name(column)
    numbers = (len(said) - len(texts)) / len(said)
    among = _is_among_samples(columns, column)
    if numbers >= (_FEWEST_AMONG_SAMPLES if among else _FEWEST_MIXED):
        what = f"numbers and text such as {quote(texts[0])}"
    elif among and len(dates := find_date_names(texts)) * 2 > len(said):
        what = f"dates such as {quote(dates[0])}, which spreadsheets make of numbers"
    elif _is_called_like_samples(columns, column):
        what = f"text such as {quote(texts[0])}, and is called like the samples"
    else:
        return
    raise InputError(
        f"{table.path}: the column {quote(name)} holds {what}; mend its cells if it is a sample, or say that it is "
        f"none: --columns 'set-aside={table.column_handle(column)}'"
    )


def _is_among_samples(columns: ExpressionColumns, column: int) -> bool:
    """Tell whether columns of numbers stand on both sides, or have names of the same kind."""
    sides = any(columns.numeric[:column]) and any(columns.numeric[column + 1 :])
    return sides or _is_called_like_samples(columns, column)


def _is_called_like_samples(columns: ExpressionColumns, column: int) -> bool:
    """Tell whether most columns of numbers have the name of a column, but for other digits: S2 beside S1 and S3."""
    stems = ["".join(filter(str.isalpha, word)) for word in columns.words]
    others = [stem for stem, numeric in zip(stems, columns.numeric, strict=True) if numeric]
    numbered = any(map(str.isdigit, columns.words[column]))
    return numbered and stems[column] != "" and others.count(stems[column]) * 2 > len(others)


def _refuse_strands(table: RawTable, columns: ExpressionColumns, *, chosen: bool) -> None:
    """Raise where a file of STAR counts one sample three times: unstranded, and for either strand."""
    if not chosen and table.header is None and len(columns.words) == 4 and "N_unmapped" in columns.texts[0]:
        raise InputError(
            f"{table.path}: counts of STAR, once without and once for either strand; choose those of the library: "
            "--columns 'samples=#2' if it is unstranded, 'samples=#3' or 'samples=#4' if it is stranded"
        )


def _why_text(word: str) -> str:
    if word in ID_HEADERS:
        return "identifiers"
    return "annotation" if is_annotation_word(word) else "text"


def _is_index(table: RawTable, columns: ExpressionColumns, column: int, symbol: int) -> bool:
    """Tell whether a column of numbers is an index that a data frame was saved with."""
    named = table.header is not None and (not columns.words[column] or columns.words[column] in ROW_INDEX_HEADERS)
    whole = all(text.lstrip("-").isdigit() for text in columns.texts[column] if text)
    if named and whole and column < max(symbol, 1):
        return True
    numbers = list(columns.texts[column])
    start = numbers[0] if numbers else ""
    rising = start in ("0", "1") and numbers == [str(int(start) + row) for row in range(len(numbers))]
    return rising and column < symbol and len(numbers) > 1


def _find_one_sample(table: RawTable, columns: ExpressionColumns) -> int | None:
    """Return the column of values of a file of one sample, as RSEM, Salmon and kallisto write them."""
    if sum(word in _ONE_SAMPLE for word in columns.words) < 2:
        return None
    return next((columns.words.index(word) for word in VALUE_ORDER if word in columns.words), None)
