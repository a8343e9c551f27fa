"""`grnet crossval`: a dataset directory → cross-validation figures on a split of its labelled pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import grnet
from grnet.architectures.configuring import configure_training
from grnet.dataset.directory import load_dataset
from grnet.schema.progress import Progress
from grnet.schema.training_config import AblationScope, Modality, SplitName, TrainConfig
from grnet.storage.folders import check_output_free
from grnet.workflow.cluster_workers import cluster_for_training
from grnet.workflow.cross_validation import SETTINGS_FILE, CrossvalResult, crossvalidate
from grnet.workflow.progress import resolve_progress
from grnet.workflow.provenance import recorded


@recorded("dataset")
def crossval(
    dataset: str | Path,
    out: str | Path,
    *,
    modality: Modality | None = None,
    architecture: str | None = None,
    split: SplitName | Literal["all"] = "pair",
    seed: int | None = None,
    folds: int | None = None,
    seeds: int | None = None,
    without: str | Sequence[str] | None = None,
    ablation: AblationScope | None = None,
    config: TrainConfig | None = None,
    overwrite: bool = False,
    dask: str | None = None,
    progress: bool | Progress = False,
) -> CrossvalResult:
    """Cross-validate a model on a dataset's known edges, beside the baselines on the same pairs.

    Parameters
    ----------
    dataset : path
        A dataset directory, as :func:`grnet.prepare` writes it.
    out : path
        The folder to write: tables, metrics, a report page.
    modality : {"rna", "image", "fused"}, optional
        What the model looks at; "fused" where `config` does not say.
    architecture : {"late", "sdinet"}, optional
        Late interaction, or the networks of the SDINet paper with the paper's settings; "late" where `config` does not
        say.
    split : {"pair", "tf", "target", "both", "paper", "all"}
        What stays in one fold: a pair with its reverse, all pairs of a TF, or all pairs of a target. With "both", a
        fold's pairs have a TF and a target of which its model saw no pair at all. "paper" takes the rows of the label
        file as they are, with repeats and self pairs, and cuts them into contiguous blocks. "all" is the first four.
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
    config : TrainConfig, optional
        All settings, see :func:`grnet.train`.
    overwrite : bool
        Replace `out` where it is there, and unfinished work with other settings.
    dask : str, optional
        Address of a Dask scheduler, or "local:N" for N processes of this machine: its workers fit the folds, and give
        the same bytes. Else as many processes as this machine has cores fit them, or one with OMP_NUM_THREADS=1.
    progress : bool or Progress
        True shows how far the work is, on a terminal or in a notebook.

    Returns
    -------
    CrossvalResult

    Raises
    ------
    MissingInputError, FormatError
        There is no dataset directory at `dataset`, or it is damaged.
    InputError
        Too few known edges that the modality can see, or a measurement to leave out is not there or the last one.
    OutputExistsError
        `out` is there and `overwrite` is False, or unfinished work with other settings is.
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
    with cluster_for_training(dask, resolved.architecture) as cluster:
        return crossvalidate(
            loaded,
            Path(out),
            resolved,
            split=split,
            version=grnet.__version__,
            overwrite=overwrite,
            cluster=cluster,
            progress=resolve_progress(progress),
        )
