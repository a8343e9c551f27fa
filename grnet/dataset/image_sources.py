"""Where images are: a manifest or a folder → candidates, each with gene, view and place, before any is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from grnet.dataset.findings import Findings, Reason
from grnet.dataset.image_files import NamedFile, NamedFiles
from grnet.dataset.image_folders import NO_VIEW, Reading, list_folder
from grnet.dataset.reading.column_words import ID_HEADERS, SYMBOL_HEADERS
from grnet.dataset.reading.overrides import NO_TABLE_CHOICES, TableChoices
from grnet.dataset.reading.plan import ReadingPlan, Role, TableKind, plan_columns
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.table_cells import header_word, name_of, quote, word_set
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenImages, GivenTable, ImageSource, TableSource
from grnet.storage.read_limits import check_regular_file

PATH_HEADERS = word_set("path file filename filepath image imagepath imagefile picture png")
VIEW_HEADERS = frozenset({"view", "views", "orientation"})
STAGE_HEADERS = frozenset({"stage", "stages", "time", "timepoint", "age"})
RESERVED_VIEW = "expression"
"""Features are kept by the name of their measurement, which is this one or a view."""


@dataclass(frozen=True)
class ImageCandidate:
    """One image that an input names.

    Attributes
    ----------
    gene, gene_id : str
        As in the input; the id is "" where there is none.
    view, stage : str
        The view is in lower case; the stage is "" where there is none.
    path : Path
        The file.
    source : str
        The place as the input has it: the manifest's path, or the path inside the folder.
    file : str
        Name of the input.
    row : int
        1-based row of the manifest; 0 for a folder.
    by_file : bool
        The gene is told by the name of the file.
    readings : tuple of Reading
        What else the place may mean, the likeliest first, where gene and view are no gene of the dataset.
    problem : str
        Why there is no such file, where that is known.
    pixels : array [height, width] or [height, width, channels], or None
        The image itself, where it was given as an array; there is no file then.
    """

    gene: str
    gene_id: str
    view: str
    stage: str
    path: Path
    source: str
    file: str
    row: int
    by_file: bool = False
    readings: tuple[Reading, ...] = ()
    problem: str = ""
    pixels: npt.NDArray[Any] | None = None


def list_images(
    path: ImageSource,
    findings: Findings,
    *,
    choices: TableChoices = NO_TABLE_CHOICES,
    plans: list[ReadingPlan] | None = None,
) -> list[ImageCandidate]:
    """Return the images that a manifest or a folder names, or that were given as arrays, in their order.

    Parameters
    ----------
    path : Path, GivenTable or GivenImages
        A folder; a manifest, whose paths begin at its folder, or at the current one where it is no file; or arrays.
    findings : Findings
        Takes what is refused.
    choices : TableChoices
        What the user says of the columns of a manifest.
    plans : list of ReadingPlan, optional
        Takes the plan of a manifest.

    Raises
    ------
    MissingInputError, InputError
        There is no such file or folder, it names no image, a view has a reserved name, or the manifest lacks the
        columns gene and path.
    """
    if isinstance(path, GivenImages):
        candidates = _list_arrays(path)
    elif isinstance(path, Path) and _is_folder(path):
        candidates = _list_folder(path, findings)
    else:
        table, plan = _plan_manifest(path, choices)
        candidates = _list_manifest(table, plan, findings)
        if plans is not None:
            plans.append(plan)
    if not candidates:
        raise InputError(
            f"{path}: names no image; expected GENE/VIEW/*.png (bmp, tif, jpg) in a folder, or a manifest "
            "with a row for each"
        )
    views = (view for each in candidates for view in (each.view, *(reading.view for reading in each.readings)))
    if RESERVED_VIEW in views:
        raise InputError(f"{path}: a view is named '{RESERVED_VIEW}', which stands for RNA; give it another name")
    return candidates


def _is_folder(path: Path) -> bool:
    """Tell a folder from a manifest, which is a regular file: reading a pipe or a device may wait for ever."""
    if path.is_dir():
        return True
    check_regular_file(path, "a manifest (gene, path, …) or a folder of images")
    return False


def _plan_manifest(path: TableSource, choices: TableChoices) -> tuple[RawTable, ReadingPlan]:
    """Decide what the columns of a manifest are.

    Raises
    ------
    InputError
        No columns of genes and paths are there.
    """
    raw = read_table(path, choices.file, fits=is_name_sheet, long_text=1 << 62)
    table = raw.take_header()
    header = table.header or ()
    words = [header_word(name) for name in header]
    roles = choices.find(table)
    known = (
        (Role.SYMBOL, SYMBOL_HEADERS),
        (Role.PATH, PATH_HEADERS),
        (Role.ID, ID_HEADERS),
        (Role.VIEW, VIEW_HEADERS),
        (Role.STAGE, STAGE_HEADERS),
    )
    for role, names in known:
        place = next((place for place, word in enumerate(words) if word in names and place not in roles), None)
        if place is not None and role not in roles.values():
            roles[place] = role
    if Role.SYMBOL not in roles.values():
        roles = {place: Role.SYMBOL if role is Role.ID else role for place, role in roles.items()}
    if not {Role.SYMBOL, Role.PATH} <= set(roles.values()):
        raise InputError(
            f"{path}: a manifest needs a header with the columns gene and path (and may have view, stage, id); "
            f"got {', '.join(quote(name) for name in header[:6])}; --columns 'images:gene=NAME,path=NAME' names them"
        )
    columns = plan_columns(table, roles)
    return table, ReadingPlan(path, TableKind.IMAGES, table.form, columns, shape="table", header=1)


def _list_manifest(table: RawTable, plan: ReadingPlan, findings: Findings) -> list[ImageCandidate]:
    path = table.path
    gene, place = plan.first(Role.SYMBOL), plan.first(Role.PATH)
    gene_id, view, stage = plan.first(Role.ID), plan.first(Role.VIEW), plan.first(Role.STAGE)
    assert gene is not None
    candidates = []
    files = NamedFiles(Path() if isinstance(path, GivenTable) else path.parent)
    found: list[tuple[str, NamedFile]] = []
    for row in range(len(table.cells)):
        name = name_of(table.cells.iat[row, gene], path, table.rows[row])
        source = _text(table, row, place)
        if not name:
            findings.reject(path.name, table.rows[row], source, Reason.NO_NAME)
            continue
        named = files.find(source)
        found.append((source, named))
        candidates.append(
            ImageCandidate(
                gene=name,
                gene_id=_text(table, row, gene_id),
                view=_text(table, row, view).lower() or NO_VIEW,
                stage=_text(table, row, stage),
                path=named.path,
                source=source,
                file=path.name,
                row=table.rows[row],
                problem=named.problem,
            )
        )
    _note_spelling(found, findings)
    return candidates


def _text(table: RawTable, row: int, column: int | None) -> str:
    return "" if column is None else name_of(table.cells.iat[row, column], table.path, table.rows[row])


def _note_spelling(found: list[tuple[str, NamedFile]], findings: Findings) -> None:
    """Tell which paths of a manifest were taken although no file is called exactly so."""
    windows = sum(file.from_windows for _, file in found)
    if windows:
        findings.note(f"paths with backslashes, as on Windows, read as folders: {windows:,} images")
    other = [(source, file) for source, file in found if file.other_case]
    if other:
        source, file = other[0]
        example = f"{quote(source)} for {quote(file.path.name)}"
        findings.note(
            f"paths that match one file but for upper and lower case: {len(other):,} images, such as {example}"
        )


def _list_folder(path: Path, findings: Findings) -> list[ImageCandidate]:
    """Return the images of GENE/VIEW/*, GENE/*, GENE.*, and, below tf/ and gene/ (the paper's layout), of the same."""
    candidates = []
    for source, (first, *others) in list_folder(path, findings):
        candidates.append(
            ImageCandidate(
                gene=first.gene,
                gene_id="",
                view=first.view,
                stage="",
                path=path / source,
                source=source,
                file=path.name,
                row=0,
                by_file=first.by_file,
                readings=tuple(others),
            )
        )
    return candidates


def _list_arrays(images: GivenImages) -> list[ImageCandidate]:
    return [
        ImageCandidate(
            gene=image.gene.strip(),
            gene_id="",
            view=image.view.strip().lower() or NO_VIEW,
            stage="",
            path=Path(),
            source=image.place,
            file=images.name,
            row=row,
            pixels=image.pixels,
        )
        for row, image in enumerate(images.images, start=1)
    ]
