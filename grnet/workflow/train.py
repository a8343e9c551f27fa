"""`grnet train`: a dataset directory → a run folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import grnet
from grnet.architectures.configuring import configure_training
from grnet.architectures.run_folder import SETTINGS_FILE
from grnet.dataset.directory import load_dataset
from grnet.exporters.registry import check_names, formats_of_folder
from grnet.schema.progress import Progress
from grnet.schema.training_config import AblationScope, Modality, ReportScope, TrainConfig
from grnet.storage.folders import check_output_free
from grnet.workflow.cluster_workers import cluster_for_training
from grnet.workflow.progress import resolve_progress
from grnet.workflow.provenance import recorded
from grnet.workflow.training_report import TrainingResult
from grnet.workflow.training_run import train_run


@recorded("dataset")
def train(
    dataset: str | Path,
    out: str | Path,
    *,
    modality: Modality | None = None,
    architecture: str | None = None,
    seed: int | None = None,
    folds: int | None = None,
    seeds: int | None = None,
    without: str | Sequence[str] | None = None,
    ablation: AblationScope | None = None,
    report: ReportScope | None = None,
    config: TrainConfig | None = None,
    overwrite: bool = False,
    dask: str | None = None,
    progress: bool | Progress = False,
) -> TrainingResult:
    """Train a model on a dataset's known edges, cross-fitted.

    Parameters
    ----------
    dataset : path
        A dataset directory, as :func:`grnet.prepare` writes it.
    out : path
        The run folder to write; it appears complete or not at all.
    modality : {"rna", "image", "fused"}, optional
        What the model looks at; "fused" where `config` does not say.
    architecture : {"late", "sdinet"}, optional
        Late interaction, or the networks of the SDINet paper with the paper's settings; "late" where `config` does not
        say.
    seed : int, optional
        Decides folds, sampled negatives, initial weights and order; 0 where `config` does not say.
    folds : int, optional
        Number of folds; 5 where `config` does not say.
    seeds : int, optional
        Models of each fold, whose mean is the score; 1 where `config` does not say.
    without : str or sequence of str, optional
        Measurements of the dataset to leave out; none where `config` does not say.
    ablation : {"modalities", "measurements"}, optional
        Report what RNA and images contribute, or also what each measurement contributes, by training without it;
        "modalities" where `config` does not say.
    report : {"pair", "all"}, optional
        Judge the run's own models on new pairs, or also, for the report alone, models for new TFs, for new targets and
        for both; "all" for late interaction and "pair" for the networks of the paper where it is not given.
    config : TrainConfig, optional
        All settings, see :func:`grnet.architectures.configuring.configure_training`; those above replace what it says.
    overwrite : bool
        Replace `out` where it is there.
    dask : str, optional
        Address of a Dask scheduler, or "local:N" for N processes of this machine: its workers fit the folds, and give
        the same bytes. Else as many processes as this machine has cores fit them, or one with OMP_NUM_THREADS=1.
    progress : bool or Progress
        True shows how far the work is, on a terminal or in a notebook.

    Returns
    -------
    TrainingResult
        A report card for each split: out-of-fold figures beside the baselines, and what may mislead.

    Raises
    ------
    MissingInputError, FormatError
        There is no dataset directory at `dataset`, or it is damaged.
    InputError
        Too few known edges that the modality can see, or a measurement to leave out is not there or the last one.
    OutputExistsError
        `out` is there and `overwrite` is False.
    ConfigError
        Settings out of range, a device that is not here, or a cluster for models that are fitted in one process.
    ClusterError
        The workers of the cluster cannot be reached, or have other versions.
    """
    resolved = configure_training(
        architecture,
        modality,
        base=config,
        seed=seed,
        folds=folds,
        seeds=seeds,
        without=without,
        ablation=ablation,
    )
    check_output_free(Path(out), overwrite=overwrite, marker=SETTINGS_FILE)
    loaded = load_dataset(Path(dataset))
    check_names(loaded.genes.symbols, formats_of_folder())  # else the network could not be written in the end
    with cluster_for_training(dask, resolved.architecture) as cluster:
        return train_run(
            loaded,
            Path(out),
            resolved,
            version=grnet.__version__,
            report=report,
            overwrite=overwrite,
            cluster=cluster,
            progress=resolve_progress(progress),
        )
