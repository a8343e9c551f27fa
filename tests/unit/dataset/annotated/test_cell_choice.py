"""Which cells are read, and their groups."""

from __future__ import annotations

import annotated_files as files
import numpy as np
import pytest

from grnet.dataset.annotated.cell_choice import choose_cells, group_cells
from grnet.dataset.annotated.readers import open_annotated
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData


@pytest.fixture
def matrix():
    cells = files.make_cells()
    cells.obs["note"] = files.categories(["T cell, CD4", "rest"] * 20)
    return open_annotated(GivenAnnData("cells", cells))


def test_cells_of_some_values_are_kept(matrix):
    types = matrix.cells["cell_type"].astype(str)
    assert choose_cells(matrix, ()).tolist() == list(range(40))
    assert choose_cells(matrix, ["cell_type=B cell"]).tolist() == np.flatnonzero(types == "B cell").tolist()
    both = np.flatnonzero(types.isin(["B cell", "Monocyte"])).tolist()
    assert choose_cells(matrix, ["cell_type=B cell, Monocyte"]).tolist() == both
    assert choose_cells(matrix, ["cell_type=B cell", "cell_type=Monocyte"]).tolist() == both
    assert choose_cells(matrix, ["day=1", "cell_type=T cell"]).tolist() == list(range(1, 40, 4))
    assert choose_cells(matrix, ["note=T cell, CD4"]).tolist() == list(range(0, 40, 2)), "a value may hold commas"


def test_what_is_not_there_is_refused_with_what_was_meant(matrix):
    for only, expected in (
        ("celltype=B cell", "cells: --only celltype: no such column of obs; did you mean 'cell_type'?"),
        (
            "cell_type=Monocytes",
            "cells: --only cell_type=Monocytes: no cell has this cell_type; did you mean 'Monocyte'?",
        ),
        ("cell_type=9", "cells: --only cell_type=9: no cell has this cell_type; it has 'B cell', 'Monocyte', 'T cell'"),
    ):
        with pytest.raises(InputError) as caught:
            choose_cells(matrix, [only])
        assert str(caught.value) == expected
    with pytest.raises(InputError, match="no cell has cell_type=T cell and day=0; each value alone has cells"):
        choose_cells(matrix, ["cell_type=T cell", "day=0"])


def test_groups_agree_in_all_columns(matrix):
    groups = group_cells(matrix, np.arange(40), ["day,cell_type"])
    assert groups.columns == ("day", "cell_type")
    assert groups.names == ("0 / B cell", "0 / Monocyte", "1 / B cell", "1 / T cell")
    assert [groups.names[number] for number in groups.group[:4]] == [
        "0 / B cell",
        "1 / T cell",
        "0 / Monocyte",
        "1 / B cell",
    ]
    assert group_cells(matrix, np.arange(40), ()).names == ("",)
    with pytest.raises(InputError, match="--within batch: no such column of obs"):
        group_cells(matrix, np.arange(40), ["batch"])


def test_cells_without_a_value_are_a_group(matrix):
    matrix.cells["batch"] = [np.nan, 1.0] * 20
    assert group_cells(matrix, np.arange(40), ["batch"]).names == ("1", "unknown")
