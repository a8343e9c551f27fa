"""Evidence for made networks: random, but consistent with the edges, and with every kind of thing missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import pearsonr, spearmanr

from grnet.schema.evidence import (
    AS_MEASURED,
    EXACT,
    SHAPLEY,
    Contributions,
    Evidence,
    GeneEvidence,
    MeasurementInfo,
    NearKnownEdge,
    PairEvidence,
    Place,
    Places,
    Saliency,
)
from grnet.schema.measurements import PictureGrid, Section

VIEWS = ("lateral", "dorsal", "ventral")
EXPRESSION, CELLS, SECTION = "expression", "cells", "section 1"
SPOTS, TERMS = "spots", "terms"


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
    rna = MeasurementInfo(EXPRESSION, "profile", "rna", "log2 TPM", "sample", samples)
    views = (MeasurementInfo(view, "picture", "image", place="pixel") for view in VIEWS)
    return Evidence((rna, *views), genes, pairs, "late interaction, RNA and images, 5 folds")


def add_measurements(evidence: Evidence, *, n_cells: int = 30) -> Evidence:
    """Return evidence with a second profile, of cells, and a picture that is no mean of images, of a section.

    Two genes in three have the profile, three in four the picture.
    """
    rng, genes = np.random.default_rng(5), {}
    for row, (symbol, gene) in enumerate(evidence.genes.items()):
        more: dict[str, np.ndarray] = {}
        if row % 3 != 2:
            more[CELLS] = rng.poisson(3, n_cells).astype(np.float32)
        if row % 4 != 3:
            more[SECTION] = make_image(rng, (20, 20))
        genes[symbol] = replace(gene, values={**gene.values, **more})
    cells = MeasurementInfo(CELLS, "profile", "rna", "counts", "cell", tuple(f"cell {i}" for i in range(n_cells)))
    section = MeasurementInfo(SECTION, "picture", "image", place="spot")
    return replace(evidence, measurements=(*evidence.measurements, cells, section), genes=genes)


def add_displays(evidence: Evidence, *, n_cells: int = 700, prefix: str = "") -> Evidence:
    """Return evidence with cells in groups, spots of two sections with holes, and terms; some genes lack each.

    `prefix` stands before the names of groups, sections and terms.
    """
    rng, genes = np.random.default_rng(6), {}
    kind_of = np.sort(rng.choice(5, n_cells, p=(0.4, 0.3, 0.15, 0.1, 0.05)))
    grid = make_sections(prefix)
    rarity = np.linspace(0.02, 0.5, 60)
    for row, (symbol, gene) in enumerate(evidence.genes.items()):
        more: dict[str, np.ndarray] = {}
        if row % 5 != 4:
            rate = rng.gamma(1, 1, 5)[kind_of]
            more[CELLS] = np.log2(1 + rng.poisson(rate)).astype(np.float32)
        if row % 4 != 3:
            more[SPOTS] = make_image(rng, (grid.height, grid.width))
        if row % 6 != 5:
            more[TERMS] = (rng.random(60) < rarity).astype(np.float32)
        tops = {**gene.tops, **({SPOTS: 2.5} if SPOTS in more else {})}
        genes[symbol] = replace(gene, values={**gene.values, **more}, tops=tops)
    names = tuple(f"{prefix}kind {number}" for number in kind_of)
    terms = tuple(f"{prefix}term {number}" for number in range(60))
    having = np.sum([gene.values[TERMS] for gene in genes.values() if TERMS in gene.values], axis=0)
    counts = tuple(int(count) for count in having)
    cells = tuple(f"cell {number}" for number in range(n_cells))
    more_measurements = (
        MeasurementInfo(CELLS, "groups", "rna", "log2", "cell", cells, groups=names),
        MeasurementInfo(SPOTS, "picture", "image", "log2", "spot", grid=grid),
        MeasurementInfo(TERMS, "terms", "image", place="term", places=terms, place_counts=counts),
    )
    pairs = {pair: add_ways(said, genes) for pair, said in evidence.pairs.items()}
    measurements = (*evidence.measurements, *more_measurements)
    return replace(evidence, measurements=measurements, genes=genes, pairs=pairs)


def make_sections(prefix: str = "") -> PictureGrid:
    """Return two sections side by side, of 20 × 18 and 16 × 14 pixels, with spots in a circle of each."""
    sections = (Section(f"{prefix}A", 0, 0, 20, 18), Section(f"{prefix}B", 2, 20, 16, 14))
    pixels = []
    for part in sections:
        y, x = np.mgrid[: part.height, : part.width]
        inside = np.hypot(2 * y / (part.height - 1) - 1, 2 * x / (part.width - 1) - 1) < 0.95
        pixels.append((y[inside] + part.top) * 34 + x[inside] + part.left)
    return PictureGrid(20, 34, np.concatenate(pixels)[None].astype(np.int64), sections)


def add_ways(pair, genes):
    """Return a pair with the correlations by cells and spots, where it has both genes."""
    ways = {CELLS: "within groups", SPOTS: "smoothed"}
    both = [genes[symbol].values for symbol in (pair.tf, pair.target)]
    shared = [name for name in ways if all(name in values for values in both)]
    return replace(pair, correlations={name: {AS_MEASURED: 0.25, ways[name]: -0.125} for name in shared})


def take_correlation(edges: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Return the edges with the correlation and sign of their evidence."""
    r = [evidence.pairs[pair].correlation for pair in zip(edges["tf"], edges["target"], strict=True)]
    signs = ["unknown" if value is None else "activation" if value > 0 else "repression" for value in r]
    return edges.assign(correlation=np.array(r, dtype=np.float32), sign=signs)


def make_gene(rng, symbol, row, size, n_samples):
    views = () if row % 5 == 4 else VIEWS[:1] if row % 5 == 3 else VIEWS
    images = {view: make_image(rng, size) for view in views}
    counts = {view: int(rng.integers(1, 6)) for view in views}
    profile = {EXPRESSION: rng.normal(6, 2, n_samples).astype(np.float32)} if row % 7 != 6 else {}
    return GeneEvidence(symbol, {**profile, **images}, counts)


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
    profiles = [gene.profile(EXPRESSION) for gene in (tf, target)]
    has_rna = all(profile is not None for profile in profiles)
    views = [view for view in VIEWS if view in tf.values and view in target.values]
    notes = [f"{gene.symbol} has no image." for gene in (tf, target) if not gene.counts]
    notes += [f"{gene.symbol} has no expression." for gene in (tf, target) if EXPRESSION not in gene.values]
    saliency = None
    if views and row % 6 != 5:
        saliency = Saliency(
            "occlusion" if row % 2 else "gradient",
            *({view: rng.normal(0, 0.05, grid).astype(np.float32) for view in views} for _ in range(2)),
        )
    elif views:
        notes.append("The map of where the models look is left out for this pair, to save space.")
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
        correlation=float(pearsonr(*profiles)[0]) if has_rna else None,
        spearman=float(spearmanr(*profiles)[0]) if has_rna else None,
        contributions=make_contributions(rng, row, edge["score"], has_rna, bool(views)),
        places=make_places(rng, has_rna),
        near=make_near(rng, edge, list(genes), row % 4),
        saliency=saliency,
        notes=tuple(notes),
    )


def make_contributions(rng, row, score, has_rna, has_images):
    rna, image, last = rng.normal(0, 1.5, 3) * (has_rna, has_images, has_rna and has_images)
    baseline = score - rna - image - last
    details = {}
    if has_rna and row % 2 == 0:
        parts = rng.normal(0, 0.8, 3)
        details = {
            "co-expression of the two": float(parts[0]),
            "what known edges of similar genes say": float(parts[1]),
            "known targets by expression": float(parts[2]),
            "the two genes on their own": float(baseline + rna - parts.sum()),
        }
    method = EXACT if row % 2 == 0 else SHAPLEY
    interaction, network = (0.0, float(last)) if method == EXACT else (float(last), 0.0)
    return Contributions(method, float(baseline), float(rna), float(image), interaction, network, details)


def make_places(rng, has_rna):
    def draw(among):
        return Place(int(rng.integers(1, among + 1)), among)

    return Places(draw(95), draw(1245), draw(95) if has_rna else None, draw(1245) if has_rna else None)


def make_near(rng, edge, symbols, count):
    chosen = rng.choice(len(symbols), min(count, len(symbols)), replace=False)
    return tuple(NearKnownEdge(edge["tf"], symbols[k], 1.0, float(rng.uniform(-1, 1))) for k in chosen)
