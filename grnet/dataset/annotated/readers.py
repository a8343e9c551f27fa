"""The readers of annotated matrices: to add a form of HDF5 file is a module here and a line in this registry."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grnet.dataset.annotated.anndata_reader import is_h5ad, open_h5ad, open_object
from grnet.dataset.annotated.gene_names import find_gene_names
from grnet.dataset.annotated.layers import choose_matrix
from grnet.dataset.annotated.loom_reader import is_loom, open_loom
from grnet.dataset.annotated.market_reader import is_market, read_market
from grnet.dataset.annotated.matrix import AnnotatedMatrix, AnnotatedOptions, AnnotatedPlan
from grnet.dataset.annotated.stored import StoredCells
from grnet.dataset.annotated.tenx_reader import is_tenx, open_tenx
from grnet.schema.errors import InputError
from grnet.schema.sources import GivenAnnData, MatrixSource
from grnet.storage.hdf5_files import open_hdf5
from grnet.storage.read_limits import check_regular_file, reading

if TYPE_CHECKING:
    import h5py

HDF5 = b"\x89HDF\r\n\x1a\n"
INSTALL = 'pip install "grnet[anndata]"'
NO_OPTIONS = AnnotatedOptions()


@dataclass(frozen=True)
class Hdf5Reader:
    """A form of HDF5 file.

    Attributes
    ----------
    name : str
    fits : callable
        Takes the open file; tells whether it has this form.
    read : callable
        Takes the path and the open file; returns what it holds.
    """

    name: str
    fits: Callable[[h5py.File], bool]
    read: Callable[[Path, h5py.File], StoredCells]


HDF5_READERS: tuple[Hdf5Reader, ...] = (
    Hdf5Reader("AnnData (.h5ad)", is_h5ad, open_h5ad),
    Hdf5Reader("10x Genomics (.h5)", is_tenx, open_tenx),
    Hdf5Reader("Loom (.loom)", is_loom, open_loom),
)


def is_annotated(source: MatrixSource) -> bool:
    """Tell whether a source holds cells or spots with tables of both, and is no plain table.

    Raises
    ------
    MissingInputError
        It is a pipe or a device.
    """
    if isinstance(source, GivenAnnData):
        return True
    return isinstance(source, Path) and (_starts_as_hdf5(source) or is_market(source))


def open_annotated(source: MatrixSource, options: AnnotatedOptions = NO_OPTIONS) -> AnnotatedMatrix:
    """Open cells or spots and choose which of their values are read.

    Parameters
    ----------
    source : Path or GivenAnnData
        For which :func:`is_annotated` holds.
    options : AnnotatedOptions

    Raises
    ------
    InputError
        It cannot be read, holds no cells, or no matrix that is fit for use.
    """
    stored = open_object(source) if isinstance(source, GivenAnnData) else _open_file(source)
    with ExitStack() as on_failure:
        on_failure.callback(stored.close)
        matrix = _choose(stored, options)
        on_failure.pop_all()
        return matrix


def _choose(stored: StoredCells, options: AnnotatedOptions) -> AnnotatedMatrix:
    for matrix in stored.matrices:
        matrix.check(len(stored.cells))
    if not len(stored.cells):
        raise InputError(f"{stored.source}: holds no cells; expected cells × genes")
    chosen, contents, notes = choose_matrix(stored, options.layer)
    if not len(chosen.genes):
        raise InputError(f"{stored.source}: {chosen.name} has no genes; expected cells × genes")
    names = find_gene_names(stored.source, chosen.genes, options.gene_names)
    plan = AnnotatedPlan(
        source=stored.source,
        kind="cells",
        layer=chosen.name,
        contents=contents,
        symbol=names.symbol_column,
        gene_id=names.id_column,
        n_cells=len(stored.cells),
    )
    return AnnotatedMatrix(
        source=stored.source,
        symbols=names.symbols,
        ids=names.ids,
        cells=stored.cells,
        layer=chosen.name,
        contents=contents,
        coordinates=stored.coordinates,
        libraries=stored.libraries,
        read=chosen.read,
        plan=plan,
        notes=(*stored.notes, *notes),
        close=stored.close,
    )


def _open_file(source: MatrixSource) -> StoredCells:
    if not isinstance(source, Path):
        raise InputError(f"{source}: is a table; expected cells or spots with tables of both, such as an .h5ad")
    return read_market(source) if is_market(source) else _open_hdf5(source)


def _open_hdf5(path: Path) -> StoredCells:
    """Open an HDF5 file with the reader of its form.

    Raises
    ------
    InputError
        A package is not installed, or no reader knows the form.
    """
    try:
        import anndata  # noqa: F401
        import h5py  # noqa: F401
    except ImportError as error:
        raise InputError(f"{path}: needs the packages anndata and h5py: {INSTALL}") from error
    file = open_hdf5(path, "a file of cells or spots")
    with ExitStack() as on_failure:
        on_failure.callback(file.close)
        for reader in HDF5_READERS:
            with reading(path, reader.name, mend="write it anew"):
                if reader.fits(file):
                    stored = reader.read(path, file)
                    on_failure.pop_all()
                    return stored
        held = ", ".join(sorted(file)[:6])
    raise InputError(
        f"{path}: an HDF5 file of no form that is read ({', '.join(reader.name for reader in HDF5_READERS)}); it holds "
        f"{held or 'nothing'}"
    )


def _starts_as_hdf5(path: Path) -> bool:
    if not path.exists() or path.is_dir():
        return False
    check_regular_file(path, "a table, or a file of cells or spots")
    with path.open("rb") as file:
        return file.read(len(HDF5)) == HDF5
