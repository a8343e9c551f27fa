"""What every reader of files promises: the same table comes back from each format, with the places of its cells."""

from __future__ import annotations

import pandas as pd
import pytest

from grnet.dataset.reading.content import MAGIC, recognise
from grnet.dataset.reading.readers import READERS
from grnet.dataset.reading.tables import read_table
from grnet.schema.errors import InputError, MissingInputError

FRAME = pd.DataFrame({"gene": ["eve", "<b>&", "../up", "Mar-1"], "S1": [1.5, 0.0, 2.0, -3.25], "S2": [4, 5, 6, 7]})
WRITERS = {
    "text": ("table.csv", lambda path: FRAME.to_csv(path, index=False)),
    "spreadsheet": ("table.xlsx", lambda path: FRAME.to_excel(path, index=False)),
    "parquet": ("table.parquet", lambda path: FRAME.to_parquet(path)),
}


@pytest.fixture(params=sorted(READERS))
def written(request, tmp_path):
    """The kind of a reader, and a file for it."""
    name, write = WRITERS[request.param]
    write(tmp_path / name)
    return request.param, tmp_path / name


def test_the_first_bytes_tell_the_reader(written, tmp_path):
    kind, file = written
    assert recognise(file).kind == kind
    renamed = file.rename(tmp_path / "table.dat")
    assert recognise(renamed).kind == kind, "the name of a file is only a hint"
    assert set(MAGIC.values()) <= set(READERS)


def test_the_cells_are_those_of_the_table(written):
    _, file = written
    raw = read_table(file)
    table = raw if raw.header is not None else raw.take_header()
    assert table.header == ("gene", "S1", "S2")
    assert table.column_texts(0) == ["eve", "<b>&", "../up", "Mar-1"]
    assert [float(text) for text in table.column_texts(1)] == [1.5, 0.0, 2.0, -3.25]
    assert [float(text) for text in table.column_texts(2)] == [4, 5, 6, 7]
    assert len(table.rows) == 4
    assert list(table.rows) == sorted(set(table.rows))
    assert table.columns == (1, 2, 3)
    assert table.complete
    assert table.path == file


def test_a_damaged_file_is_refused_in_one_line(written):
    kind, file = written
    if kind == "text":
        pytest.skip("half of a text is a text")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError) as caught:
        read_table(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert "\n" not in str(caught.value)


def test_no_file_is_told(tmp_path):
    with pytest.raises(MissingInputError, match="no such file; expected a table"):
        read_table(tmp_path / "none.csv")
