"""The reading plan of a table of edges: which columns are TF and target, and what the others say of an edge."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from grnet.dataset.cells import header_word, is_number, listed, quote
from grnet.dataset.edge_labels import is_label
from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    LABEL_HEADERS,
    ROW_INDEX_HEADERS,
    SIGN_HEADERS,
    SOURCE_HEADERS,
    TARGET_HEADERS,
    TF_HEADERS,
    WEIGHT_HEADERS,
)
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ColumnPlan, ReadingPlan, Role, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.schema.errors import InputError

OWN_HEADERS = frozenset({"probability", "rank"})
"""Columns of grnet's own tables of edges, whose `known` is no label."""
_UNCLEAR_SIGNS = frozenset(
    {"type", "interaction", "regulation", "interactiontype", "edgetype", "function", "action", "direction"}
)
_NUMBERED = re.compile(r"^\(?\d{1,2}[).]\s*")
_SIGN_WORDS = frozenset({"0", "1", "-1", "1.0", "-1.0", "0.0", "+1", "+", "-"})
_PEEK_ROWS = 2000
_MOST = 0.5


@dataclass(frozen=True)
class _Ends:
    """Columns of TF and target, and whether they were told by their names."""

    tf: int
    target: int
    named: bool


def column_word(name: str) -> str:
    """Return the name of a column for comparison, without a number before it such as "2)" of RegulonDB."""
    return header_word(_NUMBERED.sub("", name.strip()))


def plan_edges(
    raw: RawTable, *, genes: Set[str], choices: TableChoices, kind: TableKind = TableKind.KNOWN_EDGES
) -> tuple[RawTable, ReadingPlan]:
    """Decide what the columns of a table of edges are.

    Parameters
    ----------
    raw : RawTable
    genes : set of str
        Names of the genes that the edges will be joined with; may be empty.
    choices : TableChoices
    kind : TableKind
        KNOWN_EDGES or SCORES.

    Returns
    -------
    RawTable, ReadingPlan
        The table with its header taken off.

    Raises
    ------
    InputError
        There are fewer than two columns, TF and target cannot be told, or two readings of the labels fit.
    """
    if raw.cells.shape[1] < 2:
        raise InputError(f"{raw.path}: one column; expected TF, target and optionally a label and a source")
    table, ends, chosen = _find_ends(raw, genes, choices)
    if not len(table.cells):
        raise InputError(f"{raw.path}: a header and no rows; expected a row for each known edge")
    if not ends.named and table.header is not None and not genes and table.cells.shape[1] > 3:
        raise InputError(unknown_columns(table, table.header))
    roles = _find_roles(table, ends, chosen)
    columns = tuple(
        ColumnPlan(column, table.columns[column], table.column_name(column), *roles[column])
        for column in range(table.cells.shape[1])
    )
    header = 0 if table.header is None else (raw.rows[0] if raw.header is None else 1)
    return table, ReadingPlan(table.path, kind, table.form, columns, header=header)


def unknown_columns(table: RawTable, names: Sequence[str]) -> str:
    """Return what is said of columns that cannot be told."""
    return (
        f"{table.path}: the columns {', '.join(map(quote, names[:6]))} are not known; expected TF, target and a "
        "score under "
        "a header such as TF,target,importance or source,target,weight or Gene1,Gene2,EdgeWeight, or three such "
        "columns "
        f"without a header; --columns '{table.path.name}:tf=NAME,target=NAME' names them"
    )


def _find_ends(raw: RawTable, genes: Set[str], choices: TableChoices) -> tuple[RawTable, _Ends, dict[int, Role]]:
    words = [column_word(name) for name in raw.header or raw.row_texts(0)]
    headed = choices.values.get("header")
    asked = [role for role, _ in choices.roles]
    table = raw.take_header()
    chosen = choices.find(table) if asked and headed != "" else {}
    if Role.TF in chosen.values() and Role.TARGET in chosen.values():
        by_role = {role: column for column, role in chosen.items()}
        return table, _Ends(by_role[Role.TF], by_role[Role.TARGET], named=True), chosen
    named = None if headed == "" else _ends_by_name(table, words, genes, chosen)
    if named is not None:
        if raw.header is None:
            table, named = _settle_short_header(raw, table, named, genes)
        return table, named, chosen
    if raw.header is not None or headed == "first" or _has_unknown_header(raw, genes):
        return table, _ends_by_content(table, genes), chosen
    chosen = choices.find(raw) if asked else {}
    by_role = {role: column for column, role in chosen.items()}
    if Role.TF in by_role and Role.TARGET in by_role:
        return raw, _Ends(by_role[Role.TF], by_role[Role.TARGET], named=True), chosen
    return raw, _ends_by_content(raw, genes), chosen


def _ends_by_name(table: RawTable, words: Sequence[str], genes: Set[str], chosen: dict[int, Role]) -> _Ends | None:
    """Return the ends by the names of the columns, of several names those whose cells are genes."""
    shift = table.cells.shape[1] - len(words) if len(words) < table.cells.shape[1] else 0
    words = [column_word(name) for name in table.header or ()] if table.header else ["", *words][:shift] + list(words)
    by_role = {role: column for column, role in chosen.items()}
    tfs = [c for c, word in enumerate(words) if word in TF_HEADERS or word.endswith(("genesymboltf", "nametf"))]
    tfs += [c for c, word in enumerate(words) if word == "source"]
    tfs += [c for c, word in enumerate(words) if _is_id_of(word, ("tf", "regulator", "source")) and c not in tfs]
    targets = [c for c, word in enumerate(words) if word in TARGET_HEADERS and c not in tfs[:1]]
    targets += [c for c, word in enumerate(words) if _is_id_of(word, ("target",)) and c not in targets]
    tf = by_role[Role.TF] if Role.TF in by_role else _best(table, tfs, genes)
    target = by_role[Role.TARGET] if Role.TARGET in by_role else _best(table, [c for c in targets if c != tf], genes)
    return None if tf is None or target is None else _Ends(tf, target, named=True)


def _is_id_of(word: str, ends: tuple[str, ...]) -> bool:
    return any(end in word for end in ends) and any(
        part in word for part in ("id", "symbol", "name", "gene", "uniprot", "ensembl", "entrez")
    )


def _best(table: RawTable, candidates: Sequence[int], genes: Set[str]) -> int | None:
    """Return the column with most names of genes, the first of several that have about as many."""
    if not candidates:
        return None
    if not genes or len(candidates) == 1:
        return candidates[0]
    shares = [_share_of_genes(table, column, genes) for column in candidates]
    if shares[0] >= 0.8 * max(shares):
        return candidates[0]
    return candidates[shares.index(max(shares))]


def _share_of_genes(table: RawTable, column: int, genes: Set[str]) -> float:
    names = set(table.column_texts(column)[:_PEEK_ROWS]) - {""}
    return len(names & genes) / max(len(names), 1)


def _has_unknown_header(raw: RawTable, genes: Set[str]) -> bool:
    """Tell whether the first row is a header of unknown names: it has no gene, or no label, where the others do."""
    if len(raw.cells) < 2:
        return False
    first = raw.row_texts(0)
    if raw.has_short_header():
        return True
    for column in range(2, len(first)):
        below = [text for text in raw.column_texts(column)[1:_PEEK_ROWS] if text]
        if first[column] and below and not is_label(first[column]) and all(is_label(text) for text in below):
            return True
        if first[column] and below and not is_number(first[column]) and all(is_number(text) for text in below):
            return True
    if any(text in genes for text in first) or not genes:
        return False
    rest = raw.drop_rows({0})
    return max(_share_of_genes(rest, column, genes) for column in range(len(first))) > 0.8


def _ends_by_content(table: RawTable, genes: Set[str]) -> _Ends:
    """Return the ends by place, or where the genes are known by the two columns that name them."""
    width = table.cells.shape[1]
    texts = [column for column in range(width) if not _is_index(table, column)]
    if len(texts) < 2:
        raise InputError(f"{table.path}: no two columns of names; expected TF and target")
    if genes and width > 2:
        shares = {column: _share_of_genes(table, column, genes) for column in texts}
        joined = [column for column in texts if shares[column] > _MOST]
        if len(joined) == 2:
            return _Ends(joined[0], joined[1], named=False)
        if len(joined) > 2 and table.header is not None:
            names = [table.column_name(column) for column in joined]
            raise InputError(
                f"{table.path}: {len(joined)} columns hold names of genes ({listed(names)}); say which are TF and "
                "target: "
                f"--columns 'tf={names[0]},target={names[1]}'"
            )
    return _Ends(texts[0], texts[1], named=False)


def _is_index(table: RawTable, column: int) -> bool:
    """Tell whether a first column counts the rows."""
    texts = table.column_texts(column)
    word = column_word(table.header[column]) if table.header else "-"
    counted = any(texts == [str(number) for number in range(start, start + len(texts))] for start in (0, 1))
    whole = all(text.isdigit() for text in texts)
    return column == 0 and whole and len(texts) > 0 and (counted or word in ROW_INDEX_HEADERS or not word)


def _settle_short_header(raw: RawTable, table: RawTable, named: _Ends, genes: Set[str]) -> tuple[RawTable, _Ends]:
    """Tell what the column is that a header with one name too few leaves without: R's row names, or the labels."""
    header = tuple(raw.row_texts(0))
    if table.header == header or not raw.has_short_header():
        return table, named
    names = table.column_texts(0)
    if names == [str(number) for number in range(1, len(names) + 1)]:
        return table, named
    last = len(header) - 1
    unshifted = replace(table, header=header)
    back = _Ends(named.tf - 1, named.target - 1, named=True)
    as_ends = all(is_label(text) for text in table.column_texts(last)) or named.tf == 0
    if genes and not as_ends:
        as_ends = _share_of_genes(table, back.tf, genes) > _share_of_genes(table, named.tf, genes)
    return (unshifted, back) if as_ends and back.tf >= 0 else (table, named)


def _find_roles(table: RawTable, ends: _Ends, chosen: dict[int, Role]) -> dict[int, tuple[Role, str]]:
    roles: dict[int, tuple[Role, str]] = dict.fromkeys(range(table.cells.shape[1]), (Role.SET_ASIDE, "not used"))
    roles[ends.tf], roles[ends.target] = (Role.TF, ""), (Role.TARGET, "")
    free = [column for column in roles if column not in (ends.tf, ends.target)]
    for column in free:
        if column in chosen:
            roles[column] = (chosen[column], "as chosen" if chosen[column] is Role.SET_ASIDE else "")
    free = [column for column in free if column not in chosen]
    taken = set(chosen.values())
    if table.header is None:
        _place_roles(table, free, roles, taken)
        return roles
    words = {column: column_word(table.header[column]) for column in free}
    own = {column_word(name) for name in table.header} >= OWN_HEADERS
    for column in free:
        if _is_index(table, column):
            roles[column] = (Role.SET_ASIDE, "row index")
        elif own and words[column] in ("known", "sign", "correlation", "score", "spread", "seedspread", *OWN_HEADERS):
            roles[column] = (Role.SET_ASIDE, "written by grnet, no label")
    free = [column for column in free if roles[column][1] == "not used"]
    for role, names in ((Role.LABEL, LABEL_HEADERS | {"known"}), (Role.SOURCE, SOURCE_HEADERS)):
        first = next((c for c in free if words[c] in names), None)
        if first is not None and role not in taken:
            roles[first] = (role, "")
    free = [column for column in free if roles[column][0] is Role.SET_ASIDE]
    nameless = [column for column in free if not words[column] and all(map(is_label, table.column_texts(column)))]
    if nameless and Role.LABEL not in {role for role, _ in roles.values()}:
        roles[nameless[-1]] = (Role.LABEL, "")
    for column in free:
        if (
            words[column] in SIGN_HEADERS
            and not taken & {Role.SIGN}
            and Role.SIGN not in {r for r, _ in roles.values()}
        ):
            roles[column] = _sign_role(table, column, has_label=Role.LABEL in {r for r, _ in roles.values()})
        elif words[column] in WEIGHT_HEADERS:
            texts = set(table.column_texts(column))
            signs = texts <= _SIGN_WORDS and (words[column] in ("weight", "mor", "score", "value"))
            roles[column] = (Role.SIGN, "") if signs and len(texts) > 1 else (Role.SET_ASIDE, "weights")
        elif words[column] in ID_HEADERS or _is_id_of(words[column], ("tf", "regulator", "source", "target")):
            roles[column] = (Role.SET_ASIDE, "identifiers")
    if not own:
        _settle_binary(table, roles, ends)
    return roles


def _settle_binary(table: RawTable, roles: dict[int, tuple[Role, str]], ends: _Ends) -> None:
    """Take a last column of 1 and 0 beside unknown names for the labels.

    Raises
    ------
    InputError
        Beside known names of TF and target, one column of another name has 1 and 0 only, and there are no labels.
    """
    if {Role.LABEL, Role.SIGN} & {role for role, _ in roles.values()}:
        return
    free = [column for column, (role, why) in roles.items() if role is Role.SET_ASIDE and why == "not used"]
    binary = [
        column for column in free if {text.removesuffix(".0") for text in table.column_texts(column)} == {"0", "1"}
    ]
    if not ends.named and binary == [2]:
        roles[2] = (Role.LABEL, "")
    elif len(binary) == 1:
        name = table.column_name(binary[0])
        raise InputError(
            f"{table.path}: the column {quote(name)} has 1 and 0: does 0 say that a pair is no edge? Say so with "
            f"--columns 'known-edges:label={name}', or leave it out with --columns 'known-edges:set-aside={name}'"
        )


def _sign_role(table: RawTable, column: int, *, has_label: bool) -> tuple[Role, str]:
    """Return the role of a column such as `effect` or `type`.

    Raises
    ------
    InputError
        It has 1 and 0 only under a name that both labels and signs have.
    """
    word = column_word(table.header[column]) if table.header else ""
    texts = {text.lower() for text in table.column_texts(column) if text}
    plain = {text.removesuffix(".0") for text in texts}
    if word in _UNCLEAR_SIGNS and not has_label and plain == {"0", "1"}:
        name = table.column_name(column)
        raise InputError(
            f"{table.path}: the column {quote(name)} has 1 and 0: labels (edge, no edge) or signs (activation, "
            "unknown)? "
            f"Say which: --columns 'label={name}' or --columns 'sign={name}'"
        )
    if texts and all(is_number(text) for text in texts) and not plain <= {"0", "1", "-1", "+1"}:
        return Role.SET_ASIDE, "weights"
    return Role.SIGN, ""


def _place_roles(table: RawTable, free: list[int], roles: dict[int, tuple[Role, str]], taken: Set[Role]) -> None:
    """Give roles by place where there is no header: a label or sign, then a source.

    Raises
    ------
    InputError
        The third column has 1, 0 and -1, which both labels and signs have.
    """
    rest = [column for column in free if not _is_index(table, column)]
    for column in rest:
        texts = list(table.column_texts(column))
        if Role.LABEL not in taken and column == rest[0]:
            if _are_ternary(texts):
                place = table.columns[column]
                raise InputError(
                    f'{table.path}: column {place} has 1, 0 and -1: is 0 "no edge" or "sign unknown"? Say which: '
                    f"--columns 'known-edges:label=#{place}' or --columns 'known-edges:sign=#{place}'"
                )
            if all(is_label(text) for text in texts if text) and any(texts):
                roles[column] = (Role.LABEL, "")
            elif all(is_number(text) for text in texts):
                roles[column] = (Role.SET_ASIDE, "weights")
            elif any(is_label(text) for text in texts):
                roles[column] = (Role.LABEL, "")
            else:
                roles[column] = (Role.SET_ASIDE, "not used")
        elif column == rest[1]:
            roles[column] = (Role.SOURCE, "")


def _are_ternary(texts: Sequence[str]) -> bool:
    return {text.removesuffix(".0") for text in texts} == {"0", "1", "-1"}
