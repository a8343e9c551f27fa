"""Tables of candidates as the stream that an evaluation reads, for the tests of the evaluation room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from grnet.evaluation.candidate_stream import CandidateBlock, CandidateStream
from grnet.schema.arrays import Int32


def as_stream(table: pd.DataFrame, *, rows: int = 4) -> CandidateStream:
    """Return the candidates in blocks of `rows`; genes get numbers as they come."""
    numbers: dict[str, int] = {}

    def number(names: Sequence[str]) -> Int32:
        return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int32)

    def read_blocks() -> Iterator[CandidateBlock]:
        for start in range(0, max(len(table), 1), rows):
            part = table.iloc[start : start + rows]
            yield CandidateBlock(
                number(part["tf"].tolist()),
                number(part["target"].tolist()),
                part["score"].to_numpy(),
                part["probability"].to_numpy(),
                part["correlation"].to_numpy(float),
                part["label"].astype("Int8").fillna(-1).to_numpy(np.int8),
                part["kept"].to_numpy(bool) if "kept" in part else None,
            )

    return CandidateStream(read_blocks(), number)
