"""One number for the contents of a dataset directory, so that a run knows whether it is the one it was trained on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grnet.storage.files import sha256_of

CONTENTS = ("genes.parquet", "expression.parquet", "images.parquet", "images.npy", "known_edges.parquet")


def fingerprint(dataset: Path) -> str:
    """Return the SHA-256 over the SHA-256 of every table and of the images, 64 hexadecimal digits."""
    digests = [sha256_of(dataset / name) for name in CONTENTS]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()
