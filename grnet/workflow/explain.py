"""`grnet explain`: a run folder and two genes → the evidence for the pair, as a picture and as a page."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from grnet.architectures.run_folder import load_run
from grnet.dataset.directory import Dataset
from grnet.explanation.evidence import explain_pairs
from grnet.explanation.listed_pairs import refuse_pair
from grnet.explanation.pair_places import place_pair
from grnet.explorer.evidence_page import write_evidence_page
from grnet.network.edge_places import find_places
from grnet.network.folder import StoredNetwork, load_network
from grnet.probability.prior import Prior
from grnet.probability.prior_fit import PriorFit, read_prior_fit
from grnet.reports.evidence_figure import write_evidence_figure
from grnet.schema.configs import InferConfig
from grnet.schema.errors import ConfigError, FormatError, InputError
from grnet.schema.evidence import Evidence, PairEvidence, Place, Places
from grnet.schema.genes import PairIndex
from grnet.schema.network_folder import CALIBRATION_FILE, SCORES_FOLDER
from grnet.schema.progress import Progress
from grnet.schema.tables import (
    ACTIVATION,
    CORRELATION,
    KNOWN,
    PROBABILITY,
    RANK,
    REPRESSION,
    SCORE,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    SYMBOL,
    TARGET,
    TF,
    UNKNOWN_SIGN,
)
from grnet.scores.reader import read_shards
from grnet.scoring.candidates import Candidates
from grnet.storage.files import check_file_free, made_folders, replace_file
from grnet.storage.temporaries import sweep_temporaries, temporary_folder
from grnet.workflow.candidate_prior import settle_prior
from grnet.workflow.progress import resolve_progress
from grnet.workflow.trained_run import check_has_scored, load_dataset_of, precision_of

PICTURE, PAGE = ".png", ".html"
LONGEST_NAME = 60
"""Bytes of a gene's name in the name of a file."""


@dataclass(frozen=True)
class PairExplanation:
    """The evidence for a pair, and where it was written.

    Attributes
    ----------
    evidence : Evidence
        Of this one pair.
    prior : Prior
        Which fraction of the candidates is taken to be edges.
    rank : int or None
        Among all candidates; None unless a network that kept the pair was named.
    files : tuple of Path
        A PNG picture and an HTML page.
    """

    evidence: Evidence
    prior: Prior
    rank: int | None
    files: tuple[Path, ...]

    @property
    def pair(self) -> PairEvidence:
        """The evidence for the pair itself."""
        return next(iter(self.evidence.pairs.values()))

    def _repr_html_(self) -> str:
        return self.pair._repr_html_()


def explain(
    run: str | Path,
    tf: str,
    target: str,
    out: str | Path | None = None,
    *,
    prior: float | None = None,
    network: str | Path | None = None,
    dataset: str | Path | None = None,
    device: str = "auto",
    overwrite: bool = False,
    progress: bool | Progress = False,
) -> PairExplanation:
    """Gather what speaks for and against a pair, and write it as a picture and as a page.

    Parameters
    ----------
    run : path
        A run folder, as :func:`grnet.train` writes it.
    tf, target : str
        Symbols of two genes of the dataset, the first of them a TF.
    out : path, optional
        The files without their endings: NAME.png and NAME.html. Made of the symbols, in the current folder, where it is
        not given, and in the folder `out` where it is one or ends with a slash.
    prior : float, optional
        Fraction of the candidates without a label that are edges; estimated where it is not given, as by
        :func:`grnet.infer_network`.
    network : path, optional
        A network that was inferred with the run: its prior holds, and need not be estimated again.
    dataset : path, optional
        Where the dataset of the run is now, if it moved.
    device : str
        "auto" (a GPU where there is one), "cpu", "cuda" or "cuda:N".
    overwrite : bool
        Replace the files where they are there.
    progress : bool or Progress
        True shows how far the work is, on a terminal or in a notebook.

    Raises
    ------
    InputError
        No such gene, the first is no TF, both are one, or they share nothing that the models look at.
    MissingInputError, FormatError
        A folder is missing or damaged, or `network` was not inferred with `run`.
    ConfigError
        A prior out of range, one beside a network, or a device that is not here.
    OutputExistsError
        A file is there and `overwrite` is False.
    """
    progress = resolve_progress(progress)
    config = InferConfig(prior=prior, device=device)
    if prior is not None and network is not None:
        raise ConfigError("--prior and --network: the network has a prior of its own; leave one of the two out")
    loaded = load_run(run)
    data = load_dataset_of(loaded, dataset)
    pair = _find_pair(data, tf, target)
    files = _name_files(tf, target, out, overwrite=overwrite)
    known = load_network(Path(network)) if network is not None else None
    if known is not None:
        check_has_scored(loaded, known.path)
    precision = "fp32" if known is None else precision_of(known.path)
    candidates = Candidates(loaded, data, device=device, precision=precision)
    _check_scorable(candidates, pair)
    fit = _settle(candidates, known, config, seed=loaded.seed, progress=progress)
    places = _place(candidates, fit, pair, known)
    evidence = explain_pairs(loaded, data, candidates, fit.calibration, pair, [places])
    rank = _find_rank(known, tf, target)
    explained = PairExplanation(evidence, fit.prior, rank, files)
    _write(explained, data, candidates.total)
    return explained


def _find_pair(dataset: Dataset, tf: str, target: str) -> PairIndex:
    """Return the pair of two genes.

    Raises
    ------
    InputError
        No such gene, the first is no TF, or both are one.
    """
    genes = dataset.genes
    for role, name in (("TF", tf), ("TARGET", target)):
        if name not in genes.position:
            raise InputError(f"{role} {name!r}: no such gene in {dataset.path}{_suggest(dataset, name, role)}")
    if tf == target:
        raise InputError(f"TF and TARGET are both {tf!r}: a gene with itself is no candidate; name two genes")
    if not genes.is_tf[genes.position[tf]]:
        swapped = f"; did you mean {target} → {tf}?" if genes.is_tf[genes.position[target]] else ""
        raise InputError(
            f"{tf!r} is not among the {len(genes.tfs):,} TFs of {dataset.path}, so {tf} → {target} is no "
            f"candidate{swapped or '; name a TF first'}"
        )
    return PairIndex(*(np.array([genes.position[name]], dtype=np.int64) for name in (tf, target)))


def _suggest(dataset: Dataset, name: str, role: str) -> str:
    """Return the symbols that a name may have been meant for, as the end of a sentence."""
    genes = dataset.genes
    offered = [s for s, is_tf in zip(genes.symbols, genes.is_tf, strict=True) if is_tf or role == "TARGET"]
    by_id = [symbol for symbol, identity in zip(genes.symbols, genes.ids, strict=True) if identity == name]
    lower: dict[str, list[str]] = {}
    for symbol in offered:
        lower.setdefault(symbol.lower(), []).append(symbol)
    near = get_close_matches(name.lower(), list(lower), n=3, cutoff=0.6)
    found = list(dict.fromkeys([*by_id, *(symbol for key in near for symbol in lower[key])]))[:3]
    return f"; did you mean {' or '.join(map(repr, found))}?" if found else "; `grnet inspect` lists what is there"


def _name_files(tf: str, target: str, out: str | Path | None, *, overwrite: bool) -> tuple[Path, Path]:
    """Return where picture and page go.

    Raises
    ------
    InputError
        `out` names no file.
    OutputExistsError
        One is there and is not to be replaced, or cannot be written there.
    """
    usual = f"{as_file_name(tf)}-{as_file_name(target)}"
    base = Path(usual) if out is None else Path(out)
    if base.is_dir() or str(out).endswith(("/", os.sep)):
        base /= usual
    if base.suffix.lower() in (PICTURE, PAGE):
        base = base.with_suffix("")
    if not base.name:
        raise InputError(f"-o {str(out)!r}: expected a name for the files, without ending; such as {tf}-{target}")
    files = base.with_name(base.name + PICTURE), base.with_name(base.name + PAGE)
    for file in files:
        check_file_free(file, overwrite=overwrite, usual=f"pair{file.suffix}")
    return files


def as_file_name(symbol: str) -> str:
    """Return a symbol as a part of a file's name: letters, digits, `_`, `.` and `-`, at most LONGEST_NAME bytes."""
    safe = "".join(char if char.isalnum() or char in "_.-" else "_" for char in symbol)
    short = safe.encode()[:LONGEST_NAME].decode(errors="ignore").strip(".-")
    return short or "gene"


def _check_scorable(candidates: Candidates, pair: PairIndex) -> None:
    """Raise InputError where the models have nothing to look at for a pair."""
    if not candidates.scorer.scorable(pair.tf, pair.target).all():
        raise refuse_pair(candidates, int(pair.tf[0]), int(pair.target[0]))


def _settle(
    candidates: Candidates, known: StoredNetwork | None, config: InferConfig, *, seed: int, progress: Progress
) -> PriorFit:
    """Return the prior and the calibration: those of a network, else settled as an inference does."""
    if known is not None:
        return read_prior_fit(known.path / SCORES_FOLDER / CALIBRATION_FILE)
    place = Path(tempfile.gettempdir()) / "grnet-explain"
    sweep_temporaries(place.parent)
    with temporary_folder(place) as folder:
        return settle_prior(candidates, folder, prior=config.prior, seed=seed, progress=progress)


def _place(candidates: Candidates, fit: PriorFit, pair: PairIndex, known: StoredNetwork | None) -> Places:
    """Return where the pair stands: among scores that are there, where scoring its row and column anew takes long."""
    tf, target = int(pair.tf[0]), int(pair.target[0])
    if known is None or candidates.costs.shares_targets:
        return place_pair(candidates, fit.calibration, tf, target)
    names = str(candidates.symbols[tf]), str(candidates.symbols[target])
    for table in read_shards(known.path, check_bytes=False):
        own = table.filter(pc.and_(pc.equal(table[TF], names[0]), pc.equal(table[TARGET], names[1])))
        if own.num_rows:
            return find_places(lambda: read_shards(known.path, check_bytes=False), own.to_pandas())[0]
    raise FormatError(f"{known.path}: its scores lack {names[0]} → {names[1]}; infer the network anew")


def _find_rank(known: StoredNetwork | None, tf: str, target: str) -> int | None:
    """Return the rank of a pair among all candidates, where it is among the edges of a network."""
    if known is None:
        return None
    own = known.edges[(known.edges[TF] == tf) & (known.edges[TARGET] == target)]
    return int(own[RANK].iloc[0]) if len(own) else None


def _write(explained: PairExplanation, dataset: Dataset, n_candidates: int) -> None:
    """Write picture and page."""
    evidence, pair = explained.evidence, explained.pair
    picture, page = explained.files
    nodes = dataset.genes.to_frame()
    summary = {"prior": explained.prior.to_json(), "candidates": n_candidates}
    edges, shown = _as_edges(pair, explained.rank), nodes[nodes[SYMBOL].isin([pair.tf, pair.target])]
    with (
        made_folders(picture.parent),
        replace_file(picture) as new_picture,  # both of them, or neither
        replace_file(page) as new_page,
    ):
        of_all = None if explained.rank is None else Place(explained.rank, n_candidates)
        write_evidence_figure(new_picture, evidence, pair, of_all=of_all)
        title = f"{pair.tf} → {pair.target}"
        write_evidence_page(new_page, evidence, edges, shown, title=title, summary=summary)


def _as_edges(pair: PairEvidence, rank: int | None) -> pd.DataFrame:
    """Return the pair as a row with the columns of EDGES."""
    r = pair.correlation
    row = {
        TF: pair.tf,
        TARGET: pair.target,
        PROBABILITY: pair.probability,
        SPREAD: pair.spread,
        SEED_SPREAD: pair.seed_spread,
        SCORE: pair.score,
        RANK: rank,
        CORRELATION: r,
        SIGN: UNKNOWN_SIGN if not r else ACTIVATION if r > 0 else REPRESSION,
        KNOWN: pair.label == 1,
    }
    return pd.DataFrame([row])
