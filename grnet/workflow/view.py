"""`grnet view`: a network folder → its page, perhaps with other limits; nothing is scored again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grnet.explorer.network_page import write_page
from grnet.network.folder import StoredNetwork
from grnet.probability.prior_fit import read_prior_fit
from grnet.schema.evidence import Evidence
from grnet.schema.network_folder import CALIBRATION_FILE, PAGE_FILE, REPORT_FILE, SCORES_FOLDER
from grnet.schema.progress import Progress
from grnet.scores.reader import read_shards
from grnet.scoring.candidates import Candidates
from grnet.storage.files import check_file_free, made_folders, replace_file
from grnet.workflow.gene_sets import check_sets, find_regulon_sets, read_sets, universe_of_scores
from grnet.workflow.network_report import read_report
from grnet.workflow.page_evidence import gather_evidence
from grnet.workflow.progress import resolve_progress
from grnet.workflow.reselection import check_apart, load_catalogue, load_selected
from grnet.workflow.trained_run import find_run, load_dataset_of, place_of_run, precision_of


def view(
    network: str | Path,
    out: str | Path | None = None,
    *,
    probability: float | None = None,
    expected_precision: float | None = None,
    top: int | None = None,
    top_per_target: int | None = None,
    with_known: bool = False,
    gene_sets: Sequence[str | Path] = (),
    run: str | Path | None = None,
    dataset: str | Path | None = None,
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> tuple[Path, StoredNetwork]:
    """Write the page of a network anew, of its own edges or of those that other limits keep.

    Parameters
    ----------
    network : path
        A network folder, as :func:`grnet.infer_network` writes it.
    out : path, optional
        The page to write; NETWORK.html, beside the folder, where it is not given. Folders above it are made.
    probability, expected_precision, top, top_per_target : optional
        Limits as of :func:`grnet.infer_network`; without any, the edges of the folder.
    with_known : bool
        Show all known positive edges that were scored, too, whatever the limits; without a limit, those of the folder.
    gene_sets : sequence of path
        GMT files: the targets of each TF are tested against their sets, see :mod:`grnet.network.regulon_sets`. The page
        shows what is enriched, and `PAGE.gene_sets.csv` beside it holds all.
    run, dataset : path, optional
        Where the run that scored the network and its dataset are, if they moved. Where they are not found and not
        named the page shows no images and no evidence.
    overwrite : bool
        Replace `out` where it is there.
    progress : bool or Progress
        True shows what the page lacks.

    Returns
    -------
    Path
        The page.
    StoredNetwork
        What it shows; nothing in its folder was changed.

    Raises
    ------
    MissingInputError, FormatError
        A folder or a file of sets is missing or damaged, or `run` is not what scored the network.
    InputError
        No set has a gene of the dataset, or two files have a set of the same name.
    ConfigError
        A limit is out of range.
    OutputExistsError
        `out` is there and `overwrite` is False, or is a folder, or lies below a file.
    """
    progress = resolve_progress(progress)
    folder = Path(network)
    page = Path(out) if out is not None else folder.resolve().parent / f"{folder.resolve().name}.html"
    check_file_free(page, overwrite=overwrite, usual=PAGE_FILE)
    table = page.with_name(f"{page.stem}.gene_sets.csv")
    if gene_sets:
        check_file_free(table, overwrite=overwrite, usual=table.name)
    sets = read_sets([Path(file) for file in gene_sets])
    shown = load_selected(
        folder,
        probability=probability,
        expected_precision=expected_precision,
        top=top,
        top_per_target=top_per_target,
        with_known=with_known,
    )
    check_apart([page], shown)
    report = read_report(folder) if (folder / REPORT_FILE).is_file() else None
    evidence = _find_evidence(shown, run, dataset, progress)
    enriched = None
    if sets:
        universe = universe_of_scores(lambda: read_shards(folder, check_bytes=False), load_catalogue(folder))
        check_sets(sets, universe)
        enriched = find_regulon_sets(sets, shown.edges, universe, progress)
    with made_folders(page.parent):
        if enriched is not None:
            with replace_file(table) as temporary:
                enriched.table.to_csv(temporary, index=False)
        write_page(page, shown, evidence=evidence, report=report, enriched=enriched)
    return page, shown


def _find_evidence(
    network: StoredNetwork, run: str | Path | None, dataset: str | Path | None, progress: Progress
) -> Evidence | None:
    """Return the evidence for the edges of a network; None where its run or dataset is not found."""
    found = find_run(network.path, run)
    if found is None:
        place = place_of_run(network.path) or "its run"
        progress.say(
            f"{place}: the run that scored this network is not found, so the page has no evidence. Give it with --run "
            "RUN"
        )
        return None
    if dataset is None and not found.dataset_path.exists():
        place = found.dataset_path
        progress.say(
            f"{place}: the run's dataset is not found, so the page has no evidence. Give it with --dataset FOLDER"
        )
        return None
    data = load_dataset_of(found, dataset)
    fit = read_prior_fit(network.path / SCORES_FOLDER / CALIBRATION_FILE)
    candidates = Candidates(found, data, device="cpu", precision=precision_of(network.path))
    return gather_evidence(network.path, (found, data, candidates), fit.calibration, network.edges)
