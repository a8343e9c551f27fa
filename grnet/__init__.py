"""grnet: gene regulatory networks from pictures of gene expression and RNA-seq.

The functions of the package do what the commands do: `simulate`, `prepare`, `inspect_dataset`, `train`,
`crossval`, `infer_network`, `evaluate`, `explain`, `view`, `export`, `compare`, `info`, `check`, `fetch`, `demo`;
`load_dataset`, `load_run` and `load_network` open what they wrote; `plots` has figures of results.
They are imported when they are first used, so that `import grnet` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from grnet import plots as plots
    from grnet.architectures.run_folder import load_run
    from grnet.dataset.directory import load_dataset
    from grnet.network.folder import load_network
    from grnet.workflow.check import check
    from grnet.workflow.compare import compare
    from grnet.workflow.crossval import crossval
    from grnet.workflow.demo import demo
    from grnet.workflow.evaluate import evaluate
    from grnet.workflow.explain import explain
    from grnet.workflow.export import export
    from grnet.workflow.fetch import fetch
    from grnet.workflow.infer_network import infer_network
    from grnet.workflow.info import info
    from grnet.workflow.inspect import inspect_dataset
    from grnet.workflow.prepare import prepare
    from grnet.workflow.prepare_each import prepare_each
    from grnet.workflow.simulate import simulate
    from grnet.workflow.train import train
    from grnet.workflow.view import view

__all__ = [
    "check",
    "compare",
    "crossval",
    "demo",
    "evaluate",
    "explain",
    "export",
    "fetch",
    "infer_network",
    "info",
    "inspect_dataset",
    "load_dataset",
    "load_network",
    "load_run",
    "prepare",
    "prepare_each",
    "simulate",
    "train",
    "view",
]

_HOMES = {
    "check": "grnet.workflow.check",
    "compare": "grnet.workflow.compare",
    "crossval": "grnet.workflow.crossval",
    "demo": "grnet.workflow.demo",
    "evaluate": "grnet.workflow.evaluate",
    "explain": "grnet.workflow.explain",
    "export": "grnet.workflow.export",
    "fetch": "grnet.workflow.fetch",
    "infer_network": "grnet.workflow.infer_network",
    "info": "grnet.workflow.info",
    "inspect_dataset": "grnet.workflow.inspect",
    "load_dataset": "grnet.dataset.directory",
    "load_network": "grnet.network.folder",
    "load_run": "grnet.architectures.run_folder",
    "prepare": "grnet.workflow.prepare",
    "prepare_each": "grnet.workflow.prepare_each",
    "simulate": "grnet.workflow.simulate",
    "train": "grnet.workflow.train",
    "view": "grnet.workflow.view",
}
_MODULES = frozenset({"plots"})


def __getattr__(name: str) -> Any:
    """Import a public function when it is first asked for."""
    if name in _MODULES:
        return importlib.import_module(f"grnet.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'grnet' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, *_MODULES])
