"""Tables of folders: types, nulls and ranges of their columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from grnet.schema.errors import FormatError
from grnet.schema.tables import LABELLED_PAIRS, OUT_OF_FOLD, SCORES
from grnet.storage.tables import read_table, write_table

PAIRS = pd.DataFrame({"tf": ["a", "b"], "target": ["b", "a"], "label": [1, 0], "source": ["x", ""], "row": [0, 1]})
FOLDS = pd.DataFrame({"tf": ["a"], "target": ["b"], "label": [1], "fold": [0], "probability": [0.5]})


@pytest.mark.parametrize(
    ("frame", "schema", "column", "values", "flaw"),
    [
        (PAIRS, LABELLED_PAIRS, "label", pa.array([1, 5], pa.int8()), "the column label holds 5, expected 0..1"),
        (PAIRS, LABELLED_PAIRS, "label", pa.array([1, None], pa.int8()), "1 values of the column label are missing"),
        (
            PAIRS,
            LABELLED_PAIRS,
            "label",
            pa.array(["1", "0"]),
            "the column label holds values of the type string, expected int8",
        ),
        (PAIRS, LABELLED_PAIRS, "tf", pa.array(["a", None]), "1 values of the column tf are missing"),
        (
            PAIRS,
            LABELLED_PAIRS,
            "tf",
            pa.array([1.0, 2.0]),
            "the column tf holds values of the type double, expected string",
        ),
        (
            FOLDS,
            OUT_OF_FOLD,
            "probability",
            pa.array([np.nan]),
            "the column probability holds a number that is not finite",
        ),
        (FOLDS, OUT_OF_FOLD, "probability", pa.array([1.5]), "the column probability holds 1.5, expected 0..1"),
        (FOLDS, OUT_OF_FOLD, "fold", pa.array([-1], pa.int8()), "the column fold holds -1, expected 0..127"),
    ],
    ids=range(8),
)
def test_values_that_no_table_may_hold(tmp_path, frame, schema, column, values, flaw):
    file = tmp_path / "table.parquet"
    write_table(frame, file, schema)
    pd.testing.assert_frame_equal(read_table(file, schema), frame, check_dtype=False)
    table = pq.read_table(file)
    pq.write_table(table.set_column(table.column_names.index(column), column, values), file)
    with pytest.raises(FormatError) as caught:
        read_table(file, schema, mend="mend it")
    assert str(caught.value) == f"{file}: {flaw}; mend it"


def test_metadata_of_pandas_and_dictionaries_change_nothing(tmp_path):
    file = tmp_path / "table.parquet"
    table = pa.Table.from_pandas(PAIRS.assign(tf=PAIRS["tf"].astype("category")), preserve_index=False)
    table = table.set_column(2, "label", table["label"].cast(pa.int8()))
    pq.write_table(table.replace_schema_metadata({"pandas": "no JSON"}), file)
    pd.testing.assert_frame_equal(read_table(file, LABELLED_PAIRS), PAIRS, check_dtype=False)


def test_candidates_may_lack_a_label(tmp_path):
    row = {"tf": ["a"], "target": ["b"], "score": [0.5], "probability": [0.5], "spread": [0.0]}
    frame = pd.DataFrame({**row, "seed_spread": [np.nan], "correlation": [np.nan], "label": [None]})
    write_table(frame, tmp_path / "part.parquet", SCORES)
    assert read_table(tmp_path / "part.parquet", SCORES)["label"].isna().all()
