"""A lab's files → a dataset directory: read them, join them by gene name, write the directory, report the counts."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from grnet.dataset.directory import IMAGES_FILE, SETTINGS_FILE, Dataset, DatasetContents, write_contents
from grnet.dataset.file_readers import HERE, FileReaders
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.gene_joining import as_measurement, join_pictures, join_rna, with_distinct_names
from grnet.dataset.image_stack import new_image_stack
from grnet.dataset.image_store import Joined, StoredImages, join_images, store_images
from grnet.dataset.known_edges import join_edges
from grnet.dataset.lab_inputs import LabInputs, list_sources, read_inputs
from grnet.dataset.measurements.images import measure_images
from grnet.dataset.names import NameBook, describe_unused_aliases
from grnet.dataset.preparation_record import describe_preparation
from grnet.dataset.sources import checksum_of
from grnet.dataset.summary import DatasetSummary, summarise
from grnet.dataset.tf_list import join_tfs
from grnet.schema.arrays import Bytes
from grnet.schema.genes import GeneCatalogue
from grnet.schema.prepare_config import PrepareConfig
from grnet.schema.progress import SILENT, Progress
from grnet.schema.sources import Source
from grnet.schema.tables import IMAGES, LABELLED_PAIRS, SYMBOL, TF, VIEW, empty_table
from grnet.storage.folders import check_output_free, new_folder

FEWEST_SAMPLES = 3
"""With two, every correlation is 1 or -1."""


@dataclass(frozen=True)
class _Labels:
    """TFs and known edges, joined with the genes."""

    tfs: frozenset[str]
    labelled_pairs: pd.DataFrame


def prepare_dataset(
    out: Path,
    config: PrepareConfig,
    *,
    overwrite: bool = False,
    progress: Progress = SILENT,
    readers: FileReaders = HERE,
) -> DatasetSummary:
    """Turn a lab's files into a dataset directory.

    Parameters
    ----------
    out : Path
        The folder to write; it appears complete or not at all.
    config : PrepareConfig
    overwrite : bool
        Replace `out` where it is there.
    progress : Progress
    readers : FileReaders
        Who reads files of expression and of spots.

    Returns
    -------
    DatasetSummary
        What `grnet inspect` shows of the folder.

    Raises
    ------
    OutputExistsError
        `out` is there and `overwrite` is False.
    MissingInputError, InputError
        A file is missing or cannot be used as it is; the text says which, where and how to mend it.
    """
    out = Path(out)
    check_output_free(out, overwrite=overwrite, marker=SETTINGS_FILE)
    findings = Findings()
    checksums = _start_checksums(config)
    inputs = read_inputs(config, findings, progress, readers=readers)
    keep_all = config.genes == "all"
    for entry in inputs.rna:
        if (n_places := len(entry.places)) < FEWEST_SAMPLES:
            findings.note(f"{entry.kind.place}s: {n_places}; correlations need at least {FEWEST_SAMPLES}")
    of_rna = join_rna(inputs.rna, inputs.aliases)
    book = NameBook.build(of_rna, of_rna.values(), inputs.aliases)
    of_pictures = join_pictures(inputs.pictures, book, keep_all=keep_all, findings=findings)
    joined: list[Joined] = []
    new_genes: dict[str, str] = {}
    if config.images is not None:
        joined, new_genes = join_images(config.images, inputs.images, book, keep_all=keep_all, findings=findings)
    ids = of_rna | new_genes | of_pictures
    # before the images are decoded, so that an error in the small tables shows at once
    labels = _join_labels(inputs, ids, keep_all, trial := Findings())
    with new_folder(out, overwrite=overwrite, marker=SETTINGS_FILE) as folder:
        stored = _store_images(joined, ids, folder / IMAGES_FILE, config, findings, progress)
        seen = set(stored.table[SYMBOL])
        lost = [symbol for symbol in new_genes if symbol not in seen and symbol not in of_pictures]
        if lost:
            ids = {symbol: gene_id for symbol, gene_id in ids.items() if symbol not in lost}
            labels = _join_labels(inputs, ids, keep_all, trial := Findings())
        findings.extend(trial)
        genes = _catalogue(ids, joined, labels.tfs, stored.table)
        for note in describe_unused_aliases(inputs.aliases, frozenset(genes.symbols)):
            findings.note(note)
        images = np.load(folder / IMAGES_FILE, mmap_mode="r")
        given = with_distinct_names((*inputs.rna, *inputs.pictures), stored.table[VIEW])
        measured = [as_measurement(entry, genes, inputs.aliases, findings) for entry in given]
        contents = DatasetContents(
            genes=genes,
            measurements=(*measured, *measure_images(images, stored.table, genes)),
            image_table=stored.table,
            labelled_pairs=labels.labelled_pairs,
            rejected=findings.rejected_table(),
            settings=describe_preparation(config, inputs, checksums, genes, stored, findings),
        )
        write_contents(folder, contents)
        return summarise(_as_dataset(out, contents, images))


def _start_checksums(config: PrepareConfig) -> dict[Source, Future[str]]:
    """Return the SHA-256 of what is given, computed beside the reading."""
    sums = ThreadPoolExecutor(1)
    checksums = {source: sums.submit(checksum_of, source) for _, source in list_sources(config)}
    sums.shutdown(wait=False)
    return checksums


def _as_dataset(path: Path, contents: DatasetContents, images: Bytes) -> Dataset:
    """Return what loading the folder `path` will give."""
    return Dataset(
        path,
        contents.settings["name"] or path.resolve().name,
        contents.genes,
        contents.measurements,
        images,
        contents.image_table,
        contents.labelled_pairs,
        contents.rejected,
        dict(contents.settings),
    )


def _join_labels(inputs: LabInputs, ids: dict[str, str], keep_all: bool, findings: Findings) -> _Labels:
    book = NameBook.build(ids, ids.values(), inputs.aliases)
    tfs = None
    if inputs.tfs is not None:
        refusal = Reason.NO_DATA if keep_all else Reason.NO_EXPRESSION
        tfs = join_tfs(inputs.tfs, book, refusal=refusal, findings=findings)
    known = empty_table(LABELLED_PAIRS)
    if inputs.edges is not None:
        known = join_edges(inputs.edges, book, tfs, refusal=Reason.UNKNOWN_GENE, findings=findings)
    if tfs is None:
        tfs = frozenset(known[TF])
        findings.note(f"no TF list: the TFs are the {len(tfs)} regulators of the known edges")
    return _Labels(tfs, known)


def _store_images(
    joined: list[Joined],
    ids: dict[str, str],
    path: Path,
    config: PrepareConfig,
    findings: Findings,
    progress: Progress,
) -> StoredImages:
    if config.images is None:
        size = config.image_size or (0, 0)
        with new_image_stack(path, size):
            return StoredImages(empty_table(IMAGES), size, "")
    order = {symbol: position for position, symbol in enumerate(ids)}
    return store_images(
        joined,
        order,
        path,
        source=config.images,
        image_size=config.image_size,
        findings=findings,
        progress=progress,
    )


def _catalogue(
    ids: dict[str, str], joined: list[Joined], tfs: frozenset[str], image_table: pd.DataFrame
) -> GeneCatalogue:
    """Return the genes; ids that the expression tables lack are taken from the images."""
    from_images: dict[str, str] = {}
    for symbol, candidate in joined:
        if candidate.gene_id:
            from_images.setdefault(symbol, candidate.gene_id)
    counts = Counter(image_table[SYMBOL])
    return GeneCatalogue(
        symbols=tuple(ids),
        ids=tuple(gene_id or from_images.get(symbol, "") for symbol, gene_id in ids.items()),
        is_tf=np.array([symbol in tfs for symbol in ids], dtype=bool),
        n_images=np.array([counts[symbol] for symbol in ids], dtype=np.int32),
    )
