"""The reading plan of an expression table: where its names and samples are, and in which direction it lies."""

from __future__ import annotations

import itertools
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from grnet.dataset.cells import MISSING_WORDS, header_word, listed, quote, text_of, word_set
from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    POSITION_HEADERS,
    ROW_INDEX_HEADERS,
    STATISTIC_HEADERS,
    SYMBOL_HEADERS,
    TEXT_HEADERS,
    is_accession,
    is_annotation_word,
    is_cell_word,
)
from grnet.dataset.reading.measures import set_measures_aside
from grnet.dataset.reading.numbers import NumberMarks, find_marks, looks_numeric
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ColumnPlan, ReadingPlan, Role, TableKind, header_line, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.schema.errors import InputError

_PEEK_ROWS, _PEEK_COLUMNS = 200, 200
_FAR_BETTER, _FEWEST_JOINED = 4, 2
_AMBIGUOUS = frozenset(
    [
        "f",
        "t",
        "b",
        "p",
        "lr",
        "fc",
        "no",
        "nr",
        "x",
        "y",
        "bp",
        "gc",
        "pos",
        "band",
        "size",
        "rank",
        "start",
        "end",
        "stop",
        "width",
        "sum",
        "total",
        "max",
        "min",
        "lr",
        "sig",
    ]
)
"""Words that are names of samples as well; they count where other columns of their kind are there."""
DOUBT = "a sample, or a column beside the samples"
"""The reason of a column of samples whose name is that of a statistic or position, where there are more of these."""
NAMED_LENGTH = "annotation"
"""The reason of a column of numbers named as a length or coordinate: no sample, unless its values resemble them."""
NAMED_TEXT = "a sample, or a class or code beside the samples"
"""The reason of a column of numbers named as annotation that is text: a sample if its values resemble them."""
_LENGTHS = word_set("length width size genelength exonlength start end stop position")
_CODES = word_set("taxid taxonid taxon goid geneversion keggid proteinid spotid")
_FEWEST_MIXED = 0.2
_ONE_SAMPLE = frozenset(
    [
        "tpm",
        "fpkm",
        "rpkm",
        "expectedcount",
        "numreads",
        "estcounts",
        "effectivelength",
        "efflength",
        "fpkmconflo",
        "fpkmconfhi",
        "unstranded",
        "strandedfirst",
        "strandedsecond",
        "tpmunstranded",
        "fpkmunstranded",
        "fpkmuqunstranded",
    ]
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
    (frozenset({"logfc", "aveexpr", "pvalue"}), frozenset({"t", "b", "f"})),
    (frozenset({"logfc", "logcpm", "pvalue"}), frozenset({"f", "lr"})),
)
"""Columns of limma and edgeR, and the short names of those that they write beside them."""


@dataclass(frozen=True)
class _Columns:
    """What the first rows say of each column."""

    words: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    joined: tuple[int, ...]

    @property
    def text(self) -> list[int]:
        return [column for column, numeric in enumerate(self.numeric) if not numeric]

    def distinct(self, column: int) -> float:
        """Return which part of the cells of a column differs from all others."""
        said = [text for text in self.texts[column] if text]
        return len(set(said)) / max(len(said), 1)

    def identifiers(self, column: int) -> bool:
        """Tell whether a column without a name holds identifiers: of a database, or distinct words with digits."""
        said = [text for text in self.texts[column] if text]
        words = all(" " not in text and any(letter.isdigit() for letter in text) for text in said)
        return self.accessions(column) > 0.8 or (words and self.distinct(column) == 1)

    def accessions(self, column: int) -> float:
        """Return which part of the cells of a column are identifiers of a database."""
        said = [text for text in self.texts[column] if text]
        return sum(is_accession(text) for text in said) / max(len(said), 1)


def plan_expression(
    raw: RawTable, *, known: Set[str], choices: TableChoices, transpose: bool
) -> tuple[RawTable, ReadingPlan, NumberMarks]:
    """Decide what the columns of an expression table are.

    Parameters
    ----------
    raw : RawTable
    known : set of str
        Names of the TF list and the known edges.
    choices : TableChoices
    transpose : bool
        The user says that the genes are in the columns.

    Returns
    -------
    RawTable, ReadingPlan, NumberMarks
        The table with its header taken off.

    Raises
    ------
    InputError
        There are no names or no numbers, or several readings fit.
    """
    marks = _find_marks(raw, choices)
    table = _take_header(raw, known, choices)
    columns = _look_at(table, known)
    chosen = choices.find(table)
    if _genes_in_columns(table, columns, known, transpose=transpose, chosen=chosen):
        plans = _plan_transposed(table, columns, chosen, known)
    else:
        plans = set_measures_aside(table, _plan_columns(table, columns, chosen), chosen=bool(chosen))
    value_role = Role.GENES if any(plan.role is Role.GENES for plan in plans) else Role.SAMPLES
    if not any(plan.role is value_role for plan in plans):
        raise InputError(f"{table.path}: no column of numbers; expected gene names and then a column for each sample")
    plan = ReadingPlan(
        table.path,
        TableKind.EXPRESSION,
        table.form,
        tuple(plans),
        header=header_line(raw, table),
        decimal=marks.decimal,
        thousands=marks.thousands,
        transposed=value_role is Role.GENES,
    )
    return table, plan, marks


def _find_marks(raw: RawTable, choices: TableChoices) -> NumberMarks:
    shown = raw.cells.iloc[:_PEEK_ROWS, :_PEEK_COLUMNS].to_numpy(dtype=object)
    cells = (text_of(cell) for row in shown for cell in row if isinstance(cell, str))
    return find_marks(
        raw.path,
        cells,
        separator=raw.form.separator,
        decimal=choices.values.get("decimal", ""),
        thousands=choices.values.get("thousands", ""),
    )


def _take_header(raw: RawTable, known: Set[str], choices: TableChoices) -> RawTable:
    wanted = choices.values.get("header")
    if wanted not in (None, "", "first", "1", "yes"):
        raise InputError(f"{raw.path}: --columns header={wanted}: expected header=none or header=first")
    if raw.header is not None or "header" in choices.values:
        table = raw if wanted == "" else raw.take_header()
    else:
        table = raw.take_header() if _begins_with_header(raw, known) else raw
    if not len(table.cells):
        raise InputError(f"{raw.path}: a header and no rows; expected a row for each gene")
    return table


def _begins_with_header(raw: RawTable, known: Set[str]) -> bool:
    """Tell whether the first row names the columns: text over numbers, a word such as symbol, or numbers that count."""
    first = raw.row_texts(0)
    if len(raw.cells) < 2:
        return header_word(first[0]) in SYMBOL_HEADERS | ID_HEADERS
    body = [raw.row_texts(row) for row in range(1, min(len(raw.cells), _PEEK_ROWS))]
    numeric = [column for column in range(len(first)) if not _is_text([row[column] for row in body])]
    over_numbers = [first[column] for column in numeric]
    if raw.has_short_header():
        return True
    texts = sum(not looks_numeric(cell) for cell in over_numbers)
    if first[0] in known and texts * 2 <= len(over_numbers):
        return False
    if any(_names_a_column(first[column], [row[column] for row in body]) for column in range(len(first))):
        return True
    if not first[0] and any(over_numbers):
        return True
    if texts * 2 > len(over_numbers):
        return True
    places = [column for column in numeric if looks_numeric(first[column])]
    if 0 in places or not first[0]:
        return False
    return _is_numbering([first[column] for column in places], body, places)


def _names_a_column(cell: str, below: Sequence[str]) -> bool:
    """Tell whether a cell is the name of a column of names, identifiers or annotation, and no cell like those below."""
    word = header_word(cell)
    known = SYMBOL_HEADERS | ID_HEADERS | POSITION_HEADERS | TEXT_HEADERS | STATISTIC_HEADERS
    return word in known and len(word) > 1 and cell not in below


def _is_numbering(first: Sequence[str], body: Sequence[Sequence[str]], numeric: Sequence[int]) -> bool:
    """Tell whether cells over numbers are distinct whole numbers in steps of one, as names of cells are."""
    if len(first) < 3 or not all(cell.isdigit() for cell in first):
        return False
    numbers = [int(cell) for cell in first]
    return all(later - earlier == 1 for earlier, later in itertools.pairwise(numbers)) and any(
        "." in row[column] or "," in row[column] or row[column] != str(numbers[place])
        for row in body[:3]
        for place, column in enumerate(numeric)
    )


def _is_text(cells: Sequence[str]) -> bool:
    """Tell whether most cells that say anything are no numbers."""
    said = [cell for cell in cells if cell.lower() not in MISSING_WORDS]
    return sum(not looks_numeric(cell) for cell in said) * 2 > len(said)


def _look_at(table: RawTable, known: Set[str]) -> _Columns:
    shown = min(len(table.cells), _PEEK_ROWS)
    grid = [table.row_texts(row) for row in range(shown)]
    header = table.header or ("",) * table.cells.shape[1]
    texts = tuple(tuple(row[column] for row in grid) for column in range(table.cells.shape[1]))
    numeric = tuple(not _is_text(cells) for cells in texts)
    joined = []
    for column, cells in enumerate(texts):
        names = set(table.column_texts(column)) if table.complete and not numeric[column] else set(cells)
        joined.append(len({_base_name(name) for name in names} & known | names & known))
    return _Columns(tuple(header_word(name) for name in header), texts, numeric, tuple(joined))


def _base_name(name: str) -> str:
    """Return an Ensembl identifier without its version."""
    return name.split(".")[0] if name.startswith("ENS") else name


def _genes_in_columns(
    table: RawTable, columns: _Columns, known: Set[str], *, transpose: bool, chosen: dict[int, Role]
) -> bool:
    """Tell whether the header names the genes.

    Raises
    ------
    InputError
        The user says so, and the names of the lists stand in a column instead.
    """
    header = set(table.header or ())
    in_header = len(header & known)
    in_column = max((columns.joined[c] for c in range(len(columns.words))), default=0)
    if Role.SYMBOL in chosen.values() and not transpose:
        return False
    if transpose:
        if in_column > _FAR_BETTER * in_header and in_column >= _FEWEST_JOINED:
            raise InputError(
                f"{table.path}: the genes seem to be in the rows: a column has {in_column} names of the TF list and "
                "known "
                f"edges, the header {in_header}; leave out --transpose"
            )
        if table.header is None:
            raise InputError(f"{table.path}: --transpose, and no header that names the genes; expected one")
        return True
    return in_header > _FAR_BETTER * in_column and in_header >= _FEWEST_JOINED


def _plan_transposed(table: RawTable, columns: _Columns, chosen: dict[int, Role], known: Set[str]) -> list[ColumnPlan]:
    header = table.header or ()
    plans = []
    name = next((column for column, role in chosen.items() if role is Role.NAME), None)
    if name is None:
        name = next((c for c in columns.text if columns.distinct(c) > 0.9 and header[c] not in known), None)
    if name is None and (not header[0] or columns.words[0] in ROW_INDEX_HEADERS):
        name = 0
    outside = _columns_beside_genes(header, columns, known, name)
    for column in range(len(columns.words)):
        title = header[column]
        if column == name:
            role, why = Role.NAME, ""
        elif column in chosen and chosen[column] is not Role.SAMPLES:
            role, why = (Role.GENES, "") if chosen[column] is Role.GENES else (Role.SET_ASIDE, "as chosen")
        elif column in outside and title not in known:
            role, why = Role.SET_ASIDE, "describes cells or samples"
        elif not columns.numeric[column]:
            role, why = Role.SET_ASIDE, "text"
        elif not title:
            role, why = Role.SET_ASIDE, "no name"
        else:
            role, why = Role.GENES, ""
        plans.append(plan_column(table, column, role, why))
    return plans


def _columns_beside_genes(header: Sequence[str], columns: _Columns, known: Set[str], name: int | None) -> set[int]:
    """Return the columns before and after the genes that describe cells; some of their names are genes, too."""
    found: set[int] = set()
    for order in (range(len(header)), range(len(header) - 1, -1, -1)):
        for column in order:
            title = header[column]
            if column == name:
                continue
            plain = (
                columns.numeric[column] and not is_cell_word(title) and columns.words[column] not in ROW_INDEX_HEADERS
            )
            if title in known or plain:
                break
            found.add(column)
    return {c for c in found if is_cell_word(header[c]) or columns.words[c] in ROW_INDEX_HEADERS}


def _plan_columns(table: RawTable, columns: _Columns, chosen: dict[int, Role]) -> list[ColumnPlan]:
    one_sample = _find_one_sample(table, columns) if not chosen else None
    _refuse_strands(table, columns, chosen=bool(chosen))
    symbol, gene_id = _find_names(table, columns, chosen)
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


def _refuse_mixed(table: RawTable, columns: _Columns, column: int) -> None:
    """Raise where a column holds numbers and text that may be values of a sample."""
    said = [text for text in columns.texts[column] if text.lower() not in MISSING_WORDS]
    numbers = sum(looks_numeric(text) for text in said)
    if len(said) > 2 and numbers >= _FEWEST_MIXED * len(said):
        text = next(text for text in said if not looks_numeric(text))
        name = table.column_name(column)
        raise InputError(
            f"{table.path}: the column {quote(name)} holds numbers and text such as {quote(text)}; mend its cells if "
            f"it is a sample, or say that it is none: --columns 'set-aside={table.column_handle(column)}'"
        )


def _refuse_strands(table: RawTable, columns: _Columns, *, chosen: bool) -> None:
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


def _is_index(table: RawTable, columns: _Columns, column: int, symbol: int) -> bool:
    """Tell whether a column of numbers is an index that a data frame was saved with."""
    named = table.header is not None and (not columns.words[column] or columns.words[column] in ROW_INDEX_HEADERS)
    whole = all(text.lstrip("-").isdigit() for text in columns.texts[column] if text)
    if named and whole and column < max(symbol, 1):
        return True
    numbers = list(columns.texts[column])
    start = numbers[0] if numbers else ""
    rising = start in ("0", "1") and numbers == [str(int(start) + row) for row in range(len(numbers))]
    return rising and column < symbol and len(numbers) > 1


def _find_one_sample(table: RawTable, columns: _Columns) -> int | None:
    """Return the column of values of a file of one sample, as RSEM, Salmon and kallisto write them."""
    if sum(word in _ONE_SAMPLE for word in columns.words) < 2:
        return None
    return next((columns.words.index(word) for word in VALUE_ORDER if word in columns.words), None)


def _find_names(table: RawTable, columns: _Columns, chosen: dict[int, Role]) -> tuple[int, int | None]:
    """Return the columns of symbols and of identifiers: as chosen, by their names, and by what joins the lists."""
    symbol = next((column for column, role in chosen.items() if role is Role.SYMBOL), None)
    gene_id = next((column for column, role in chosen.items() if role is Role.ID), None)
    free = [c for c in columns.text if c not in chosen]
    if table.header is None:
        found = _names_without_header(table, columns, free)
    else:
        found = _names_by_header(table, columns, free)
    if symbol is None:
        symbol = found[0] if found[0] != gene_id else None
    if symbol is None and gene_id is None:
        raise _no_names(table, columns)
    if symbol is None:
        symbol, gene_id = gene_id, None
    if gene_id is None and Role.ID not in chosen.values() and found[1] != symbol:
        gene_id = found[1]
    assert symbol is not None
    return symbol, gene_id


def _names_without_header(table: RawTable, columns: _Columns, free: list[int]) -> tuple[int | None, int | None]:
    if not free:
        return None, None
    ids = [c for c in free if columns.identifiers(c)]
    best = max(free, key=lambda c: (columns.joined[c], c not in ids and columns.distinct(c) > 0.5, -c))
    others = [c for c in ids if c != best]
    return best, others[0] if others else None


def _names_by_header(table: RawTable, columns: _Columns, free: list[int]) -> tuple[int | None, int | None]:
    words = columns.words
    numeric_ids = [
        c for c, word in enumerate(words) if columns.numeric[c] and word in ID_HEADERS and _is_whole(columns, c)
    ]
    symbols = [c for c in free if words[c] in SYMBOL_HEADERS and words[c] not in TEXT_HEADERS]
    ids = [c for c in free if words[c] in ID_HEADERS and words[c] not in TEXT_HEADERS] + numeric_ids
    plain = [
        c for c in free if c not in symbols + ids and not is_annotation_word(words[c]) and columns.distinct(c) > 0.5
    ]
    plain = [c for c in plain if (not words[c] or words[c] in ROW_INDEX_HEADERS or c == free[0])]
    ids += [c for c in symbols[1:] if columns.accessions(c) > 0.8]
    for name in [c for c in symbols if columns.accessions(c) > 0.8 and len(free) > 1]:
        symbols.remove(name)
        ids.insert(0, name)
    candidates = [*symbols, *plain, *ids]
    symbol = candidates[0] if candidates else None
    best = max(free, key=lambda c: columns.joined[c], default=None)
    if best is not None and columns.joined[best] >= _FEWEST_JOINED and best not in ids and columns.distinct(best) > 0.5:
        rivals = [columns.joined[c] for c in {symbol, *ids} if c is not None and c != best]
        if columns.joined[best] > _FAR_BETTER * max(rivals, default=0):
            symbol = best
    if symbol is None and _is_index_of_names(table, columns):
        symbol = 0
    others = sorted((c for c in dict.fromkeys(ids) if c != symbol), key=lambda c: -columns.joined[c])
    if symbol in ids and columns.distinct(symbol) < 0.5:
        symbol = others[0] if others else symbol
    return symbol, next((c for c in others if c != symbol), None)


def _is_whole(columns: _Columns, column: int) -> bool:
    return all(text.isdigit() for text in columns.texts[column] if text)


def _is_index_of_names(table: RawTable, columns: _Columns) -> bool:
    """Tell whether the first column holds numbers that name the genes: those of the lists are among them."""
    return _is_whole(columns, 0) and columns.distinct(0) == 1 and columns.joined[0] > 0


def _no_names(table: RawTable, columns: _Columns) -> InputError:
    if table.header and _is_whole(columns, 0) and columns.distinct(0) == 1:
        return InputError(
            f"{table.path}: the first column ({table.column_name(0)}) holds whole numbers that are no names of the "
            "TF list "
            "and known edges: numeric gene identifiers, or numbers of rows? If they name the genes, say so with "
            f"--columns 'symbol=#{table.columns[0]}', and give TFs and edges by the same identifiers"
        )
    header = [name for name in table.header or () if name]
    return InputError(
        f"{table.path}: no column of gene names, only numbers; expected the names in the first column"
        + (f"; if the header names the genes ({listed(header, 3)}), add --transpose" if header else "")
    )


def with_roles(plan: ReadingPlan, changed: dict[int, tuple[Role, str]]) -> ReadingPlan:
    """Return the plan with other roles for some columns."""
    columns = tuple(
        replace(column, role=changed[column.index][0], reason=changed[column.index][1])
        if column.index in changed
        else column
        for column in plan.columns
    )
    return replace(plan, columns=columns)


def with_sample_names(plan: ReadingPlan, samples: Sequence[str]) -> ReadingPlan:
    """Return the plan with the names that the samples have in the dataset, which may be shorter than in the file."""
    names = dict(zip(plan.of_role(Role.SAMPLES), samples, strict=True))
    columns = tuple(replace(column, name=names.get(column.index, column.name)) for column in plan.columns)
    return replace(plan, columns=columns)
