"""The reading plan of a table of edges: which columns are TF and target, and what the others say of an edge."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from grnet.dataset.edge_labels import is_label
from grnet.dataset.reading.column_words import TARGET_HEADERS, TF_HEADERS
from grnet.dataset.reading.edge_columns import column_word, is_id_of, is_index, share_of
from grnet.dataset.reading.edge_roles import find_roles
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, header_line, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import is_number, listed, quote
from grnet.schema.errors import InputError

_MOST, _FEW = 0.5, 0.05
_CLEARLY = 0.9
_PEEK_ROWS = 2000


@dataclass(frozen=True)
class _Ends:
    """Columns of TF and target, and whether they were told by their names."""

    tf: int
    target: int
    named: bool


def plan_edges(
    raw: RawTable,
    *,
    genes: Set[str],
    choices: TableChoices,
    tfs: Set[str] = frozenset(),
    kind: TableKind = TableKind.KNOWN_EDGES,
) -> tuple[RawTable, ReadingPlan]:
    """Decide what the columns of a table of edges are.

    Parameters
    ----------
    raw : RawTable
    genes : set of str
        Names of the genes that the edges will be joined with; may be empty.
    choices : TableChoices
    tfs : set of str
        Names of the TFs of the dataset, which tell TFs from targets; may be empty.
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
    table, ends, chosen = _find_ends(raw, genes, choices, kind)
    if not len(table.cells):
        raise InputError(f"{raw.path}: a header and no rows; expected a row for each known edge")
    if not ends.named and table.header is not None and not genes and table.cells.shape[1] > 3:
        raise InputError(unknown_columns(table, table.header))
    ends = _settle_direction(table, ends, tfs, genes, chosen) if kind is TableKind.KNOWN_EDGES else ends
    known = kind is TableKind.KNOWN_EDGES
    roles = find_roles(table, (ends.tf, ends.target), chosen, named=ends.named, known=known)
    columns = tuple(plan_column(table, column, *roles[column]) for column in range(table.cells.shape[1]))
    return table, ReadingPlan(table.path, kind, table.form, columns, header=header_line(raw, table))


def unknown_columns(table: RawTable, names: Sequence[str]) -> str:
    """Return what is said of columns that cannot be told."""
    return (
        f"{table.path}: the columns {', '.join(map(quote, names[:6]))} are not known; expected TF, target and a "
        "score under "
        "a header such as TF,target,importance or source,target,weight or Gene1,Gene2,EdgeWeight, or three such "
        "columns "
        f"without a header; --columns '{table.path.name}:tf=NAME,target=NAME' names them"
    )


def _find_ends(
    raw: RawTable, genes: Set[str], choices: TableChoices, kind: TableKind
) -> tuple[RawTable, _Ends, dict[int, Role]]:
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
        return table, _ends_by_content(table, genes, kind), chosen
    chosen = choices.find(raw) if asked else {}
    by_role = {role: column for column, role in chosen.items()}
    if Role.TF in by_role and Role.TARGET in by_role:
        return raw, _Ends(by_role[Role.TF], by_role[Role.TARGET], named=True), chosen
    return raw, _ends_by_content(raw, genes, kind), chosen


def _ends_by_name(table: RawTable, words: Sequence[str], genes: Set[str], chosen: dict[int, Role]) -> _Ends | None:
    """Return the ends by the names of the columns, of several names those whose cells are genes."""
    shift = table.cells.shape[1] - len(words) if len(words) < table.cells.shape[1] else 0
    words = [column_word(name) for name in table.header or ()] if table.header else ["", *words][:shift] + list(words)
    by_role = {role: column for column, role in chosen.items()}
    tfs = [c for c, word in enumerate(words) if word in TF_HEADERS or word.endswith(("genesymboltf", "nametf"))]
    tfs += [c for c, word in enumerate(words) if word == "source"]
    tfs += [c for c, word in enumerate(words) if is_id_of(word, ("tf", "regulator", "source")) and c not in tfs]
    targets = [c for c, word in enumerate(words) if word in TARGET_HEADERS and c not in tfs[:1]]
    targets += [c for c, word in enumerate(words) if is_id_of(word, ("target",)) and c not in targets]
    tf = by_role[Role.TF] if Role.TF in by_role else _best(table, tfs, genes)
    target = by_role[Role.TARGET] if Role.TARGET in by_role else _best(table, [c for c in targets if c != tf], genes)
    return None if tf is None or target is None else _Ends(tf, target, named=True)


def _best(table: RawTable, candidates: Sequence[int], genes: Set[str]) -> int | None:
    """Return the column with most names of genes, the first of several that have about as many."""
    if not candidates:
        return None
    if not genes or len(candidates) == 1:
        return candidates[0]
    shares = [share_of(table, column, genes) for column in candidates]
    if shares[0] >= 0.8 * max(shares):
        return candidates[0]
    return candidates[shares.index(max(shares))]


def _has_unknown_header(raw: RawTable, genes: Set[str]) -> bool:
    """Tell whether the first row is a header of unknown names: it has no gene, or no label, where the others do.

    A row that names two genes is an edge, also where its label or score is not readable: that is told later.
    """
    if len(raw.cells) < 2:
        return False
    first = raw.row_texts(0)
    if raw.has_short_header():
        return True
    if _names_two_genes(raw, first, genes):
        return False
    for column in range(2, len(first)):
        below = [text for text in raw.column_texts(column)[1:_PEEK_ROWS] if text]
        if first[column] and below and not is_label(first[column]) and all(is_label(text) for text in below):
            return True
        if first[column] and below and not is_number(first[column]) and all(is_number(text) for text in below):
            return True
    if any(text in genes for text in first) or not genes:
        return False
    rest = raw.drop_rows({0})
    return max(share_of(rest, column, genes) for column in range(len(first))) > 0.8


def _names_two_genes(raw: RawTable, first: Sequence[str], genes: Set[str]) -> bool:
    """Tell whether two cells of the first row are names of genes: of `genes`, or such as stand below them too."""
    below = {text for column in range(len(first)) for text in raw.column_texts(column)[1:_PEEK_ROWS]}
    names = [text for text in first if text and not is_number(text) and not is_label(text)]
    return sum(text in genes or text in below for text in names) >= 2


def _ends_by_content(table: RawTable, genes: Set[str], kind: TableKind) -> _Ends:
    """Return the ends by place, or where the genes are known by the two columns that name them."""
    width = table.cells.shape[1]
    texts = [column for column in range(width) if not is_index(table, column) and _are_names(table, column, genes)]
    if len(texts) < 2:
        raise InputError(f"{table.path}: no two columns of names; expected TF and target")
    if genes and width > 2:
        shares = {column: share_of(table, column, genes) for column in texts}
        joined = [column for column in texts if shares[column] > _MOST]
        if len(joined) == 2:
            return _Ends(joined[0], joined[1], named=False)
        if len(joined) > 2:
            names = [table.column_name(column) for column in joined]
            tf, target = (table.column_handle(column) for column in joined[:2])
            raise InputError(
                f"{table.path}: {len(joined)} columns hold names of genes ({listed(names)}); say which are TF and "
                f"target: --columns '{kind.value}:tf={tf},target={target}'"
            )
        some = [column for column in texts if shares[column] > _FEW]
        if len(some) == 2:
            return _Ends(some[0], some[1], named=False)
    return _Ends(texts[0], texts[1], named=False)


def _are_names(table: RawTable, column: int, genes: Set[str]) -> bool:
    """Tell whether a column may name genes: it is no column of numbers but for numbers that are names of genes."""
    texts = [text for text in table.column_texts(column)[1:_PEEK_ROWS] if text]
    if not texts or not all(is_number(text) for text in texts):
        return True
    return any(text in genes for text in texts) if genes else all(text.isdigit() for text in texts)


def _settle_direction(table: RawTable, ends: _Ends, tfs: Set[str], genes: Set[str], chosen: dict[int, Role]) -> _Ends:
    """Return the ends, exchanged where their places alone told them and the second has the TFs.

    Raises
    ------
    InputError
        The names of the columns say one thing, and the list of TFs another.
    """
    if not tfs or Role.TF in chosen.values() or Role.TARGET in chosen.values():
        return ends
    shares = [share_of(table, column, tfs, among=genes | tfs) for column in (ends.tf, ends.target)]
    if shares[1] < _CLEARLY or shares[0] > _MOST:
        return ends
    if not ends.named:
        return _Ends(ends.target, ends.tf, named=False)
    tf, target = (table.column_handle(column) for column in (ends.tf, ends.target))
    raise InputError(
        f"{table.path}: the column {quote(table.column_name(ends.target))} should be the targets, but its genes are in "
        f"the list of TFs, and most of {quote(table.column_name(ends.tf))} are not; which are the TFs? Say so with "
        f"--columns 'known-edges:tf={target},target={tf}' or "
        f"--columns 'known-edges:tf={tf},target={target}'"
    )


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
        as_ends = share_of(table, back.tf, genes) > share_of(table, named.tf, genes)
    return (unshifted, back) if as_ends and back.tf >= 0 else (table, named)
