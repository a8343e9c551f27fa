"""The reading plan of a table of coordinates: the columns of spots, x, y, z and sections.

Columns are told by their names. Without a header, a first column of names is that of the spots, and two or three
columns of numbers are x, y and z. The list of positions that Space Ranger writes has no header, and is recognised.
"""

from __future__ import annotations

from grnet.dataset.reading.edge_columns import column_word, is_index
from grnet.dataset.reading.numbers import looks_numeric
from grnet.dataset.reading.overrides import TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, header_line, plan_column
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.table_cells import listed, word_set
from grnet.schema.errors import InputError

SPOT_HEADERS = word_set(
    "spot spots spotid spotname barcode barcodes barcodeid cell cells cellid cellname cellbarcode cellidentifier bead "
    "beadid name id index sample samplename unnamed0"
)
SECTION_HEADERS = word_set(
    "section sections sectionid sectionname slice slices sliceid slicename slide slideid library libraryid region "
    "regionid tissuesection brainsection puck puckid capturearea arrayid sampleid"
)
_AXIS_MARKS = (
    "coordinates", "coordinate", "coords", "coord", "positions", "position", "pos", "centroid", "center", "centre",
    "location", "loc", "global", "spatial", "stage", "pixels", "pixel", "px", "microns", "micron", "um", "mm",
)  # fmt: skip
"""What is written before or after x, y and z in the names of columns."""
_ROWS_AND_COLUMNS = {
    Role.X: ("pxlcolinfullres", "pxlcol", "imagecol", "arraycol", "col", "column"),
    Role.Y: ("pxlrowinfullres", "pxlrow", "imagerow", "arrayrow", "row"),
}
"""Names of columns that count columns and rows of an image or an array; the first that is there is taken."""
_SPACE_RANGER = ("barcode", "in_tissue", "array_row", "array_col", "pxl_row_in_fullres", "pxl_col_in_fullres")
_AXES = {"x": Role.X, "y": Role.Y, "z": Role.Z}
_PEEK_ROWS = 200


def plan_coordinates(raw: RawTable, choices: TableChoices, *, section: str = "") -> tuple[RawTable, ReadingPlan]:
    """Decide which columns are spots, x, y, z and sections.

    Parameters
    ----------
    raw : RawTable
    choices : TableChoices
    section : str
        `--section`: the column of sections, where the table has one of this name.

    Returns
    -------
    RawTable, ReadingPlan
        The table with its header taken off.

    Raises
    ------
    InputError
        No columns hold x and y.
    """
    table = _take_header(raw, choices)
    chosen = choices.find(table)
    roles = chosen | {c: role for c, role in _find_roles(table, section).items() if role not in chosen.values()}
    missing = [role.value for role in (Role.X, Role.Y) if role not in roles.values()]
    if missing:
        names = [table.column_name(column) for column in range(table.cells.shape[1])]
        raise InputError(
            f"{table.path}: no column of {' and '.join(missing)}; expected spot, x and y, and optionally z and "
            f"section; its columns are {listed(names, 12)}; name them with --columns 'coordinates:x=NAME,y=NAME'"
        )
    columns = tuple(
        plan_column(table, column, roles[column])
        if column in roles
        else plan_column(table, column, Role.SET_ASIDE, "not used")
        for column in range(table.cells.shape[1])
    )
    return table, ReadingPlan(table.path, TableKind.COORDINATES, table.form, columns, header=header_line(raw, table))


def _take_header(raw: RawTable, choices: TableChoices) -> RawTable:
    """Return the table with its header taken off, where its first row is one: it holds no number."""
    first = [cell for cell in (raw.header or raw.row_texts(0)) if cell]
    headed = raw.header is not None or not any(looks_numeric(cell) for cell in first)
    headed |= any(not pattern.startswith("#") for _, pattern in choices.roles)
    if "header" in choices.values:
        headed = choices.values["header"] != ""
    return raw.take_header() if headed else raw


def _find_roles(table: RawTable, section: str) -> dict[int, Role]:
    return _find_by_contents(table) if table.header is None else _find_by_name(table, section)


def _find_by_name(table: RawTable, section: str) -> dict[int, Role]:
    """Return column → role by the names of the columns; the first of a role is taken."""
    assert table.header is not None
    words = [column_word(name) for name in table.header]
    found: dict[Role, int] = {}
    for column, word in enumerate(words):
        role = _AXES.get(_strip_marks(word))
        if role is not None:
            found.setdefault(role, column)
    if Role.X not in found or Role.Y not in found:
        found |= _find_rows_and_columns(words)
    named = [column for column, name in enumerate(table.header) if section and name == section]
    sections = named or [column for column, word in enumerate(words) if word in SECTION_HEADERS]
    if sections:
        found[Role.SECTION] = sections[0]
    spots = [c for c, word in enumerate(words) if word in SPOT_HEADERS or (c == 0 and not word)]
    free = [column for column in spots if column not in found.values()]
    if free:
        found[Role.SPOT] = free[0]
    return {column: role for role, column in found.items()}


def _find_rows_and_columns(words: list[str]) -> dict[Role, int]:
    """Return the columns that count columns and rows of an image or array."""
    found: dict[Role, int] = {}
    for role, names in _ROWS_AND_COLUMNS.items():
        column = next((words.index(name) for name in names if name in words), None)
        if column is not None:
            found[role] = column
    return found


def _find_by_contents(table: RawTable) -> dict[int, Role]:
    """Return column → role of a table without a header."""
    shown = table.cells.iloc[:_PEEK_ROWS]
    numeric = [
        all(looks_numeric(str(cell)) for cell in shown.iloc[:, column]) for column in range(table.cells.shape[1])
    ]
    if _is_of_space_ranger(table, numeric):
        places = {name: column for column, name in enumerate(_SPACE_RANGER)}
        return {0: Role.SPOT, places["pxl_col_in_fullres"]: Role.X, places["pxl_row_in_fullres"]: Role.Y}
    numbers = [column for column, is_numeric in enumerate(numeric) if is_numeric]
    texts = [column for column, is_numeric in enumerate(numeric) if not is_numeric]
    if len(numbers) > 2 and is_index(table, numbers[0]):
        numbers = numbers[1:]
    roles = dict(zip(numbers, _AXES.values(), strict=False)) if 2 <= len(numbers) <= 3 else {}
    return roles | dict(zip(texts, (Role.SPOT, Role.SECTION), strict=False))


def _is_of_space_ranger(table: RawTable, numeric: list[bool]) -> bool:
    """Tell whether this is tissue_positions_list.csv: a barcode, 0 or 1, and four whole numbers."""
    if numeric != [False, *[True] * 5]:
        return False
    return {str(cell).strip() for cell in table.cells.iloc[:_PEEK_ROWS, 1]} <= {"0", "1"}


def _strip_marks(word: str) -> str:
    """Return "x" of "xcoord", "centroidx" or "xcentroid"."""
    for mark in _AXIS_MARKS:
        word = word.removeprefix(mark).removesuffix(mark)
    return word
