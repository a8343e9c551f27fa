"""What the members of an ensemble say of a block of candidates → a table of SCORES."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from grnet.probability.calibration import CandidateCalibration
from grnet.schema.arrays import Float32, Indices
from grnet.schema.tables import CORRELATION, LABEL, PROBABILITY, SCORE, SCORES, SEED_SPREAD, SPREAD, TARGET, TF
from grnet.scoring.candidates import Candidates, ScoredPairs


@dataclass(frozen=True)
class PairFigures:
    """What comes of the logits of pairs.

    Attributes
    ----------
    score, probability, spread, seed_spread : float32 arrays [P]
        As in SCORES; `seed_spread` is NaN where there is one seed.
    of_folds : float32 array [K, P]
        The probability that the members of each fold give, those that were trained on the pair too.
    """

    score: Float32
    probability: Float32
    spread: Float32
    seed_spread: Float32
    of_folds: Float32


def score_block(
    candidates: Candidates,
    calibration: CandidateCalibration,
    rows: Indices,
    columns: Indices,
) -> pa.Table:
    """Return the SCORES table of the candidates among some TFs and some targets, TF by TF.

    Parameters
    ----------
    candidates : Candidates
    calibration : CandidateCalibration
        What makes probabilities of logits.
    rows, columns : int64 arrays
        TFs and targets.
    """
    pairs = candidates.score_pairs(rows, columns)
    figures = work_out_figures(pairs, calibration)
    columns_of = {
        TF: _as_names(pairs.tf, candidates.symbols),
        TARGET: _as_names(pairs.target, candidates.symbols),
        SCORE: pa.array(figures.score),
        PROBABILITY: pa.array(figures.probability),
        SPREAD: pa.array(figures.spread),
        SEED_SPREAD: pa.array(figures.seed_spread, from_pandas=True),
        CORRELATION: pa.array(pairs.correlation, from_pandas=True),
        LABEL: pa.array(pairs.label, mask=~pairs.labelled),
    }
    return pa.table([columns_of[name] for name in SCORES.names], names=SCORES.names)


def work_out_figures(pairs: ScoredPairs, calibration: CandidateCalibration) -> PairFigures:
    """Return score, probability and spreads of pairs, as tables of SCORES have them.

    Parameters
    ----------
    pairs : ScoredPairs
    calibration : CandidateCalibration
        What makes probabilities of logits.
    """
    labelled, n_folds = pairs.labelled, calibration.folds
    score = pairs.logits.mean(axis=0, dtype=np.float64)
    probability, of_folds = calibration.together(pairs.logits), calibration.by_fold(pairs.logits)  # [P], [K, P]
    spread = of_folds.std(axis=0)
    if labelled.any():
        of_folds[:, labelled] = calibration.by_unseen(pairs.logits[:, labelled])
        score[labelled] = pairs.of_unseen(pairs.logits, n_folds).mean(axis=0, dtype=np.float64)
        probability[labelled] = of_folds[pairs.fold[labelled], np.flatnonzero(labelled)]
        spread[labelled] = 0.0
    figures = (score, probability, spread, _spread_seeds(pairs, calibration), of_folds)
    return PairFigures(*(values.astype(np.float32) for values in figures))


def _as_names(genes: Indices, symbols: npt.NDArray[np.object_]) -> pa.DictionaryArray:
    """Return the symbols of genes [P], each stored once."""
    present, place = np.unique(genes, return_inverse=True)
    return pa.DictionaryArray.from_arrays(place.astype(np.int32), pa.array(symbols[present], pa.string()))


def _spread_seeds(pairs: ScoredPairs, calibration: CandidateCalibration) -> Float32:
    """Return the standard deviation of the probabilities that the seeds give to each pair; NaN for one seed."""
    n_seeds = len(calibration.levels) // calibration.folds
    if n_seeds == 1:
        return np.full(len(pairs.tf), np.nan, dtype=np.float32)
    of_seeds = calibration.by_seed(pairs.logits)  # [S, P]
    of_seeds[:, pairs.labelled] = pairs.of_unseen(calibration.by_member(pairs.logits), calibration.folds)
    spread: Float32 = of_seeds.std(axis=0).astype(np.float32)
    return spread
