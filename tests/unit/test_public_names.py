"""The names of the package are its functions, whatever else was imported."""

from __future__ import annotations

import importlib.util

import grnet


def test_no_module_hides_a_public_function():
    hidden = [name for name in grnet.__all__ if importlib.util.find_spec(f"grnet.{name}") is not None]
    assert hidden == []
    assert all(callable(getattr(grnet, name)) for name in grnet.__all__)
