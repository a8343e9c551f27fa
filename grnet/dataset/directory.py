"""The dataset directory: the contract between `grnet prepare` and everything that comes after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from grnet.dataset.measurements.folders import MEASUREMENT_FORM, read_measurements, write_measurements
from grnet.schema.arrays import Bools, Bytes, Float32, Indices
from grnet.schema.errors import FormatError, MissingInputError
from grnet.schema.folder_kinds import DATASET_FILE
from grnet.schema.genes import GeneCatalogue
from grnet.schema.measurements import Measurement
from grnet.schema.tables import GENES, IMAGES, LABELLED_PAIRS, REJECTED, ROW, SYMBOL, TARGET, TF, VIEW, empty_table
from grnet.schema.training_config import Modality
from grnet.storage.checksums import check_record
from grnet.storage.documents import read_toml, write_toml
from grnet.storage.entries import Form, ListOf, Text, check_entries
from grnet.storage.files import replace_file
from grnet.storage.folders import new_folder
from grnet.storage.read_limits import check_regular_file, reading
from grnet.storage.tables import read_table, write_table

FORMAT_VERSION = 2
SETTINGS_FILE = DATASET_FILE
IMAGES_FILE = "images.npy"
_LAST = "written"
"""The last table of `dataset.toml`: a file that was cut off may be readable, but lacks it."""
_PREPARE = "make one with: grnet prepare"
_FORM: Form = {
    "measurements": ListOf(MEASUREMENT_FORM),
    "name?": Text(),
    "notes?": ListOf(Text()),
    "reading?": ListOf({"description?": Text()}),
    "alias_suggestions?": ListOf(ListOf(Text(), 2, 2)),
}
"""What is read of `dataset.toml`."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset directory in memory; images stay on disk until they are used.

    Attributes
    ----------
    path : Path
    name : str
    genes : GeneCatalogue
        G genes; every per-gene array follows its order.
    measurements : tuple of Measurement
        What was measured of the genes: RNA first, then pictures.
    images : uint8 memory map [N, H, W]
        Grey, 0..255.
    image_table : DataFrame
        IMAGES; line n describes `images[n]`.
    labelled_pairs : DataFrame
        LABELLED_PAIRS.
    rejected : DataFrame
        REJECTED.
    settings : dict
        What `dataset.toml` says.
    """

    path: Path
    name: str
    genes: GeneCatalogue
    measurements: tuple[Measurement, ...]
    images: Bytes
    image_table: pd.DataFrame
    labelled_pairs: pd.DataFrame
    rejected: pd.DataFrame
    settings: dict[str, Any]

    def of_modality(self, modality: Modality) -> tuple[Measurement, ...]:
        """Return the measurements that a model of "rna", "image" or "fused" may look at."""
        return tuple(entry for entry in self.measurements if modality in ("fused", entry.kind.modality))

    @cached_property
    def expression(self) -> Float32:
        """The first measurement of RNA for every gene, float32 [G, S]; NaN where a gene was not measured."""
        rna = self.of_modality("rna")
        return rna[0].of_all_genes(len(self.genes)) if rna else np.full((len(self.genes), 0), np.nan, dtype=np.float32)

    @cached_property
    def samples(self) -> tuple[str, ...]:
        """Names of the places of the first measurement of RNA."""
        rna = self.of_modality("rna")
        return tuple(rna[0].places.iloc[:, 0].astype(str)) if rna else ()

    @cached_property
    def has_expression(self) -> Bools:
        """Genes that any measurement of RNA has, bool [G]."""
        known = np.zeros(len(self.genes), dtype=bool)
        for entry in self.of_modality("rna"):
            known |= entry.present(len(self.genes))
        return known

    @cached_property
    def views(self) -> tuple[str, ...]:
        """The views of the images, sorted."""
        return tuple(sorted(set(self.image_table[VIEW])))

    @cached_property
    def image_gene(self) -> Indices:
        """Index of the gene of each image, int64 [N]."""
        return self.genes.indices_of(self.image_table[SYMBOL])

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the images."""
        return int(self.images.shape[1]), int(self.images.shape[2])


@dataclass(frozen=True, eq=False)
class DatasetContents:
    """What is written into a dataset directory, beside the images.

    Attributes
    ----------
    genes : GeneCatalogue
    measurements : tuple of Measurement
    image_table, labelled_pairs, rejected : DataFrame
        IMAGES, LABELLED_PAIRS, REJECTED.
    settings : mapping of str to Any
        For `dataset.toml`; the format version is added.
    """

    genes: GeneCatalogue
    measurements: tuple[Measurement, ...]
    image_table: pd.DataFrame = field(default_factory=lambda: empty_table(IMAGES))
    labelled_pairs: pd.DataFrame = field(default_factory=lambda: empty_table(LABELLED_PAIRS))
    rejected: pd.DataFrame = field(default_factory=lambda: empty_table(REJECTED))
    settings: Mapping[str, Any] = field(default_factory=dict)


def write_dataset(path: Path, contents: DatasetContents, images: Bytes, *, overwrite: bool = False) -> None:
    """Write a dataset directory, all or nothing.

    Parameters
    ----------
    path : Path
    contents : DatasetContents
    images : uint8 array [N, H, W]
        Image n is described by line n of `contents.image_table`.
    overwrite : bool
        Replace what is there.

    Raises
    ------
    OutputExistsError
        `path` is there and `overwrite` is False.
    """
    with new_folder(path, overwrite=overwrite, marker=SETTINGS_FILE) as folder:
        with replace_file(folder / IMAGES_FILE) as temporary:
            np.save(temporary, np.ascontiguousarray(images, dtype=np.uint8))
        write_contents(folder, contents)


def write_contents(folder: Path, contents: DatasetContents) -> None:
    """Write everything but the images into a folder."""
    write_table(contents.genes.to_frame(), folder / "genes.parquet", GENES)
    listed = write_measurements(folder, contents.measurements, contents.genes)
    write_table(contents.image_table, folder / "images.parquet", IMAGES)
    write_table(contents.labelled_pairs, folder / "known_edges.parquet", LABELLED_PAIRS)
    write_table(contents.rejected, folder / "rejected.parquet", REJECTED)
    written = {"grnet_version": version("grnet")}
    settings = {"format_version": FORMAT_VERSION, **contents.settings, "measurements": listed, _LAST: written}
    write_toml(settings, folder / SETTINGS_FILE)


def load_dataset(path: str | Path) -> Dataset:
    """Load a dataset directory; images are mapped, not read.

    Parameters
    ----------
    path : path

    Raises
    ------
    MissingInputError
        There is no such folder, or a file of it is missing.
    FormatError
        It is no dataset directory, of another format version, or damaged.
    """
    path = Path(path)
    settings = _read_settings(path)
    genes = _read_genes(path)
    measurements = read_measurements(path, settings["measurements"], genes)
    image_table = read_table(path / "images.parquet", IMAGES, mend=_PREPARE)
    labelled_pairs = read_table(path / "known_edges.parquet", LABELLED_PAIRS, mend=_PREPARE)
    images = _map_images(path / IMAGES_FILE, len(image_table))
    if not np.array_equal(image_table[ROW], np.arange(len(image_table))):
        raise FormatError(f"{path / 'images.parquet'}: the column row does not count up from 0; {_PREPARE}")
    _check_symbols(path / "images.parquet", image_table[SYMBOL], genes)
    _check_symbols(path / "known_edges.parquet", pd.concat([labelled_pairs[TF], labelled_pairs[TARGET]]), genes)
    rejected = read_table(path / "rejected.parquet", REJECTED, mend=_PREPARE)
    check_record(path, mend=_PREPARE)
    name = str(settings.get("name") or path.resolve().name)
    return Dataset(path, name, genes, measurements, images, image_table, labelled_pairs, rejected, settings)


def _read_settings(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise MissingInputError(f"{path}: no such folder; expected a dataset directory; {_PREPARE}")
    file = path / SETTINGS_FILE
    if not file.is_file():
        raise FormatError(f"{path}: not a dataset directory (it has no {SETTINGS_FILE}); {_PREPARE}")
    settings = read_toml(file, mend=_PREPARE)
    found = settings.get("format_version")
    if found != FORMAT_VERSION:
        raise FormatError(f"{file}: format version {found!r}; this grnet reads version {FORMAT_VERSION}; {_PREPARE}")
    if not isinstance(settings.get("measurements"), list) or _LAST not in settings:
        raise FormatError(f"{file}: has no [{_LAST}] at its end, so it was cut off or changed; {_PREPARE}")
    check_entries(settings, _FORM, file, mend=_PREPARE)
    return settings


def _read_genes(path: Path) -> GeneCatalogue:
    file = path / "genes.parquet"
    table = read_table(file, GENES, mend=_PREPARE)
    with reading(file, "a list of genes", mend=_PREPARE, error=FormatError):
        return GeneCatalogue.from_frame(table)


def _map_images(path: Path, count: int) -> Bytes:
    check_regular_file(path, f"a NumPy file; the dataset directory is not complete; {_PREPARE}")
    with reading(path, "a NumPy file", mend=_PREPARE, error=FormatError):
        images = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(images, np.memmap):
            raise FormatError(f"{path}: not readable as a NumPy file (it is an archive of several); {_PREPARE}")
    if images.ndim != 3 or images.dtype != np.uint8 or len(images) != count:
        raise FormatError(
            f"{path}: got {images.dtype} {list(images.shape)}, expected uint8 [{count}, height, width]; {_PREPARE}"
        )
    if not images.flags.c_contiguous or images.offset + images.nbytes != path.stat().st_size:
        raise FormatError(f"{path}: its header does not fit its length, or has the wrong order; {_PREPARE}")
    return images


def _check_symbols(path: Path, symbols: pd.Series, genes: GeneCatalogue) -> None:
    strange = sorted(set(symbols) - set(genes.position))
    if strange:
        raise FormatError(f"{path}: names {strange[0]!r}, which genes.parquet lacks; {_PREPARE}")
