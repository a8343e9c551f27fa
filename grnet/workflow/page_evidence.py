"""The evidence for the edges that a network's page shows, asked of the run that scored them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from grnet.dataset.directory import Dataset
from grnet.explanation.evidence import explain_pairs
from grnet.models.run_folder import Run
from grnet.network.places import find_places
from grnet.network.shards import read_shards
from grnet.schema.calibration import CandidateCalibration
from grnet.schema.evidence import Evidence
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates

EXPLAINED = {"late": 5000, "sdinet": 200}
"""Architecture → edges on a page with evidence, the strongest: a network of the paper takes a second for each."""
LOOKED_AT = {"late": 300, "sdinet": 20}
"""Of these the strongest with images of both genes, for which the page shows where the models look."""


def gather_evidence(
    network: Path,
    trained: tuple[Run, Dataset, Candidates],
    calibration: CandidateCalibration,
    edges: pd.DataFrame,
) -> Evidence:
    """Return the evidence for the strongest edges of a network.

    Parameters
    ----------
    network : Path
        A folder with finished scores; they are read once.
    trained : Run, Dataset, Candidates
        What scored them.
    calibration : CandidateCalibration
        What made probabilities of the scores.
    edges : DataFrame
        Columns of `EDGES`, best first.
    """
    run, dataset, candidates = trained
    shown = edges.head(EXPLAINED[run.architecture])
    places = find_places(lambda: read_shards(network, check_bytes=False), shown)
    pairs = PairIndex.from_frame(shown, dataset.genes)
    return explain_pairs(run, dataset, candidates, calibration, pairs, places, saliency=LOOKED_AT[run.architecture])
