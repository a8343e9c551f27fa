"""A lab's files → a dataset directory: read, join by name, write, and tell what joined with what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from grnet.dataset.cells import text_of
from grnet.dataset.directory import IMAGES_FILE, SETTINGS_FILE, Dataset, DatasetContents, write_contents
from grnet.dataset.expression import read_expression
from grnet.dataset.expression_table import ExpressionOptions, ExpressionTable
from grnet.dataset.findings import Findings, Reason
from grnet.dataset.image_sources import ImageCandidate, list_images
from grnet.dataset.image_stack import new_image_stack
from grnet.dataset.image_store import Joined, StoredImages, join_images, store_images
from grnet.dataset.known_edges import EdgeList, join_edges, open_edges, plan_edge_list
from grnet.dataset.measurements.images import measure_images
from grnet.dataset.measurements.samples import measure_samples
from grnet.dataset.names import NameBook, describe_unused_aliases, read_aliases, suggest_aliases, unversioned
from grnet.dataset.reading.overrides import ColumnChoices, TableChoices
from grnet.dataset.reading.plan import ReadingPlan, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.sources import checksum_of
from grnet.dataset.summary import DatasetSummary, summarise
from grnet.dataset.tf_list import TfList, join_tfs, read_tf_list
from grnet.schema.configs import PrepareConfig
from grnet.schema.errors import InputError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.progress import SILENT, Progress
from grnet.schema.sources import ImageSource, TableSource
from grnet.schema.tables import IMAGES, KNOWN_EDGES, SYMBOL, TF, empty_table
from grnet.storage.folders import check_output_free, new_folder

FEWEST_SAMPLES = 3
"""With two, every correlation is 1 or -1."""


@dataclass(frozen=True)
class _Inputs:
    """All tables, read; images listed."""

    aliases: dict[str, str]
    tfs: TfList | None
    edges: EdgeList | None
    expression: ExpressionTable
    images: list[ImageCandidate]
    plans: tuple[ReadingPlan, ...]


@dataclass(frozen=True)
class _Labels:
    """TFs and known edges, joined with the genes."""

    tfs: frozenset[str]
    known_edges: pd.DataFrame


def prepare_dataset(
    out: Path, config: PrepareConfig, *, overwrite: bool = False, progress: Progress = SILENT
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
    sums = ThreadPoolExecutor(1)
    checksums = {source: sums.submit(checksum_of, source) for _, source in _given_tables(config)}
    sums.shutdown(wait=False)
    inputs = _read_inputs(config, findings)
    expression, keep_all = inputs.expression, config.genes == "all"
    if len(expression.samples) < FEWEST_SAMPLES:
        findings.note(
            f"samples: {len(expression.samples)}; co-expression says nothing with fewer than {FEWEST_SAMPLES}"
        )
    book = NameBook.build(expression.symbols, expression.ids, inputs.aliases)
    joined: list[Joined] = []
    new_genes: dict[str, str] = {}
    if config.images is not None:
        joined, new_genes = join_images(config.images, inputs.images, book, keep_all=keep_all, findings=findings)
    ids = dict(zip(expression.symbols, expression.ids, strict=True)) | new_genes
    # before the images are decoded, so that an error in the small tables shows at once
    labels = _join_labels(inputs, ids, keep_all, trial := Findings())
    with new_folder(out, overwrite=overwrite, marker=SETTINGS_FILE) as folder:
        stored = _store_images(joined, ids, folder / IMAGES_FILE, config, findings, progress)
        seen = set(stored.table[SYMBOL])
        lost = [symbol for symbol in new_genes if symbol not in seen]
        if lost:
            ids = {symbol: gene_id for symbol, gene_id in ids.items() if symbol not in lost}
            labels = _join_labels(inputs, ids, keep_all, trial := Findings())
        findings.extend(trial)
        genes = _catalogue(ids, joined, labels.tfs, stored.table)
        for note in describe_unused_aliases(inputs.aliases, frozenset(genes.symbols)):
            findings.note(note)
        rna = measure_samples(expression.values, expression.samples, units=config.units)
        images = np.load(folder / IMAGES_FILE, mmap_mode="r")
        pictures = measure_images(images, stored.table, genes)
        contents = DatasetContents(
            genes=genes,
            measurements=(rna, *pictures),
            image_table=stored.table,
            known_edges=labels.known_edges,
            rejected=findings.rejected_table(),
            settings=_settings(config, inputs, checksums, genes, stored, findings),
        )
        write_contents(folder, contents)
        name = config.name or out.resolve().name
        dataset = Dataset(
            out,
            name,
            genes,
            contents.measurements,
            images,
            stored.table,
            labels.known_edges,
            contents.rejected,
            dict(contents.settings),
        )
        return summarise(dataset)


def _read_inputs(config: PrepareConfig, findings: Findings) -> _Inputs:
    if config.tfs is None and config.known_edges is None:
        raise InputError(
            "prepare needs to know the TFs: give --tfs FILE, or --known-edges FILE, whose regulators they are"
        )
    choices = ColumnChoices.parse(config.columns)
    choices.check_files(_given_tables(config))
    plans: list[ReadingPlan] = []
    alias_choices = choices.of_table(TableKind.ALIASES, config.aliases_file) if config.aliases_file else TableChoices()
    aliases = read_aliases(config.aliases_file, config.aliases, choices=alias_choices, plans=plans)
    tf_cells = _open_names(config.tfs, choices) if config.tfs else None
    edge_cells = open_edges(config.known_edges, choices) if config.known_edges else None
    images = []
    if config.images is not None:
        own = choices.of_table(TableKind.IMAGES, config.images)
        images = list_images(config.images, findings, choices=own, plans=plans)
    named = {*_words_of(tf_cells), *_words_of(edge_cells)}
    expression = read_expression(
        config.expression,
        aliases,
        known_names=named | {aliases.get(name, name) for name in named},
        options=ExpressionOptions(config.transpose, choices, config.normalise),
        findings=findings,
    )
    genes = {*expression.symbols, *expression.ids, *aliases} - {""}
    genes |= {unversioned(name) for name in genes}
    tfs = edges = None
    if tf_cells is not None:
        tfs = read_tf_list(tf_cells, genes=genes, choices=choices.of_table(TableKind.TFS, tf_cells.path))
    if edge_cells is not None:
        edges = plan_edge_list(
            edge_cells,
            genes=genes,
            tfs=set(tfs.names) if tfs else frozenset(),
            choices=choices.of_table(TableKind.KNOWN_EDGES, edge_cells.path),
        )
    labels = [part.plan for part in (tfs, edges) if part is not None]
    _note_versions(named, genes, findings)
    return _Inputs(aliases, tfs, edges, expression, images, (*expression.plans, *labels, *plans))


def _note_versions(named: set[str], genes: set[str], findings: Findings) -> None:
    """Tell of Ensembl identifiers that have a version in one file and another, or none, in the other."""
    plain = {unversioned(gene) for gene in genes}
    joined = [name for name in named if name not in genes and unversioned(name) in plain]
    with_version = {unversioned(gene) for gene in genes if unversioned(gene) != gene} & named
    count = len(set(joined) | with_version)
    if count:
        findings.note(f"Ensembl identifiers joined without regard to their version: {count:,}")


def _used_names(config: PrepareConfig, inputs: _Inputs, checksums: Mapping[ImageSource, Future[str]]) -> set[str]:
    """Return the names that the user's own lists write, but for a list that is an expression table, too."""
    names = {candidate.gene for candidate in inputs.images}
    if inputs.edges is not None:
        names |= {*inputs.edges.tfs, *inputs.edges.targets}
    own = None if config.tfs is None else checksums[config.tfs].result()
    if inputs.tfs is not None and own not in [checksums[table].result() for table in config.expression]:
        names |= set(inputs.tfs.names)
    return names


def _given_tables(config: PrepareConfig) -> list[tuple[TableKind, ImageSource]]:
    given: list[tuple[TableKind, ImageSource | None]] = [(TableKind.EXPRESSION, path) for path in config.expression]
    given += [(TableKind.TFS, config.tfs), (TableKind.KNOWN_EDGES, config.known_edges)]
    given += [(TableKind.IMAGES, config.images), (TableKind.ALIASES, config.aliases_file)]
    return [(kind, path) for kind, path in given if path is not None]


def _open_names(path: TableSource, choices: ColumnChoices) -> RawTable:
    own = choices.of_table(TableKind.TFS, path)
    return read_table(path, own.file, fits=is_name_sheet, ragged=True, long_text=1 << 62)


def _words_of(raw: RawTable | None) -> set[str]:
    """Return every cell of a small table: what its names may be, before its plan is made."""
    if raw is None:
        return set()
    return {text_of(cell) for row in raw.cells.to_numpy(dtype=object) for cell in row if isinstance(cell, str | int)}


def _join_labels(inputs: _Inputs, ids: dict[str, str], keep_all: bool, findings: Findings) -> _Labels:
    book = NameBook.build(ids, ids.values(), inputs.aliases)
    tfs = None
    if inputs.tfs is not None:
        refusal = Reason.NO_DATA if keep_all else Reason.NO_EXPRESSION
        tfs = join_tfs(inputs.tfs, book, refusal=refusal, findings=findings)
    known = empty_table(KNOWN_EDGES)
    if inputs.edges is not None:
        known = join_edges(inputs.edges, book, tfs, refusal=Reason.UNKNOWN_GENE, findings=findings)
    if tfs is None:
        tfs = frozenset(known[TF])
        findings.note(f"no TF list: the {len(tfs)} regulators of the known edges are the TFs")
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


def _settings(
    config: PrepareConfig,
    reading: _Inputs,
    checksums: Mapping[ImageSource, Future[str]],
    genes: GeneCatalogue,
    stored: StoredImages,
    findings: Findings,
) -> dict[str, Any]:
    """Return what `dataset.toml` says; names of files without their folders, so that equal inputs give equal bytes."""
    inputs = []
    roles: list[tuple[str, ImageSource | None]] = [("expression", table) for table in config.expression]
    roles += [("tfs", config.tfs), ("known_edges", config.known_edges), ("aliases", config.aliases_file)]
    for role, source in roles:
        if source is not None:
            inputs.append({"role": role, "file": source.name, "sha256": checksums[source].result()})
    if config.images is not None:
        checksum = checksums[config.images].result()
        own = {"sha256": checksum} if checksum else {}
        inputs.append({"role": "images", "file": config.images.name, **own, "images_sha256": stored.sha256})
    used = _used_names(config, reading, checksums)
    suggestions = suggest_aliases(findings.unmatched, genes.symbols, genes.ids, used=used)
    return {
        "name": config.name,
        "organism": config.organism,
        "units": config.units,
        "image_size": list(stored.size),
        "notes": list(findings.notes),
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
        "inputs": inputs,
    }
