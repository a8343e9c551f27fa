"""The evidence for the edges that a network's page shows, computed with the run that scored them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from grnet.architectures.run_folder import Run
from grnet.dataset.directory import Dataset
from grnet.explanation.evidence import explain_pairs
from grnet.network.edge_places import find_places
from grnet.probability.calibration import CandidateCalibration
from grnet.schema.evidence import Evidence
from grnet.schema.genes import PairIndex
from grnet.scores.reader import read_shards
from grnet.scoring.candidates import Candidates
from grnet.workflow.kept_edges import KeptEdges, explained_edges


def gather_evidence(
    network: Path,
    trained: tuple[Run, Dataset, Candidates],
    calibration: CandidateCalibration,
    edges: pd.DataFrame,
    *,
    scored: KeptEdges | None = None,
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
    scored : KeptEdges, optional
        What the models say of the edges, where that is at hand.
    """
    run, dataset, candidates = trained
    shown = explained_edges(edges, candidates)
    places = find_places(lambda: read_shards(network, check_bytes=False), shown)
    pairs = PairIndex.from_frame(shown, dataset.genes)
    logits = None if scored is None else scored.of(np.arange(len(shown)))
    most = candidates.costs.saliency_edges
    return explain_pairs(run, dataset, candidates, calibration, pairs, places, logits=logits, saliency=most)
