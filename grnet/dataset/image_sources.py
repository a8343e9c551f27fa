"""Where images are: a manifest or a folder → candidates, each with gene, view and place, before any is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grnet.dataset.cells import header_word, name_of, quote, word_set
from grnet.dataset.expression_layout import ID_HEADERS, SYMBOL_HEADERS
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.table_files import RawTable, read_raw_table
from grnet.schema.errors import InputError, MissingInputError

IMAGE_SUFFIXES = frozenset({".png", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg"})
PATH_HEADERS = word_set("path file filename filepath image imagepath imagefile picture png")
VIEW_HEADERS = frozenset({"view", "views", "orientation"})
STAGE_HEADERS = frozenset({"stage", "stages", "time", "timepoint", "age"})
ROLE_FOLDERS = frozenset({"tf", "gene", "tfs", "genes"})
"""Top folders of the paper's layout, above the folders of the genes."""
NO_VIEW = "unspecified"
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
    """

    gene: str
    gene_id: str
    view: str
    stage: str
    path: Path
    source: str
    file: str
    row: int


def list_images(path: Path, findings: Findings) -> list[ImageCandidate]:
    """Return the images that a manifest or a folder names, in its order.

    Raises
    ------
    MissingInputError, InputError
        There is no such file or folder, it names no image, a view has a reserved name, or the manifest lacks the
        columns gene and path.
    """
    if path.is_dir():
        candidates = _list_folder(path, findings)
    elif path.is_file():
        candidates = _list_manifest(path, findings)
    else:
        raise MissingInputError(
            f"{path}: no such file or folder; expected a manifest (gene, path, …) or a folder of images"
        )
    if not candidates:
        raise InputError(
            f"{path}: names no image; expected GENE/VIEW/*.png (bmp, tif, jpg) in a folder, or a manifest "
            "with a row for each"
        )
    if any(candidate.view == RESERVED_VIEW for candidate in candidates):
        raise InputError(f"{path}: a view is named '{RESERVED_VIEW}', which stands for RNA; give it another name")
    return candidates


def _list_manifest(path: Path, findings: Findings) -> list[ImageCandidate]:
    raw = read_raw_table(path)
    words = [header_word(name) for name in raw.header or raw.row_texts(0)]

    def column(names: frozenset[str]) -> int | None:
        return next((place for place, word in enumerate(words) if word in names), None)

    gene, place = column(SYMBOL_HEADERS), column(PATH_HEADERS)
    gene_id, view, stage = column(ID_HEADERS), column(VIEW_HEADERS), column(STAGE_HEADERS)
    if gene is None:
        gene, gene_id = gene_id, None
    if gene is None or place is None:
        raise InputError(
            f"{path}: a manifest needs a header with the columns gene and path (and may have view, stage, id); "
            f"got {', '.join(quote(name) for name in (raw.header or raw.row_texts(0))[:6])}"
        )
    table = raw.take_header()
    candidates = []
    for row in range(len(table.cells)):
        name = name_of(table.cells.iat[row, gene], path, table.rows[row])
        source = _text(table, row, place)
        if not name:
            findings.reject(path.name, table.rows[row], source, Reason.NO_NAME)
            continue
        candidates.append(
            ImageCandidate(
                gene=name,
                gene_id=_text(table, row, gene_id),
                view=_text(table, row, view).lower() or NO_VIEW,
                stage=_text(table, row, stage),
                path=path.parent / source,
                source=source,
                file=path.name,
                row=table.rows[row],
            )
        )
    return candidates


def _text(table: RawTable, row: int, column: int | None) -> str:
    return "" if column is None else name_of(table.cells.iat[row, column], table.path, table.rows[row])


def _list_folder(path: Path, findings: Findings) -> list[ImageCandidate]:
    """Return the images of GENE/VIEW/*, GENE/* and, below tf/ and gene/ (the paper's layout), of the same."""
    files = sorted(file for file in path.rglob("*") if file.is_file())
    candidates = []
    for file in files:
        source = file.relative_to(path).as_posix()
        folders = source.split("/")[:-1]
        if any(part.startswith(".") for part in source.split("/")):
            continue
        if file.suffix.lower() not in IMAGE_SUFFIXES:
            findings.reject(path.name, 0, source, Reason.NOT_AN_IMAGE)
            continue
        if len(folders) == 3 and folders[0].lower() in ROLE_FOLDERS:
            folders = folders[1:]
        if not 1 <= len(folders) <= 2:
            findings.reject(path.name, 0, source, Reason.NO_NAME, "expected GENE/VIEW/ above the file")
            continue
        view = folders[1].lower() if len(folders) == 2 else NO_VIEW
        candidates.append(ImageCandidate(folders[0], "", view, "", file, source, path.name, 0))
    return candidates
