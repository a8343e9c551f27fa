"""What is given by `--spatial` and `--coordinates` → measurements of spots, one for each file or object."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import partial
from pathlib import Path

from grnet.dataset.annotated.matrix import AnnotatedOptions
from grnet.dataset.annotated.readers import is_annotated, open_annotated
from grnet.dataset.expression_table import ExpressionOptions
from grnet.dataset.file_readers import HERE, FileReaders
from grnet.dataset.findings import Findings
from grnet.dataset.lab_measurements import LabMeasurement
from grnet.dataset.reading.overrides import ColumnChoices
from grnet.dataset.reading.plan import TableKind
from grnet.dataset.spatial.coordinates import Coordinates, read_coordinates
from grnet.dataset.spatial.spot_files import SpotOptions, measure_spots
from grnet.dataset.spatial.spot_folders import open_spot_folder
from grnet.dataset.spatial.spot_tables import measure_table_of_spots
from grnet.schema.errors import InputError
from grnet.schema.prepare_config import PrepareConfig
from grnet.schema.progress import Progress
from grnet.schema.sources import GivenAnnData, MatrixSource


def read_spatial(
    config: PrepareConfig,
    choices: ColumnChoices,
    aliases: Mapping[str, str],
    *,
    known_names: Set[str],
    findings: Findings,
    readers: FileReaders = HERE,
) -> list[LabMeasurement]:
    """Read all spots.

    Parameters
    ----------
    config : PrepareConfig
    choices : ColumnChoices
    aliases : mapping of str to str
    known_names : set of str
        Names of genes that other inputs have.
    findings : Findings
        Takes words to the user.
    readers : FileReaders

    Raises
    ------
    MissingInputError, InputError
        A file is missing, or its spots, coordinates or sections cannot be used.
    """
    if not config.spatial:
        return []
    coordinates = None
    if config.coordinates is not None:
        own = choices.of_table(TableKind.COORDINATES, config.coordinates)
        coordinates = read_coordinates(config.coordinates, own, section=config.section)
    read = partial(
        _read_one, coordinates=coordinates, config=config, choices=choices, aliases=aliases, known_names=known_names
    )
    return readers.read_each(read, config.spatial, findings)


def _read_one(
    source: MatrixSource,
    *,
    coordinates: Coordinates | None,
    config: PrepareConfig,
    choices: ColumnChoices,
    aliases: Mapping[str, str],
    known_names: Set[str],
    findings: Findings,
    progress: Progress,
) -> LabMeasurement:
    del progress
    reading = AnnotatedOptions(config.layer, config.gene_names)
    only = () if any(is_annotated(other) and other != source for other in config.expression) else config.only
    options = SpotOptions(reading, config.section, only, config.min_cells, config.normalise, config.units)
    if isinstance(source, Path) and source.is_dir():
        with open_spot_folder(source, reading) as matrix:
            return measure_spots(matrix, coordinates, options, findings)
    if isinstance(source, GivenAnnData) or is_annotated(source):
        with open_annotated(source, reading) as matrix:
            return measure_spots(matrix, coordinates, options, findings)
    if coordinates is None:
        raise InputError(
            f"{source}: a table of genes × spots without coordinates; give a table of spot, x and y by --coordinates "
            "FILE"
        )
    return measure_table_of_spots(
        source,
        coordinates,
        aliases,
        known_names=known_names,
        options=ExpressionOptions(config.transpose, choices, config.normalise, TableKind.SPATIAL),
        units=config.units,
        section=config.section,
        findings=findings,
    )
