"""What `dataset.toml` says of how a dataset was made: inputs with checksums, reading plans, options, counts, notes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from grnet.dataset.findings import Findings
from grnet.dataset.image_store import StoredImages
from grnet.dataset.lab_inputs import LabInputs
from grnet.dataset.names import suggest_aliases
from grnet.dataset.resources.cache import describe_origin
from grnet.schema.genes import GeneCatalogue
from grnet.schema.prepare_config import PrepareConfig
from grnet.schema.settings import settings_of
from grnet.schema.sources import Source

Checksums = Mapping[Source, Future[str]]


_SAID_APART = ("name", "organism", "units", "image_size")
"""Options that have a key of their own in `dataset.toml`."""


def describe_preparation(
    config: PrepareConfig,
    reading: LabInputs,
    checksums: Checksums,
    genes: GeneCatalogue,
    stored: StoredImages,
    findings: Findings,
) -> dict[str, Any]:
    """Return what `dataset.toml` says; names of files without their folders, so that equal inputs give equal bytes.

    Parameters
    ----------
    config : PrepareConfig
    reading : LabInputs
    checksums : mapping of source to the SHA-256 that is being computed
    genes : GeneCatalogue
    stored : StoredImages
    findings : Findings
    """
    used = _used_names(config, reading, checksums)
    suggestions = suggest_aliases(findings.unmatched, genes.symbols, genes.ids, used=used)
    return {
        "name": config.name,
        "organism": config.organism,
        "units": config.units,
        "image_size": list(stored.size),
        "notes": [*findings.notes, *_credit(config)],
        "alias_suggestions": [list(pair) for pair in suggestions],
        "counts": {
            "genes": len(genes),
            "tfs": int(genes.is_tf.sum()),
            "images": len(stored.table),
            "rejected": len(findings.rejected),
        },
        "normalised": reading.normalised,
        "options": _list_options(config),
        "reading": [plan.to_json() for plan in reading.plans],
        "inputs": _list_inputs(config, checksums, stored),
    }


def _list_options(config: PrepareConfig) -> dict[str, Any]:
    """Return the options that say how the inputs are read, but for those that were not given."""
    names = [name for name, setting in settings_of(PrepareConfig).items() if setting.kind != "file"]
    given = {name: getattr(config, name) for name in names if name not in _SAID_APART}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    return {name: value for name, value in plain.items() if value not in (None, "", [])}


def _credit(config: PrepareConfig) -> list[str]:
    """Return a note on the terms of each input that grnet fetched from a database."""
    origins = {
        role: describe_origin(source) for role, source in (("TFs", config.tfs), ("known edges", config.known_edges))
    }
    return [
        f"{role}: {origin['resource']}, fetched {origin['fetched']}; licence: {origin['licence']}; "
        f"cite: {origin['citation']}" + (f"; {origin['notes']}" if "notes" in origin else "")
        for role, origin in origins.items()
        if origin
    ]


def _list_inputs(config: PrepareConfig, checksums: Checksums, stored: StoredImages) -> list[dict[str, str]]:
    """Return role, name and checksum of each input, and where it is from if grnet fetched it."""
    inputs: list[dict[str, str]] = []
    roles: list[tuple[str, Source | None]] = [("expression", table) for table in config.expression]
    roles += [("tfs", config.tfs), ("known_edges", config.known_edges), ("aliases", config.aliases_file)]
    roles += [("spatial", source) for source in config.spatial]
    roles += [(role, getattr(config, role)) for role in ("coordinates", "annotations", "ontology")]
    for role, source in roles:
        if source is not None:
            checksum = checksums[source].result()
            inputs.append({"role": role, "file": source.name, "sha256": checksum, **describe_origin(source)})
    if config.images is not None:
        checksum = checksums[config.images].result()
        own = {"sha256": checksum} if checksum else {}
        inputs.append({"role": "images", "file": config.images.name, **own, "images_sha256": stored.sha256})
    return inputs


def _used_names(config: PrepareConfig, inputs: LabInputs, checksums: Checksums) -> set[str]:
    """Return the names that the user's own lists write, but for a list that is an expression table, too."""
    names = {candidate.gene for candidate in inputs.images}
    if inputs.edges is not None:
        names |= {*inputs.edges.tfs, *inputs.edges.targets}
    own = None if config.tfs is None else checksums[config.tfs].result()
    if inputs.tfs is not None and own not in [checksums[table].result() for table in config.expression]:
        names |= set(inputs.tfs.names)
    return names
