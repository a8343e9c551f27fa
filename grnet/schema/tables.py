"""The tables of grnet: their column names and types, defined once.

Every room reads and writes these tables through :mod:`grnet.storage.tables`, so a column has one name and one type
wherever it appears. Exporters translate the names for other tools.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

# genes
SYMBOL, ID, IS_TF, N_IMAGES = "symbol", "id", "is_tf", "n_images"
# images
VIEW, STAGE, SOURCE, ROW = "view", "stage", "source", "row"
# pairs and edges
TF, TARGET, LABEL = "tf", "target", "label"
SCORE, PROBABILITY, SPREAD, SEED_SPREAD, RANK = "score", "probability", "spread", "seed_spread", "rank"
SIGN, KNOWN, FOLD, SPLIT, CORRELATION = "sign", "known", "fold", "split", "correlation"
# rejected rows
FILE, REASON, NAME = "file", "reason", "name"
# nodes
IN_DEGREE, OUT_DEGREE, COMMUNITY = "in_degree", "out_degree", "community"

GENES = pa.schema([(SYMBOL, pa.string()), (ID, pa.string()), (IS_TF, pa.bool_()), (N_IMAGES, pa.int32())])
IMAGES = pa.schema(
    [
        (SYMBOL, pa.string()),
        (VIEW, pa.string()),
        (STAGE, pa.string()),
        (SOURCE, pa.string()),
        (ROW, pa.int64()),
    ]
)
LABELLED_PAIRS = pa.schema(
    [(TF, pa.string()), (TARGET, pa.string()), (LABEL, pa.int8()), (SOURCE, pa.string()), (ROW, pa.int64())]
)
REJECTED = pa.schema([(FILE, pa.string()), (ROW, pa.int64()), (NAME, pa.string()), (REASON, pa.string())])
PAIR_ARROW = " -> "
"""Between the two names of a refused pair."""

TRUTH = pa.schema([(TF, pa.string()), (TARGET, pa.string()), (SIGN, pa.int8())])
OUT_OF_FOLD = pa.schema(
    [
        (TF, pa.string()),
        (TARGET, pa.string()),
        (LABEL, pa.int8()),
        (FOLD, pa.int8()),
        (PROBABILITY, pa.float64()),
    ]
)
CROSSVAL = pa.schema(
    [
        (SPLIT, pa.string()),
        (TF, pa.string()),
        (TARGET, pa.string()),
        (LABEL, pa.int8()),
        (FOLD, pa.int8()),
        (PROBABILITY, pa.float64()),
    ]
)
SCORES = pa.schema(
    [
        (TF, pa.string()),
        (TARGET, pa.string()),
        (SCORE, pa.float32()),
        (PROBABILITY, pa.float32()),
        (SPREAD, pa.float32()),
        (SEED_SPREAD, pa.float32()),
        (CORRELATION, pa.float32()),
        (LABEL, pa.int8()),
    ]
)
"""Every candidate. `score`: mean logit; `probability`: calibrated; `spread`: standard deviation of the probabilities of
the folds, each the mean of its seeds (0 where one fold alone may score the pair); `seed_spread`: that of the seeds,
each the mean of its folds, null where there is one seed; `correlation`: Pearson r, null without expression; `label`: 1
or 0 where the pair was among the known edges that the model was trained on (then the members that did not see it have
scored it), null for all others."""
EDGES = pa.schema(
    [
        (TF, pa.string()),
        (TARGET, pa.string()),
        (PROBABILITY, pa.float32()),
        (SPREAD, pa.float32()),
        (SEED_SPREAD, pa.float32()),
        (SCORE, pa.float32()),
        (RANK, pa.int64()),
        (CORRELATION, pa.float32()),
        (SIGN, pa.string()),
        (KNOWN, pa.bool_()),
    ]
)
"""The kept edges, best first. `rank`: 1 is the best of all candidates; `sign`: one of SIGNS."""
NODES = pa.schema(
    [
        (SYMBOL, pa.string()),
        (ID, pa.string()),
        (IS_TF, pa.bool_()),
        (N_IMAGES, pa.int32()),
        (IN_DEGREE, pa.int32()),
        (OUT_DEGREE, pa.int32()),
        (COMMUNITY, pa.int32()),
    ]
)
RANGES = {
    LABEL: (0, 1),
    PROBABILITY: (0, 1),
    SPREAD: (0, 1),
    SEED_SPREAD: (0, 1),
    CORRELATION: (-1.001, 1.001),
    RANK: (1, 2**62),
    FOLD: (0, 127),
    N_IMAGES: (0, 2**31),
    IN_DEGREE: (0, 2**31),
    OUT_DEGREE: (0, 2**31),
}
"""Least and greatest number of a column, wherever it occurs; all numbers are finite. A correlation may be rounded."""
ACTIVATION, REPRESSION, UNKNOWN_SIGN = "activation", "repression", "unknown"
SIGNS = (ACTIVATION, REPRESSION, UNKNOWN_SIGN)


def list_nullable(schema: pa.Schema) -> tuple[str, ...]:
    """Return the columns of a table that may hold nulls; those of all others are damaged where they do."""
    everywhere = (ID, SPREAD, SEED_SPREAD, CORRELATION)
    return (*everywhere, LABEL) if schema.equals(SCORES) else everywhere


def empty_table(schema: pa.Schema) -> pd.DataFrame:
    """Return a table of `schema` without rows."""
    frame: pd.DataFrame = schema.empty_table().to_pandas()
    return frame
