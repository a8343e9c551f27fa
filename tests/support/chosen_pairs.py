"""Labelled pairs of a dataset chosen from its features, as a training chooses them."""

from __future__ import annotations

from grnet.training import labelled_pairs
from grnet.training.training_data import find_visible


def choose_pairs(dataset, features, config, *, split="pair", samples=None):
    """Return the labelled pairs that a model can see, divided into folds; `samples` are the inputs of the networks."""
    return labelled_pairs.choose_pairs(dataset, find_visible(features, config, samples), config, split=split)
