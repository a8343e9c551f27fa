"""A run and what it needs to say anything of a pair: the dataset that it was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grnet.architectures.run_folder import SETTINGS_FILE, Run, load_run
from grnet.dataset.directory import Dataset, load_dataset
from grnet.dataset.fingerprint import fingerprint
from grnet.features.kept_measurements import leave_out
from grnet.network.folder import MEND
from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.network_folder import ORIGIN_FILE, SCORES_FOLDER
from grnet.schema.training_config import ScoringPrecision
from grnet.scores.manifest import read_manifest
from grnet.storage.checksums import sha256_of
from grnet.storage.documents import read_json
from grnet.storage.entries import Text


def load_dataset_of(run: Run, moved_to: str | Path | None) -> Dataset:
    """Load the dataset that a run was trained on, without what was left out then, and make sure that it is that one.

    Parameters
    ----------
    run : Run
    moved_to : path or None
        Where the dataset is now; None where it was in training.

    Raises
    ------
    MissingInputError
        It is not there.
    FormatError
        What is there has other contents.
    """
    path = Path(moved_to) if moved_to is not None else run.dataset_path
    if not path.exists():
        raise MissingInputError(
            f"{path}: the dataset that {run.path} was trained on is no longer there; say where it is: --dataset FOLDER"
        )
    dataset = load_dataset(path)
    if fingerprint(path) != run.settings["dataset"]["fingerprint"]:
        raise FormatError(
            f"{path}: is not the dataset that {run.path} was trained on (its contents differ); "
            "name the right one with --dataset FOLDER, or train anew with: grnet train"
        )
    return leave_out(dataset, run.without, run.model_config.modality)


def checksums_of(run: Run) -> dict[str, str]:
    """Return the SHA-256 of the files of a run that decide scores, by name."""
    named = (SETTINGS_FILE, "out_of_fold.parquet")
    files = [*sorted(run.path.glob("**/fold-*/weights.safetensors")), *(run.path / name for name in named)]
    return {file.relative_to(run.path).as_posix(): sha256_of(file) for file in files}


def describe_origin(run: Run) -> dict[str, Any]:
    """Return what `origin.json` says of a network: where the run is that it was inferred with."""
    return {"run": str(run.path.resolve())}


def place_of_run(network: Path) -> Path | None:
    """Return where the run of a network was when it inferred it; None where an earlier version did not keep that."""
    if not (network / ORIGIN_FILE).is_file():
        return None
    return Path(read_json(network / ORIGIN_FILE, form={"run": Text()}, mend=MEND)["run"])


def find_run(network: Path, moved_to: str | Path | None) -> Run | None:
    """Return the run that a network was inferred with.

    Parameters
    ----------
    network : Path
        Its folder.
    moved_to : path or None
        Where the run is; None looks where it was, and then for a folder of that name beside the network.

    Returns
    -------
    Run or None
        None where nobody named it and it is not found.

    Raises
    ------
    MissingInputError, FormatError
        The folder that was named is not there, or is not the run that scored the network.
    """
    if moved_to is not None:
        run = load_run(moved_to)
        check_has_scored(run, network)
        return run
    recorded = place_of_run(network)
    for place in () if recorded is None else (recorded, network.resolve().parent / recorded.name):
        if (place / SETTINGS_FILE).is_file():
            run = load_run(place)
            if _has_scored(run, network):
                return run
    return None


def check_has_scored(run: Run, network: Path) -> None:
    """Make sure that a run is the one that scored a network.

    Raises
    ------
    FormatError
        It is another.
    """
    if not _has_scored(run, network):
        raise FormatError(f"{run.path}: is not the run that {network} was inferred with (its models differ)")


def precision_of(network: Path) -> ScoringPrecision:
    """Return the precision that the candidates of a network were scored in; fp32 where it was that of the training."""
    plan = read_manifest(network / SCORES_FOLDER).get("plan", {})
    return "bf16" if plan.get("--precision") == "bf16" else "fp32"


def _has_scored(run: Run, network: Path) -> bool:
    """Whether a run has the files that scored a network, byte for byte."""
    manifest = read_manifest(network / SCORES_FOLDER)
    return bool(manifest.get("plan", {}).get("run") == checksums_of(run))
