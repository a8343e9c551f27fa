"""An accelerator that is not there: device "sim", whose tensors compute on the CPU.

What mixes its tensors with those of the host raises, as CUDA does, and so does `.numpy()`; copies between the two are
counted. So a tensor on the wrong device, or a copy in an inner loop, shows in a test without a GPU. Kernels, memory and
numerics of a real device stay untested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "sim"
TO_DEVICE, TO_HOST, NUMBERS = "to device", "to host", "numbers to host"
copies: Counter[str] = Counter()
"""How often something was copied: tensors to the device, tensors to the host, and single numbers to the host."""
_MIXING = ("aten.index.", "aten.index_put", "aten._index_put")
"""Operations that take positions from the host, on a real device too."""
_COPYING = ("aten._to_copy", "aten.copy_")
_READING = ("aten._local_scalar_dense", "aten.equal", "aten.is_nonzero")


class SimTensor(torch.Tensor):
    """A tensor that says that it is on the device; `inner` is a CPU tensor."""

    inner: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> SimTensor:
        strides = {"strides": inner.stride()} if inner.layout == torch.strided else {}
        made = torch.Tensor._make_wrapper_subclass(
            cls, inner.size(), **strides, dtype=inner.dtype, layout=inner.layout, device=f"{NAME}:0"
        )
        made.inner = inner
        return made

    def numpy(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("can't convert a tensor of a device to numpy; use .cpu() first")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("can't convert a tensor of a device to numpy; use .cpu() first")

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(function, args, dict(kwargs or {}))


class _Factories(TorchDispatchMode):
    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(function, args, dict(kwargs or {}))


@contextmanager
def pretend_device() -> Iterator[torch.device]:
    """Yield the device; counts of copies begin at 0."""
    if not hasattr(torch, NAME):
        _setup_privateuseone_for_python_backend(NAME)
        getattr(torch, NAME).get_amp_supported_dtype = lambda: [torch.bfloat16]
    copies.clear()
    # tensors of inference mode cannot be wrapped; without gradients they are the same
    with _Factories(), patch("torch.inference_mode", torch.no_grad):
        yield torch.device(f"{NAME}:0")


def _run(function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Run an operation on what tensors of the device hold; refuse what mixes devices, and count copies."""
    name = str(function)
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    there = [tensor for tensor in tensors if isinstance(tensor, SimTensor)]
    here = [tensor for tensor in tensors if not isinstance(tensor, SimTensor) and tensor.dim() > 0]
    copying = name.startswith(_COPYING)
    if there and here and not copying and not name.startswith(_MIXING):
        raise RuntimeError(f"{name}: expected all tensors to be on the same device, but found {NAME}:0 and cpu")
    wanted = kwargs.get("device")
    goes_there = wanted is not None and torch.device(wanted).type == NAME
    if wanted is not None:
        kwargs["device"] = torch.device("cpu")
    if name.startswith(_READING) and there:
        copies[NUMBERS] += 1
    out = function(*tree_map(_unwrap, args), **tree_map(_unwrap, kwargs))
    if name.startswith("aten._to_copy"):
        was_there = isinstance(args[0], SimTensor)
        goes_there = goes_there if wanted is not None else was_there
        if was_there != goes_there:
            copies[TO_DEVICE if goes_there else TO_HOST] += 1
        return SimTensor(out) if goes_there else out
    if copying:
        if isinstance(args[0], SimTensor) != isinstance(args[1], SimTensor):
            copies[TO_DEVICE if isinstance(args[0], SimTensor) else TO_HOST] += 1
        return args[0]
    if not there and not goes_there:
        return out
    if function._schema.is_mutable and isinstance(args[0], SimTensor | list | tuple) and out is None:
        return None
    if name.split(".")[1].endswith("_") and isinstance(args[0], SimTensor):
        return args[0]
    return tree_map(lambda leaf: SimTensor(leaf) if isinstance(leaf, torch.Tensor) else leaf, out)


def _unwrap(leaf: Any) -> Any:
    return leaf.inner if isinstance(leaf, SimTensor) else leaf
