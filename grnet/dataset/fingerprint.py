"""One number for the contents of a dataset directory, so that a run knows whether it is the one it was trained on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grnet.dataset.measurements.folders import FOLDER
from grnet.storage.files import sha256_of

CONTENTS = ("genes.parquet", "images.parquet", "images.npy", "labelled_pairs.parquet")


def fingerprint(dataset: Path) -> str:
    """Return the SHA-256 over the SHA-256 of every table, measurement and of the images, 64 hexadecimal digits."""
    measurements = sorted(file for file in (dataset / FOLDER).glob("*/*") if file.name[0] != ".")
    files = [*(dataset / name for name in CONTENTS), *measurements]
    digests = [f"{file.relative_to(dataset).as_posix()} {sha256_of(file)}" for file in files]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
