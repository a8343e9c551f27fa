"""A training run: cross-fitting, and the honest figures that come of it → a run folder."""

from __future__ import annotations

from pathlib import Path

from grnet.dataset.directory import Dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.models.arrays import InputShape
from grnet.models.run_folder import SETTINGS_FILE, describe_dataset, write_settings
from grnet.schema.configs import to_plain
from grnet.schema.model_configs import TrainConfig
from grnet.schema.progress import SILENT, Progress
from grnet.schema.resumable import resumable_folder
from grnet.training.crossfit import describe_plan, fit_folds, prepare_training
from grnet.training.run_figures import Outcome, TrainingResult, write_figures


def train_run(
    dataset: Dataset,
    out: Path,
    config: TrainConfig,
    *,
    version: str,
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> TrainingResult:
    """Train K fold models on a dataset's known edges and write the run folder.

    Parameters
    ----------
    dataset : Dataset
    out : Path
        The run folder; it appears complete or not at all. Folds of the paper's networks that were finished before a
        kill are not fitted again.
    config : TrainConfig
    version : str
        Of grnet, for `run.toml`.

    Raises
    ------
    InputError
        Too few known edges that the modality can see.
    OutputExistsError
        `out` is there and `overwrite` is False, or unfinished work with other settings is.
    """
    resolved, data, device = prepare_training(dataset, config)
    mark = fingerprint(dataset.path)
    plan = describe_plan(mark, resolved, data, version=version)
    with resumable_folder(out, plan=plan, overwrite=overwrite, marker=SETTINGS_FILE) as place:
        folder = place.path
        crossfit = fit_folds(data, resolved, folder, device=device, progress=progress)
        write_settings(
            folder,
            architecture=config.architecture,
            train=to_plain(resolved),
            shape=InputShape.of(data.features),
            dataset=describe_dataset(dataset.path, out, name=dataset.name, fingerprint=mark),
            version=version,
        )
        outcome = Outcome.judge(data, crossfit, config=resolved)
        title = f"{outcome.model} on {dataset.name}"
        return write_figures(folder, outcome, crossfit, title=title, symbols=dataset.genes.symbols)
