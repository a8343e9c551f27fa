"""A training run: cross-fitting and out-of-fold figures → a run folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grnet.architectures.input_shape import InputShape
from grnet.architectures.registry import find_architecture
from grnet.architectures.run_folder import SETTINGS_FILE, describe_dataset, write_settings
from grnet.dataset.directory import Dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.schema.configs import to_plain
from grnet.schema.progress import SILENT, Progress
from grnet.schema.tables import OUT_OF_FOLD
from grnet.schema.training_config import SPLITS_OF_ALL, ReportScope, SplitName, TrainConfig
from grnet.storage.documents import write_json
from grnet.storage.resumable import resumable_folder
from grnet.storage.tables import write_table
from grnet.training.training_data import describe_plan, prepare_training
from grnet.workflow.split_report import SplitReport
from grnet.workflow.training_report import Divisions, TrainingResult, fit_and_report, gather_notes, write_report

if TYPE_CHECKING:
    from grnet.scoring.dask_cluster import Cluster

NEW_PAIRS_ONLY = (
    "the report is on new pairs only, since these networks train slowly; --report all also evaluates new TFs, new "
    "targets and both"
)


def train_run(
    dataset: Dataset,
    out: Path,
    config: TrainConfig,
    *,
    version: str,
    report: ReportScope | None = None,
    overwrite: bool = False,
    cluster: Cluster | None = None,
    progress: Progress = SILENT,
) -> TrainingResult:
    """Train the models of each fold on a dataset's known edges and write the run folder.

    Parameters
    ----------
    dataset : Dataset
    out : Path
        The run folder; it appears complete or not at all. Where training is slow, folds that were finished before a
        kill are not fitted again.
    config : TrainConfig
    version : str
        Of grnet, for `run.toml`.
    report : {"pair", "all"}, optional
        Judge the run's own models, or also models that are fitted for the report only, on the other splits. Where it
        is not given, "all" where training is fast and "pair" where it is slow.
    cluster : Cluster, optional
        Whose workers fit the models; else processes of this machine do.

    Raises
    ------
    InputError
        Too few known edges that the modality can see.
    OutputExistsError
        `out` is there and `overwrite` is False, or unfinished work with other settings is.
    """
    resolved, data, device = prepare_training(dataset, config)
    is_fast = find_architecture(config.architecture).costs.trains_fast
    splits: tuple[SplitName, ...] = SPLITS_OF_ALL if (report or ("all" if is_fast else "pair")) == "all" else ("pair",)
    divisions = Divisions.make(dataset, resolved, data, splits)
    mark = fingerprint(dataset.path)
    plan = describe_plan(mark, resolved, divisions.data, version=version)
    with resumable_folder(out, plan=plan, overwrite=overwrite, marker=SETTINGS_FILE) as place:
        folder = place.path
        folders: dict[SplitName, Path | None] = {split: None if is_fast else folder / split for split in splits}
        folders["pair"] = folder
        judged = fit_and_report(divisions, resolved, folders, device=device, cluster=cluster, progress=progress)
        write_settings(
            folder,
            architecture=config.architecture,
            train=to_plain(resolved),
            shape=InputShape.of(data.features, without=config.without),
            dataset=describe_dataset(dataset.path, out, name=dataset.name, fingerprint=mark),
            version=version,
        )
        notes = gather_notes(judged, divisions.refused)
        if report is None and not is_fast:
            notes = (*notes, NEW_PAIRS_ONLY)
        _write_figures(folder, dataset, judged, resolved, notes)
    return TrainingResult({entry.split: entry.card for entry in judged}, notes)


def _write_figures(
    folder: Path, dataset: Dataset, judged: Sequence[SplitReport], config: TrainConfig, notes: Sequence[str]
) -> None:
    """Write out_of_fold.parquet of the run's own models, metrics.json and report.html of all."""
    own = judged[0]
    write_table(own.tabulate(dataset.genes.symbols), folder / "out_of_fold.parquet", OUT_OF_FOLD)
    metrics: dict[str, Any] = {
        "model": own.model,
        "splits": {entry.split: entry.to_json() for entry in judged},
        "notes": list(notes),
    }
    write_json(metrics, folder / "metrics.json")
    title = f"{own.model} on {dataset.name}"
    write_report(folder / "report.html", judged, title=title, config=config, notes=notes)
