"""What the figures of a report card are called in the tables that people read."""

from __future__ import annotations

from collections.abc import Sequence

from grnet.evaluation.concordance import Concordance

FIGURE_NAMES = {
    "accuracy": "accuracy",
    "f1": "F1",
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "auprc_ratio": "AUPRC / base",
    "early_precision_ratio": "EP / base",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}
"""Key of a figure → name of its column, in the order of the columns."""


def name_columns(figures: Sequence[str], concordance: Concordance) -> dict[str, str]:
    """Return the names of the columns of some figures by key, with the concordance in its place: after AUPRC.

    Parameters
    ----------
    figures : sequence of str
        Keys of FIGURE_NAMES, with "auprc".
    concordance : Concordance
        The one of the card.
    """
    columns = {}
    for key in figures:
        columns[key] = FIGURE_NAMES[key]
        if key == "auprc":
            columns[concordance.key] = concordance.title
    return columns
