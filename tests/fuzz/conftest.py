"""Small folders of every kind, made once, for mutated copies of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import grnet
from grnet.schema.training_config import TrainConfig
from grnet.storage.checksums import RECORD_FILE, write_record

NOT_READ = (RECORD_FILE, "history.json", "*.html", "*.graphml", "*.cx2", "*.csv", "*.tsv", ".*")
"""Records, and files that grnet does not read when it opens a folder."""


@pytest.fixture(scope="session")
def small_folders(tmp_path_factory: pytest.TempPathFactory, tiny_config: TrainConfig) -> Path:
    """Return a folder with `dataset`, `run` and `network` of a lab of 8 TFs and 40 targets.

    They are there twice: in `sealed` with their records of checksums, and in `open` without, as earlier versions wrote.
    """
    folder = tmp_path_factory.mktemp("small")
    lab, made = folder / "lab", folder / "made"
    grnet.simulate(lab, n_tfs=8, n_targets=40, n_samples=12)
    tables = [lab / "expression_tfs.csv", lab / "expression_genes.tsv.gz"]
    files = {"tfs": lab / "tfs.txt", "known_edges": lab / "known_edges.csv", "images": lab / "images"}
    grnet.prepare(made / "dataset", expression=tables, image_size=(16, 32), **files)
    grnet.train(made / "dataset", made / "run", folds=2, report="pair", config=tiny_config)
    grnet.infer_network(made / "run", made / "network", top=40, batch_pairs=200)
    for name in ("dataset", "run", "network"):
        shutil.copytree(made / name, folder / "open" / name, ignore=shutil.ignore_patterns(*NOT_READ))
        shutil.copytree(folder / "open" / name, folder / "sealed" / name)
        write_record(folder / "sealed" / name)
    return folder
