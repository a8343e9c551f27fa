"""A network as one object: its edges, its genes, its figures, and where each gene is drawn.

Exporters and the explorer page take it. What they draw is laid out once, whoever asks first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from grnet.network.graph import build_graph
from grnet.network.network_layout import lay_out
from grnet.schema.arrays import Float64
from grnet.schema.notebook import render_block, render_figure, render_lines, render_table
from grnet.schema.tables import CORRELATION, PROBABILITY, SYMBOL, TARGET, TF

if TYPE_CHECKING:
    import networkx as nx

REPR_EDGES = 10
"""Edges that a notebook shows of a network, the best."""
LAID_OUT_EDGES = 100_000
"""At most so many of the best edges pull genes together; the others would cost time and show nothing."""


@dataclass(frozen=True, eq=False)
class Network:
    """An inferred network.

    Attributes
    ----------
    edges, nodes : DataFrame
        Columns of `EDGES` (best first) and `NODES`; every gene of an edge is a node.
    summary : dict
        What :func:`grnet.network.summary.summarise` returned.
    """

    edges: pd.DataFrame
    nodes: pd.DataFrame
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """The seed of communities and layout, from the settings in the summary; 0 where they have none."""
        return int(self.summary.get("settings", {}).get("seed") or 0)

    @cached_property
    def layout(self) -> Float64:
        """The position of each node, float64 [N, 2], see :func:`~grnet.network.network_layout.lay_out`.

        Raises
        ------
        FormatError
            An edge names a gene that is no node.
        """
        return lay_out(self.edges.iloc[:LAID_OUT_EDGES], self.nodes, seed=self.seed)

    @property
    def graph(self) -> nx.DiGraph[str]:
        """The network as a new `networkx.DiGraph`; node key = symbol."""
        return build_graph(self.edges, self.nodes)

    def _repr_html_(self) -> str:
        names = (TF, TARGET, PROBABILITY, CORRELATION)
        best = self.edges.head(REPR_EDGES)[list(names)].itertuples(index=False)
        rows = [(tf, target, *map(render_figure, figures)) for tf, target, *figures in best]
        title = f"Network {self.summary.get('name', '')}: {len(self.edges):,} edges, {len(self.nodes):,} genes"
        return render_block(title, render_lines(self.summary.get("statement") or ()), render_table(names, rows))

    def strongest(self, count: int) -> Network:
        """Return the `count` best edges with the genes that they link; the network itself where it has no more."""
        if len(self.edges) <= count:
            return self
        edges = self.edges.head(count).reset_index(drop=True)
        linked = self.nodes[SYMBOL].isin({*edges[TF], *edges[TARGET]})
        return Network(edges, self.nodes[linked].reset_index(drop=True), self.summary)
