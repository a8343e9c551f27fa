"""Random scores with the shape of a regulatory network, for the tests of the network room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import CORRELATION, LABEL, PROBABILITY, SCORE, SCORES, SEED_SPREAD, SPREAD, TARGET, TF

HOSTILE = (
    "../../x",
    "<script>alert(1)</script>",
    "a\"b'c&d",
    "]]>",
    "</script>",
    "two\nlines",
    "<b>bold</b>",
    "carriage\rreturn",
    " spaces  inside ",
    "comma,tab\tsemicolon;",
    "{{title}}",
    "E(spl)mγ-HLH",
    "<img src=x onerror=alert(1)>",
    "=1+1",
    "+SUM(A1)",
    "-2",
    "Abd-B",
    "abd-b",
    "long" * 75,
    "遺伝子 جين ген 🧬",
    '"quoted"',
    "back\\tslash%09",
    "NA",
    "&amp;",
)


def make_genes(n_tfs: int = 60, n_genes: int = 500) -> GeneCatalogue:
    rng = np.random.default_rng(5)
    symbols = tuple(f"Tf{i}" if i < n_tfs else f"gene{i}" for i in range(n_genes))
    ids = tuple(f"FBgn{i:07d}" if i % 7 else "" for i in range(n_genes))
    return GeneCatalogue(symbols, ids, np.arange(n_genes) < n_tfs, rng.integers(0, 9, n_genes).astype(np.int32))


def make_scores(genes: GeneCatalogue, *, seed: int = 11, modules: int = 7) -> pd.DataFrame:
    """Every TF × gene: hubs by a heavy-tailed effect of the TF, modules by a shared hidden group."""
    rng = np.random.default_rng(seed)
    n = len(genes)
    tf = np.repeat(genes.tfs, n)
    target = np.tile(np.arange(n), len(genes.tfs))
    keep = tf != target
    tf, target = tf[keep], target[keep]
    module = rng.integers(0, modules, n)
    hub = rng.pareto(1.5, n).clip(0, 5)
    logit = -6 + 0.8 * hub[tf] + 2.8 * (module[tf] == module[target]) + rng.normal(0, 1.6, len(tf))
    logit = np.round(logit, 2)  # ties
    correlation = np.tanh(rng.normal(0.15, 0.5, len(tf)))
    correlation[rng.random(len(tf)) < 0.05] = np.nan
    probability = 1 / (1 + np.exp(-logit))
    label = np.full(len(tf), np.nan)
    known = rng.random(len(tf)) < 0.25 * probability
    label[known] = 1
    label[rng.random(len(tf)) < 0.002] = 0
    symbols = np.array(genes.symbols, dtype=object)
    return pd.DataFrame(
        {
            TF: symbols[tf],
            TARGET: symbols[target],
            SCORE: logit.astype(np.float32),
            PROBABILITY: np.round(probability, 4).astype(np.float32),
            SPREAD: rng.uniform(0, 0.1, len(tf)).astype(np.float32),
            SEED_SPREAD: np.where(np.arange(len(tf)) % 3 == 0, np.nan, probability / 20).astype(np.float32),
            CORRELATION: correlation.astype(np.float32),
            LABEL: label,
        }
    )


def in_shards(scores: pd.DataFrame, size: int) -> Callable[[], Iterator[pa.Table]]:
    """Return what yields the scores in tables of `size` rows, as score shards are read."""

    def shards() -> Iterator[pa.Table]:
        for start in range(0, len(scores), max(size, 1)):
            yield as_table(scores.iloc[start : start + size])

    return shards


def as_table(scores: pd.DataFrame) -> pa.Table:
    """Return scores as an Arrow table of `SCORES`, with the genes as a dictionary."""
    table = pa.Table.from_pandas(scores, schema=SCORES, preserve_index=False)
    for column in (TF, TARGET):
        table = table.set_column(table.column_names.index(column), column, table[column].dictionary_encode())
    return table


def hostile_network() -> tuple[pd.DataFrame, pd.DataFrame, GeneCatalogue]:
    """Edges and nodes among genes with the names in HOSTILE."""
    from grnet.network.graph import build_nodes
    from grnet.network.selection import select_edges
    from grnet.schema.configs import InferConfig

    n = len(HOSTILE)
    genes = GeneCatalogue(
        HOSTILE, tuple(f"id<{i}>&" for i in range(n)), np.arange(n) < 5, np.arange(n).astype(np.int32)
    )
    edges = select_edges(in_shards(make_scores(genes), 7), InferConfig(top=100))
    return edges, build_nodes(edges, genes, seed=0), genes


def large_network(n_edges: int = 100_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Edges and nodes of a network that is made at once, without scores or a search for communities."""
    n_tfs, n_genes = 400, 4_000
    rng = np.random.default_rng(3)
    keys = rng.permutation(n_tfs * n_genes)[: n_edges + n_genes]
    keys = keys[keys // n_genes != keys % n_genes][:n_edges]
    tf, target = keys // n_genes, keys % n_genes
    symbols = np.array([f"gene{i}" for i in range(n_genes)], dtype=object)
    correlation = rng.uniform(-1, 1, n_edges).astype(np.float32)
    edges = pd.DataFrame(
        {
            "tf": symbols[tf],
            "target": symbols[target],
            "probability": np.linspace(1, 0.5, n_edges, dtype=np.float32),
            "spread": np.zeros(n_edges, dtype=np.float32),
            "seed_spread": np.full(n_edges, np.nan, dtype=np.float32),
            "score": np.linspace(9, 0, n_edges, dtype=np.float32),
            "rank": np.arange(1, n_edges + 1),
            "correlation": correlation,
            "sign": np.where(correlation > 0, "activation", "repression"),
            "known": np.arange(n_edges) % 9 == 0,
        }
    )
    nodes = pd.DataFrame(
        {
            "symbol": symbols,
            "id": "",
            "is_tf": np.arange(n_genes) < n_tfs,
            "n_images": np.zeros(n_genes, dtype=np.int32),
            "in_degree": np.bincount(target, minlength=n_genes).astype(np.int32),
            "out_degree": np.bincount(tf, minlength=n_genes).astype(np.int32),
            "community": (np.arange(n_genes) % 40 + 1).astype(np.int32),
        }
    )
    return edges, nodes
