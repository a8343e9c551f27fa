"""`grnet inspect`: what is in a dataset directory, and a sheet of its images."""

from __future__ import annotations

from pathlib import Path

from grnet.dataset.contact_sheet import draw_contact_sheet
from grnet.dataset.directory import load_dataset
from grnet.dataset.summary import DatasetSummary, summarise
from grnet.schema.errors import MissingInputError
from grnet.storage.files import check_file_free

__all__ = ["DatasetSummary", "inspect_dataset"]

SHEET = "contact-sheet.png"
"""What a contact sheet is like to be called."""


def inspect_dataset(
    path: str | Path, *, contact_sheet: str | Path | None = None, max_images: int = 96, overwrite: bool = False
) -> DatasetSummary:
    """Summarise a dataset directory and draw its images.

    Parameters
    ----------
    path : path
        Dataset directory.
    contact_sheet : path, optional
        PNG to write: thumbnails with gene and view.
    max_images : int
        Most thumbnails on it.
    overwrite : bool
        Replace `contact_sheet` where it is there.

    Raises
    ------
    MissingInputError, FormatError
        `path` is not there, or is no dataset directory.
    OutputExistsError
        `contact_sheet` is there and `overwrite` is False.
    InputError
        A contact sheet is asked for, and the dataset has no images.
    """
    sheet = None if contact_sheet is None else Path(contact_sheet)
    if sheet is not None:
        check_file_free(sheet, overwrite=overwrite, usual=SHEET)
    if sheet is not None and not sheet.resolve().parent.is_dir():
        raise MissingInputError(f"{sheet.parent}: no such folder for the contact sheet; make it or name another")
    dataset = load_dataset(Path(path))
    if sheet is not None:
        draw_contact_sheet(dataset, sheet, max_images=max_images)
    return summarise(dataset)
