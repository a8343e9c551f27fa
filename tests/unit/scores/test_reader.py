from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_networks import as_table, make_genes, make_scores

from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.tables import SCORES
from grnet.scores.manifest import ListedShard, list_shards
from grnet.scores.reader import read_shards

ROWS = (100, 60, 40)


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    return make_scores(make_genes(5, 60)).head(sum(ROWS))


@pytest.fixture
def network(scores: pd.DataFrame, tmp_path: Path) -> Path:
    """Three parts, one of each way in which genes can be written, and a part that no manifest lists."""
    folder = tmp_path / "scores"
    folder.mkdir()
    table = as_table(scores)
    pq.write_table(table.slice(0, 100).cast(SCORES), folder / "part-00000.parquet", use_dictionary=False)
    pq.write_table(table.slice(100, 60), folder / "part-00001.parquet", row_group_size=25)
    pq.write_table(table.slice(160, 40).cast(SCORES), folder / "part-00002.parquet", use_dictionary=["tf", "target"])
    write_manifest(tmp_path, shards=[f"part-{part:05d}.parquet" for part in range(3)])
    pq.write_table(table, folder / "part-00003.parquet")
    return tmp_path


def write_manifest(network: Path, **values: object) -> None:
    (network / "scores" / "manifest.json").write_text(json.dumps(values))


def describe(rows: tuple[int, ...] = ROWS) -> list[dict[str, object]]:
    return [{"name": f"part-{part:05d}.parquet", "rows": n} for part, n in enumerate(rows)]


@pytest.mark.parametrize("entries", ["names", "names and rows"])
def test_yields_the_parts_that_the_manifest_lists(network, scores, entries):
    if entries != "names":
        write_manifest(network, shards=describe()[::-1], done=True)
    tables = list(read_shards(network))
    assert [table.num_rows for table in tables] == list(ROWS)
    for table in tables:
        assert table.column_names == SCORES.names
        assert pa.types.is_dictionary(table.schema.field("tf").type)
    read = pa.concat_tables([table.cast(SCORES) for table in tables])
    assert read.equals(as_table(scores).cast(SCORES))


def test_without_a_manifest_all_parts_count(network):
    (network / "scores" / "manifest.json").unlink()
    assert list_shards(network / "scores") == [ListedShard(f"part-{part:05d}.parquet") for part in range(4)]
    assert sum(table.num_rows for table in read_shards(network)) == 2 * sum(ROWS)


def test_a_lost_part_is_missed_before_the_first_is_read(network):
    (network / "scores" / "part-00001.parquet").unlink()
    for shards in ([f"part-{part:05d}.parquet" for part in range(3)], describe()):
        write_manifest(network, shards=shards)
        with pytest.raises(
            MissingInputError,
            match=r"scores: lacks 1 of 3 parts, the first is part-00001.parquet; infer the network anew to score all",
        ):
            next(read_shards(network))


def test_a_part_of_another_length_is_refused(network):
    write_manifest(network, shards=describe((100, 61, 40)))
    with pytest.raises(
        FormatError, match=r"part-00001.parquet: holds 60 candidates, manifest.json says 61; infer the network anew"
    ):
        list(read_shards(network))


def test_a_part_that_was_changed_is_refused_where_its_checksum_is_known(network):
    files = [network / "scores" / entry["name"] for entry in describe()]
    checksums = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    write_manifest(network, shards=[e | {"sha256": c} for e, c in zip(describe(), checksums, strict=True)])
    assert [table.num_rows for table in read_shards(network)] == list(ROWS)
    score = as_table(make_scores(make_genes(5, 60)).head(sum(ROWS))).slice(100, 60)
    pq.write_table(score.set_column(2, "score", pa.array([0.5] * 60, pa.float32())), files[1])
    with pytest.raises(
        FormatError, match=r"part-00001.parquet: was changed or damaged since it was written; infer the"
    ):
        list(read_shards(network))
    assert [table.num_rows for table in read_shards(network, check_bytes=False)] == list(ROWS)


@pytest.mark.parametrize("keep", [0, 30, 2000])
def test_a_damaged_part_is_refused(network, keep):
    file = network / "scores" / "part-00001.parquet"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(
        FormatError, match=r"part-00001.parquet: not readable as a Parquet file \(.*; infer the network"
    ):
        list(read_shards(network))


def test_a_part_without_a_column_is_refused(network, scores):
    pq.write_table(as_table(scores).drop_columns("spread"), network / "scores" / "part-00000.parquet")
    with pytest.raises(FormatError, match=r"part-00000.parquet: lacks the columns spread; was it written by another"):
        list(read_shards(network))


def test_unfinished_scores_say_how_to_go_on(network):
    write_manifest(network, shards=describe(), done=False)
    with pytest.raises(
        FormatError, match=r"manifest.json: not all candidates are scored yet; run the same `grnet infer-network` again"
    ):
        next(read_shards(network))


@pytest.mark.parametrize(
    ("entry", "flaw"),
    [
        (7, "the entry name is 7, expected text"),
        ({"rows": 3}, "lacks the entry name"),
        (
            {"name": "part-00000.parquet", "rows": "3"},
            "the entry rows is '3', expected a whole number of 0 or more",
        ),
        ("../part-00000.parquet", "'../part-00000.parquet' is not the name of a shard in its folder"),
    ],
)
def test_a_damaged_manifest_is_refused(network, entry, flaw):
    write_manifest(network, shards=[entry])
    with pytest.raises(FormatError) as caught:
        next(read_shards(network))
    file = network / "scores" / "manifest.json"
    assert str(caught.value) == f"{file}: {flaw}; infer the network anew to score all candidates"


def test_no_parts_at_all(tmp_path):
    with pytest.raises(MissingInputError, match=r"scores: holds no part-\*.parquet; infer the network anew"):
        next(read_shards(tmp_path))
