"""The reading plan of a table of anatomy terms: the columns of genes, terms and stages.

Columns are told by their names. Where a table has no header, as the export of the BDGP in-situ database, they are told
by what they hold: names of known genes, identifiers, and stages such as 4-6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from grnet.dataset.reading.column_words import ID_HEADERS, SYMBOL_HEADERS, is_accession
from grnet.dataset.reading.edge_columns import column_word, is_index, share_of
from grnet.dataset.reading.numbers import looks_numeric
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, header_line, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import listed, word_set
from grnet.schema.errors import InputError

TERM_HEADERS = word_set(
    "term terms termname anatomyterm anatomyterms anatomyname anatomy anatomicalterm anatomicalstructure "
    "anatomicalentity structure structures structurename superstructurename substructurename tissue tissues tissuename "
    "organ organs bodypart annotation annotations annotationterm insituterm expressionterm expressionpattern pattern "
    "location ontologyterm emapaname uberonname"
)
TERM_ID_HEADERS = word_set(
    "termid termids anatomyid anatomytermid structureid superstructureid substructureid anatomicalstructureid tissueid "
    "ontologyid fbbt fbbtid uberon uberonid emapa emapaid zfaid wbbt wbbtid xaoid"
)
STAGE_HEADERS = word_set(
    "stage stages stagename stagerange startstage developmentalstage devstage embryostage embryonicstage "
    "theilerstage time timepoint age hpf"
)
_STAGE = re.compile(
    r"((stage|st|hh|ts|cs|e|p)[. ]?)?\d+(\.\d+)?[a-z]?(\s*[-–]\s*\d+(\.\d+)?[a-z]?)?\s?(h|hr|hrs|hpf|dpf|days?)?", re.I
)
_MOST_STAGES = 60
_GENES, _TERMS, _STAGES = "another column of genes", "another column of terms", "another column of stages"
_NAMED = SYMBOL_HEADERS | ID_HEADERS | TERM_HEADERS | TERM_ID_HEADERS | STAGE_HEADERS


def plan_terms(raw: RawTable, *, genes: Set[str], choices: TableChoices) -> tuple[RawTable, ReadingPlan]:
    """Decide which columns of a table are genes, terms and stages.

    Parameters
    ----------
    raw : RawTable
    genes : set of str
        Names of the genes of the dataset: of several columns of names, the one that joins is taken.
    choices : TableChoices

    Returns
    -------
    RawTable, ReadingPlan
        The table with its header taken off.

    Raises
    ------
    InputError
        No column holds genes, or none holds terms, or several may and nothing says which.
    """
    table = _take_header(raw, choices)
    roles = choices.find(table)
    reasons: dict[int, str] = {column: "as asked" for column, role in roles.items() if role is Role.SET_ASIDE}
    if table.header is not None:
        _find_by_name(table, genes, roles, reasons)
    _find_by_contents(table, genes, roles, reasons)
    if Role.SYMBOL not in roles.values():
        roles = {column: Role.SYMBOL if role is Role.ID else role for column, role in roles.items()}
    _check(table, roles, reasons)
    columns = tuple(
        plan_column(table, column, roles.get(column, Role.SET_ASIDE), reasons.get(column, "not used"))
        if roles.get(column, Role.SET_ASIDE) is Role.SET_ASIDE
        else plan_column(table, column, roles[column])
        for column in range(table.cells.shape[1])
    )
    return table, ReadingPlan(table.path, TableKind.ANNOTATIONS, table.form, columns, header=header_line(raw, table))


def _take_header(raw: RawTable, choices: TableChoices) -> RawTable:
    """Return the table with its header taken off, where the first row is one."""
    headed = any(column_word(text) in _NAMED for text in (raw.header or raw.row_texts(0)))
    headed |= any(not pattern.startswith("#") for _, pattern in choices.roles)
    if "header" in choices.values:
        headed = choices.values["header"] != ""
    return raw.take_header() if headed else raw


def _find_by_name(table: RawTable, genes: Set[str], roles: dict[int, Role], reasons: dict[int, str]) -> None:
    """Give roles by the names of columns; say of what role a column would be where another has it."""
    words = {column: column_word(name) for column, name in enumerate(table.header or ()) if column not in roles}
    shares = {column: share_of(table, column, genes) for column in words}
    symbols = _columns_of(words, SYMBOL_HEADERS)
    ids = [column for column in _columns_of(words, ID_HEADERS) if shares[column] or _are_accessions(table, column)]
    terms = _columns_of(words, TERM_HEADERS) + _columns_of(words, TERM_ID_HEADERS)
    found = (
        (Role.SYMBOL, sorted(symbols, key=lambda column: -shares[column]), _GENES),
        (Role.ID, sorted(ids, key=lambda column: -shares[column]), _GENES),
        (Role.TERM, terms, _TERMS),
        (Role.STAGE, _columns_of(words, STAGE_HEADERS), _STAGES),
    )
    for role, columns, reason in found:
        for column in columns:
            if column in roles:
                continue
            if role in roles.values():
                reasons[column] = reason
            else:
                roles[column] = role


def _columns_of(words: Mapping[int, str], names: Set[str]) -> list[int]:
    return [column for column, word in words.items() if word in names]


def _find_by_contents(table: RawTable, genes: Set[str], roles: dict[int, Role], reasons: dict[int, str]) -> None:
    """Give roles that are still missing by what the columns without one hold."""
    free = [column for column in range(table.cells.shape[1]) if column not in roles and column not in reasons]
    free = [column for column in free if not is_index(table, column)]
    if not {Role.SYMBOL, Role.ID} & set(roles.values()) and free:
        named = max(free, key=lambda column: share_of(table, column, genes))
        if table.header is None or share_of(table, named, genes) > 0:
            roles[named] = Role.SYMBOL
            free.remove(named)
    for column in [column for column in free if _are_accessions(table, column)]:
        if Role.ID in roles.values() or Role.SYMBOL not in roles.values():
            reasons[column] = _GENES
        else:
            roles[column] = Role.ID
        free.remove(column)
    if table.header is None and Role.STAGE not in roles.values():
        staged = next((column for column in free if _are_stages(table, column)), None)
        if staged is not None:
            roles[staged] = Role.STAGE
            free.remove(staged)
    if Role.TERM not in roles.values():
        texts = [column for column in free if not _are_numbers(table, column)]
        if len(texts) == 1:
            roles[texts[0]] = Role.TERM


def _check(table: RawTable, roles: Mapping[int, Role], reasons: Mapping[int, str]) -> None:
    """Raise InputError where genes or terms are missing."""
    names = [table.column_name(column) for column in range(table.cells.shape[1])]
    missing = {
        Role.SYMBOL: ("names genes", "gene, symbol or id"),
        Role.TERM: ("holds anatomy terms", "term, structure or tissue"),
    }
    for role, (what, such) in missing.items():
        if role in roles.values():
            continue
        free = [column for column in range(len(names)) if column not in roles and column not in reasons]
        numbers = sum(_are_numbers(table, column) for column in free)
        matrix = "; a matrix of genes × terms is not read, write a row for each gene and term"
        raise InputError(
            f"{table.path}: no column {what}, such as {such}; its columns are {listed(names, 8)}"
            f"{matrix if numbers > 2 else ''}; --columns annotations:{role.value}=NAME names it"
        )


def _are_accessions(table: RawTable, column: int) -> bool:
    texts = _peek(table, column)
    return sum(is_accession(text) for text in texts) > len(texts) / 2


def _are_stages(table: RawTable, column: int) -> bool:
    texts = _peek(table, column)
    return 0 < len(texts) <= _MOST_STAGES and all(_STAGE.fullmatch(text) for text in texts)


def _are_numbers(table: RawTable, column: int) -> bool:
    return all(looks_numeric(text) for text in _peek(table, column))


def _peek(table: RawTable, column: int) -> set[str]:
    """Return the different texts of the first rows of a column."""
    return set(table.column_texts(column)[:2000]) - {""}
