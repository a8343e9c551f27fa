"""Which fraction of a run's candidates is edges, settled before they are scored, and kept beside the scores."""

from __future__ import annotations

from pathlib import Path

from grnet.probability.prior_fit import CandidateScores, PriorFit, fit_prior, read_prior_fit
from grnet.schema.network_folder import CALIBRATION_FILE
from grnet.schema.progress import SILENT, Progress
from grnet.scoring.candidate_sample import sample_scores
from grnet.scoring.candidates import Candidates
from grnet.storage.documents import write_json


def settle_prior(
    candidates: Candidates, folder: Path, *, prior: float | None, seed: int, progress: Progress = SILENT
) -> PriorFit:
    """Return the prior and the map from logits to probabilities, and write them as `calibration.json`.

    Parameters
    ----------
    candidates : Candidates
    folder : Path
        Where the scores are going to be; a file that is there is taken as it is, so that work that goes on ends with
        the same bytes.
    prior : float or None
        Fraction of the candidates without a label that are edges; None estimates it.
    seed : int
        Of the sample of candidates, and of the interval.
    progress : Progress
    """
    file = folder / CALIBRATION_FILE
    if file.is_file():
        return read_prior_fit(file)
    scores = compare_scores(candidates, seed=seed, progress=progress)
    fit = fit_prior(scores, prior=prior, seed=seed)
    write_json(fit.to_json(), file)
    return fit


def compare_scores(candidates: Candidates, *, seed: int, progress: Progress = SILENT) -> CandidateScores:
    """Return what the models say of the known edges and of a sample of candidates."""
    sample = sample_scores(candidates, seed=seed, progress=progress)
    return CandidateScores(
        known=sample.known,
        known_folds=sample.known_folds,
        known_tfs=sample.known_tfs,
        candidates=sample.candidates,
        candidate_tfs=sample.candidate_tfs,
        n_known=len(candidates.known.positive),
        n_candidates=candidates.total - len(candidates.known.pairs),
    )
