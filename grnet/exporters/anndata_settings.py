"""How a network came about, as plain values for `.uns` of an AnnData file."""

from __future__ import annotations

from typing import Any

from grnet.network.folder import StoredNetwork
from grnet.network.network import Network
from grnet.schema.network_folder import ORIGIN_FILE
from grnet.storage.documents import read_json


def list_settings(network: Network) -> dict[str, str | int | float | bool]:
    """Return the settings of a network, flat; what is not known is left out, since h5ad has no null.

    Returns
    -------
    dict
        `dataset`, its name; `run`, the folder it was inferred with; `grnet`, the version; `candidates`, `edges`,
        `lowest_probability`; `prior`, `prior_source`, `ranking_only`; `rule` and each limit that was applied, such as
        `top`; and the other settings in the summary, such as `modality` and `seed`.
    """
    summary = network.summary
    prior, settings = summary.get("prior") or {}, dict(summary.get("settings") or {})
    limits = settings.pop("limits", None) or {}
    found: dict[str, Any] = {
        **settings,
        **limits,
        "dataset": summary.get("name"),
        "run": _find_run(network),
        "grnet": summary.get("versions", {}).get("grnet"),
        "candidates": summary.get("candidates"),
        "edges": len(network.edges),
        "lowest_probability": summary.get("probability", {}).get("lowest"),
        "rule": summary.get("selection", {}).get("rule"),
        "with_known": summary.get("selection", {}).get("with_known"),
        "prior": prior.get("value"),
        "prior_source": prior.get("source"),
        "ranking_only": summary.get("ranking_only"),
    }
    return {name: value for name, value in found.items() if isinstance(value, str | int | float)}


def _find_run(network: Network) -> str | None:
    """Return the folder of the run as the network folder names it."""
    if not isinstance(network, StoredNetwork) or not (network.path / ORIGIN_FILE).is_file():
        return None
    run = read_json(network.path / ORIGIN_FILE).get("run")
    return None if run is None else str(run)
