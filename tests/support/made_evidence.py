"""Evidence for made networks: random, but consistent with the edges, and with every kind of thing missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import pearsonr, spearmanr

from grnet.schema.evidence import (
    EXACT,
    SHAPLEY,
    Contributions,
    Evidence,
    GeneEvidence,
    NearKnownEdge,
    PairEvidence,
    Place,
    Places,
    Saliency,
)

VIEWS = ("lateral", "dorsal", "ventral")


def make_evidence(
    edges: pd.DataFrame,
    nodes: pd.DataFrame,
    *,
    seed: int = 3,
    size: tuple[int, int] = (32, 64),
    n_samples: int = 72,
    grid: tuple[int, int] = (8, 16),
) -> Evidence:
    """Return evidence for all edges; some genes lack images, a view or expression, some pairs saliency or a label."""
    rng = np.random.default_rng(seed)
    genes = {symbol: make_gene(rng, symbol, row, size, n_samples) for row, symbol in enumerate(nodes["symbol"])}
    pairs = {}
    for row, edge in enumerate(edges.to_dict("records")):
        pair = (edge["tf"], edge["target"])
        pairs[pair] = make_pair(rng, row, edge, genes, grid)
    samples = tuple(f"embryo_{i + 1:02d}" for i in range(n_samples))
    return Evidence(VIEWS, samples, "log2 TPM", genes, pairs, "late interaction, RNA and images, 5 folds")


def take_correlation(edges: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Return the edges with the correlation and sign of their evidence."""
    r = [evidence.pairs[pair].correlation for pair in zip(edges["tf"], edges["target"], strict=True)]
    signs = ["unknown" if value is None else "activation" if value > 0 else "repression" for value in r]
    return edges.assign(correlation=np.array(r, dtype=np.float32), sign=signs)


def make_gene(rng, symbol, row, size, n_samples):
    views = () if row % 5 == 4 else VIEWS[:1] if row % 5 == 3 else VIEWS
    images = {view: make_image(rng, size) for view in views}
    counts = {view: int(rng.integers(1, 6)) for view in views}
    profile = rng.normal(6, 2, n_samples).astype(np.float32) if row % 7 != 6 else None
    return GeneEvidence(symbol, images, counts, profile)


def make_image(rng, size):
    """Return stripes and a spot within an ellipse, uint8 [H, W]."""
    y, x = np.linspace(-1, 1, size[0])[:, None], np.linspace(-1, 1, size[1])[None, :]
    stripes = np.exp(-((np.sin(rng.uniform(2, 9) * x + rng.uniform(0, 6)) - 0.9) ** 2) * 4)
    spot = np.exp(-((x - rng.uniform(-0.7, 0.7)) ** 2 + (y - rng.uniform(-0.5, 0.5)) ** 2) * 12)
    inside = (x**2 + y**2) < 0.92
    return np.clip(rng.uniform(120, 230) * (0.5 * stripes + spot) * inside + 8, 0, 255).astype(np.uint8)


def make_pair(rng, row, edge, genes, grid):
    tf, target = genes[edge["tf"]], genes[edge["target"]]
    label = 1 if edge["known"] else 0 if row % 11 == 0 else None
    fold = None if label is None else row % 5
    around = np.clip(edge["probability"] + rng.normal(0, 0.04, 5), 0, 1)
    probabilities = tuple(float(p) if fold in (None, k) else None for k, p in enumerate(around))
    has_rna = tf.expression is not None and target.expression is not None
    views = [view for view in VIEWS if view in tf.images and view in target.images]
    notes = [f"{gene.symbol} has no image." for gene in (tf, target) if not gene.images]
    notes += [f"{gene.symbol} has no expression." for gene in (tf, target) if gene.expression is None]
    saliency = None
    if views and row % 6 != 5:
        saliency = Saliency(
            "occlusion" if row % 2 else "gradient",
            *({view: rng.normal(0, 0.05, grid).astype(np.float32) for view in views} for _ in range(2)),
        )
    elif views:
        notes.append("Where the models look was left out for this pair, to save room.")
    return PairEvidence(
        tf=edge["tf"],
        target=edge["target"],
        label=label,
        fold=fold,
        score=edge["score"],
        probability=edge["probability"],
        spread=edge["spread"],
        seed_spread=None if np.isnan(edge["seed_spread"]) else edge["seed_spread"],
        fold_probabilities=probabilities,
        correlation=float(pearsonr(tf.expression, target.expression)[0]) if has_rna else None,
        spearman=float(spearmanr(tf.expression, target.expression)[0]) if has_rna else None,
        contributions=make_contributions(rng, row, edge["score"], has_rna, bool(views)),
        places=make_places(rng, has_rna),
        near=make_near(rng, edge, list(genes), row % 4),
        saliency=saliency,
        notes=tuple(notes),
    )


def make_contributions(rng, row, score, has_rna, has_images):
    rna, image, interaction = rng.normal(0, 1.5, 3) * (has_rna, has_images, has_rna and has_images)
    baseline = score - rna - image - interaction
    details = {}
    if has_rna and row % 2 == 0:
        parts = rng.normal(0, 0.8, 2)
        details = {
            "co-expression of the two": float(parts[0]),
            "what known edges of similar genes say": float(parts[1]),
            "the two genes on their own": float(baseline + rna - parts.sum()),
        }
    method = EXACT if row % 2 == 0 else SHAPLEY
    return Contributions(method, float(baseline), float(rna), float(image), float(interaction), details)


def make_places(rng, has_rna):
    def draw(among):
        return Place(int(rng.integers(1, among + 1)), among)

    return Places(draw(95), draw(1245), draw(95) if has_rna else None, draw(1245) if has_rna else None)


def make_near(rng, edge, symbols, count):
    chosen = rng.choice(len(symbols), min(count, len(symbols)), replace=False)
    return tuple(NearKnownEdge(edge["tf"], symbols[k], 1.0, float(rng.uniform(-1, 1))) for k in chosen)
