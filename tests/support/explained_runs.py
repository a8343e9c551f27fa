"""Trained runs opened for the tests of the explanation room: with their candidates, and the table of all scores."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from late_models import weigh_all_parts, weigh_images
from scored_candidates import plain_calibration

from grnet.architectures.late.scorer import LateScorer
from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import load_dataset
from grnet.explanation.evidence import explain_pairs
from grnet.schema.evidence import Evidence, Place, Places
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates
from grnet.scoring.score_blocks import score_block

NOWHERE = Places(Place(1, 1), Place(1, 1), None, None)


def open_run(folder: Path, *, image_weight: float | None = None) -> SimpleNamespace:
    """Return a run with its dataset, candidates, calibration and scores.

    With an `image_weight`, all parts of late interaction count, those of images so much beside RNA.
    """
    run = load_run(folder)
    dataset = load_dataset(run.dataset_path)
    candidates = Candidates(run, dataset, device="cpu")
    if image_weight is not None and isinstance(candidates.scorer, LateScorer):
        weigh_candidates(candidates, image_weight)
    calibration = plain_calibration(run, candidates.scorer.n_models)
    table = score_block(candidates, calibration, candidates.tfs, np.arange(len(dataset.genes))).to_pandas()
    return SimpleNamespace(run=run, dataset=dataset, candidates=candidates, calibration=calibration, table=table)


def weigh_candidates(candidates: Candidates, image_weight: float) -> None:
    """Let all parts of the models that score candidates count, those of images so much beside RNA."""
    scorer = candidates.scorer
    assert isinstance(scorer, LateScorer)
    models = scorer.ensemble.models
    for number, model in enumerate(models):
        weigh_all_parts(model, seed=number)
        weigh_images(model, image_weight)
    candidates.scorer = LateScorer(models, scorer.features, scorer.device, tfs=scorer.tfs, dtype=scorer.ensemble.dtype)


def explain(opened: SimpleNamespace, table: pd.DataFrame, **options: Any) -> Evidence:
    """Return the evidence for the pairs of a table; where they stand is not looked up."""
    pairs = PairIndex.from_frame(table, opened.dataset.genes)
    given = (opened.run, opened.dataset, opened.candidates, opened.calibration, pairs)
    return explain_pairs(*given, [NOWHERE] * len(pairs), **options)
