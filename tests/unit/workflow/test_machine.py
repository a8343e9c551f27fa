"""What a call ran on is told without loading anything."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import torch

import grnet
from grnet.workflow.machine import describe_machine, list_versions


def test_the_machine_is_told_in_json():
    machine = describe_machine()
    assert json.loads(json.dumps(machine)) == machine
    assert machine["processor"]
    assert machine["system"] == platform.platform()
    assert machine["cores"] >= 1
    assert machine["memory_gib"] > 0
    assert len(machine["accelerators"]) == (torch.cuda.device_count() if torch.cuda.is_available() else 0)


def test_versions_are_of_packages_that_matter_and_of_extras_that_are_loaded():
    versions = list_versions()
    assert {"numpy", "pandas", "scikit-learn", "networkx", "igraph"} <= set(versions)
    assert versions["python"] == platform.python_version()
    assert versions["grnet"] == grnet.__version__
    assert versions["torch"] == torch.__version__.partition("+")[0] or versions["torch"] == torch.__version__


def test_nothing_heavy_is_loaded_for_it():
    code = (
        "import sys; from grnet.workflow.machine import describe_machine, list_versions; "
        "describe_machine(); print('torch' in list_versions(), 'torch' in sys.modules, 'anndata' in list_versions())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True False False\n"
