"""Spots for tests: counts of genes with patterns, on a small grid of two sections, as an AnnData or as tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

GENES = tuple(f"gene{number}" for number in range(240))
TFS = GENES[:6]
SIDE = 6


def make_counts(n_sections: int = 2, seed: int = 7) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
    """Return counts [P, G], coordinates [P, 2], names of the spots, and the section of each."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    points = np.column_stack([x.ravel(), y.ravel()])
    waves = 1 + np.sin(points @ rng.normal(size=(2, len(GENES))) + rng.uniform(0, 6, len(GENES)))
    counts = np.vstack([rng.poisson(20 * waves) for _ in range(n_sections)]).astype(np.float32)
    counts[:, -1] = 0
    counts[0, -1] = 1
    sections = [f"section{number + 1}" for number in range(n_sections) for _ in range(len(points))]
    names = [f"AAAC{number:04d}-1" for number in range(len(sections))]
    return counts, np.tile(100 * points, (n_sections, 1)), names, sections


def as_categories(names: list[str]) -> pd.Categorical:
    """Return names as anndata writes them: plain text, not that of Arrow."""
    codes, categories = pd.factorize(np.array(names, dtype=object), sort=True)
    return pd.Categorical.from_codes(codes, pd.Index(categories, dtype=object))


def make_adata(*, n_sections: int = 2, section: str = "section", seed: int = 7):
    """Return the spots as an AnnData with coordinates and, if it has a name, a column of sections."""
    import anndata
    import scipy.sparse as sp

    counts, points, names, sections = make_counts(n_sections, seed)
    spots, genes = (pd.DataFrame(index=pd.Index(own, dtype=object)) for own in (names, GENES))
    adata = anndata.AnnData(sp.csr_matrix(counts), obs=spots, var=genes)
    adata.obsm["spatial"] = points
    if section:
        adata.obs[section] = as_categories(sections)
    return adata


def write_labels(folder: Path) -> dict[str, Path]:
    """Write an expression table, a list of TFs and known edges; return them as arguments of prepare."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.random((len(GENES), 8)).round(3) * 9, index=list(GENES))
    table.columns = [f"sample{number}" for number in range(8)]
    table.to_csv(folder / "expression.csv", index_label="gene")
    (folder / "tfs.txt").write_text("\n".join(TFS) + "\n")
    pairs = [(tf, target, int(rng.random() < 0.5)) for tf in TFS for target in GENES[10:30]]
    pd.DataFrame(pairs, columns=["tf", "target", "label"]).to_csv(folder / "known.csv", index=False)
    names = {"expression": "expression.csv", "tfs": "tfs.txt", "known_edges": "known.csv"}
    return {key: folder / name for key, name in names.items()}
