"""Folds that somebody else made, for `grnet crossval --split paper`, which cuts the label file into equal blocks.

Enter: labelled pairs with a fold each. Leave: rows of which each block is one fold, and figures of their predictions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from grnet.evaluation.metrics import classification_metrics
from grnet.schema.tables import FOLD, LABEL, PROBABILITY, TARGET, TF

DIGITS = 4
FIGURES = ("accuracy", "auroc", "auprc")


def pad_folds(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows fold by fold, the first of a fold repeated at its end until all folds have as many.

    A repeat within a fold tells nothing new in training, and :func:`judge_folds` counts it once.

    Parameters
    ----------
    rows : DataFrame
        Columns tf, target, label and fold.
    """
    parts = [part for _, part in rows.groupby(FOLD, sort=True)]
    largest = max(map(len, parts))
    return pd.concat([part.iloc[np.arange(largest) % len(part)] for part in parts], ignore_index=True)


def judge_folds(tested: pd.DataFrame, known: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the figures of out-of-fold probabilities, means over folds.

    "all pairs" are the distinct pairs of each fold. "new pairs" are those of two genes that are in no other fold, nor
    is their reverse.

    Parameters
    ----------
    tested : DataFrame
        Columns tf, target, label, fold and probability, as `out_of_fold.parquet` has them.
    known : DataFrame
        What :func:`pad_folds` returned.

    Raises
    ------
    SystemExit
        A pair was tested in a fold that is not its own.
    """
    distinct = tested.drop_duplicates([TF, TARGET, FOLD])
    own = set(zip(known[TF], known[TARGET], known[FOLD], strict=True))
    strange = sum(key not in own for key in zip(distinct[TF], distinct[TARGET], distinct[FOLD], strict=True))
    if strange:
        raise SystemExit(f"{strange} of {len(distinct)} pairs were tested in another fold than the one given")
    folds: dict[frozenset[str], set[int]] = {}
    for tf, target, fold in own:
        folds.setdefault(frozenset((tf, target)), set()).add(fold)
    unordered = [frozenset(pair) for pair in zip(distinct[TF], distinct[TARGET], strict=True)]
    new = np.array([len(pair) == 2 and len(folds[pair]) == 1 for pair in unordered], dtype=bool)
    return {"all pairs": average(distinct), "new pairs": average(distinct[new])}


def average(tested: pd.DataFrame) -> dict[str, float]:
    """Return the number of pairs and the means of the figures over folds."""
    each = [classification_metrics(part[LABEL], part[PROBABILITY]).to_json() for _, part in tested.groupby(FOLD)]
    means = {name: round(float(np.mean([figures[name] for figures in each])), DIGITS) for name in FIGURES}
    return {"pairs": len(tested), **means}
