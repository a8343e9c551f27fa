"""The weights of one model in a run folder: where they are, how they are written and loaded."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from grnet.schema.errors import FormatError
from grnet.storage.files import replace_file

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
    file = folder / "weights.safetensors"
    try:
        model.load_state_dict(load_file(file))
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise FormatError(f"{file}: cannot be loaded ({reason}); {_MEND}") from error
    return model.to(device).eval()


def save_weights(model: nn.Module, folder: Path) -> None:
    """Write the weights and statistics of a model into `folder`, which must exist."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    with replace_file(folder / "weights.safetensors") as temporary:
        save_file(tensors, temporary)
