"""The weights of one model in a run folder: where they are, how they are written and loaded."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from grnet.schema.errors import FormatError
from grnet.storage.files import replace_file
from grnet.storage.read_limits import check_regular_file, reading

_MEND = "train the run anew with: grnet train"


def place_of(folder: Path, fold: int, member: int = 0) -> Path:
    """Return where in the folder of a run the model of a fold is, of the first seed (member 0) or a further one."""
    return (folder / f"seed-{member}" if member else folder) / f"fold-{fold}"


def load_weights(model: nn.Module, folder: Path, device: torch.device) -> nn.Module:
    """Load the weights in a fold-K folder into a model, and return it on `device`, in evaluation mode.

    Raises
    ------
    FormatError
        Weights are missing, damaged or of another model.
    """
    file = _find_weights(folder)
    with reading(file, "the weights of a model", mend=_MEND, error=FormatError):
        weights = load_file(file)
        model.load_state_dict(weights)
    for name, values in weights.items():
        if not bool(torch.isfinite(values).all()):
            raise FormatError(f"{file}: {name} holds a number that is not finite; {_MEND}")
    return model.to(device).eval()


def check_sizes(model: nn.Module, folder: Path) -> None:
    """Make sure that the weights in a fold-K folder have the sizes of a model, before there is memory for them.

    Parameters
    ----------
    model : Module
        Perhaps on the device "meta", where it takes no memory.
    folder : Path

    Raises
    ------
    FormatError
        Weights are missing, damaged or of another model.
    """
    file = _find_weights(folder)
    with reading(file, "the weights of a model", mend=_MEND, error=FormatError), safe_open(file, "pt") as weights:
        names = set(weights.keys())
        found = {name: tuple(weights.get_slice(name).get_shape()) for name in names}
    for name, values in model.named_parameters():
        if found.get(name) != tuple(values.shape):
            got = "is not there" if name not in found else f"has the shape {list(found[name])}"
            raise FormatError(f"{file}: {name} {got}, by run.toml it has the shape {list(values.shape)}; {_MEND}")


def _find_weights(folder: Path) -> Path:
    """Return the file of the weights."""
    file = folder / "weights.safetensors"
    check_regular_file(file, f"the weights of a model; {_MEND}", FormatError)
    return file


def save_weights(model: nn.Module, folder: Path) -> None:
    """Write the weights and statistics of a model into `folder`, which must exist."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    with replace_file(folder / "weights.safetensors") as temporary:
        save_file(tensors, temporary)
