r"""The network as SIF, the plainest file that Cytoscape reads: source, interaction, target, separated by tabs.

Enters: a network. Leaves: one line for each edge, best first; the interaction is `activates`, `represses` or
`regulates`, by the sign. SIF has no quotes and no escapes of its own, so a backslash, a tab or a line end in a name is
written as \\, \t, \n or \r, see :mod:`grnet.schema.sif_names`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from grnet.exporters.graphml import CHUNK
from grnet.network.network import Network
from grnet.schema.sif_names import write_sif_name
from grnet.schema.tables import ACTIVATION, REPRESSION, SIGN, TARGET, TF, UNKNOWN_SIGN
from grnet.storage.files import replace_file

log = logging.getLogger(__name__)

INTERACTIONS = {ACTIVATION: "activates", REPRESSION: "represses", UNKNOWN_SIGN: "regulates"}


def export_sif(network: Network, path: Path) -> None:
    """Write one line for each edge; names that SIF cannot hold are escaped, with a warning."""
    edges = network.edges
    symbols = pd.unique(pd.concat([edges[TF], edges[TARGET]]))
    changed = [symbol for symbol in symbols if write_sif_name(symbol) != symbol]
    if changed:
        log.warning(
            "SIF cannot hold tabs and line ends; %d symbols are written with a backslash, such as %r",
            len(changed),
            changed[:3],
        )
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_write_lines(edges))


def _write_lines(edges: pd.DataFrame) -> Iterator[str]:
    """Yield the lines of a chunk of edges at a time."""
    for start in range(0, len(edges), CHUNK):
        part = edges.iloc[start : start + CHUNK]
        ends = [pa.array([write_sif_name(name) for name in part[column]], type=pa.string()) for column in (TF, TARGET)]
        kind = pa.array(part[SIGN].map(INTERACTIONS), type=pa.string())
        lines = pc.binary_join_element_wise(ends[0], kind, ends[1], "\t").to_pylist()
        yield "".join(f"{line}\n" for line in lines)
