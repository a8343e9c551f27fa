"""Images are read once on their way into a dataset, unless they take too much memory."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PIL import Image

import grnet
from grnet.dataset import image_store


@pytest.mark.parametrize(("kept", "most"), [(2**28, 1), (0, 2)])
def test_a_file_is_read_once_where_memory_allows(tmp_path, monkeypatch, kept, most):
    monkeypatch.setattr(image_store, "KEPT_BYTES", kept)
    reads: Counter[str] = Counter()
    real = image_store.read_image_file

    def read(path):
        reads[path.name] += 1
        return real(path)

    monkeypatch.setattr(image_store, "read_image_file", read)
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 255, (16, 24)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"g{number}.png")
    rows = "".join(f"g{number},g{number}.png\n" for number in range(3))
    (tmp_path / "images.csv").write_text(f"gene,path\n{rows}")
    values = "".join(f"g{number},{number},{number + 2},5\n" for number in range(3))
    (tmp_path / "expression.csv").write_text(f"gene,a,b,c\n{values}")
    grnet.prepare(tmp_path / "out", expression=tmp_path / "expression.csv", tfs=["g0"], images=tmp_path / "images.csv")
    assert reads == {f"g{number}.png": most for number in range(3)}
