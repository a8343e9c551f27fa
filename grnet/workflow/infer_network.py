"""`grnet infer-network`: a run folder → every candidate scored → a network folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

import grnet
from grnet.architectures.device import choose_devices
from grnet.architectures.registry import find_architecture
from grnet.architectures.run_folder import Run, load_run
from grnet.dataset.directory import Dataset
from grnet.exporters.registry import check_names, formats_of_folder
from grnet.network.folder import StoredNetwork
from grnet.network.graph import build_nodes
from grnet.network.regulon_sets import RegulonSets
from grnet.network.selection import Selection, select_candidates
from grnet.network.summary import describe_selection, summarise
from grnet.probability.prior import Prior
from grnet.probability.prior_fit import PriorFit
from grnet.schema.configs import InferConfig
from grnet.schema.errors import ConfigError
from grnet.schema.genes import PairIndex
from grnet.schema.network_folder import GENES_FILE, ORIGIN_FILE, SCORES_FOLDER, SUMMARY_FILE
from grnet.schema.progress import Progress
from grnet.schema.sizes import parse_size
from grnet.schema.tables import GENES, LABEL, TARGET, TF
from grnet.schema.training_config import ScoringPrecision
from grnet.scores.reader import read_shards
from grnet.scoring.candidates import Candidates, gather_features
from grnet.scoring.crews import fit_memory
from grnet.scoring.scorers import default_batch_pairs
from grnet.scoring.scoring import ScoringSummary, plan_scoring, score_candidates
from grnet.storage.documents import write_json
from grnet.storage.folders import check_output_free
from grnet.storage.resumable import resumable_folder
from grnet.storage.tables import write_table
from grnet.workflow.candidate_prior import settle_prior
from grnet.workflow.cluster_crew import choose_crew, cluster_of
from grnet.workflow.folder_facts import name_inputs
from grnet.workflow.gene_sets import check_sets, find_regulon_sets, read_sets, universe_of
from grnet.workflow.kept_edges import KeptEdges
from grnet.workflow.network_files import write_network_files
from grnet.workflow.network_report import report_of
from grnet.workflow.page_evidence import gather_evidence
from grnet.workflow.progress import resolve_progress
from grnet.workflow.provenance import recorded
from grnet.workflow.trained_run import checksums_of, describe_origin, load_dataset_of


@dataclass(frozen=True)
class InferenceResult:
    """An inferred network and how fast its candidates were scored.

    Attributes
    ----------
    network : StoredNetwork
    scoring : ScoringSummary
    scoring_seconds : float
        From models and prior at hand to closed shards.
    """

    network: StoredNetwork
    scoring: ScoringSummary
    scoring_seconds: float

    @property
    def prior(self) -> Prior:
        """Which fraction of the candidates is taken to be edges."""
        return Prior.from_json(self.network.summary["prior"])

    @property
    def pairs_per_second(self) -> float:
        """Candidates scored and written a second, without those that were there before."""
        return (self.scoring.n_candidates - self.scoring.n_taken_over) / max(self.scoring_seconds, 1e-9)

    def _repr_html_(self) -> str:
        return self.network._repr_html_()


@recorded("run", "dataset", "gene_sets")
def infer_network(
    run: str | Path,
    out: str | Path,
    *,
    probability: float | None = None,
    expected_precision: float | None = None,
    top: int | None = None,
    top_per_target: int | None = None,
    with_known: bool = False,
    prior: float | None = None,
    formats: Sequence[str] = (),
    gene_sets: Sequence[str | Path] = (),
    dataset: str | Path | None = None,
    device: str = "auto",
    dask: str | None = None,
    memory: int | str | None = None,
    precision: ScoringPrecision | None = None,
    batch_pairs: int | None = None,
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> InferenceResult:
    """Score every candidate TF × target pair, keep the most probable ones, and write the network folder.

    Without a limit as many are kept as there are known positive edges among the candidates, but at least 200 and at
    most 2,000 (:func:`~grnet.schema.configs.default_edges`); `network.summary["statement"]` says what was kept.
    Broken off at any point, it goes on with what was scored when it is called again; limits and formats may be others.

    Parameters
    ----------
    run : path
        A run folder, as :func:`grnet.train` writes it.
    out : path
        The network folder to write; it appears complete or not at all.
    probability : float, optional
        Keep candidates of at least this probability.
    expected_precision : float, optional
        Keep the most probable candidates, as many as are expected to hold this part of true edges: those without a
        label have at least this mean probability.
    top : int, optional
        Keep at most this many candidates, the most probable ones.
    top_per_target : int, optional
        Keep at most this many regulators of each target. Limits combine.
    with_known : bool
        Keep all known positive edges that were scored, too, whatever the limits.
    prior : float, optional
        Fraction of the candidates without a label that are edges; estimated from how known edges and candidates score
        where it is not given.
    formats : sequence of str
        Further edge lists: "sif", "decoupler", "arboreto", "beeline"; see :func:`grnet.export` for all formats.
    gene_sets : sequence of path
        GMT files: the targets of each TF are tested against their sets, see :mod:`grnet.network.regulon_sets`. The page
        shows what is enriched, and `gene_sets.csv` in the folder holds all.
    dataset : path, optional
        Where the dataset of the run is now, if it moved.
    device : str
        "auto" (a GPU where there is one), "cpu", "cuda", "cuda:N", or several GPUs: "cuda:0,cuda:1".
    dask : str, optional
        Score on a Dask cluster: the address of its scheduler, or "local:N" for N processes of this machine. `run`, its
        dataset and `out` must be on storage that all workers see under the same paths.
    memory : int or str, optional
        Bytes, or a size such as "2GB", that blocks of candidates in work may take on a device, beside the run and the
        dataset; a quarter of what is free where it is not given.
    precision : {"fp32", "bf16"}, optional
        Of the products in the heads of late interaction. bf16 can be faster where there are many images, and
        moves scores in the third digit.
    batch_pairs : int, optional
        Most pairs of a score shard; for late interaction 65,536 (of more than 3 million candidates up to 262,144), or
        all TFs with 64 targets where these are more, and 256 to 1,024 for the networks of the paper.
    overwrite : bool
        Replace `out` where it is there, and scores that another run left unfinished.
    progress : bool or Progress
        True shows how far the work is, on a terminal or in a notebook.

    Returns
    -------
    InferenceResult

    Raises
    ------
    MissingInputError, FormatError
        A folder is missing, damaged, or not the dataset that the run was trained on.
    InputError
        A file of sets is no GMT, or none of its sets has a gene of the dataset.
    ConfigError
        Limits out of range, a device that is not here, too little memory or disk, or Dask is not installed.
    ClusterError
        The Dask cluster cannot be reached, or cannot do the work.
    OutputExistsError
        `out`, or unfinished work of another run for it, is there and `overwrite` is False; or another process is
        writing it.
    """
    config = InferConfig(
        probability=probability,
        expected_precision=expected_precision,
        top=top,
        top_per_target=top_per_target,
        with_known=with_known,
        prior=prior,
        formats=tuple(formats),
        batch_pairs=batch_pairs,
        device=device,
        memory=parse_size(memory, flag="--memory") if isinstance(memory, str) else memory,
        precision=precision,
        dask=dask,
    )
    progress = resolve_progress(progress)
    destination = Path(out)
    check_output_free(destination, overwrite=overwrite, marker=SUMMARY_FILE)
    loaded = load_run(run)
    data = load_dataset_of(loaded, dataset)
    n_pairs = len(data.genes.tfs) * (len(data.genes) - 1)
    progress.say(f"{len(data.genes.tfs):,} TFs × {len(data.genes):,} genes: {n_pairs:,} candidate pairs")
    check_names(data.genes.symbols, formats_of_folder(config.formats))
    sets = read_sets([Path(file) for file in gene_sets])
    universe = universe_of(data, loaded.model_config.modality)
    if sets:
        check_sets(sets, universe)
    plan = _plan_scores(loaded, config, data)
    with (
        cluster_of(config) as cluster,
        resumable_folder(destination, plan=plan, overwrite=overwrite, marker=SUMMARY_FILE) as work,
    ):
        work.keep_only(SCORES_FOLDER)
        shards = work.path / SCORES_FOLDER
        shards.mkdir(exist_ok=True)
        teams = _gather_candidates(loaded, data, config)
        candidates = teams[0]
        # before the first file that would be kept
        candidates.take_threads(fit_memory(candidates, config.memory, most=candidates.threads))
        fit = settle_prior(candidates, shards, prior=config.prior, seed=loaded.seed, progress=progress)
        manifest = plan_scoring(candidates, shards, plan, batch_pairs=config.batch_pairs)
        crew = choose_crew(cluster, teams, (loaded, data), fit, config)
        start = time.perf_counter()
        scoring = score_candidates(candidates, fit.calibration, manifest, crew, progress=progress)
        seconds = time.perf_counter() - start
        test = partial(find_regulon_sets, sets, genes=universe, progress=progress) if sets else None
        network = _write_network(work.path, loaded, data, (candidates, scoring, fit), config, test)
        write_json(describe_origin(loaded), work.path / ORIGIN_FILE)
    return InferenceResult(replace(network, path=destination), scoring, seconds)


def _gather_candidates(run: Run, dataset: Dataset, config: InferConfig) -> list[Candidates]:
    """Return the candidates on each device that is asked for.

    Raises
    ------
    ConfigError
        The run's models have a precision of their own.
    """
    if config.precision not in (None, *find_architecture(run.architecture).scoring_precisions):
        raise ConfigError(f"--precision: models of {run.architecture} have that of their training; leave it out")
    features, teams = gather_features(run, dataset), []
    for device in choose_devices(config.device):
        precision = config.precision or "fp32"
        teams.append(Candidates(run, dataset, device=str(device), precision=precision, features=features))
    return teams


def _plan_scores(run: Run, config: InferConfig, dataset: Dataset) -> dict[str, Any]:
    """Return what decides the bytes of the scores; limits and formats do not.

    Raises
    ------
    ConfigError
        The device is not here.
    """
    return {
        "run": checksums_of(run),
        "dataset": run.settings["dataset"]["fingerprint"],
        "--batch-pairs": config.batch_pairs or default_batch_pairs(run, len(dataset.genes.tfs), len(dataset.genes)),
        "--device": choose_devices(config.device)[0].type,
        "--precision": config.precision or "as trained",
        "--prior": "estimated" if config.prior is None else config.prior,
        "grnet version": grnet.__version__,
    }


def _write_network(
    folder: Path,
    run: Run,
    dataset: Dataset,
    scored: tuple[Candidates, ScoringSummary, PriorFit],
    config: InferConfig,
    test: Callable[[pd.DataFrame], RegulonSets] | None,
) -> StoredNetwork:
    """Select the edges from the shards in `folder` and write all files of the network beside them.

    `test` finds the gene sets of the edges, where any were given.
    """
    candidates, scoring, fit = scored
    selection = select_candidates(lambda: read_shards(folder, check_bytes=False), config)
    edges, kept = selection.edges, KeptEdges.score(selection, candidates, dataset.genes, seed=run.seed)
    nodes = build_nodes(edges, dataset.genes, seed=run.seed)
    lost = _count_known_without_score(dataset, candidates)
    summary = summarise(
        edges,
        nodes,
        n_candidates=scoring.n_candidates,
        name=dataset.name,
        settings=_describe_settings(run, dataset, selection, scoring, fit),
        selection=describe_selection(selection, config, known_without_score=lost),
        novel_edges=kept.look_at(selection, fit),
    )
    write_table(dataset.genes.to_frame(), folder / GENES_FILE, GENES)
    network = StoredNetwork(edges, nodes, summary, path=folder)
    write_network_files(
        folder,
        network,
        formats=config.formats,
        report=report_of(run),
        evidence=gather_evidence(folder, (run, dataset, candidates), fit.calibration, edges, scored=kept),
        enriched=None if test is None else test(edges),
    )
    return network


def _describe_settings(
    run: Run, dataset: Dataset, selection: Selection, scoring: ScoringSummary, fit: PriorFit
) -> dict[str, Any]:
    """Return the settings that the summary keeps, and the files that the data are from."""
    return {
        "limits": selection.limits,
        "modality": run.seen_modality,
        "fold_models": run.folds,
        "seeds": run.seeds,
        "seed": run.seed,
        "calibration": fit.calibration.curve.method,
        "edges_among_labelled_pairs": round(run.base_rate, 4),
        "unscorable_pairs": scoring.n_unscorable,
        "inputs": name_inputs(dataset.path),
    }


def _count_known_without_score(dataset: Dataset, candidates: Candidates) -> int:
    """Return how many known positive edges of the dataset are no candidates."""
    known = dataset.labelled_pairs[dataset.labelled_pairs[LABEL] == 1].drop_duplicates([TF, TARGET])
    return int((~candidates.contain(PairIndex.from_frame(known, dataset.genes))).sum())
