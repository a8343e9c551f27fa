"""Compare the probabilities of novel candidates with the part of them that is true, on synthetic embryos.

    python benchmarks/probability_bins.py [--seeds 100 101 ... 109] [--work FOLDER]

For each seed: an embryo, RNA and fused models with default settings, once with the negatives that the embryo's lab
knows and once with its positives alone. Networks are inferred with the true prior and with the estimated one. In each
bin of probability, the mean probability of the candidates without a label is compared with the part of them that is
true. The interval of the expected precision of the default network is compared with its observed precision.

The results of each seed are added to the file as they come: seeds may be run one by one. With --work, embryos and
trained runs stay in a folder, and what is there is not made again; it is that of `expected_precision.py`. Bends and
ceilings of the curves were chosen on seeds 40 to 43.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from expected_precision import LABELS, MODALITIES, prepare_labels
from machine import describe_machine

import grnet
from grnet.network.folder import StoredNetwork

ROOT = Path(__file__).parent.parent
BINS = ((0.9, 1.0), (0.8, 0.9), (0.5, 0.8))
NEAR = 0.03
PRIORS = ("true", "estimated")


def main() -> None:
    """Run the seeds, add them to the results, write and print the summary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(100, 110)))
    parser.add_argument("--work", type=Path, help="Folder for embryos and runs; a temporary one where it is not given.")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/probability_bins.json")
    arguments = parser.parse_args()
    runs: list[dict[str, Any]] = []
    if arguments.out.is_file():
        runs = [run for run in json.loads(arguments.out.read_text())["runs"] if run["seed"] not in arguments.seeds]
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as name:
            runs += run_seed((arguments.work or Path(name)) / str(seed), seed)
        runs.sort(key=lambda run: (run["seed"], run["labels"], run["modality"], run["prior"]))
        results = {"machine": describe_machine(), **summarise(runs), "runs": runs}
        arguments.out.write_text(json.dumps(results, indent=2) + "\n")
    summary = summarise(runs)
    print(pd.DataFrame(summary["bins"]).to_string(index=False))
    print(pd.DataFrame(summary["intervals"]).to_string(index=False))


def run_seed(folder: Path, seed: int) -> list[dict[str, Any]]:
    """Return the figures of every network of one embryo."""
    lab = folder / "lab"
    if not lab.exists():
        folder.mkdir(parents=True, exist_ok=True)
        grnet.simulate(lab, seed=seed)
        prepare_labels(lab, folder)
    truth = pd.read_parquet(lab / "truth.parquet")
    true_pairs = set(zip(truth["tf"], truth["target"], strict=True))
    runs = []
    for labels in LABELS:
        for modality in MODALITIES:
            run = folder / f"{labels}-{modality}"
            if not run.exists():
                grnet.train(folder / labels, run, modality=modality, report="pair")
            prior = None
            for name in reversed(PRIORS):
                network = run.with_name(f"{run.name}-bins-{name}")
                inferred = grnet.infer_network(run, network, prior=prior, overwrite=network.exists()).network
                novel = list_novel(inferred, true_pairs)
                prior = float(novel["true"].mean())
                case = {"seed": seed, "labels": labels, "modality": modality, "prior": name}
                runs.append(case | state_bins(novel) | state_default(inferred, true_pairs))
    return runs


def list_novel(network: StoredNetwork, true_pairs: set[tuple[str, str]]) -> pd.DataFrame:
    """Return the candidates without a label: their probability, and whether they are true."""
    table = pd.concat(shard[shard["label"].isna()] for shard in network.scores())
    is_true = [pair in true_pairs for pair in zip(table["tf"], table["target"], strict=True)]
    return pd.DataFrame({"probability": table["probability"].to_numpy(np.float64), "true": is_true})


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


def state_default(network: StoredNetwork, true_pairs: set[tuple[str, str]]) -> dict[str, Any]:
    """Return the expected precision of the novel edges of the default network, its interval, and the observed one."""
    told, edges = network.summary["unlabelled"], network.edges[~network.edges["known"]]
    labelled = pd.concat(shard.loc[shard["label"].notna(), ["tf", "target"]] for shard in network.scores())
    negative = set(zip(labelled["tf"], labelled["target"], strict=True))
    pairs = [pair for pair in zip(edges["tf"], edges["target"], strict=True) if pair not in negative]
    observed = float(np.mean([pair in true_pairs for pair in pairs])) if pairs else None
    names = ("edges", "expected_precision", "expected_precision_interval")
    return {"default_network": {**{name: told[name] for name in names}, "observed_precision": observed}}


def summarise(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return, over embryos, promised less observed precision of each bin, and how often intervals hold the observed."""
    rows, keys = [], ["prior", "labels", "modality"]
    table = pd.DataFrame([{**{key: run[key] for key in keys}, **entry} for run in runs for entry in run["bins"]])
    for columns in (["prior", "bin"], [*keys, "bin"]):
        for names, part in table.groupby(columns, sort=False):
            some = part[part["candidates"] > 0]
            n = some["candidates"]
            promised, observed = ((some[name] * n).sum() / max(n.sum(), 1) for name in ("promised", "observed"))
            gap, mean = promised - observed, (some["promised"] - some["observed"]).mean()
            within = bool(abs(gap) <= NEAR and abs(mean) <= NEAR)
            figures = {"networks": len(part), "with_any": len(some), "candidates": int(n.sum())}
            figures |= {"promised": round(promised, 3), "observed": round(observed, 3)}
            figures |= {"gap_pooled": round(gap, 3), "gap_mean": round(float(mean), 3), f"within_{NEAR:g}": within}
            rows.append(dict(zip(columns, names, strict=True)) | figures)
    return {"bins": rows, "intervals": summarise_intervals(runs)}


def summarise_intervals(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return in how many default networks the interval holds the observed precision, and how wide it is."""
    rows = []
    for prior in PRIORS:
        told = [run["default_network"] for run in runs if run["prior"] == prior]
        told = [entry for entry in told if entry["expected_precision_interval"] is not None]
        ends = np.array([entry["expected_precision_interval"] for entry in told]).reshape(-1, 2)
        observed = np.array([entry["observed_precision"] for entry in told], dtype=float)
        held = int(((ends[:, 0] <= observed) & (observed <= ends[:, 1])).sum())
        width = round(float(np.mean(ends[:, 1] - ends[:, 0])), 3) if len(told) else None
        rows.append({"prior": prior, "networks": len(told), "held": held, "mean_width": width})
    return rows


if __name__ == "__main__":
    main()
