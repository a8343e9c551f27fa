"""Every folder that is closed holds only files that its layout names; else --overwrite would refuse to replace it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grnet.storage import folders
from grnet.storage.layouts import RECORDED


@pytest.fixture(autouse=True)
def layouts_name_all_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which grnet closes a folder with a file that no layout names."""
    foreign: list[str] = []
    write = folders.write_record

    def write_record(folder: Path) -> None:
        marker = next((name for name in RECORDED if (folder / name).is_file()), None)
        foreign.extend(name for name in folders.find_foreign(folder, marker) if not Path(name).name.startswith("."))
        write(folder)

    monkeypatch.setattr(folders, "write_record", write_record)
    yield
    assert foreign == [], f"grnet/storage/layouts.py does not name {foreign}"
