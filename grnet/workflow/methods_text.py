"""The provenance of a folder → a paragraph for the methods section of a paper, and what to cite.

Each function takes the facts of one kind of folder (:mod:`grnet.workflow.folder_facts`) and returns whole sentences.
What a folder does not tell is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grnet.schema.folder_kinds import COMPARISON, CROSSVAL, DATASET, EVALUATION, NETWORK, RUN
from grnet.workflow.citations import CITATIONS

HINT = " Change this with "
"""How the statement of a network goes on about options."""
Facts = Mapping[str, Any]
Link = tuple[str, Facts]
"""Kind and facts of a folder in the chain from data to result."""

_KINDS_OF_PLACES = {
    "samples": "RNA-seq samples",
    "cells": "single cells or pools of cells",
    "spots": "spots of spatial transcriptomics",
    "terms": "anatomy terms",
}
_MODALITIES = {"rna": ("RNA",), "image": ("images",), "fused": ("RNA", "images")}
_SEEN_AS = {"samples": "RNA", "cells": "RNA", "spots": "spots", "terms": "anatomy terms", "images": "in-situ images"}
"""Kind of measurement → what models are said to be trained on."""
_SPLITS = {"pair": "new pairs", "tf": "new TFs", "target": "new targets", "both": "new TFs with new targets"}
_NEGATIVES = {
    "random": "uniformly",
    "degree-matched": "matched on degrees",
    "correlation-matched": "matched on |Pearson r|",
}
_ARCHITECTURES = {
    "late": "Late-interaction models",
    "sdinet": "Networks of the SDINet study",
}


def write_paragraph(chain: Sequence[Link], versions: Mapping[str, str]) -> str:
    """Return the paragraph.

    Parameters
    ----------
    chain : sequence of (kind, facts)
        From the data to the folder that is described.
    versions : mapping of package to version
        Of the call that made the folder.
    """
    lines = list(_open(versions))
    for place, (kind, facts) in enumerate(chain):
        if kind in (RUN, CROSSVAL):
            lines += _describe_training(facts, dict(chain[:place]).get(DATASET, {}))
        else:
            lines += _DESCRIBERS[kind](facts)
    return " ".join(lines)


def choose_citations(chain: Sequence[Link], versions: Mapping[str, str]) -> list[str]:
    """Return what to cite: grnet, the methods and databases that were used, and the libraries behind them."""
    kinds = dict(chain)
    keys = ["grnet", "sdinet"]
    run = kinds.get(RUN) or kinds.get(CROSSVAL)
    if run is not None:
        late = run.get("architecture") == "late"
        keys += ["trees", "kernel", "stacking"] if late and run.get("modality") != "image" else []
        keys += ["kernel", "stacking"] if late and run.get("modality") == "image" else []
    if NETWORK in kinds:
        method = kinds[NETWORK].get("settings", {}).get("calibration", "")
        keys += [key for key in ("use-availability", "platt") if key == method] + ["leiden", "networkx"]
    keys += ["torch", "sklearn"] if run is not None else []
    measured = {entry["kind"] for entry in kinds.get(DATASET, {}).get("measurements", ())}
    keys += ["anndata"] if measured & {"cells", "spots"} else []
    lines = [
        CITATIONS[key].replace("{version}", f" {versions['grnet']}" if "grnet" in versions else "") for key in keys
    ]
    sources = [entry for entry in kinds.get(DATASET, {}).get("inputs", ()) if entry.get("citation")]
    return lines + [f"{entry['citation']}: {entry['resource']}, {entry['licence']}." for entry in sources]


def _open(versions: Mapping[str, str]) -> Iterator[str]:
    packages = [("python", "Python"), ("torch", "PyTorch")]
    named = ", ".join(f"{title} {versions[package]}" for package, title in packages if package in versions)
    if "grnet" in versions:
        yield f"The analysis used grnet {versions['grnet']}{f' ({named})' if named else ''}."


def _describe_dataset(facts: Facts) -> Iterator[str]:
    measured = [_name_measurement(entry) for entry in facts.get("measurements", ()) if entry.get("places")]
    organism = f" of {facts['organism']}" if facts.get("organism") else ""
    yield (
        f"The dataset holds {facts.get('genes', 0):,} genes{organism}, of which {facts.get('tfs', 0):,} are "
        f"transcription factors (TFs){f', measured in {_join(measured)}' if measured else ''}."
    )
    if facts.get("normalised"):
        yield f"Expression was normalised: {facts['normalised']}."
    if "labelled_pairs" in facts:
        labelled, known = facts["labelled_pairs"], facts["known_edges"]
        negatives = f" and {labelled - known:,} negatives" if labelled > known else ""
        files = dict.fromkeys(
            str(entry.get("resource") or entry["file"])
            for entry in facts.get("inputs", ())
            if entry.get("role") == "known_edges"
        )
        origin = f" from {_join(list(files))}" if files else ""
        yield f"{known:,} known edges{negatives}{origin} served as labelled pairs."


def _name_measurement(entry: Mapping[str, Any]) -> str:
    """Return a measurement by what it was measured in; pixels of images are not counted."""
    if entry["kind"] == "images":
        return f"in-situ images ({entry['name']})"
    return f"{entry['places']:,} {_KINDS_OF_PLACES.get(entry['kind'], entry['kind'])} ({entry['name']})"


def _describe_training(facts: Facts, dataset: Facts) -> Iterator[str]:
    folds, seeds = facts.get("folds", 0), facts.get("seeds", 1)
    several = f", {seeds} models per fold" if seeds > 1 else ""
    yield (
        f"{_ARCHITECTURES.get(facts.get('architecture', ''), 'Models')} were trained on "
        f"{_join(_name_seen(facts, dataset))} by {folds}-fold cross-fitting "
        f"(seed {facts.get('seed')}{several})."
    )
    if facts.get("without"):
        yield f"These measurements were left out: {_join(facts['without'])}."
    yield from _describe_figures(facts)
    yield from _describe_negatives(facts, dataset)


def _name_seen(run: Facts, dataset: Facts) -> list[str]:
    """Return what models were trained on: what was asked of that which the dataset holds."""
    asked = run.get("modality", "fused")
    kinds = [entry["kind"] for entry in dataset.get("measurements", ()) if entry["name"] not in run.get("without", ())]
    there = dict.fromkeys(_SEEN_AS.get(kind, kind) for kind in kinds)
    seen = [name for name in there if asked in ("fused", "rna" if name == "RNA" else "image")]
    return seen or list(_MODALITIES.get(asked, ("the measurements",)))


def _describe_negatives(run: Facts, dataset: Facts) -> Iterator[str]:
    """Say that negatives were sampled, where all labelled pairs of the dataset are positive."""
    if dataset.get("labelled_pairs") and dataset["labelled_pairs"] == dataset.get("known_edges"):
        yield (
            f"No negatives were given, so {run.get('negatives_per_positive', 1):g} per known edge were sampled from "
            f"the other pairs ({_NEGATIVES.get(run.get('negatives', ''), run.get('negatives'))})."
        )


def _describe_figures(facts: Facts) -> Iterator[str]:
    for split in facts.get("splits", ()):
        rows = [(name, estimate) for name, estimate in split["auroc"].items() if estimate.get("mean") is not None]
        if not rows:
            continue
        held_out = _SPLITS.get(split["split"], f"the split {split['split']}")
        own = _show_estimate(rows[0][1], " (95 % interval {} to {})")
        others = [f"{name} {_show_estimate(estimate, '')}" for name, estimate in rows if name == "|Pearson|"]
        beside = f", beside {others[0]}" if others else ""
        yield f"On {held_out}, the out-of-fold AUROC was {own}{beside} ({split['pairs']:,} pairs)."


def _show_estimate(estimate: Mapping[str, float | None], interval: str) -> str:
    ends = (estimate.get("low"), estimate.get("high"))
    shown = interval.format(*(f"{end:.3f}" for end in ends if end is not None)) if None not in ends else ""
    return f"{estimate['mean']:.3f}{shown}"


def _describe_network(facts: Facts) -> Iterator[str]:
    yield (
        f"All {facts.get('candidates', 0):,} candidate pairs of a TF and another gene were scored. A labelled pair was "
        "scored by the models that had not seen it, any other pair by the mean of all models."
    )
    prior = facts.get("prior") or {}
    if facts.get("ranking_only"):
        yield "The data could not tell the fraction of candidates that are edges, so scores are a ranking."
    elif prior.get("value") is not None:
        known = prior.get("low") is not None
        interval = f" (95 % interval {_percent(prior['low'])} to {_percent(prior['high'])})" if known else ""
        origin = {"estimated": "estimated from the scores of known edges and of all candidates"}
        yield (
            f"Scores were turned into probabilities with a prior of {_percent(prior['value'])}{interval}, which was "
            f"{origin.get(prior.get('source', ''), 'given')}."
        )
    for line in facts.get("statement", ())[:1]:
        yield line.partition(HINT)[0]


def _describe_evaluation(facts: Facts) -> Iterator[str]:
    rows = [row for row in facts.get("rankings", ()) if row.get("auroc") is not None]
    pairs = f"{facts.get('n_pairs', 0):,} pairs, {facts.get('n_positives', 0):,} of them positive"
    if not rows:
        yield f"The scores were evaluated against known edges ({pairs})."
        return
    named = [f"{row['name']} {row['auroc']:.3f} and {row['auprc']:.3f}" for row in rows[1:]]
    yield (
        f"Against known edges ({pairs}), AUROC and AUPRC were {rows[0]['auroc']:.3f} and {rows[0]['auprc']:.3f}"
        f"{f', beside {_join(named)}' if named else ''}."
    )


def _describe_comparison(facts: Facts) -> Iterator[str]:
    yield "Networks were compared with each other."


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2g} %"


def _join(words: Sequence[str]) -> str:
    """Return words with commas, and "and" before the last."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


_DESCRIBERS = {
    DATASET: _describe_dataset,
    NETWORK: _describe_network,
    EVALUATION: _describe_evaluation,
    COMPARISON: _describe_comparison,
}
"""Kind of folder → what writes the sentences on it; those on a training need its dataset, too."""
