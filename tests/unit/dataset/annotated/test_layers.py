"""Which matrix of a file is read: counts before logarithms, and scaled values only where the user insists."""

from __future__ import annotations

import anndata
import annotated_files as files
import numpy as np
import pandas as pd
import pytest

from grnet.dataset.annotated.layers import find_contents
from grnet.dataset.annotated.matrix import AnnotatedOptions
from grnet.dataset.annotated.readers import open_annotated
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData

COUNTS = files.make_counts()
LOGS = np.log1p(COUNTS)
SCALED = (LOGS - LOGS.mean(axis=0)) / LOGS.std(axis=0)


def choose(layer: str = "auto", *, x=None, raw=None, **layers) -> tuple[str, str]:
    """Return layer and contents of what is read from an AnnData of some matrices."""
    adata = files.make_cells(SCALED if x is None else x)
    if raw is not None:
        adata.raw = files.make_cells(raw)
    for name, matrix in layers.items():
        adata.layers[name] = matrix
    matrix = open_annotated(GivenAnnData("cells", adata), AnnotatedOptions(layer))
    return matrix.layer, matrix.contents


def test_what_values_are():
    assert find_contents(np.array([1, 2, 7], dtype=np.float32)) == "counts"
    assert find_contents(np.array([0.5, 2, 7], dtype=np.float32)) == "log"
    assert find_contents(np.array([1, 1, 1], dtype=np.float32)) == "log", "0 and 1 are no counts"
    assert find_contents(np.array([0.5, 2, 700], dtype=np.float32)) == "linear"
    assert find_contents(np.array([-0.5, 2, 7], dtype=np.float32)) == "scaled"


def test_counts_come_before_logarithms_wherever_they_are():
    assert choose(x=LOGS, counts=COUNTS) == ('layer "counts"', "counts")
    assert choose(x=LOGS, raw=COUNTS) == ("raw", "counts")
    assert choose(x=COUNTS, raw=LOGS) == ("X", "counts")
    assert choose(x=LOGS, raw=LOGS) == ("X", "log")
    assert choose(x=SCALED, raw=LOGS) == ("raw", "log")
    assert choose(x=SCALED, logcounts=LOGS) == ('layer "logcounts"', "log")
    assert choose(x=LOGS, ambiguous=COUNTS) == ("X", "log"), "a layer of another name is another thing"


def test_a_layer_that_is_named_is_read_as_it_is():
    assert choose("X", raw=LOGS) == ("X", "scaled")
    assert choose("raw", raw=LOGS, counts=COUNTS) == ("raw", "log")
    assert choose("ambiguous", x=LOGS, ambiguous=COUNTS) == ('layer "ambiguous"', "counts")
    assert choose("counts", raw=COUNTS) == ("raw", "counts")


def test_scaled_values_are_refused_and_the_way_to_insist_is_named():
    with pytest.raises(InputError) as caught:
        choose()
    assert str(caught.value) == (
        "cells: has neither counts nor log-normalised values (X holds scaled values). Give a file from before scaling, "
        "or use these values anyway with --layer X"
    )


def test_a_matrix_that_is_not_there_is_refused_with_what_is():
    with pytest.raises(InputError, match=r"--layer spliccd: no such matrix; did you mean spliced"):
        choose("spliccd", spliced=COUNTS)
    with pytest.raises(InputError, match=r"--layer other: no such matrix; it holds 'X'"):
        choose("other")
    with pytest.raises(InputError, match=r"--layer counts: X holds log-normalised values; none holds counts"):
        choose("counts", x=LOGS)


def test_a_matrix_of_more_genes_that_is_not_read_is_named():
    whole = files.make_cells(LOGS)
    part = files.make_cells()[:, :5].copy()
    part.raw = whole
    matrix = open_annotated(GivenAnnData("cells", part))
    assert (matrix.layer, len(matrix.symbols)) == ("X", 5)
    assert matrix.notes == ("cells: X has 5 genes, raw 12; --layer raw reads these",)


def test_raw_has_genes_of_its_own():
    part = files.make_cells(LOGS)[:, :5].copy()
    part.raw = files.make_cells()
    matrix = open_annotated(GivenAnnData("cells", part))
    assert matrix.symbols == files.SYMBOLS
    assert np.array_equal(matrix.read(slice(0, 40)).toarray(), COUNTS)


def test_what_is_no_expression_is_refused_in_one_line():
    empty = anndata.AnnData(np.zeros((0, 3), dtype=np.float32))
    with pytest.raises(InputError, match=r"^a: holds no cells; expected cells × genes$"):
        open_annotated(GivenAnnData("a", empty))
    texts = anndata.AnnData(obs=pd.DataFrame(index=files.plain("ab")), var=pd.DataFrame(index=files.plain("xyz")))
    texts.layers["counts"] = np.full((2, 3), "7", dtype=object)
    with pytest.raises(InputError, match=r'^a: layer "counts" holds no numbers but object; expected expression$'):
        open_annotated(GivenAnnData("a", texts))
    holes = COUNTS.copy()
    holes[20, 2] = np.nan
    with pytest.raises(
        InputError, match=r"^a: X holds nan for the gene 'Kr'; expected a number for each cell and gene"
    ):
        open_annotated(GivenAnnData("a", files.make_cells(holes)))


def test_a_file_that_is_closed_is_opened_again_and_one_that_is_gone_is_refused(tmp_path):
    given = files.give_backed_object(tmp_path)
    given.adata.file.close()
    assert open_annotated(given).contents == "counts"
    given.adata.file.close()
    (tmp_path / "cells.h5ad").unlink()
    with pytest.raises(
        InputError, match=r"not readable as AnnData .*; if its file is closed or gone, read it anew with"
    ):
        open_annotated(given)
