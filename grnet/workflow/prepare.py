"""`grnet prepare`: a lab's files → a dataset directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grnet.dataset.prepare import prepare_dataset
from grnet.dataset.summary import DatasetSummary
from grnet.schema.configs import GenePolicy, Normalisation, PrepareConfig
from grnet.schema.progress import SILENT, Progress

PathLike = str | Path


def prepare(
    out: PathLike,
    *,
    expression: PathLike | Sequence[PathLike],
    tfs: PathLike | None = None,
    known_edges: PathLike | None = None,
    images: PathLike | None = None,
    aliases: Mapping[str, str] | None = None,
    aliases_file: PathLike | None = None,
    genes: GenePolicy = "expression",
    image_size: tuple[int, int] | None = None,
    name: str = "",
    organism: str = "",
    units: str = "",
    transpose: bool = False,
    columns: Sequence[str] = (),
    normalise: Normalisation = "auto",
    overwrite: bool = False,
    progress: Progress = SILENT,
) -> DatasetSummary:
    """Turn a lab's files into a dataset directory.

    Parameters
    ----------
    out : path
        The folder to write; it appears complete or not at all.
    expression : path or sequence of paths
        Tables of genes × samples (CSV, TSV, .gz of these, XLSX, Parquet), merged by symbol. One or two columns of text
        name the genes (symbol, id); all others are numbers. A header is recognised.
    tfs : path, optional
        Transcription factors: text with one on each line, or a table whose first column names them. Without it, the
        regulators of the known edges are the TFs.
    known_edges : path, optional
        Table of TF, target and optionally label and source. Without labels, every row is a positive.
    images : path, optional
        Manifest (columns gene, path and optionally view, stage, id), or a folder of GENE/VIEW/*.png.
    aliases : mapping of str to str, optional
        Name in the files → symbol to use.
    aliases_file : path, optional
        Table of two columns, name and symbol.
    genes : {"expression", "all"}
        Keep genes that have expression, or those that have expression or images.
    image_size : (height, width), optional
        In pixels, 8..2048; by default the most common size of the images.
    name, organism, units : str
        Free text for `dataset.toml`.
    transpose : bool
        The expression tables have genes in columns.
    columns : sequence of str
        What columns are, where the reading plan is not right: "[FILE:]ROLE=COLUMN,…", such as
        "symbol=gene_name,samples=S*" or "edges.csv:label=known".
    normalise : {"auto", "log-cpm", "log", "none"}
        "auto" brings raw counts to log2(CPM + 1) and leaves all else; "log" is log2(value + 1).
    overwrite : bool
        Replace `out` where it is there.
    progress : Progress

    Returns
    -------
    DatasetSummary
        What joined with what.

    Raises
    ------
    OutputExistsError
        `out` is there and `overwrite` is False.
    MissingInputError, InputError, ConfigError
        A file is missing or cannot be used as it is, or an option is out of range.
    """
    tables = [expression] if isinstance(expression, str | Path) else list(expression)
    config = PrepareConfig(
        expression=tuple(Path(table) for table in tables),
        tfs=_path(tfs),
        known_edges=_path(known_edges),
        images=_path(images),
        aliases=dict(aliases or {}),
        aliases_file=_path(aliases_file),
        genes=genes,
        image_size=image_size,
        name=name,
        organism=organism,
        units=units,
        transpose=transpose,
        columns=(columns,) if isinstance(columns, str) else tuple(columns),
        normalise=normalise,
    )
    return prepare_dataset(Path(out), config, overwrite=overwrite, progress=progress)


def _path(value: PathLike | None) -> Path | None:
    return None if value is None else Path(value)
