"""The figures of a run that the page of its network shows.

Enters: a run. Leaves: JSON values of some ten kilobytes, which the network folder keeps as `report.json`, so that the
page can be drawn again without the run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grnet.architectures.run_folder import Run
from grnet.evaluation.concordance import CONCORDANCES
from grnet.evaluation.curves import calibration_curve
from grnet.evaluation.report_card_inputs import SPLIT_NAMES
from grnet.network.folder import MEND
from grnet.schema.network_folder import REPORT_FILE
from grnet.schema.tables import LABEL, PROBABILITY
from grnet.storage.documents import read_json
from grnet.storage.entries import Flag, Form, ListOf, Number, OrNull, Text, Whole

MEASURES = {
    "AUROC": ("auroc",),
    "concordance within TFs (new TFs: within targets)": tuple(entry.key for entry in CONCORDANCES.values()),
    "AUPRC / base rate": ("auprc_ratio",),
    "accuracy": ("accuracy",),
    "Brier score": ("brier",),
}
"""Name of a column → keys in `metrics.json`, of which a card has one."""
_DIGITS = 4
_CURVE_FORM: Form = {name: ListOf(OrNull(Number(0, 1))) for name in ("mean", "observed", "low", "high")}
_SPLIT_FORM: Form = {
    "title": Text(),
    "n": Whole(0),
    "n_positives": Whole(0),
    "level": Number(0, 1),
    "rows": ListOf({"name": Text(), "is_baseline": Flag(), "figures": ListOf(OrNull(ListOf(OrNull(Number()), 3, 3)))}),
    "findings": ListOf(Text()),
    "warnings": ListOf(Text()),
    "notes": ListOf(Text()),
}
_FORM: Form = {
    "model": Text(),
    "folds": Whole(1),
    "seeds?": Whole(1),
    "calibration": {**_CURVE_FORM, "count": ListOf(Whole(0)), "base_rate": Number(0, 1)},
    "measures": ListOf(Text()),
    "splits": ListOf(_SPLIT_FORM),
}


def read_report(network: Path) -> dict[str, Any]:
    """Return what :func:`report_of` returned when the network in a folder was inferred.

    Raises
    ------
    MissingInputError, FormatError
        The file is absent or damaged.
    """
    return read_json(network / REPORT_FILE, form=_FORM, mend=MEND)


def report_of(run: Run) -> dict[str, Any]:
    """Return what the figures of a page say of a run, the same for the same run.

    Parameters
    ----------
    run : Run

    Returns
    -------
    dict
        `model`: its name; `folds`, `seeds`; `calibration`: reliability of the out-of-fold probabilities, in bins of
        about equal count: `mean`, `observed`, `low`, `high` (95 % interval), `count`, `base_rate`; `measures`: names
        of the columns; `splits`: for each way to hold out pairs its `title`, `n`, `n_positives`, `level` of the
        intervals, `rows` ({name, is_baseline, figures: for each measure [value, low, high] or null}), `findings`
        (sentences: what it adds beyond correlation, what images add), `warnings` (what may mislead), `notes`.
    """
    pairs = run.out_of_fold
    curve = calibration_curve(pairs[LABEL].to_numpy(), pairs[PROBABILITY].to_numpy())
    parts = {"mean": curve.mean, "observed": curve.observed, "low": curve.low, "high": curve.high}
    return {
        "model": str(run.metrics.get("model", "")),
        "folds": run.folds,
        "seeds": run.seeds,
        "calibration": {
            **{name: np.round(values, _DIGITS).tolist() for name, values in parts.items()},
            "count": curve.count.tolist(),
            "base_rate": round(run.base_rate, _DIGITS),
        },
        "measures": list(MEASURES),
        "splits": [_describe_split(name, card) for name, card in run.metrics.get("splits", {}).items()],
    }


def _describe_split(name: str, card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of one report card."""
    verdicts = [card.get("verdict"), (card.get("ablation") or {}).get("verdict")]
    return {
        "title": SPLIT_NAMES.get(name, name),
        "n": int(card["n"]),
        "n_positives": int(card["n_positives"]),
        "level": float(card["bootstrap"]["level"]),
        "rows": [
            {
                "name": str(row["name"]),
                "is_baseline": bool(row["is_baseline"]),
                "figures": [_as_interval(_find_figure(row, keys)) for keys in MEASURES.values()],
            }
            for row in card["rows"]
        ],
        "findings": [str(verdict) for verdict in verdicts if verdict],
        "warnings": [str(warning["text"]) for warning in card.get("warnings", ())],
        "notes": [str(note) for note in card.get("notes", ())],
    }


def _find_figure(row: Mapping[str, Any], keys: Iterable[str]) -> Mapping[str, Any] | None:
    return next((row[key] for key in keys if key in row), None)


def _as_interval(figure: Mapping[str, Any] | None) -> list[float | None] | None:
    """Return value and ends of the interval of a figure, null for what could not be worked out."""
    if figure is None:
        return None
    values = [figure.get(part) for part in ("mean", "low", "high")]
    if values[0] is None or not math.isfinite(values[0]):
        return None
    return [None if value is None or not math.isfinite(value) else round(float(value), _DIGITS) for value in values]
