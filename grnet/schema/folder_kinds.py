"""The kinds of folders that grnet writes: the file that tells each, and what it is called."""

from __future__ import annotations

from grnet.schema.network_folder import SUMMARY_FILE

DATASET_FILE, RUN_FILE, CROSSVAL_FILE = "dataset.toml", "run.toml", "crossval.toml"
EVALUATION_FILE, COMPARISON_FILE = "evaluation.json", "comparison.json"
DATASET, RUN, CROSSVAL, NETWORK = "dataset directory", "run folder", "folder of a cross-validation", "network folder"
EVALUATION, COMPARISON = "folder of an evaluation", "folder of a comparison"
KINDS = {
    DATASET_FILE: DATASET,
    RUN_FILE: RUN,
    CROSSVAL_FILE: CROSSVAL,
    SUMMARY_FILE: NETWORK,
    EVALUATION_FILE: EVALUATION,
    COMPARISON_FILE: COMPARISON,
}
"""Marker → what the kind is called."""
