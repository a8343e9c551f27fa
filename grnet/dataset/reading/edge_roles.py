"""What the columns of a table of edges beside TF and target say: labels, signs, sources, weights or nothing.

A 0 or a no may say that a pair is no edge, or only that something about an edge is unknown. Where the name of the
column does not tell which, the user is asked, as negatives would else be invented or lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from grnet.dataset.edge_labels import MINUS_WORDS, NO_EDGE_PHRASES, PLUS_WORDS, is_label, says_no_edge
from grnet.dataset.reading.column_words import (
    ID_HEADERS,
    LABEL_HEADERS,
    SIGN_HEADERS,
    SOURCE_HEADERS,
    WEIGHT_HEADERS,
)
from grnet.dataset.reading.edge_columns import column_word, is_id_of, is_index
from grnet.dataset.reading.plan import Role
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import is_number, quote, word_set
from grnet.schema.errors import InputError

OWN_HEADERS = frozenset({"probability", "rank"})
"""Columns of grnet's own tables of edges, whose `known` is no label."""
_OWN_OTHERS = word_set("known sign correlation score spread seedspread")
_UNCLEAR_SIGNS = word_set(
    "type interaction regulation interactiontype edgetype function action direction effect edges regulationtype"
)
"""Names of columns whose 1 and 0 may be labels or signs."""
_ZERO_IS_UNKNOWN = word_set("effect sign mor moa isstimulation consensussign")
"""Names of columns of signs whose 0, beside 1 and -1, says that the sign is unknown."""
_ZERO_IS_NONE = word_set("weight score edgeweight importance value strength likelihood combinedscore confidence")
"""Names of columns of weights whose 0 may say that a pair is no edge."""
_TRUTHS = ("edge", "gold", "truth", "known", "valid", "confirm", "regulat", "bound", "exist", "present", "interact")
"""What names of columns contain that tell of edges rather than of evidence."""
_YES_NO = word_set("1 0 yes no y n true false t f edge non-edge")
_NOT_SAID = word_set("na n/a nan nd n.d. .")
"""Cells without a sign."""
_WHOLE = re.compile(r"(?<=\d)\.0+$")
_SIGN_WORDS = frozenset({"0", "1", "-1", "+1", "+", "-"})
Roles = dict[int, tuple[Role, str]]


def find_roles(table: RawTable, ends: tuple[int, int], chosen: dict[int, Role], *, named: bool, known: bool) -> Roles:
    """Return the role of each column, and why it is set aside.

    Parameters
    ----------
    table : RawTable
        Without its header.
    ends : tuple of int
        The columns of TF and target.
    chosen : dict of int to Role
        What the user says.
    named : bool
        TF and target were told by their names.
    known : bool
        The table is one of known edges, so that labels matter.

    Raises
    ------
    InputError
        A column may or may not say that pairs are no edges.
    """
    roles: Roles = dict.fromkeys(range(table.cells.shape[1]), (Role.SET_ASIDE, "not used"))
    roles[ends[0]], roles[ends[1]] = (Role.TF, ""), (Role.TARGET, "")
    for column, role in chosen.items():
        if column not in ends:
            roles[column] = (role, "as chosen" if role is Role.SET_ASIDE else "")
    free = [column for column in roles if column not in ends and column not in chosen]
    if table.header is None:
        _place_roles(table, free, roles, known=known)
    else:
        _name_roles(table, free, roles, set(chosen.values()), known=known)
        own = {column_word(name) for name in table.header} >= OWN_HEADERS
        if known and not own:
            _settle_unknown(table, roles, named=named)
    return roles


def _name_roles(table: RawTable, free: list[int], roles: Roles, taken: set[Role], *, known: bool) -> None:
    """Give roles by the names of columns."""
    words = {column: column_word(table.header[column] if table.header else "") for column in free}
    own = {column_word(name) for name in table.header or ()} >= OWN_HEADERS
    for column in free:
        if is_index(table, column):
            roles[column] = (Role.SET_ASIDE, "row index")
        elif own and words[column] in _OWN_OTHERS | OWN_HEADERS:
            roles[column] = (Role.SET_ASIDE, "written by grnet, no label")
    free = [column for column in free if roles[column][1] == "not used"]
    label = next((c for c in free if words[c] in LABEL_HEADERS | {"known"}), None)
    source = next((c for c in free if words[c] in SOURCE_HEADERS and not _may_deny(table.column_texts(c))), None)
    for role, first in ((Role.LABEL, label), (Role.SOURCE, source)):
        if first is not None and role not in taken:
            roles[first] = (role, "")
    free = [column for column in free if roles[column][0] is Role.SET_ASIDE]
    nameless = [column for column in free if not words[column] and all(map(is_label, table.column_texts(column)))]
    if nameless and not _has(roles, Role.LABEL):
        roles[nameless[-1]] = (Role.LABEL, "")
        free.remove(nameless[-1])
    for column in free:
        if words[column] in SIGN_HEADERS and not _has(roles, Role.SIGN):
            roles[column] = _sign_role(table, column, ask=known and not _has(roles, Role.LABEL))
        elif words[column] in WEIGHT_HEADERS:
            roles[column] = _weight_role(table, column, ask=known and not _has(roles, Role.LABEL, Role.SIGN))
        elif words[column] in ID_HEADERS or is_id_of(words[column], ("tf", "regulator", "source", "target")):
            roles[column] = (Role.SET_ASIDE, "identifiers")


def _sign_role(table: RawTable, column: int, *, ask: bool) -> tuple[Role, str]:
    """Return the role of a column such as `effect` or `type`."""
    word = column_word(table.header[column]) if table.header else ""
    texts = table.column_texts(column)
    plain = _plain(texts)
    if texts and all(is_number(text) for text in texts) and not plain <= _SIGN_WORDS:
        return Role.SET_ASIDE, "weights"
    if ask and word not in ("isstimulation", "consensusstimulation"):
        unclear = plain == {"0", "1"} and word in _UNCLEAR_SIGNS
        unclear |= plain == {"0", "1", "-1"} and word not in _ZERO_IS_UNKNOWN and not _is_adjacencies(table)
        if unclear:
            raise _ask_label_or_sign(table, column)
        if says_no_edge(plain - NO_EDGE_PHRASES) and not plain <= _SIGN_WORDS:
            if plain <= word_set("yes no y n true false t f"):
                return Role.LABEL, ""
            raise _ask_label_or_sign(table, column)
    return Role.SIGN, ""


def _weight_role(table: RawTable, column: int, *, ask: bool) -> tuple[Role, str]:
    """Return the role of a column such as `weight`: signs where it has 1, 0 and -1, else weights, which do not count.

    Raises
    ------
    InputError
        Some weights are 0.
    """
    word = column_word(table.header[column]) if table.header else ""
    texts = table.column_texts(column)
    plain = _plain(texts)
    if "-1" in plain and plain <= _SIGN_WORDS and word in ("weight", "mor", "score", "value"):
        return Role.SIGN, ""
    if ask and word in _ZERO_IS_NONE and plain != {"0"} and all(is_number(text) for text in texts):
        n_zero = sum(float(text) == 0 for text in texts)
        if n_zero and plain == {"0", "1"}:
            raise _ask_label(table, column)
        if n_zero:
            raise _ask_zeros(table, column, n_zero)
    return Role.SET_ASIDE, "weights"


def _place_roles(table: RawTable, free: list[int], roles: Roles, *, known: bool) -> None:
    """Give roles by place where there is no header: a label or sign, then a source."""
    rest = [column for column in free if not is_index(table, column)]
    for column in rest:
        texts = table.column_texts(column)
        plain = _plain(texts)
        if not _has(roles, Role.LABEL, Role.SIGN) and column == rest[0]:
            roles[column] = _first_role(table, column, known=known)
        elif known and not _has(roles, Role.LABEL) and _may_deny(texts) and "-1" not in plain:
            raise _ask_label(table, column)
        elif not _has(roles, Role.SOURCE) and column in rest[1:] and _may_be_source(texts, roles):
            roles[column] = (Role.SOURCE, "")
        elif all(is_number(text) for text in texts):
            roles[column] = (Role.SET_ASIDE, "weights")


def _may_be_source(texts: Sequence[str], roles: Roles) -> bool:
    """Tell whether a column without a name may be words or, behind a label or sign, numbers of publications."""
    numbers = all(is_number(text) for text in texts if text)
    return not numbers or (_has(roles, Role.LABEL, Role.SIGN) and not _are_fractions(texts))


def _first_role(table: RawTable, column: int, *, known: bool) -> tuple[Role, str]:
    """Return the role of the first column beside TF and target of a table without a header."""
    texts = table.column_texts(column)
    plain = _plain(texts)
    signs = PLUS_WORDS | MINUS_WORDS
    said = plain - _NOT_SAID
    if said != plain and said and all(map(is_label, said)) and not said <= _YES_NO and not says_no_edge(said):
        return Role.SIGN, ""
    if known and plain == {"0", "1", "-1"}:
        place = table.columns[column]
        raise InputError(
            f'{table.path}: column {place} has 1, 0 and -1: is 0 "no edge" or "sign unknown"? Say which: '
            f"--columns 'known-edges:label=#{place}' or --columns 'known-edges:sign=#{place}'"
        )
    if known and plain & MINUS_WORDS and plain <= signs | {"1"} and not plain <= {"+", "-", "−"}:
        raise _ask_label_or_sign(table, column)
    if plain and all(is_label(text) for text in plain):
        if known and says_no_edge(plain) and not plain <= _YES_NO:
            others = plain - word_set("1 yes true y edge known interaction + positive pos")
            if len(others) > 1:
                raise _ask_label_or_sign(table, column)
        return (Role.LABEL, "") if says_no_edge(plain) or plain <= word_set("1 yes true y edge") else (Role.SIGN, "")
    if texts and all(is_number(text) for text in texts):
        n_zero = sum(float(text) == 0 for text in texts)
        if known and n_zero and _are_fractions(texts):
            raise _ask_zeros(table, column, n_zero)
        return Role.SET_ASIDE, "weights"
    return (Role.LABEL, "") if any(is_label(text) for text in plain) else (Role.SET_ASIDE, "not used")


def _settle_unknown(table: RawTable, roles: Roles, *, named: bool) -> None:
    """Take a last column of yes and no beside unknown names for the labels.

    Raises
    ------
    InputError
        Beside known names of TF and target, a column of another name may deny edges, and there are no labels.
    """
    if _has(roles, Role.LABEL):
        return
    free = [column for column, (role, why) in roles.items() if role is Role.SET_ASIDE and why == "not used"]
    unsure = [column for column in free if _may_deny(table.column_texts(column))]
    truths = [c for c in unsure if any(part in column_word(table.column_name(c)) for part in _TRUTHS)]
    minus = [column for column in unsure if _plain(table.column_texts(column)) & MINUS_WORDS]
    if not named and unsure == [2] and not minus:
        roles[2] = (Role.LABEL, "")
    elif truths or (len(unsure) == 1 and not _has(roles, Role.SIGN)):
        column = (truths or unsure)[0]
        raise (_ask_label_or_sign if column in minus else _ask_label)(table, column)


def _may_deny(texts: Sequence[str]) -> bool:
    """Tell whether a column of labels has both what says edge and what may say no edge."""
    plain = _plain(texts)
    if len(plain) < 2 or not all(is_label(text) for text in plain):
        return False
    return says_no_edge(plain) or bool(plain & MINUS_WORDS)


def _plain(texts: Sequence[str]) -> Set[str]:
    """Return the different cells in lower case, "1" for 1.0; empty cells are left out."""
    return {_WHOLE.sub("", text.lower()) for text in set(texts)} - {""}


def _are_fractions(texts: Sequence[str]) -> bool:
    return all(is_number(text) for text in texts) and not all(float(text).is_integer() for text in texts)


def _is_adjacencies(table: RawTable) -> bool:
    """Tell whether a table is that of pySCENIC, whose regulation 0 is a weak correlation."""
    return "importance" in {column_word(name) for name in table.header or ()}


def _has(roles: Roles, *wanted: Role) -> bool:
    return any(role in wanted for role, _ in roles.values())


def _values(table: RawTable, column: int) -> str:
    found = [text for text in dict.fromkeys(table.column_texts(column)) if text]
    plain = _plain(found)
    if plain == {"0", "1"}:
        return "1 and 0"
    shown = ", ".join(found[:3])
    return f"{shown} …" if len(found) > 3 else shown


def _ask_label(table: RawTable, column: int) -> InputError:
    handle = table.column_handle(column)
    no = "0" if _values(table, column) == "1 and 0" else "no"
    no = next((t for t in table.column_texts(column) if says_no_edge({t.lower().removesuffix(".0")})), no)
    return InputError(
        f"{table.path}: the column {quote(table.column_name(column))} has {_values(table, column)}: does "
        f"{no.removesuffix('.0')} say that a pair is no edge? Say so with --columns 'known-edges:label={handle}', or "
        f"leave it out with --columns 'known-edges:set-aside={handle}'"
    )


def _ask_label_or_sign(table: RawTable, column: int) -> InputError:
    handle = table.column_handle(column)
    return InputError(
        f"{table.path}: the column {quote(table.column_name(column))} has {_values(table, column)}: labels (edge, no "
        f"edge) or signs (activation, repression, unknown)? Say which: --columns 'known-edges:label={handle}' or "
        f"--columns 'known-edges:sign={handle}'"
    )


def _ask_zeros(table: RawTable, column: int, n_zero: int) -> InputError:
    return InputError(
        f"{table.path}: the column {quote(table.column_name(column))} is 0 in {n_zero:,} rows: are these pairs no "
        "edges? Then delete these rows, or replace the column by labels 1 and 0; if they are edges, leave the column "
        f"out with --columns 'known-edges:set-aside={table.column_handle(column)}'"
    )
