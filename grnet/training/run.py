"""A training run: cross-fitting, and the honest figures that come of it → a run folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grnet.dataset.directory import Dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.models.arrays import InputShape
from grnet.models.device import choose_device
from grnet.models.run_folder import SETTINGS_FILE, describe_dataset, write_settings
from grnet.schema.configs import to_plain
from grnet.schema.model_configs import TrainConfig
from grnet.schema.progress import SILENT, Progress
from grnet.schema.resumable import resumable_folder
from grnet.training.crossfit import TrainingData, fit_folds
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
    device = choose_device(config.device)
    resolved = to_plain(replace(config, device=str(device)))
    mark = fingerprint(dataset.path)
    plan = {"grnet": version, "dataset": mark, "train": resolved}
    with resumable_folder(out, plan=plan, overwrite=overwrite, marker=SETTINGS_FILE) as place:
        folder = place.path
        data = TrainingData.build(dataset, config, device)
        crossfit = fit_folds(data, config, folder, device=device, progress=progress)
        write_settings(
            folder,
            architecture=config.architecture,
            train=resolved,
            shape=InputShape.of(data.features),
            dataset=describe_dataset(dataset.path, out, name=dataset.name, fingerprint=mark),
            version=version,
        )
        outcome = Outcome.judge(data, crossfit, config=config)
        title = f"{outcome.model} on {dataset.name}"
        return write_figures(folder, outcome, crossfit.fitted, title=title, symbols=dataset.genes.symbols)
