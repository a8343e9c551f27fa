"""Known edges and refused rows → the labelled rows of the file as it was, which is how papers count and split them."""

from __future__ import annotations

import pandas as pd

from grnet.dataset.findings import Reason
from grnet.schema.tables import LABEL, LABELLED_PAIRS, NAME, PAIR_ARROW, REASON, ROW, TARGET, TF, empty_table


def restore_rows(known_edges: pd.DataFrame, rejected: pd.DataFrame, *, self_pairs: bool = False) -> pd.DataFrame:
    """Return the labelled rows of the file in its order with its repeats, as protocols of papers count them.

    Parameters
    ----------
    known_edges, rejected : DataFrame
        Of a dataset.
    self_pairs : bool
        Also return pairs of a gene with itself.

    Returns
    -------
    DataFrame
        The columns tf, target, label, row; sorted by row.
    """
    reasons = [Reason.REPEATED_PAIR, Reason.SELF_PAIR] if self_pairs else [Reason.REPEATED_PAIR]
    parts = rejected[REASON].str.extract(r"^(?P<kind>[^:]+): label (?P<label>[01])")
    wanted = parts["kind"].isin([reason.value for reason in reasons])
    ends = rejected.loc[wanted, NAME].str.split(PAIR_ARROW, n=1, expand=True, regex=False)
    refused = pd.DataFrame(columns=[TF, TARGET, LABEL, ROW])
    if wanted.any():
        refused = pd.DataFrame(
            {TF: ends[0], TARGET: ends[1], LABEL: parts.loc[wanted, LABEL], ROW: rejected.loc[wanted, ROW]}
        )
    kept = (
        known_edges[[TF, TARGET, LABEL, ROW]]
        if len(known_edges)
        else empty_table(LABELLED_PAIRS)[[TF, TARGET, LABEL, ROW]]
    )
    every = pd.concat([kept, refused]) if len(refused) else kept
    return every.astype({LABEL: "int8", ROW: "int64"}).sort_values(ROW, kind="stable", ignore_index=True)
