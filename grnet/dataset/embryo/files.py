"""The lab's files: tables, TF list, known edges, image folder, truth and a page that explains them.

The same content always gives the same bytes: no times, no names of this machine.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from grnet.dataset.embryo.known import KnownPairs
from grnet.dataset.embryo.network import Network
from grnet.schema.arrays import Bytes, Float64
from grnet.schema.tables import ID, LABEL, SIGN, SYMBOL, TARGET, TF, TRUTH
from grnet.storage.tables import write_table

TF_TABLE, GENE_TABLE, TF_LIST = "expression_tfs.csv", "expression_genes.tsv.gz", "tfs.txt"
KNOWN, IMAGES, TRUTH_TABLE, README = "known_edges.csv", "images", "truth.parquet", "README.txt"
SPOTS = "spots.h5ad"
DECIMALS = 3


def write_expression(
    folder: Path, symbols: tuple[str, ...], ids: tuple[str, ...], expression: Float64, n_tfs: int
) -> None:
    """Write the table of the TFs and that of the other genes; `expression` is [G, S], TFs first."""
    samples = [f"embryo_{number:02d}" for number in range(1, expression.shape[1] + 1)]
    table = pd.DataFrame(expression, columns=samples)
    table.insert(0, SYMBOL, list(symbols))
    table.insert(1, ID, list(ids))
    (folder / TF_TABLE).write_bytes(_as_text(table[:n_tfs], ","))
    (folder / GENE_TABLE).write_bytes(gzip.compress(_as_text(table[n_tfs:], "\t"), mtime=0))
    (folder / TF_LIST).write_text("\n".join(symbols[:n_tfs]) + "\n", encoding="utf-8")


def _as_text(table: pd.DataFrame, separator: str) -> bytes:
    text = table.to_csv(sep=separator, index=False, float_format=f"%.{DECIMALS}f", lineterminator="\n")
    return text.encode()


def write_edges(folder: Path, symbols: tuple[str, ...], network: Network, known: KnownPairs) -> None:
    """Write the known pairs as text and every true edge as a table."""
    names = np.array(symbols)
    pairs = pd.DataFrame({TF: names[known.tf], TARGET: names[known.target], LABEL: known.label})
    pairs.to_csv(folder / KNOWN, index=False, lineterminator="\n")
    truth = pd.DataFrame({TF: names[network.tf], TARGET: names[network.target], SIGN: network.sign})
    write_table(truth.sort_values([TF, TARGET]), folder / TRUTH_TABLE, TRUTH)


def write_image(folder: Path, symbol: str, view: str, number: int, image: Bytes) -> None:
    """Write one image as images/<gene>/<view>/<number>.png."""
    place = folder / IMAGES / symbol / view
    place.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(place / f"{number:02d}.png", compress_level=1)


def write_readme(folder: Path, lines: dict[str, str], *, seed: int) -> None:
    """Write the page that says what each file is, with its counts."""
    width = max(len(name) for name in lines)
    body = "\n".join(f"{name:<{width}}  {text}" for name, text in lines.items())
    (folder / README).write_text(_PAGE.format(seed=seed, files=body), encoding="utf-8")


_PAGE = """\
A synthetic embryo (grnet simulate, seed {seed})

Nothing here is a real organism: genes, network and measurements are simulated.

{files}

Known edges (label 1) are half of the true edges, drawn evenly. Non-edges (label 0) are as many sampled pairs: the TF in
proportion to its number of known edges, so that the TF alone says little about the label, and the other gene evenly
from all genes that this TF does not regulate. A non-edge is never a true edge. Other pairs carry no label;
truth.parquet tells which of them are edges. Keep it for checking predictions: a model must not see it.

Images show the reference embryo, bright where stained, anterior end left; lateral images have the dorsal side up.
RNA-seq samples come from perturbed embryos of differing age and stress in three batches. Some TFs are placed in space
but steady between samples (their edges show in images), some are everywhere but vary between samples (their edges
show in RNA-seq), some are both.
"""
