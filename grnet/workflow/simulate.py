"""`grnet simulate`: a synthetic embryo with a known network, as the raw files that a lab would have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grnet.dataset.embryo import LabSummary, simulate_lab
from grnet.schema.configs import SimulateConfig
from grnet.schema.progress import Progress
from grnet.workflow.progress import resolve_progress

__all__ = ["LabSummary", "simulate"]

_DEFAULTS = SimulateConfig()


def simulate(
    out: str | Path,
    *,
    seed: int = _DEFAULTS.seed,
    n_tfs: int = _DEFAULTS.n_tfs,
    n_targets: int = _DEFAULTS.n_targets,
    n_samples: int = _DEFAULTS.n_samples,
    also: Sequence[str] = (),
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> LabSummary:
    """Simulate an embryo and write its raw files into a new folder.

    The folder holds two expression tables, images in three views, a TF list, half of the true edges with as many
    sampled non-edges, `truth.parquet` with every true edge, and a README that explains each file. It is what
    `grnet prepare` takes; the truth is for checking predictions.

    Parameters
    ----------
    out : str or Path
        Folder to write.
    seed : int
        Decides everything that is drawn; the same seed gives the same bytes on the same machine.
    n_tfs, n_targets : int
        Regulators (at least 8) and regulated genes (at least 10).
    n_samples : int
        Bulk RNA-seq samples, at least 8.
    also : sequence of {"spots"}
        Further forms: "spots" writes `spots.h5ad`, counts of spots with coordinates in two sections.
    overwrite : bool
        Replace `out` where it is there.
    progress : bool or Progress
        True shows how far the work is, on a terminal or in a notebook.

    Returns
    -------
    LabSummary
        Counts, the paths of the files, and the AUROC of |Pearson r| over the known pairs.

    Raises
    ------
    ConfigError
        A number is out of its range; the text names every one.
    OutputExistsError
        `out` is there and `overwrite` is False.
    InputError
        Spots are wanted, and anndata is not installed.
    """
    config = SimulateConfig(seed=seed, n_tfs=n_tfs, n_targets=n_targets, n_samples=n_samples, also=tuple(also))
    return simulate_lab(Path(out), config, overwrite=overwrite, progress=resolve_progress(progress))
