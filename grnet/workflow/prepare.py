"""`grnet prepare`: a lab's files, or the same as Python objects → a dataset directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grnet.dataset.directory import SETTINGS_FILE
from grnet.dataset.prepare import prepare_dataset
from grnet.dataset.sources import ExpressionLike, ImagesLike, TableLike, take_expression, take_images, take_table
from grnet.dataset.summary import DatasetSummary
from grnet.schema.prepare_config import GenePolicy, Normalisation, PrepareConfig
from grnet.schema.progress import Progress
from grnet.schema.sizes import take_size
from grnet.storage.folders import check_output_free
from grnet.storage.read_limits import memory_limit
from grnet.workflow.cluster_readers import readers_of
from grnet.workflow.progress import resolve_progress
from grnet.workflow.provenance import recorded


@recorded()
def prepare(
    out: str | Path,
    *,
    expression: ExpressionLike | Sequence[ExpressionLike],
    tfs: TableLike | None = None,
    known_edges: TableLike | None = None,
    images: ImagesLike | None = None,
    spatial: ExpressionLike | Sequence[ExpressionLike] = (),
    coordinates: TableLike | None = None,
    section: str = "",
    annotations: TableLike | None = None,
    ontology: str | Path | None = None,
    layer: str = "auto",
    gene_names: str = "",
    min_cells: int | None = None,
    only: str | Sequence[str] = (),
    pool: int | None = None,
    within: str | Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    aliases_file: TableLike | None = None,
    genes: GenePolicy = "expression",
    image_size: tuple[int, int] | None = None,
    name: str = "",
    organism: str = "",
    units: str = "",
    transpose: bool = False,
    columns: Sequence[str] = (),
    normalise: Normalisation = "auto",
    memory: int | str | None = None,
    dask: str | None = None,
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> DatasetSummary:
    """Turn a lab's files, or the same as Python objects, into a dataset directory.

    What the columns of an object are is found by the same rules as for a file, and kept in `dataset.toml`.

    Parameters
    ----------
    out : path
        The folder to write; it appears complete or not at all.
    expression : path, DataFrame, mapping of gene to values, or list of these
        Tables of genes × samples (CSV, TSV, .gz of these, XLSX, Parquet, DataFrames), merged by symbol. One or two
        columns of text, or the index, name the genes (symbol, id); all others are numbers. A header is recognised.
    tfs : path, Series, DataFrame, or list of str, optional
        Transcription factors: text with one on each line, or a table with a column that names them; or the name of what
        :func:`grnet.fetch` brought, such as "aertslab:fly". Without it, the regulators of the known edges are the TFs.
    known_edges : path, DataFrame, or list of (tf, target) or (tf, target, label), optional
        Table of TF, target and optionally label and source, or the name of what :func:`grnet.fetch` brought, such as
        "collectri:human". Without labels, every row is a positive.
    images : path, DataFrame, or mapping, optional
        Manifest (columns gene, path and optionally view, stage, id), a folder of `GENE/VIEW/*.png`, or gene → array
        [height, width] or [height, width, 3], a list of such arrays, or a mapping of view to these.
    spatial : path, DataFrame, mapping of gene to values, or list of these
        Spatial transcriptomics: an .h5ad with coordinates, a SpatialData .zarr, or tables of genes × spots.
    coordinates : path or DataFrame, optional
        Table of spot coordinates: spot, x, y and optionally z and section.
    section : str
        Column of the spots that names their section; "" finds it.
    annotations : path or DataFrame, optional
        Anatomy terms: gene, term and optionally stage.
    ontology : path, optional
        OBO file of the terms. Gives each gene the broader terms of its terms as well.
    layer : str
        Values of cells and spots to read: "counts", "raw", "X", or the name of a layer; "auto" takes counts if there
        are any, else log-normalised values.
    gene_names : str
        Column of `var` that holds the gene symbols; "" finds it.
    min_cells : int, optional
        Genes seen in fewer cells than this are set aside; by default 0.1 % of the cells, at least 3.
    only : str or sequence of str
        Cells to keep: "COLUMN=VALUE" or "COLUMN=VALUE,VALUE".
    pool : int, optional
        Similar cells are combined into about so many pools. 0 keeps single cells. By default more than 5,000 cells
        are combined into 2,000 pools.
    within : str or sequence of str
        Columns that group the cells. Cells are pooled only within a group, and models also get the correlation within
        groups.
    aliases : mapping of str to str, optional
        Name in the files → symbol to use.
    aliases_file : path or DataFrame, optional
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
    memory : int or str, optional
        Bytes, or a size such as "2GB", that the contents of one file may take; most of what is free where it is not
        given. Files that would take more are refused before they are read.
    dask : str, optional
        Read files of expression and of spots on a Dask cluster, each on one worker: the address of its scheduler, or
        "local:N" for N processes of this machine. The workers must see the files under the same paths.
    overwrite : bool
        Replace `out` where it is there.
    progress : bool or Progress
        True shows how far the work is, on a terminal or in a notebook.

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
    TooLittleMemoryError
        The contents of a file would take more than `memory`.
    ClusterError
        Nobody answers at `dask`, or every worker was lost.
    """
    config = PrepareConfig(
        expression=take_expression(expression),
        tfs=None if tfs is None else take_table(tfs, "tfs"),
        known_edges=None if known_edges is None else take_table(known_edges, "known_edges"),
        images=None if images is None else take_images(images),
        spatial=take_expression(spatial, "spatial"),
        coordinates=None if coordinates is None else take_table(coordinates, "coordinates"),
        section=section,
        annotations=None if annotations is None else take_table(annotations, "annotations"),
        ontology=None if ontology is None else Path(ontology),
        layer=layer,
        gene_names=gene_names,
        min_cells=min_cells,
        only=_as_tuple(only),
        pool=pool,
        within=_as_tuple(within),
        aliases=dict(aliases or {}),
        aliases_file=None if aliases_file is None else take_table(aliases_file, "aliases_file"),
        genes=genes,
        image_size=image_size,
        name=name,
        organism=organism,
        units=units,
        transpose=transpose,
        columns=_as_tuple(columns),
        normalise=normalise,
        memory=take_size(memory, flag="--memory"),
    )
    shown = resolve_progress(progress)
    check_output_free(Path(out), overwrite=overwrite, marker=SETTINGS_FILE)  # before a cluster is started
    with memory_limit(config.memory), readers_of(dask, config) as readers:
        return prepare_dataset(Path(out), config, overwrite=overwrite, progress=shown, readers=readers)


def _as_tuple(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return one text, or several, as a tuple."""
    return (given,) if isinstance(given, str) else tuple(given)
