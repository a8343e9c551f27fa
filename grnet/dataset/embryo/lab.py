"""A whole embryo, from a config to a folder of raw files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from grnet.dataset.embryo import files
from grnet.dataset.embryo.conditions import draw_conditions
from grnet.dataset.embryo.expression import Expression, solve_expression
from grnet.dataset.embryo.images import VIEWS, photograph
from grnet.dataset.embryo.known import KnownPairs, correlation_auroc, draw_known_pairs
from grnet.dataset.embryo.naming import gene_ids, invent_symbols
from grnet.dataset.embryo.network import Network, build_network
from grnet.dataset.embryo.rnaseq import sequence_samples
from grnet.dataset.embryo.spots import check_anndata, write_spots
from grnet.dataset.embryo.streams import stream
from grnet.dataset.embryo.surface import Surface, build_surface
from grnet.schema.arrays import Float64, Indices
from grnet.schema.configs import SimulateConfig
from grnet.schema.progress import SILENT, Progress
from grnet.storage.folders import new_folder

VIEW_PRESENT = 0.9
"""Probability that a gene with images has any in the dorsal view, and in the ventral; all have lateral ones."""
TF_LACKS_IMAGES = 0.35
"""TFs lack images this much more rarely than other genes: labs photograph them first."""


@dataclass(frozen=True)
class LabSummary:
    """What was simulated.

    Attributes
    ----------
    folder : Path
    seed, n_genes, n_tfs, n_true_edges, n_known_positive, n_known_negative, n_images, n_samples : int
    n_genes_with_images : int
    abs_pearson_auroc : float
        AUROC of |Pearson r| over the known pairs, 0..1.
    n_spots : int
        0 where no spots were written.
    """

    folder: Path
    seed: int
    n_genes: int
    n_tfs: int
    n_true_edges: int
    n_known_positive: int
    n_known_negative: int
    n_genes_with_images: int
    n_images: int
    n_samples: int
    abs_pearson_auroc: float
    n_spots: int = 0

    @property
    def expression(self) -> tuple[Path, Path]:
        """Tables of the TFs and of the other genes."""
        return self.folder / files.TF_TABLE, self.folder / files.GENE_TABLE

    @property
    def tfs(self) -> Path:
        """List of the TFs, one a line."""
        return self.folder / files.TF_LIST

    @property
    def known_edges(self) -> Path:
        """Table of tf, target, label."""
        return self.folder / files.KNOWN

    @property
    def images(self) -> Path:
        """Folder of <gene>/<view>/<number>.png."""
        return self.folder / files.IMAGES

    @property
    def spots(self) -> Path:
        """AnnData of spots, where it was written."""
        return self.folder / files.SPOTS

    @property
    def truth(self) -> Path:
        """Table of every true edge: tf, target, sign."""
        return self.folder / files.TRUTH_TABLE


def simulate_lab(
    out: Path, config: SimulateConfig, *, overwrite: bool = False, progress: Progress = SILENT
) -> LabSummary:
    """Simulate an embryo and write the raw files that a lab would have into the new folder `out`.

    Parameters
    ----------
    out : Path
    config : SimulateConfig
    overwrite : bool
        Replace `out` where it is there.
    progress : Progress

    Returns
    -------
    LabSummary

    Raises
    ------
    OutputExistsError
        `out` is there and `overwrite` is False.
    InputError
        Spots are wanted, and anndata is not installed.
    """
    if "spots" in config.also:
        check_anndata()
    with new_folder(out, overwrite=overwrite, marker=files.TRUTH_TABLE) as folder:
        network = build_network(config.n_tfs, config.n_targets, stream(config.seed, "network"))
        surface = build_surface()
        conditions = draw_conditions(network, config.n_samples, stream(config.seed, "conditions"))
        truth = solve_expression(network, surface, conditions, stream(config.seed, "surface"))
        measured = np.round(sequence_samples(truth.bulk, stream(config.seed, "rnaseq")), files.DECIMALS)
        known = draw_known_pairs(network, stream(config.seed, "known"))
        symbols = invent_symbols(network.n_genes, stream(config.seed, "names"))
        files.write_expression(folder, symbols, gene_ids(network.n_genes), measured, network.n_tfs)
        files.write_edges(folder, symbols, network, known)
        counts = _write_images(folder, symbols, truth, surface, config, progress)
        summary = _summarise(out, config.seed, network, known, counts, measured)
        if "spots" in config.also:
            own, rng = (symbols, gene_ids(network.n_genes)), stream(config.seed, "spots")
            n_spots = write_spots(folder / files.SPOTS, *own, truth.pattern, surface, rng)
            summary = replace(summary, n_spots=n_spots)
        files.write_readme(folder, _describe_files(summary), seed=config.seed)
    return summary


def _genes_with_images(config: SimulateConfig, rng: np.random.Generator) -> Indices:
    """Return the numbers of the genes that are photographed, ascending; TFs lack images more rarely."""
    n_genes = config.n_tfs + config.n_targets
    missing = round(config.genes_without_images * n_genes)
    weight = np.where(np.arange(n_genes) < config.n_tfs, TF_LACKS_IMAGES, 1.0)
    without = rng.choice(n_genes, size=missing, replace=False, p=weight / weight.sum())
    return np.setdiff1d(np.arange(n_genes, dtype=np.int64), without)


def _write_images(
    folder: Path,
    symbols: tuple[str, ...],
    truth: Expression,
    surface: Surface,
    config: SimulateConfig,
    progress: Progress,
) -> tuple[int, int]:
    """Render and write all images; return how many genes have images, and how many images there are."""
    rng = stream(config.seed, "images")
    genes = _genes_with_images(config, rng)
    total = 0
    with progress.track("photographing embryos", len(genes), "genes") as advance:
        for gene in genes:
            for view in VIEWS:
                if view != "lateral" and rng.random() >= VIEW_PRESENT:
                    continue
                for number in range(1, int(rng.integers(1, config.embryos_per_gene + 1)) + 1):
                    image = photograph(truth.pattern[gene], surface, view, config.image_size, rng)
                    files.write_image(folder, symbols[gene], view, number, image)
                    total += 1
            advance(1)
    return len(genes), total


def _summarise(
    out: Path, seed: int, network: Network, known: KnownPairs, counts: tuple[int, int], measured: Float64
) -> LabSummary:
    return LabSummary(
        folder=out,
        seed=seed,
        n_genes=network.n_genes,
        n_tfs=network.n_tfs,
        n_true_edges=len(network.tf),
        n_known_positive=int((known.label == 1).sum()),
        n_known_negative=int((known.label == 0).sum()),
        n_genes_with_images=counts[0],
        n_images=counts[1],
        n_samples=measured.shape[1],
        abs_pearson_auroc=correlation_auroc(measured, known),
    )


def _describe_files(summary: LabSummary) -> dict[str, str]:
    """Return what each file holds, in one line each."""
    others = summary.n_genes - summary.n_tfs
    unit = f"x {summary.n_samples} samples, log2(1 + counts per million)"
    described = {
        files.TF_TABLE: f"{summary.n_tfs} transcription factors {unit}",
        files.GENE_TABLE: f"{others} other genes {unit}",
        files.TF_LIST: f"symbols of the {summary.n_tfs} transcription factors",
        files.KNOWN: f"{summary.n_known_positive} known edges and {summary.n_known_negative} non-edges",
        f"{files.IMAGES}/": f"{summary.n_images} images of {summary.n_genes_with_images} genes, <gene>/<view>/<n>.png",
        files.TRUTH_TABLE: f"all {summary.n_true_edges} true edges with their sign",
    }
    if summary.n_spots:
        described[files.SPOTS] = (
            f"counts of {summary.n_genes} genes in {summary.n_spots} spots of two sections (AnnData)"
        )
    return described
