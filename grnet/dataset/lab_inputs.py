"""Everything that a lab gave → tables read by their plans, and images listed; nothing is joined yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from grnet.dataset.anatomy.term_measurement import read_terms
from grnet.dataset.annotated.cells import CellOptions, read_cells
from grnet.dataset.annotated.readers import is_annotated
from grnet.dataset.expression import read_expression
from grnet.dataset.expression_table import ExpressionOptions, as_lab_measurement
from grnet.dataset.file_readers import HERE, FileReaders
from grnet.dataset.findings import Findings
from grnet.dataset.image_sources import ImageCandidate, list_images
from grnet.dataset.known_edges import EdgeList, open_edges, plan_edge_list
from grnet.dataset.lab_measurements import FilePlan, LabMeasurement
from grnet.dataset.names import read_aliases, unversioned
from grnet.dataset.reading.overrides import ColumnChoices, TableChoices
from grnet.dataset.reading.plan import ReadingPlan, TableKind
from grnet.dataset.reading.raw_table import RawTable
from grnet.dataset.reading.tables import is_name_sheet, read_table
from grnet.dataset.spatial.reading import read_spatial
from grnet.dataset.table_cells import text_of
from grnet.dataset.tf_list import TfList, read_tf_list
from grnet.schema.errors import InputError
from grnet.schema.prepare_config import PrepareConfig
from grnet.schema.progress import SILENT, Progress
from grnet.schema.sources import GivenAnnData, Source, TableSource


@dataclass(frozen=True)
class LabInputs:
    """All tables, read; images listed.

    Attributes
    ----------
    aliases : dict of str to str
    tfs : TfList or None
    edges : EdgeList or None
    rna, pictures : tuple of LabMeasurement
        Measurements of each modality, but for images.
    normalised : str
        What was done to the values of expression tables; "" where nothing.
    images : list of ImageCandidate
    plans : tuple of FilePlan
        How each file was read.
    """

    aliases: dict[str, str]
    tfs: TfList | None
    edges: EdgeList | None
    rna: tuple[LabMeasurement, ...]
    pictures: tuple[LabMeasurement, ...]
    normalised: str
    images: list[ImageCandidate]
    plans: tuple[FilePlan, ...]


def list_sources(config: PrepareConfig) -> list[tuple[TableKind, Source]]:
    """Return what is given, and as what."""
    given: list[tuple[TableKind, Source | None]] = [(TableKind.EXPRESSION, path) for path in config.expression]
    given += [(TableKind.TFS, config.tfs), (TableKind.KNOWN_EDGES, config.known_edges)]
    given += [(TableKind.IMAGES, config.images)]
    given += [(TableKind.SPATIAL, path) for path in config.spatial]
    given += [(TableKind.COORDINATES, config.coordinates), (TableKind.ANNOTATIONS, config.annotations)]
    given += [(TableKind.ONTOLOGY, config.ontology), (TableKind.ALIASES, config.aliases_file)]
    return [(kind, path) for kind, path in given if path is not None]


def read_inputs(
    config: PrepareConfig, findings: Findings, progress: Progress = SILENT, *, readers: FileReaders = HERE
) -> LabInputs:
    """Read all tables and list the images.

    Parameters
    ----------
    config : PrepareConfig
    findings : Findings
        Takes what is refused, and notes.
    progress : Progress
    readers : FileReaders
        Who reads files of expression and of spots.

    Raises
    ------
    MissingInputError, InputError, ConfigError
        A file or object is missing or cannot be used as it is, or a choice of columns is about none of them.
    """
    if config.tfs is None and config.known_edges is None:
        raise InputError(
            "prepare needs the TFs: give --tfs FILE, or --known-edges FILE (its regulators are then the TFs)"
        )
    choices = ColumnChoices.parse(config.columns)
    choices.check_files(list_sources(config))
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
    known_names = named | {aliases.get(name, name) for name in named}
    rna, normalised = _read_rna(config, choices, aliases, known_names, findings, _Reading(readers, progress))
    genes = ({name for entry in rna for name in (*entry.symbols, *entry.ids)} | {*aliases}) - {""}
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
    pictures = _read_pictures(config, choices, aliases, genes, findings, readers)
    measured = [plan for entry in (*rna, *pictures) for plan in entry.plans]
    return LabInputs(aliases, tfs, edges, rna, pictures, normalised, images, (*measured, *labels, *plans))


@dataclass(frozen=True)
class _Reading:
    """Who reads files, and who is told how far they are."""

    readers: FileReaders
    progress: Progress


def _read_rna(
    config: PrepareConfig,
    choices: ColumnChoices,
    aliases: dict[str, str],
    known_names: set[str],
    findings: Findings,
    reading: _Reading,
) -> tuple[tuple[LabMeasurement, ...], str]:
    """Read tables of samples, then files of cells; return them with what was done to the values of the tables."""
    tables = tuple(
        source for source in config.expression if not isinstance(source, GivenAnnData) and not is_annotated(source)
    )
    of_cells = [source for source in config.expression if source not in tables]
    if not of_cells and not config.spatial:
        config.check_no_cells()
    measured: list[LabMeasurement] = []
    normalised = ""
    if tables:
        expression = read_expression(
            tables,
            aliases,
            known_names=known_names,
            options=ExpressionOptions(config.transpose, choices, config.normalise),
            findings=findings,
            readers=reading.readers,
        )
        normalised = expression.normalised
        measured.append(as_lab_measurement(expression, units=config.units))
    read = partial(read_cells, options=CellOptions.of_config(config))
    measured += reading.readers.read_each(read, of_cells, findings, reading.progress)
    return tuple(measured), normalised


def _read_pictures(
    config: PrepareConfig,
    choices: ColumnChoices,
    aliases: dict[str, str],
    genes: set[str],
    findings: Findings,
    readers: FileReaders,
) -> tuple[LabMeasurement, ...]:
    """Read the measurements of pictures other than images."""
    measured = read_spatial(config, choices, aliases, known_names=genes, findings=findings, readers=readers)
    if config.annotations is not None:
        own = choices.of_table(TableKind.ANNOTATIONS, config.annotations)
        measured.append(read_terms(config.annotations, config.ontology, aliases, findings, genes=genes, choices=own))
    return tuple(measured)


def _note_versions(named: set[str], genes: set[str], findings: Findings) -> None:
    """Tell of Ensembl identifiers that have a version in one file and another, or none, in the other."""
    plain = {unversioned(gene) for gene in genes}
    joined = [name for name in named if name not in genes and unversioned(name) in plain]
    with_version = {unversioned(gene) for gene in genes if unversioned(gene) != gene} & named
    count = len(set(joined) | with_version)
    if count:
        findings.note(f"Ensembl identifiers joined without regard to their version: {count:,}")


def _open_names(path: TableSource, choices: ColumnChoices) -> RawTable:
    own = choices.of_table(TableKind.TFS, path)
    return read_table(path, own.file, fits=is_name_sheet, ragged=True, long_text=1 << 62)


def _words_of(raw: RawTable | None) -> set[str]:
    """Return every cell of a small table: what its names may be, before its plan is made."""
    if raw is None:
        return set()
    return {text_of(cell) for row in raw.cells.to_numpy(dtype=object) for cell in row if isinstance(cell, str | int)}
