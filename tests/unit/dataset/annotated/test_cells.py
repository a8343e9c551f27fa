"""A file of single cells → the measurement "cells"."""

from __future__ import annotations

import annotated_files as files
import numpy as np
import pytest
import scipy.sparse as sp

from grnet.dataset.annotated.cells import CellOptions, read_cells
from grnet.dataset.annotated.matrix import AnnotatedOptions
from grnet.dataset.findings import Findings
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData

LOGS = np.log1p(files.make_counts())


def read(values=None, **options):
    """Return the measurement of some cells, and the notes on it."""
    findings = Findings()
    given = GivenAnnData("cells", files.make_cells(LOGS if values is None else values))
    return read_cells(given, CellOptions(**options), findings), findings.notes


def test_logarithms_stay_as_they_are():
    measured, notes = read()
    assert (measured.name, measured.kind.name, measured.kind.modality, notes) == ("cells", "cells", "rna", [])
    assert (measured.symbols, measured.ids) == (files.SYMBOLS, files.IDS)
    assert np.array_equal(measured.values, LOGS.T)
    assert measured.places.to_numpy().tolist()[:2] == [["AAAC00-1", "", 1], ["AAAC01-1", "", 1]]
    (plan,) = measured.plans
    assert plan.describe() == "cells: log-normalised values of X; symbol = var_names; id = gene_ids; 40 cells"


def test_counts_become_logarithms_of_counts_per_million():
    counts = np.random.default_rng(0).poisson(2, (30, 250)).astype(np.float32)
    cells = files.anndata.AnnData(sp.csr_matrix(counts))
    cells.var_names = files.plain(f"g{number}" for number in range(250))
    findings = Findings()
    measured = read_cells(GivenAnnData("cells", cells), CellOptions(), findings)
    expected = np.log2(counts / counts.sum(axis=1, keepdims=True) * 1e6 + 1).T
    assert measured.values == pytest.approx(expected, rel=1e-5)
    assert measured.units == "log2(CPM + 1)"
    assert measured.plans[0].describe().endswith("30 cells; log2(CPM + 1)")


def test_counts_of_few_genes_stay_and_the_user_is_told():
    measured, notes = read(files.make_counts())
    assert np.array_equal(measured.values, files.make_counts().T)
    assert notes == ["cells: the values are not logarithms; add --normalise log for log2(value + 1)"]
    assert read(files.make_counts(), normalise="log")[0].values == pytest.approx(np.log2(files.make_counts() + 1).T)


def test_chosen_cells_groups_and_pools_are_in_the_plan():
    measured, _ = read(only=("cell_type=B cell,T cell",), within=("cell_type",), pool=6)
    assert measured.places["group"].tolist() == ["B cell"] * 4 + ["T cell"] * 2
    assert measured.places["n_cells"].tolist() == [5] * 6
    assert measured.places["cell"].tolist()[0] == "pool 1"
    assert measured.plans[0].remarks == (
        "30 of them kept by cell_type=B cell,T cell",
        "groups: cell_type (2)",
        "added up to 6 pools of 5 similar cells",
    )


def test_genes_of_few_cells_and_cells_without_counts_are_set_aside_with_their_number():
    values = LOGS.copy()
    values[:, 1], values[7, 1], values[9] = 0, 2, 0
    measured, notes = read(values)
    assert measured.symbols == (files.SYMBOLS[0], *files.SYMBOLS[2:])
    assert len(measured.places) == 39
    assert notes == [
        "cells: cells without any counts, left out: 1",
        "cells: genes seen in fewer than 3 of 39 cells, set aside: 1 of 12; --min-cells changes that",
    ]
    assert read(values, min_cells=1)[0].symbols == files.SYMBOLS
    with pytest.raises(InputError, match="no gene is seen in 50 of its 40 cells; lower --min-cells"):
        read(min_cells=50)
    with pytest.raises(InputError, match="X holds nothing but zeros"):
        read(LOGS * 0)


def test_scaled_values_are_read_where_the_user_insists():
    scaled = LOGS - LOGS.mean(axis=0)
    measured, notes = read(scaled, reading=AnnotatedOptions("X"))
    assert measured.values == pytest.approx(scaled.T)
    assert notes == []
    with pytest.raises(InputError, match="--normalise log needs values of 0 or more"):
        read(scaled, reading=AnnotatedOptions("X"), normalise="log")
