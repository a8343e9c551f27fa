"""`grnet demo`: the main job on the synthetic embryo, from a lab's raw files to a network that is checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grnet.dataset.embryo import LabSummary
from grnet.dataset.summary import DatasetSummary
from grnet.evaluation.network_evaluation import NetworkEvaluation
from grnet.schema.progress import Progress
from grnet.schema.training_config import MODALITIES
from grnet.storage.folders import folder_in_place
from grnet.workflow.evaluate import evaluate
from grnet.workflow.infer_network import InferenceResult, infer_network
from grnet.workflow.prepare import prepare
from grnet.workflow.progress import resolve_progress
from grnet.workflow.simulate import simulate
from grnet.workflow.train import train
from grnet.workflow.training_report import TrainingResult


@dataclass(frozen=True)
class DemoResult:
    """What the demo made, step by step.

    Attributes
    ----------
    path : Path
        The folder that holds lab/, dataset/, run-rna/, run-image/, run-fused/, network/ and evaluation/.
    lab : LabSummary
    dataset : DatasetSummary
    runs : dict of modality to TrainingResult
    inference : InferenceResult
    novel : NetworkEvaluation
        Candidates that no model was trained on, against every true edge.
    """

    path: Path
    lab: LabSummary
    dataset: DatasetSummary
    runs: dict[str, TrainingResult]
    inference: InferenceResult
    novel: NetworkEvaluation

    @property
    def page(self) -> Path:
        """The page to open."""
        return self.path / "network" / "network.html"


def demo(out: str | Path, *, seed: int = 0, overwrite: bool = False, progress: bool | Progress = False) -> DemoResult:
    """Simulate an embryo, prepare its files, train on RNA, images and both, infer and evaluate the network.

    Parameters
    ----------
    out : path
        The folder to write; each step makes a folder in it. It vanishes if the demo does not finish.
    seed : int
        Of the embryo and of the training.
    overwrite : bool
        Replace `out` where it is there; if the demo does not finish, the old one is put back.
    progress : bool or Progress
        True shows how far the work is, on a terminal or in a notebook.

    Returns
    -------
    DemoResult

    Raises
    ------
    OutputExistsError
        `out` is there and `overwrite` is False.
    """
    progress = resolve_progress(progress)
    folder = Path(out)
    with folder_in_place(folder, overwrite=overwrite, marker="lab/truth.parquet"):
        lab = simulate(folder / "lab", seed=seed, progress=progress)
        dataset = prepare_lab(folder / "lab", folder / "dataset", progress=progress)
        runs: dict[str, TrainingResult] = {}
        for modality in MODALITIES:
            progress.say(f"train --modality {modality}")
            runs[modality] = train(
                folder / "dataset",
                folder / f"run-{modality}",
                modality=modality,
                seed=seed,
                report="pair",
                progress=progress,
            )
        inference = infer_network(folder / "run-fused", folder / "network", progress=progress)
        truth = folder / "lab" / "truth.parquet"
        novel = evaluate(folder / "network", truth, out=folder / "evaluation", universe="all", novel_only=True)
    return DemoResult(folder, lab, dataset, runs, inference, novel)


def prepare_lab(lab: Path, out: Path, *, progress: bool | Progress = False) -> DatasetSummary:
    """Prepare the raw files that :func:`grnet.simulate` wrote."""
    return prepare(
        out,
        expression=[lab / "expression_tfs.csv", lab / "expression_genes.tsv.gz"],
        tfs=lab / "tfs.txt",
        known_edges=lab / "known_edges.csv",
        images=lab / "images",
        name="synthetic embryo",
        units="log2(CPM + 1)",
        progress=progress,
    )
