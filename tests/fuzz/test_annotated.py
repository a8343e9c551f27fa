"""Files of cells under mutation: cells, genes and counts come back, or one line says what is wrong."""

from __future__ import annotations

import random
import warnings
from pathlib import Path

import annotated_files as files
import pytest
from fuzzing import FuzzTarget, mutate_bytes, run_target
from mutated_hdf5 import mutate_hdf5

from grnet.dataset.annotated.cells import CellOptions, read_cells
from grnet.dataset.annotated.readers import is_annotated, open_annotated
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError

EXPECTED = (files.SYMBOLS, files.IDS, files.CELLS, files.make_counts().tolist())


def target_of(form: str) -> FuzzTarget:
    """Return the target of a form of file; those of text are changed by bytes alone."""

    def write(dice: random.Random, folder: Path) -> tuple[Path, object]:
        return files.WRITERS[form](folder), EXPECTED

    is_text = "folder" in form or form == "Matrix Market"
    return FuzzTarget(form, write, read, mutate=mutate_files if is_text else mutate_hdf5)


def read(path: Path) -> object:
    """Read a file as `grnet prepare` does, and all that it holds."""
    if not is_annotated(path):
        raise InputError("read as a table")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with open_annotated(path) as matrix:
            values = matrix.read(slice(0, len(matrix.cells))).toarray().tolist()
            found = matrix.symbols, matrix.ids, tuple(matrix.cells.index), values
        read_cells(path, CellOptions(), Findings())
    return found


def mutate_files(dice: random.Random, path: Path) -> None:
    """Change one of the files that lie beside each other."""
    mutate_bytes(dice, path if path.is_dir() else path.parent)


TARGETS = tuple(target_of(form) for form in sorted(files.WRITERS) if "AnnData" not in form)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_inputs_come_back_or_are_refused(target, tmp_path):
    assert run_target(target, tmp_path).failures == []
