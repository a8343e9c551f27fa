"""Tables of scored candidates as the network room takes them: all columns there, probabilities and scores not null."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from grnet.schema.errors import FormatError
from grnet.schema.tables import CORRELATION, LABEL, PROBABILITY, SCORE, SCORES, SEED_SPREAD, SPREAD, TARGET, TF

Shards = Callable[[], Iterator[pd.DataFrame]]
"""Returns a new iterator over tables of `SCORES`, every candidate once, each time it is called."""


def check_table(shard: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of `SCORES` in types that tables can be joined in.

    Raises
    ------
    FormatError
        A column is missing, or a probability or score is null.
    """
    missing = [name for name in SCORES.names if name not in shard.columns]
    if missing:
        raise FormatError(f"a score table lacks {', '.join(missing)}; expected the columns {', '.join(SCORES.names)}")
    numbers = dict.fromkeys((SCORE, PROBABILITY, SPREAD, SEED_SPREAD, CORRELATION, LABEL), "float32")
    checked = shard[list(SCORES.names)].astype({TF: "str", TARGET: "str", **numbers})
    for name in (PROBABILITY, SCORE):
        empty = np.flatnonzero(checked[name].isna())
        if len(empty):
            first = checked.iloc[empty[0]]
            raise FormatError(
                f"{len(empty)} candidates have no {name}, the first is {first[TF]!r} → {first[TARGET]!r}; "
                "every candidate needs one: score them again"
            )
    return checked
