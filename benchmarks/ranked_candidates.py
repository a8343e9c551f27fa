"""Every candidate of a dataset with grnet's score, and rankings that need no model beside it.

Enter: a dataset directory, or a table of pairs with the edges that are known. Leave: a table of all candidates, AUROC
and AUPRC of rankings, and what probabilities promise beside what is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import grnet
from grnet.evaluation.metrics import auprc, auroc
from grnet.schema.arrays import Bools, Float64
from grnet.schema.tables import CORRELATION, PROBABILITY, SCORE, TARGET, TF
from grnet.schema.training_config import KNOWN_NETWORK

DIGITS = 4
TOPS = (100, 1000)
GRNET = "grnet"


def score_candidates(dataset: Path, folder: Path, *, known_network: bool = True) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Train an RNA model and score all candidates; return them, and the summary of the network.

    Runs and networks that are in the folder are taken as they are.
    """
    run, network = folder / "run", folder / "network"
    if not run.exists():
        grnet.train(dataset, run, modality="rna", without=() if known_network else (KNOWN_NETWORK,), report="pair")
    if not network.exists():
        grnet.infer_network(run, network)
    loaded = grnet.load_network(network)
    return pd.concat(loaded.scores(), ignore_index=True), loaded.summary


def rank_beside_rules(pairs: pd.DataFrame, true: Bools, known: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return AUROC and AUPRC of grnet, of |r|, and of the known edges by :func:`list_graph_rules`.

    Parameters
    ----------
    pairs : DataFrame
        Scored candidates, in the columns of `SCORES`.
    true : bool array [P]
        Which of them are edges.
    known : DataFrame
        Columns tf and target: the positives that grnet was trained on.
    """
    rankings = {
        GRNET: pairs[SCORE].to_numpy(np.float64),
        "|r|": pairs[CORRELATION].abs().fillna(0.0).to_numpy(np.float64),
        **list_graph_rules(pairs, known),
    }
    return {name: state_ranking(true, scores) for name, scores in rankings.items()}


def list_graph_rules(pairs: pd.DataFrame, known: pd.DataFrame) -> dict[str, Float64]:
    """Return the scores of pairs by rules that look at nothing but known edges.

    "known degrees": log(1 + known targets of the TF) + log(1 + known regulators of the target). "reverse pair, then
    degrees": pairs of which the reverse is known before all others, both in the order of their degrees.
    """
    targets, regulators = known[TF].value_counts(), known[TARGET].value_counts()
    degrees = np.log1p(pairs[TF].map(targets).fillna(0.0).to_numpy(np.float64))
    degrees = degrees + np.log1p(pairs[TARGET].map(regulators).fillna(0.0).to_numpy(np.float64))
    reverse = mark_pairs(pairs, known.rename(columns={TF: TARGET, TARGET: TF}))
    return {
        "known degrees": degrees,
        "reverse pair, then degrees": degrees + reverse * (1.0 + degrees.max(initial=0.0)),
    }


def mark_pairs(pairs: pd.DataFrame, listed: pd.DataFrame) -> Bools:
    """Return which pairs are in a list, bool [P]; both have the columns tf and target."""
    found: Bools = pd.MultiIndex.from_frame(pairs[[TF, TARGET]]).isin(pd.MultiIndex.from_frame(listed[[TF, TARGET]]))
    return found


def state_ranking(true: Bools, scores: Float64) -> dict[str, float]:
    """Return AUROC and AUPRC; pairs of equal score count as if in random order."""
    return {"auroc": round(auroc(true, scores), DIGITS), "auprc": round(auprc(true, scores), DIGITS)}


def compare_promise(unseen: pd.DataFrame, true: Bools, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the most probable unseen candidates promise, what is true of them, and whether grnet only ranks."""
    ordered = unseen.assign(true=true).sort_values(
        [PROBABILITY, SCORE, TF, TARGET], ascending=[False, False, True, True], kind="stable"
    )
    tops = {
        f"top {top:,}": {
            "promised": round(float(ordered[PROBABILITY].head(top).mean()), DIGITS),
            "true": round(float(ordered["true"].head(top).mean()), DIGITS),
        }
        for top in TOPS
    }
    prior = {name: summary["prior"][name] for name in ("value", "low", "high")}
    return {**tops, "prior": prior, "true_prior": float(np.mean(true)), "ranking_only": summary["ranking_only"]}
