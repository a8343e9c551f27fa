"""Which of the matrices of a file holds the expression: counts if there are any, else log-normalised values.

Files of single cells often hold scaled values beside these. Scaling hides how high a gene is expressed, so scaled
values are read only where the user names their matrix.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np

from grnet.dataset.annotated.matrix import CONTENT_WORDS, Contents
from grnet.dataset.annotated.stored import StoredCells, StoredMatrix
from grnet.dataset.table_cells import header_word, listed, word_set
from grnet.schema.arrays import Float32
from grnet.schema.errors import InputError

_COUNT_LAYERS = word_set("counts count rawcounts rawcount raw umi umis umicounts")
_LOG_LAYERS = word_set(
    "logcounts lognorm lognormalized lognormalised log1p logcpm lognormcounts logdata data normalized"
)
_LARGEST_LOG = 30.0


def choose_matrix(stored: StoredCells, wanted: str) -> tuple[StoredMatrix, Contents, tuple[str, ...]]:
    """Return the matrix to read, what it holds, and what the user should know of the choice.

    Parameters
    ----------
    stored : StoredCells
    wanted : str
        `--layer`: "auto", "counts", "raw", "X", or the name of a layer.

    Raises
    ------
    InputError
        There is no such matrix, or none that holds counts or log-normalised values.
    """
    n_cells = len(stored.cells)
    if wanted not in ("auto", "counts"):
        chosen = _find(stored, wanted)
        return chosen, find_contents(chosen.sample(n_cells)), ()
    held = [(matrix, find_contents(matrix.sample(n_cells))) for matrix in _in_order(stored.matrices)]
    for contents in ("counts", "log", "linear"):
        fitting = [matrix for matrix, found in held if found == contents]
        if fitting:
            chosen = max(fitting, key=lambda matrix: len(matrix.genes))
            return chosen, contents, _note_larger(stored, chosen)
        if wanted == "counts":
            raise InputError(
                f"{stored.source}: --layer counts: {_describe(held)}; none holds counts; leave --layer out"
            )
    raise InputError(
        f"{stored.source}: has neither counts nor log-normalised values ({_describe(held)}). Give a file from before "
        f"scaling, or use these values anyway with --layer {held[0][0].key if held else 'X'}"
    )


def find_contents(values: Float32) -> Contents:
    """Tell what values are.

    Parameters
    ----------
    values : float32 array [n]
        Those other than zero, of some cells.
    """
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if low < 0:
        return "scaled"
    if high > 1 and bool(np.all(values == np.rint(values))):
        return "counts"
    return "log" if high <= _LARGEST_LOG else "linear"


def _in_order(matrices: Sequence[StoredMatrix]) -> list[StoredMatrix]:
    """Return layers whose name says that they hold counts, X and raw, layers whose name says logarithms; no others."""
    named = [matrix for matrix in matrices if matrix.is_layer and header_word(matrix.key) in _COUNT_LAYERS]
    plain = [matrix for matrix in matrices if not matrix.is_layer]
    logs = [matrix for matrix in matrices if matrix.is_layer and header_word(matrix.key) in _LOG_LAYERS]
    return [*named, *plain, *logs]


def _find(stored: StoredCells, wanted: str) -> StoredMatrix:
    names = [matrix.key for matrix in stored.matrices]
    for is_layer in (False, True):
        for matrix in stored.matrices:
            if matrix.key == wanted and matrix.is_layer is is_layer:
                return matrix
    near = difflib.get_close_matches(wanted, names, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else f"it holds {listed(names, 12)}"
    raise InputError(f"{stored.source}: --layer {wanted}: no such matrix; {hint}")


def _describe(held: Sequence[tuple[StoredMatrix, Contents]]) -> str:
    return "; ".join(f"{matrix.name} holds {CONTENT_WORDS[contents]}" for matrix, contents in held) or "no matrix"


def _note_larger(stored: StoredCells, chosen: StoredMatrix) -> tuple[str, ...]:
    """Return a word on a matrix of more genes that was not chosen."""
    largest = max(stored.matrices, key=lambda matrix: len(matrix.genes))
    if len(largest.genes) <= len(chosen.genes):
        return ()
    return (
        f"{stored.source.name}: {chosen.name} has {len(chosen.genes):,} genes, {largest.name} {len(largest.genes):,}; "
        f"--layer {largest.key} reads these",
    )
