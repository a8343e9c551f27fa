"""Candidates of a run scored with a plain map from logits to probabilities, where the prior does not matter."""

from __future__ import annotations

from pathlib import Path

from grnet.architectures.run_folder import Run
from grnet.dataset.directory import Dataset
from grnet.probability.calibration import Calibration, CandidateCalibration
from grnet.schema.progress import SILENT, Progress
from grnet.scoring.candidates import Candidates
from grnet.scoring.crews import LocalCrew
from grnet.scoring.scoring import ScoringSummary, plan_scoring, score_candidates

PLAIN = Calibration("platt", (-1.0, 1.0), (-1.25, 0.5), 100)
"""A map that no logit and no probability comes through unchanged."""


def plain_calibration(run: Run, n_members: int | None = None) -> CandidateCalibration:
    """Return `PLAIN` for every member, all on one level."""
    return CandidateCalibration((0.0,) * (n_members or run.folds), run.folds, PLAIN)


def score_all(
    run: Run,
    dataset: Dataset,
    folder: Path,
    *,
    device: str = "cpu",
    batch_pairs: int | None = None,
    progress: Progress = SILENT,
) -> ScoringSummary:
    """Score every candidate into `folder`, but what is there already."""
    candidates, calibration = Candidates(run, dataset, device=device), plain_calibration(run)
    manifest = plan_scoring(candidates, folder, {"of": "a test"}, batch_pairs=batch_pairs)
    return score_candidates(candidates, calibration, manifest, LocalCrew([candidates], calibration), progress=progress)
