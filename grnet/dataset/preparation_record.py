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
from grnet.schema.configs import PrepareConfig
from grnet.schema.genes import GeneCatalogue
from grnet.schema.sources import ImageSource

Checksums = Mapping[ImageSource, Future[str]]


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
        "normalised": reading.expression.normalised,
        "options": {
            "genes": config.genes,
            "transpose": config.transpose,
            "aliases": dict(config.aliases),
            "columns": list(config.columns),
            "normalise": config.normalise,
        },
        "reading": [plan.to_json() for plan in reading.plans],
        "inputs": _list_inputs(config, checksums, stored),
    }


def _credit(config: PrepareConfig) -> list[str]:
    """Return a note on the terms of each input that grnet fetched from a database."""
    origins = {
        role: describe_origin(source) for role, source in (("TFs", config.tfs), ("known edges", config.known_edges))
    }
    return [
        f"{role}: {origin['resource']}, fetched {origin['fetched']}; licence: {origin['licence']}; "
        f"cite: {origin['citation']}"
        for role, origin in origins.items()
        if origin
    ]


def _list_inputs(config: PrepareConfig, checksums: Checksums, stored: StoredImages) -> list[dict[str, str]]:
    """Return role, name and checksum of each input, and where it is from if grnet fetched it."""
    inputs: list[dict[str, str]] = []
    roles: list[tuple[str, ImageSource | None]] = [("expression", table) for table in config.expression]
    roles += [("tfs", config.tfs), ("known_edges", config.known_edges), ("aliases", config.aliases_file)]
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
