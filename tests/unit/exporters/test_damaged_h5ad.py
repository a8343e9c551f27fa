"""A user's h5ad that is damaged, or names data of other files: no file is changed, and none is written."""

from __future__ import annotations

import annotated_files as files
import h5py
import numpy as np
import pandas as pd
import pytest

from grnet.exporters.anndata_file import add_to_anndata
from grnet.network.network import Network
from grnet.schema.errors import GrnetError, TooLittleMemoryError
from grnet.schema.tables import EDGES, NODES
from grnet.storage.read_limits import memory_limit


@pytest.fixture
def network():
    """One edge between genes of the file."""
    edges = pd.DataFrame({"tf": ["eve"], "target": ["ftz"], "sign": ["unknown"], "known": [False], "rank": [1]})
    nodes = pd.DataFrame({"symbol": ["eve", "ftz"], "id": "", "is_tf": [True, False]})
    edges, nodes = edges.reindex(columns=EDGES.names, fill_value=0.5), nodes.reindex(columns=NODES.names, fill_value=1)
    return Network(edges, nodes)


def in_place_of(name, value):
    def change(file):
        if name in file:
            del file[name]
        file[name] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            in_place_of("varp", h5py.ExternalLink("linked.h5", "/varp")),
            r"/varp is a link to linked\.h5 /varp, which is",
        ),
        (in_place_of("uns", h5py.ExternalLink("linked.h5", "/")), r"/uns is a link to linked\.h5 /, which is not"),
        (
            in_place_of("varp", h5py.SoftLink("/obsp")),
            r"/varp is a link to /obsp, which is not followed; write it anew",
        ),
        (in_place_of("varp", np.ones(3)), r"varp is no group; write it anew with anndata"),
        (
            in_place_of("var/_index", np.array([b"\xff"] * 12)),
            r"not readable as an AnnData file \(h5ad\) \('.*' codec can't",
        ),
        (in_place_of("var/gene_ids", np.ones((2, 2))), r"not readable as an AnnData file \(h5ad\)"),
        (lambda file: file.__delitem__("obs"), r"holds no obs; expected an AnnData file \(h5ad\)"),
    ],
)
def test_nothing_is_changed_or_written(network, change, told, tmp_path):
    path = files.write_h5ad(tmp_path)
    with h5py.File(tmp_path / "linked.h5", "w") as file:
        file.create_group("varp")
    with h5py.File(path, "r+") as file:
        change(file)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(GrnetError, match=told) as caught:
        add_to_anndata(network, tmp_path / "out.h5ad", into=path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value).splitlines()) == 1
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_matrix_that_is_damaged_has_no_activities_and_the_file_is_named(network, tmp_path, caplog):
    path = files.write_h5ad(tmp_path)
    with h5py.File(path, "r+") as file:
        file["X/indices"][0] = 10**6
    assert add_to_anndata(network, tmp_path / "out.h5ad", into=path).activities is None
    assert f"{path}: not readable as cells × genes (indices go from 0 to 1000000 in 12 columns)" in caplog.text


def test_tables_are_compared_with_the_memory(network, tmp_path):
    path = files.write_h5ad(tmp_path)
    with (
        memory_limit(2000),
        pytest.raises(TooLittleMemoryError, match=r"cells\.h5ad: (var|obs) would take about .* of memory"),
    ):
        add_to_anndata(network, tmp_path / "out.h5ad", into=path)
    assert not (tmp_path / "out.h5ad").exists()
