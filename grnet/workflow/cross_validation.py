"""Cross-validation of a model on one or all splits of the labelled pairs, beside baselines and the paper.

crossval.toml          resolved settings, dataset, split
SPLIT/fold-K/          weights and history of each fold model; SPLIT/seed-S/fold-K/ of further seeds
out_of_fold.parquet    each tested row of each split with the probability from the models that did not see it
metrics.json           the report card of each split
report.html            the same, with plots
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from grnet.architectures.registry import find_architecture
from grnet.architectures.run_folder import describe_dataset
from grnet.dataset.directory import Dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.evaluation.report_card import SPLIT_NAMES, ReportCard
from grnet.schema.configs import to_plain
from grnet.schema.errors import ConfigError
from grnet.schema.folder_kinds import CROSSVAL_FILE
from grnet.schema.notebook import render_block, render_lines
from grnet.schema.progress import SILENT, Progress
from grnet.schema.tables import CROSSVAL
from grnet.schema.training_config import ALL, SPLITS, SPLITS_OF_ALL, SplitName, TrainConfig
from grnet.storage.documents import write_json, write_toml
from grnet.storage.resumable import resumable_folder
from grnet.storage.tables import write_table
from grnet.training.training_data import describe_plan, prepare_training
from grnet.workflow.split_report import SplitReport
from grnet.workflow.training_report import Divisions, fit_and_report, gather_notes, write_report

if TYPE_CHECKING:
    from grnet.scoring.dask_cluster import Cluster

SETTINGS_FILE = CROSSVAL_FILE
FORMAT_VERSION = 2


@dataclass(frozen=True)
class CrossvalResult:
    """What a cross-validation says.

    Attributes
    ----------
    cards : dict of split to ReportCard
    folds : dict of split to dict of name to DataFrame
        For each model the figures of each fold, their mean and standard deviation, see
        :func:`grnet.evaluation.fold_figures.fold_table`.
    paper : tuple of two floats, or None
        Accuracy and F1 of the paper, where its network was trained on its split.
    notes : tuple of str
        What was left out or sampled, which splits could not be made, and what to mind.
    """

    cards: dict[str, ReportCard]
    folds: dict[str, dict[str, pd.DataFrame]]
    paper: tuple[float, float] | None
    notes: tuple[str, ...]

    @property
    def card(self) -> ReportCard:
        """The report card of the split, or of the first of all."""
        return next(iter(self.cards.values()))

    def _repr_html_(self) -> str:
        cards = [card._repr_html_() for card in self.cards.values()]
        return render_block("Cross-validation", *cards, render_lines(f"note: {note}" for note in self.notes))


def crossvalidate(
    dataset: Dataset,
    out: Path,
    config: TrainConfig,
    *,
    split: SplitName | Literal["all"],
    version: str,
    overwrite: bool = False,
    cluster: Cluster | None = None,
    progress: Progress = SILENT,
) -> CrossvalResult:
    """Fit the models of each fold of a split, score the fold that they did not see, and write the folder of figures.

    Parameters
    ----------
    dataset : Dataset
    out : Path
        The folder to write. Where training is slow, folds that were finished before a kill are not fitted again.
    config : TrainConfig
    split : {"pair", "tf", "target", "both", "paper", "all"}
        "all" is pair, tf, target and both; what the known edges are too few for is left out with a note.
    version : str
        Of grnet, for `crossval.toml`.
    cluster : Cluster, optional
        Whose workers fit the models; else processes of this machine do.

    Raises
    ------
    InputError
        Too few known edges that the modality can see.
    OutputExistsError
        `out` is there and `overwrite` is False, or unfinished work with other settings is.
    """
    if split not in (*SPLITS, ALL):
        raise ConfigError(f"--split is one of {', '.join((*SPLITS, ALL))}, got {split!r}")
    splits = SPLITS_OF_ALL if split == ALL else (split,)
    resolved, data, device = prepare_training(dataset, config, split=splits[0])
    divisions = Divisions.make(dataset, resolved, data, splits)
    mark = fingerprint(dataset.path)
    plan = {"split": split, **describe_plan(mark, resolved, divisions.data, version=version)}
    with resumable_folder(out, plan=plan, overwrite=overwrite, marker=SETTINGS_FILE) as place:
        folders = {name: place.path / name for name in splits}
        judged = fit_and_report(
            divisions, resolved, folders, device=device, cluster=cluster, calibrate=False, progress=progress
        )
        settings = {
            "format_version": FORMAT_VERSION,
            "grnet_version": version,
            "architecture": config.architecture,
            "split": split,
            "dataset": describe_dataset(dataset.path, out, name=dataset.name, fingerprint=mark),
            "train": to_plain(resolved),
        }
        write_toml(settings, place.path / SETTINGS_FILE)
        published = find_architecture(config.architecture).published if split == "paper" else {}
        result = CrossvalResult(
            cards={entry.split: entry.card for entry in judged},
            folds={entry.split: entry.tabulate_folds() for entry in judged},
            paper=published.get(config.model.modality),
            notes=gather_notes(judged, divisions.refused),
        )
        _write_figures(place.path, dataset, judged, result, resolved)
    return result


def _write_figures(
    folder: Path, dataset: Dataset, judged: Sequence[SplitReport], result: CrossvalResult, config: TrainConfig
) -> None:
    """Write out_of_fold.parquet, metrics.json and report.html."""
    tables = [entry.tabulate(dataset.genes.symbols) for entry in judged]
    write_table(pd.concat(tables, ignore_index=True), folder / "out_of_fold.parquet", CROSSVAL)
    metrics: dict[str, Any] = {
        "model": judged[0].model,
        "architecture": config.architecture,
        "modality": config.model.modality,
        "seed": config.seed,
        "splits": {entry.split: entry.to_json() for entry in judged},
        "paper": None if result.paper is None else {"accuracy": result.paper[0], "f1": result.paper[1]},
        "notes": list(result.notes),
    }
    write_json(metrics, folder / "metrics.json")
    title = f"{judged[0].model} on {dataset.name}"
    if len(judged) == 1:
        title += f": {SPLIT_NAMES[judged[0].split]}"
    notes = (*_quote_paper(result), *result.notes)
    write_report(folder / "report.html", judged, title=title, config=config, notes=notes)


def _quote_paper(result: CrossvalResult) -> list[str]:
    if result.paper is None:
        return []
    return [
        f"the paper states accuracy {result.paper[0]:.4f} and F1 {result.paper[1]:.4f} for this network on its own data"
    ]
