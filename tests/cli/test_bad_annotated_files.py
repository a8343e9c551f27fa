"""Files of cells that name data of other files, or claim what is not there: one line, exit code 2, nothing changed."""

from __future__ import annotations

import annotated_files as files
import h5py
import pytest

INPUTS = ("--tfs", "tfs.txt", "--known-edges", "edges.csv")


def put_link(path):
    with h5py.File(path, "r+") as file:
        del file["X"]
        file["X"] = h5py.ExternalLink("other.h5", "/X")


def claim(path):
    with h5py.File(path, "r+") as file:
        del file["X"]
        file.create_dataset("X", (10**6, 10**6), "f4", chunks=(100, 100))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            put_link,
            "cells.h5ad: /X is a link to other.h5 /X, which is not followed; write it anew with all of its data inside",
        ),
        (claim, "cells.h5ad: /X claims 3.6 TB, of which 0 bytes are stored; copy or download the file again"),
    ],
)
@pytest.mark.parametrize("option", ["--expression", "--spatial"])
def test_prepare_refuses_it(refused, lab, change, told, option):
    change(files.write_h5ad(lab))
    given = ["--expression", "genes.csv"] if option == "--spatial" else []
    assert refused("prepare", "data", *given, option, "cells.h5ad", *INPUTS) == told


def test_export_into_a_file_with_a_link_changes_neither(refused, trained):
    files.write_h5ad(trained)
    with h5py.File("linked.h5", "w") as file:
        file.create_group("uns")
    with h5py.File("cells.h5ad", "r+") as file:
        del file["uns"]
        file["uns"] = h5py.ExternalLink("linked.h5", "/uns")
    assert refused("export", "net", "--into", "cells.h5ad", "-o", "with.h5ad") == (
        "cells.h5ad: /uns is a link to linked.h5 /uns, which is not followed; write it anew with all of its data inside"
    )
