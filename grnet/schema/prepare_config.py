"""What a user can set of `grnet prepare`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Literal

from grnet.schema.problems import Problems
from grnet.schema.settings import setting
from grnet.schema.sources import ImageSource, MatrixSource, TableSource

GenePolicy = Literal["expression", "all"]
GENE_POLICIES: tuple[GenePolicy, ...] = ("expression", "all")
Normalisation = Literal["auto", "log-cpm", "log", "none"]
NORMALISATIONS: tuple[Normalisation, ...] = ("auto", "log-cpm", "log", "none")


@dataclass(frozen=True)
class PrepareConfig:
    """A lab's files, or the objects given for them, and how to read them.

    Attributes
    ----------
    expression : tuple of Path, GivenTable or GivenAnnData
        Tables of genes × samples, merged by symbol, and files of single cells.
    tfs : Path, GivenTable or None
        List of transcription factors: text, or a table whose first column names them.
    known_edges : Path, GivenTable or None
        Table of TF, target and optionally a label and a source.
    images : Path, GivenTable, GivenImages or None
        Manifest (a table with gene, path and optionally view, stage, id), a folder, or arrays.
    spatial : tuple of Path, GivenTable or GivenAnnData
        Files of spots with coordinates, or tables of genes × spots.
    coordinates : Path, GivenTable or None
        Table of spot coordinates: spot, x, y and optionally z and section.
    section : str
        Column of the spots that says which section each belongs to.
    annotations : Path, GivenTable or None
        Table of gene, anatomy term and optionally stage.
    ontology : Path or None
        OBO file of the terms, of which broader terms are added.
    layer : str
        Which values of an annotated matrix are read: "auto", "counts", "raw", "X" or the name of a layer.
    gene_names : str
        Column of its genes that holds their symbols; "" finds it.
    min_cells : int or None
        Genes seen in fewer cells than this are set aside; None is 0.1 % of the cells, at least 3.
    only : tuple of str
        Cells to keep: COLUMN=VALUE, or COLUMN=VALUE,VALUE.
    pool : int or None
        Number of pools that cells are combined into; 0 keeps single cells, None pools more than 5,000 of them.
    within : tuple of str
        Columns of the cells; cells that differ in one are never pooled, and correlations within their groups are part
        of what models see.
    aliases : mapping of str to str
        Name in the files → symbol to use.
    aliases_file : Path, GivenTable or None
        Table of two columns, name and symbol.
    genes : {"expression", "all"}
        Keep genes that have expression, or those that have expression or images.
    image_size : tuple of int or None
        (height, width) that images are resampled to; None takes the most common size of the images.
    name, organism, units : str
        Free text for `dataset.toml`.
    transpose : bool
        The expression tables have genes in columns.
    columns : tuple of str
        What the user says of columns: [FILE:]ROLE=COLUMN,…
    normalise : {"auto", "log-cpm", "log", "none"}
        What is done to the expression values; "auto" brings raw counts to log2(CPM + 1).
    memory : int or None
        Bytes that the contents of one file may take; None is most of what is free.
    """

    expression: tuple[MatrixSource, ...] = setting(
        MISSING,
        "--expression",
        "Table of genes × samples (text, XLSX, Parquet; compressed or not), or single cells (.h5ad, 10x, .loom). May "
        "be repeated.",
        kind="file",
        multiple=True,
    )
    tfs: TableSource | None = setting(
        None,
        "--tfs",
        "Transcription factors: a list of names, a table with a column of names, or what `grnet fetch` brought, "
        "such as aertslab:fly.",
        kind="file",
    )
    known_edges: TableSource | None = setting(
        None,
        "--known-edges",
        "Table of TF, target and optionally a label or sign; SIF, GMT, a matrix of 0 and 1; or what `grnet fetch` "
        "brought, such as collectri:human.",
        kind="file",
    )
    images: ImageSource | None = setting(
        None, "--images", "Images: a manifest (gene, path, …) or a folder of GENE/VIEW/*.png.", kind="file"
    )
    spatial: tuple[MatrixSource, ...] = setting(
        (),
        "--spatial",
        "Spatial transcriptomics: .h5ad with coordinates, SpatialData .zarr, or a table of genes × spots. May be "
        "repeated.",
        kind="file",
        multiple=True,
    )
    coordinates: TableSource | None = setting(
        None, "--coordinates", "Table of spot coordinates: spot, x, y and optionally z and section.", kind="file"
    )
    section: str = setting(
        "", "--section", "Column of the spots that names their section.", kind="text", metavar="COLUMN"
    )
    annotations: TableSource | None = setting(
        None, "--annotations", "Anatomy terms: a table of gene, term and optionally stage.", kind="file"
    )
    ontology: Path | None = setting(
        None,
        "--ontology",
        "OBO file of the anatomy terms. Use it to give each gene the broader terms of its terms as well.",
        kind="file",
    )
    layer: str = setting(
        "auto",
        "--layer",
        "Values of cells or spots to read: counts, raw, X, or the name of a layer.",
        kind="text",
        shown="counts if there are any, else log-normalised values",
        metavar="NAME",
    )
    gene_names: str = setting(
        "", "--gene-names", "Column of var that holds the gene symbols.", kind="text", metavar="COLUMN"
    )
    min_cells: int | None = setting(
        None,
        "--min-cells",
        "Set aside genes seen in fewer than N cells.",
        shown="0.1 % of the cells, at least 3",
        metavar="N",
    )
    only: tuple[str, ...] = setting(
        (),
        "--only",
        "Keep the cells of these values of a column, such as cell_type=Monocyte. May be repeated.",
        kind="text",
        metavar="COLUMN=VALUE,…",
        multiple=True,
    )
    pool: int | None = setting(
        None,
        "--pool",
        "Combine similar cells into about N pools. 0 keeps single cells.",
        shown="single cells up to 5,000 cells, else 2,000 pools",
        metavar="N",
    )
    within: tuple[str, ...] = setting(
        (),
        "--within",
        "Columns that group the cells, such as sample,cell_type. Pool cells only within a group, and also give models "
        "the correlation within groups.",
        kind="text",
        metavar="COLUMN,…",
        multiple=True,
    )
    aliases: Mapping[str, str] = setting(
        dict,
        "--alias",
        "Read the name NAME as the gene SYMBOL. May be repeated.",
        kind="names",
        metavar="NAME=SYMBOL",
    )
    aliases_file: TableSource | None = setting(
        None, "--aliases", "Table of aliases with two columns, name and symbol.", kind="file"
    )
    genes: GenePolicy = setting(
        "expression",
        "--genes",
        "Keep genes that have expression, or all genes that have expression or images.",
        kind="text",
        choices=GENE_POLICIES,
        shown="expression",
    )
    image_size: tuple[int, int] | None = setting(
        None, "--image-size", "Resample all images to this size.", kind="size", shown="the most common size"
    )
    name: str = setting("", "--name", "Name of the dataset.", kind="text", shown="the name of the folder")
    organism: str = setting("", "--organism", "Organism, as free text.", kind="text")
    units: str = setting("", "--units", "Units of the expression values, as free text.", kind="text")
    transpose: bool = setting(
        False,
        "--transpose",
        "Read genes from the columns of the expression tables. Use it if grnet reads samples as genes.",
        kind="flag",
    )
    columns: tuple[str, ...] = setting(
        (),
        "--columns",
        "Set what columns hold, such as symbol=gene_name,samples=S* or edges.csv:label=known. May be repeated.",
        kind="text",
        metavar="[FILE:]ROLE=COLUMN,…",
        multiple=True,
    )
    normalise: Normalisation = setting(
        "auto",
        "--normalise",
        "Log-transform the expression. auto: raw counts become log2(CPM + 1), other values stay as they are.",
        kind="text",
        choices=NORMALISATIONS,
        shown="auto",
    )
    memory: int | None = setting(
        None,
        "--memory",
        "Refuse files whose contents would take more memory than this, such as 2GB.",
        kind="text",
        shown="most of what is free",
        metavar="SIZE",
    )

    def check_no_cells(self) -> None:
        """Raise where an option is about cells or spots; called where the files hold none.

        Raises
        ------
        ConfigError
        """
        problems = Problems()
        given = {
            "--layer": self.layer != "auto",
            "--gene-names": bool(self.gene_names),
            "--min-cells": self.min_cells is not None,
            "--only": bool(self.only),
            "--pool": self.pool is not None,
            "--within": bool(self.within),
        }
        for option, is_given in given.items():
            problems.require(
                not is_given, f"{option} is about cells or spots, such as an .h5ad; --expression names tables only"
            )
        problems.raise_any()

    def __post_init__(self) -> None:
        problems = Problems()
        methods = ", ".join(NORMALISATIONS)
        problems.require(self.normalise in NORMALISATIONS, f"--normalise is one of {methods}, got {self.normalise!r}")
        problems.require(bool(self.expression), "prepare needs expression: --expression FILE")
        problems.require(self.genes in GENE_POLICIES, f"--genes is expression or all, got {self.genes!r}")
        problems.require_count("--min-cells", self.min_cells, least=0)
        problems.require_count("--pool", self.pool, least=0)
        needed = self.ontology is None or self.annotations is not None
        problems.require(needed, "--ontology is about anatomy terms: give them with --annotations FILE")
        needed = self.coordinates is None or bool(self.spatial)
        problems.require(needed, "--coordinates is about spots: give them with --spatial FILE")
        for entry in self.only:
            fits = all(part.strip() for part in entry.partition("=")[::2])
            problems.require(fits, f"--only {entry}: expected COLUMN=VALUE, such as cell_type=Monocyte")
        if self.image_size is not None:
            fits = all(8 <= side <= 2048 for side in self.image_size)
            problems.require(fits, f"--image-size: both sides lie in 8..2048, got {self.image_size}")
        problems.raise_any()
