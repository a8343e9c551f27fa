"""`grnet export`: a network folder → files of other tools, all edges of the folder or those of other limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grnet.exporters.anndata_file import Placed, add_to_anndata, import_anndata
from grnet.exporters.registry import check_names, find_exporter
from grnet.network.folder import StoredNetwork
from grnet.network.network import Network
from grnet.schema.errors import ConfigError, InputError, MissingInputError
from grnet.schema.network_formats import EXPORT_FORMATS, find_format
from grnet.schema.progress import Progress
from grnet.schema.tables import SYMBOL
from grnet.storage.checksums import update_record
from grnet.storage.files import check_file_free, made_folders, told_path
from grnet.storage.placing import NEW
from grnet.storage.temporaries import temporary_folder
from grnet.workflow.progress import resolve_progress
from grnet.workflow.reselection import check_apart, load_selected

ANNDATA = "anndata"


@dataclass(frozen=True)
class ExportResult:
    """What was exported.

    Attributes
    ----------
    files : dict of str to Path
        Format → the file that was written.
    network : StoredNetwork
        The edges, nodes and summary that the files hold.
    placed : Placed or None
        How much of the network is among the variables of the AnnData file that was named; None where none was.
    """

    files: dict[str, Path]
    network: StoredNetwork
    placed: Placed | None


def export(
    network: str | Path,
    to: str | Sequence[str],
    *,
    out: str | Path | None = None,
    probability: float | None = None,
    expected_precision: float | None = None,
    top: int | None = None,
    top_per_target: int | None = None,
    with_known: bool = False,
    into: str | Path | None = None,
    layer: str | None = None,
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> ExportResult:
    """Write a network in formats of other tools; nothing is scored.

    Parameters
    ----------
    network : path
        A network folder, as :func:`grnet.infer_network` writes it.
    to : str or sequence of str
        Of "graphml", "cx2", "sif", "decoupler", "arboreto", "beeline", "anndata", "csv", "parquet".
    out : path, optional
        A folder, in which files have their usual names, or with one format the file; the working folder where it is
        not given. A folder that is not there is made.
    probability, expected_precision, top, top_per_target
        As those of :func:`grnet.infer_network`: the edges are chosen again, from the scores in the folder. Without any
        of them they are the edges of the folder.
    with_known : bool
        Write all known positive edges that were scored, too, whatever the limits; without a limit, those of the folder.
    into : path, optional
        An AnnData file (h5ad), of which "anndata" then writes a copy that holds the network as well, and with
        decoupler installed the activities of its TFs in each cell.
    layer : str, optional
        The matrix of that file to compute activities from: "X", "raw" or the name of a layer. The first that is not
        scaled where it is not given.
    overwrite : bool
        Replace files that are there.
    progress : bool or Progress
        True shows which files were written.

    Returns
    -------
    ExportResult

    Raises
    ------
    ConfigError
        A format is unknown, a limit is out of range, anndata is not installed, or `into` has no such `layer`.
    MissingInputError, FormatError, InputError
        A folder or file is missing, damaged, or cannot hold a name of the network.
    OutputExistsError
        A file is there and `overwrite` is False; nothing was written.
    """
    progress = resolve_progress(progress)
    formats = _check_formats((to,) if isinstance(to, str) else to, into, layer)
    source = None if into is None else Path(into)
    files = _name_files(formats, None if out is None else Path(out))
    _check_free(files, source, overwrite=overwrite)
    chosen = load_selected(
        Path(network),
        probability=probability,
        expected_precision=expected_precision,
        top=top,
        top_per_target=top_per_target,
        with_known=with_known,
    )
    check_names(chosen.nodes[SYMBOL], formats)
    check_apart(files.values(), chosen)
    placed = _write_all(files, chosen, source, layer, progress)
    for name, file in files.items():
        progress.say(f"{name}: {len(chosen.edges):,} edges to {file}")
    return ExportResult(files, chosen, placed)


def _check_formats(to: Sequence[str], into: str | Path | None, layer: str | None) -> tuple[str, ...]:
    """Return the formats, each once, or raise ConfigError."""
    formats = tuple(dict.fromkeys(to)) or ((ANNDATA,) if into is not None else ())
    unknown = [name for name in formats if name not in EXPORT_FORMATS]
    if unknown or not formats:
        got = ", ".join(map(repr, unknown)) or "none"
        raise ConfigError(f"--to is one of {', '.join(EXPORT_FORMATS)}, got {got}")
    if into is not None and ANNDATA not in formats:
        raise ConfigError(f"--into names an AnnData file, which --to {ANNDATA} writes; got --to {', '.join(formats)}")
    if layer is not None and into is None:
        raise ConfigError(f"--layer names a matrix of the file that --into names, got --layer {layer!r} without --into")
    if ANNDATA in formats:
        import_anndata()
    return formats


def _name_files(formats: Sequence[str], out: Path | None) -> dict[str, Path]:
    """Return the file of each format."""
    usual = {name: find_format(name).file_name for name in formats}
    if out is None:
        return {name: Path(file) for name, file in usual.items()}
    if len(formats) == 1 and not out.is_dir() and out.suffix:
        return {formats[0]: out}
    return {name: out / file for name, file in usual.items()}


def _check_free(files: dict[str, Path], into: Path | None, *, overwrite: bool) -> None:
    """Make sure that the files can be written, before anything is computed."""
    if into is not None and not into.is_file():
        raise MissingInputError(f"{into}: no such file; expected an AnnData file (h5ad)")
    for name, file in files.items():
        if into is not None and file.exists() and file.samefile(into):
            raise InputError(f"{file}: is the file that --into names, which stays as it is; choose another name for -o")
        check_file_free(file, overwrite=overwrite, usual=find_format(name).file_name)


def _write_all(
    files: dict[str, Path], network: Network, into: Path | None, layer: str | None, progress: Progress
) -> Placed | None:
    """Write all files or none: they get their names when the last one is complete."""
    placed = None
    folder = next(iter(files.values())).absolute().parent
    with made_folders(folder), told_path(folder), temporary_folder(folder / "export") as made:
        (made / NEW).mkdir()
        for name, file in files.items():
            temporary = made / NEW / file.name
            if name == ANNDATA and into is not None:
                placed = add_to_anndata(network, temporary, into=into, layer=layer, progress=progress)
            else:
                find_exporter(name)(network, temporary)
        for file in files.values():
            (made / NEW / file.name).replace(file)
    for file in files.values():
        update_record(file)
    return placed
