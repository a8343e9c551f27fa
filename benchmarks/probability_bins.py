"""Compare the probabilities of novel candidates with the part of them that is true, on synthetic embryos.

    python benchmarks/probability_bins.py [--seeds 100 101 ... 109] [--work FOLDER]

For each seed: an embryo, RNA and fused models with default settings, once with the negatives that the embryo's lab
knows and once with its positives alone. Candidates get their probabilities as `grnet infer-network` gives them, with
the true prior and with the estimated one. In each bin of probability, the mean probability of the candidates without a
label is compared with the part of them that is true. So is an expected precision of 0.8. For the most probable ones, as
many as there are known edges, the interval of the expected precision is compared with the observed precision.

The results of each seed are added to the file as they come: seeds may be run one by one. With --work, embryos and
trained runs stay in a folder, and what is there is not made again; it is that of `expected_precision.py`. Bends and
ceilings of the curves were chosen on seeds 40 to 43.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from expected_precision import EXPECTED, measure_seeds, parse_arguments, train_embryo

from grnet.architectures.run_folder import load_run
from grnet.probability.prior_fit import fit_prior
from grnet.probability.probability_limits import ProbabilityLimits
from grnet.schema.genes import PairIndex
from grnet.scoring.candidates import Candidates
from grnet.scoring.score_blocks import work_out_figures
from grnet.workflow.candidate_prior import compare_scores
from grnet.workflow.trained_run import load_dataset_of

BINS = ((0.9, 1.0), (0.8, 0.9), (0.5, 0.8))
NEAR = 0.03
PRIORS = ("true", "estimated")


def main() -> None:
    """Run the seeds, add them to the results, write and print the summary."""
    runs = measure_seeds(parse_arguments(__doc__, "probability_bins", seeds=range(100, 110)), run_seed, summarise)
    summary = summarise(runs)
    for part in ("bins", "kept", "intervals"):
        print(pd.DataFrame(summary[part]).to_string(index=False))


def run_seed(folder: Path, seed: int) -> list[dict[str, Any]]:
    """Return the figures of every run of one embryo, with both priors."""
    found: list[dict[str, Any]] = []
    for case, run in train_embryo(folder, seed):
        truth = pd.read_parquet(folder / "lab" / "truth.parquet")
        found += [case | figures for figures in state_run(run, truth)]
    return found


def state_run(path: Path, truth: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the figures of a run with each prior."""
    run = load_run(path)
    dataset = load_dataset_of(run, None)
    candidates = Candidates(run, dataset, device="cpu")
    scored = candidates.score_pairs(candidates.tfs, np.arange(candidates.n_genes))
    novel, true_keys = ~scored.labelled, PairIndex.from_frame(truth, dataset.genes).keys(candidates.n_genes)
    is_true = np.isin(PairIndex(scored.tf, scored.target).keys(candidates.n_genes), true_keys)[novel]
    scores = compare_scores(candidates, seed=run.seed)
    for name in PRIORS:
        fit = fit_prior(scores, prior=float(is_true.mean()) if name == "true" else None, seed=run.seed)
        probability = work_out_figures(scored, fit.calibration).probability[novel].astype(np.float64)
        table = pd.DataFrame({"probability": probability, "true": is_true})
        best = table.nlargest(scores.n_known, "probability", keep="all")
        used = {"prior": name, "prior_true": float(is_true.mean()), "prior_used": fit.prior.value}
        yield used | state_bins(table) | state_kept(table) | state_best(best, fit.limits)


def state_bins(novel: pd.DataFrame) -> dict[str, Any]:
    """Return for each bin how many candidates it holds, their mean probability, and the part that is true."""
    figures = []
    for low, high in BINS:
        own = novel[(novel["probability"] >= low) & ((novel["probability"] < high) | (high == 1))]
        means = (
            {"promised": float(own["probability"].mean()), "observed": float(own["true"].mean())} if len(own) else {}
        )
        figures.append({"bin": f"{low:g} to {high:g}", "candidates": len(own), **means})
    return {"bins": figures}


def state_kept(novel: pd.DataFrame) -> dict[str, Any]:
    """Return how many candidates have a mean probability of EXPECTED, and the part of them that is true."""
    ordered = novel.sort_values("probability", ascending=False, kind="stable")
    n = int((ordered["probability"].expanding().mean() >= EXPECTED).sum())
    return {"kept": {"candidates": n, "observed": float(ordered["true"].iloc[:n].mean()) if n else None}}


def state_best(best: pd.DataFrame, limits: ProbabilityLimits | None) -> dict[str, Any]:
    """Return the expected precision of the most probable candidates, its interval, and the observed precision."""
    probability = best["probability"].to_numpy()
    figures = {"candidates": len(best), "expected": float(probability.mean()), "observed": float(best["true"].mean())}
    return {"best": figures | {"interval": None if limits is None else limits.of_mean(probability)}}


def summarise(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return, over embryos, promised less observed precision of each bin, and how often intervals hold the observed."""
    rows, keys = [], ["prior", "labels", "modality"]
    table = pd.DataFrame([{**{key: run[key] for key in keys}, **entry} for run in runs for entry in run["bins"]])
    for columns in (["prior", "bin"], [*keys, "bin"]):
        for names, part in table.groupby(columns, sort=False):
            some = part[part["candidates"] > 0]
            n = some["candidates"].astype(int)
            promised, observed = ((some[name] * n).sum() / max(n.sum(), 1) for name in ("promised", "observed"))
            gap, mean = promised - observed, (some["promised"] - some["observed"]).mean()
            within = bool(abs(gap) <= NEAR and abs(mean) <= NEAR)
            figures: dict[str, Any] = {"runs": len(part), "with_any": len(some), "candidates": int(n.sum())}
            figures |= {"promised": round(promised, 3), "observed": round(observed, 3)}
            figures |= {"gap_pooled": round(gap, 3), "gap_mean": round(float(mean), 3) if len(some) else None}
            figures |= {f"within_{NEAR:g}": within if len(some) else None}
            rows.append(dict(zip(columns, names, strict=True)) | figures)
    return {"bins": rows, "kept": summarise_kept(runs), "intervals": summarise_intervals(runs)}


def summarise_kept(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the observed precision where EXPECTED was expected: mean over embryos that keep any candidate."""
    keys, rows = ["labels", "modality", "prior"], []
    table = pd.DataFrame([{**run, **run["kept"]} for run in runs])
    for names, part in table.groupby(keys):
        observed = part["observed"].astype(float)
        figures: dict[str, Any] = {"seeds": len(part), "with_any": int(observed.notna().sum())}
        figures |= {"kept": part["candidates"].mean()}
        figures |= {"observed_mean": observed.mean(), "observed_sd": observed.std(ddof=1)}
        figures |= {"prior_over_true": (part["prior_used"] / part["prior_true"]).mean()}
        rounded = {name: None if value != value else round(float(value), 3) for name, value in figures.items()}
        rows.append(dict(zip(keys, names, strict=True)) | rounded)
    return rows


def summarise_intervals(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return for how many runs the interval holds the observed precision, and how wide it is."""
    rows = []
    for prior in PRIORS:
        told = [run["best"] for run in runs if run["prior"] == prior and run["best"]["interval"] is not None]
        ends = np.array([entry["interval"] for entry in told]).reshape(-1, 2)
        observed = np.array([entry["observed"] for entry in told])
        held = int(((ends[:, 0] <= observed) & (observed <= ends[:, 1])).sum())
        width = round(float(np.mean(ends[:, 1] - ends[:, 0])), 3) if len(told) else None
        rows.append({"prior": prior, "runs": len(told), "held": held, "mean_width": width})
    return rows


if __name__ == "__main__":
    main()
