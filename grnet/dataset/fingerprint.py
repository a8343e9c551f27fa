"""One number for the contents of a dataset directory, so that a run knows whether it is the one it was trained on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grnet.dataset.measurements.folders import list_files
from grnet.storage.checksums import sha256_of

CONTENTS = ("genes.parquet", "images.parquet", "images.npy", "known_edges.parquet")


def fingerprint(dataset: Path) -> str:
    """Return the SHA-256 over the SHA-256 of every table, measurement and of the images, 64 hexadecimal digits."""
    files = [*(dataset / name for name in CONTENTS), *list_files(dataset)]
    digests = [f"{file.name} {sha256_of(file)}" for file in files]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
