"""`grnet train`: a dataset directory → a run folder."""

from __future__ import annotations

from pathlib import Path

import grnet
from grnet.dataset.directory import load_dataset
from grnet.models.run_folder import SETTINGS_FILE
from grnet.schema.model_configs import Architecture, Modality, TrainConfig, configure_training
from grnet.schema.progress import SILENT, Progress
from grnet.schema.storage import check_output_free
from grnet.training.run import train_run
from grnet.training.run_figures import TrainingResult


def train(
    dataset: str | Path,
    out: str | Path,
    *,
    modality: Modality = "fused",
    architecture: Architecture = "late",
    seed: int = 0,
    folds: int = 5,
    config: TrainConfig | None = None,
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> TrainingResult:
    """Train a model on a dataset's known edges, cross-fitted.

    Parameters
    ----------
    dataset : path
        A dataset directory, as :func:`grnet.prepare` writes it.
    out : path
        The run folder to write; it appears complete or not at all.
    modality : {"rna", "image", "fused"}
        What the model looks at.
    architecture : {"late", "sdinet"}
        Late interaction, or the networks of the SDINet paper with the paper's settings.
    seed : int
        Decides folds, sampled negatives, initial weights and order.
    folds : int
        Number of fold models.
    config : TrainConfig, optional
        All other settings, see :func:`grnet.schema.model_configs.configure_training`; its modality, seed and folds
        are replaced by those above, and all of it where it is of another architecture.
    overwrite : bool
        Replace `out` where it is there.
    progress : Progress
        Who is told how far the work is.

    Returns
    -------
    TrainingResult
        Out-of-fold figures beside the baselines.

    Raises
    ------
    MissingInputError, FormatError
        There is no dataset directory at `dataset`, or it is damaged.
    InputError
        Too few known edges that the modality can see.
    OutputExistsError
        `out` is there and `overwrite` is False.
    ConfigError
        Settings out of range, or a device that is not here.
    """
    resolved = configure_training(architecture, modality, base=config, seed=seed, folds=folds)
    check_output_free(Path(out), overwrite=overwrite, marker=SETTINGS_FILE)
    loaded = load_dataset(Path(dataset))
    return train_run(loaded, Path(out), resolved, version=grnet.__version__, overwrite=overwrite, progress=progress)
