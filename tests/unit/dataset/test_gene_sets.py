"""GMT files, as they come."""

from __future__ import annotations

import gzip

import pytest

from grnet.dataset.gene_sets import read_gene_sets
from grnet.schema.errors import InputError, MissingInputError
from grnet.schema.gene_sets import GeneSet

TEXT = "heart\thttp://x\ttin\teve\ttin\n\neye\t\tso,1.0\tgl,0.5\tH1,H2\t\n"
SETS = (GeneSet("heart", "http://x", ("tin", "eve")), GeneSet("eye", "", ("so", "gl", "H1,H2")))


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_sets_are_read(tmp_path, ends):
    (tmp_path / "a.gmt").write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", ends).encode())
    assert read_gene_sets(tmp_path / "a.gmt") == SETS
    with gzip.open(tmp_path / "a.gmt.gz", "wt") as file:
        file.write(TEXT)
    assert read_gene_sets(tmp_path / "a.gmt.gz") == SETS


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"heart,tin,eve\n", r"a\.gmt:1: 1 cells separated by tabs; expected GMT: a set in each line"),
        (b"heart\tx\ttin\n\n\tx\ttin\n", r"a\.gmt:3: a set without a name"),
        (b"heart\tx\ttin\nheart\ty\teve\n", r"a\.gmt:2: the set 'heart' is there twice"),
        (b"heart\tx\t\xff\n", r"a\.gmt: not readable as a table of text"),
        (b"", r"a\.gmt: the file is empty"),
        (b"PAR1" * 9, r"a\.gmt: is no text; expected GMT"),
    ],
)
def test_what_is_no_gmt_file_is_told(tmp_path, content, told):
    (tmp_path / "a.gmt").write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_gene_sets(tmp_path / "a.gmt")
    with pytest.raises(MissingInputError):
        read_gene_sets(tmp_path / "b.gmt")
