"""The report of a training or a cross-validation: one or more evaluated splits → their cards, notes and page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from grnet.architectures.base import TrainingData
from grnet.architectures.registry import find_architecture
from grnet.architectures.workers import Workers, open_workers
from grnet.dataset.directory import Dataset
from grnet.evaluation.report_card import SPLIT_NAMES, ReportCard
from grnet.reports.card_page import write_cards_page
from grnet.schema.configs import to_plain
from grnet.schema.errors import InputError
from grnet.schema.features import GeneFeatures
from grnet.schema.notebook import render_block, render_lines
from grnet.schema.progress import SILENT, Progress
from grnet.schema.training_config import SplitName, TrainConfig
from grnet.training.crossfit import start_folds
from grnet.training.measurement_ablation import fit_without_each
from grnet.training.training_data import divide_training_data
from grnet.workflow.baseline_scores import score_split
from grnet.workflow.cluster_workers import ClusterWorkers
from grnet.workflow.split_report import SplitReport, as_sentence, report_split

if TYPE_CHECKING:
    from grnet.scoring.dask_cluster import Cluster


@dataclass(frozen=True)
class TrainingResult:
    """What a training run says of itself.

    Attributes
    ----------
    cards : dict of split to ReportCard
        The first is of the run's own models; the others are of models that were fitted for the report only.
    notes : tuple of str
        What was left out or sampled, how far images are trusted, which splits could not be made.
    """

    cards: dict[str, ReportCard]
    notes: tuple[str, ...]

    @property
    def card(self) -> ReportCard:
        """The report card of the run's own models."""
        return next(iter(self.cards.values()))

    def _repr_html_(self) -> str:
        cards = [card._repr_html_() for card in self.cards.values()]
        return render_block("Trained model", *cards, render_lines(f"note: {note}" for note in self.notes))


@dataclass(frozen=True)
class Divisions:
    """The labelled pairs of a dataset divided in several ways, and the reason by each split that cannot be made."""

    dataset: Dataset
    data: dict[SplitName, TrainingData]
    refused: dict[SplitName, str]

    @classmethod
    def make(cls, dataset: Dataset, config: TrainConfig, first: TrainingData, splits: Sequence[SplitName]) -> Divisions:
        """Divide by further splits; `first` is divided by the first of them already."""
        data, refused = {splits[0]: first}, {}
        for split in splits[1:]:
            try:
                data[split] = divide_training_data(first, dataset, config, split)
            except InputError as error:
                refused[split] = str(error)
        return cls(dataset, data, refused)


def fit_and_report(
    divisions: Divisions,
    config: TrainConfig,
    folders: Mapping[SplitName, Path | None],
    *,
    device: torch.device,
    calibrate: bool = True,
    cluster: Cluster | None = None,
    progress: Progress = SILENT,
) -> list[SplitReport]:
    """Fit and judge the models of each split.

    Parameters
    ----------
    divisions : Divisions
    config : TrainConfig
    folders : mapping of split to Path or None
        Where fold models are written; None keeps them nowhere.
    device : torch.device
    calibrate : bool
        See :func:`grnet.workflow.split_report.report_split`.
    cluster : Cluster, optional
        Whose workers fit models and score baselines; else processes of this machine do.
    progress : Progress

    Raises
    ------
    InputError
        A training diverged.
    """
    judged = []
    first = next(iter(divisions.data.values()))
    fast = find_architecture(config.architecture).costs.trains_fast  # else folds are fitted here, one after the other
    n_tasks = len(divisions.data) * (1 + config.seeds * config.folds * fast)
    alone = len(divisions.data) == 1
    titles = {split: "training" if alone else f"{SPLIT_NAMES[split]}: training" for split in divisions.data}

    def hire(features: GeneFeatures, n_pieces: int) -> AbstractContextManager[Workers]:
        if cluster is not None:
            return nullcontext(ClusterWorkers(cluster, features))
        return open_workers(features, device, n_tasks=n_pieces)

    with hire(first.features, n_tasks) as workers:
        baselines = {
            split: workers.submit(score_split, data.training, data.n_genes, data.tfs, split, config.seed)
            for split, data in divisions.data.items()
        }
        fits = {
            split: start_folds(
                data, config, folders[split], device=device, workers=workers, title=titles[split], progress=progress
            )
            for split, data in divisions.data.items()
        }
        for split, data in divisions.data.items():
            crossfit, title = fits[split](), titles[split]
            without = {}
            if config.ablation == "measurements":
                without = dict(
                    fit_without_each(
                        data, divisions.dataset, config, device=device, hire=hire, title=title, progress=progress
                    )
                )
            simple = baselines[split]()
            judged.append(
                report_split(split, data, crossfit, config, calibrate=calibrate, baselines=simple, without=without)
            )
    return judged


def gather_notes(judged: Sequence[SplitReport], refused: Mapping[SplitName, str]) -> tuple[str, ...]:
    """Return the notes of all splits; one that does not hold for all of them says for which it does.

    What cards note of their intervals stands beside their figures.
    """
    notes: dict[str, None] = {}
    for entry in judged:
        for note in entry.notes:
            everywhere = all(note in other.notes for other in judged)
            notes[note if everywhere else f"{entry.card.title}: {note}"] = None
    for split, reason in refused.items():
        notes[f"{SPLIT_NAMES[split]}: not evaluated, since {reason}"] = None
    return tuple(notes)


def write_report(
    file: Path, judged: Sequence[SplitReport], *, title: str, config: TrainConfig, notes: Sequence[str]
) -> None:
    """Write the page of all evaluated splits."""
    write_cards_page(
        file,
        [entry.card for entry in judged],
        title=title,
        history={entry.split: entry.tabulate_history() for entry in judged},
        settings=to_plain(config),
        notes=[as_sentence(note) for note in notes],
    )
