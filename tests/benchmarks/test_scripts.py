"""Each benchmark runs at a tiny size and writes what it promises."""

from __future__ import annotations

import json
from itertools import pairwise
from types import SimpleNamespace

import against_grnboost2
import against_regdiffusion
import growth
import numpy as np
import pandas as pd
import pytest
import scale
import timed_paper_passes
import training_growth
from synthetic_dataset import RunSize
from synthetic_run import write_run

import grnet

SMALL = RunSize(genes=40, tfs=3, samples=8, views=1, labelled=40, folds=2)


def test_scale_reports_rates_peaks_and_what_was_asked(tmp_path, here, monkeypatch):
    monkeypatch.setattr(scale, "CASES", {"3 × 40": SMALL, "3 × 80": RunSize(80, 3, 8, 1, labelled=40, folds=2)})
    here(scale, "--out", tmp_path / "scale.json", "--work", tmp_path / "work")

    content = json.loads((tmp_path / "scale.json").read_text())
    names = ["3 × 40, prior estimated", "3 × 40, prior given", "3 × 80, prior estimated"]
    assert list(content["cases"]) == names
    case = content["cases"][names[-1]]
    assert (case["tfs"], case["genes"], case["models"], case["candidates"]) == (3, 80, 2, 3 * 79)
    assert case["pairs_per_second"] == pytest.approx(case["candidates"] / case["scoring_seconds"], rel=0.05)
    assert case["scoring_seconds"] <= case["loaded_to_closed_seconds"] <= case["inference_seconds"]
    assert case["inference_seconds"] <= case["end_to_end_seconds"]
    assert case["peak_mib"] > 100
    assert [row["holds"] for row in content["asked"][:2]] == [False, False]
    assert [row["what"] for row in content["asked"][-2:]] == [
        "peak at 3 × 80 / that peak",
        "exponent of the seconds of scoring, to 3 × 80",
    ]
    assert (tmp_path / "work/3x40-0.22-2/run/run.toml").is_file()
    assert not (tmp_path / "work/3x40-0.22-2/network").exists()


def test_growth_changes_one_quantity_at_a_time():
    for quantity, field in growth.FIELDS.items():
        sizes = growth.list_sizes(quantity, growth.FACTORS, quick=False)
        values = [getattr(size, field) for size in sizes]
        assert [after / before for before, after in pairwise(values)] == [2, 2, 2, 2], quantity
        others = [{name: value for name, value in vars(size).items() if name != field} for size in sizes]
        assert all(other == others[0] for other in others), quantity


def test_growth_fits_the_exponent_of_a_power():
    x = [10, 20, 40, 80, 160]

    assert growth.fit_slope(x, [3 * value**1.25 for value in x]) == pytest.approx(1.25, abs=1e-3)
    assert growth.fit_slope(x, [7.0] * 5) == 0.0


def test_growth_writes_points_and_exponents(tmp_path, here):
    here(growth, "--quick", "--quantity", "TFs", "--out", tmp_path / "growth.json", "--work", tmp_path)

    entry = json.loads((tmp_path / "growth.json").read_text())["growth"]["TFs"]
    assert [point["value"] for point in entry["points"]] == [4, 8, 16]
    assert set(entry["exponents"]) == {"scoring", "end to end"}
    seconds = [point["end_to_end_seconds"] for point in entry["points"]]
    assert entry["exponents"]["end to end"]["all"] == growth.fit_slope([4, 8, 16], seconds)


def test_passes_of_the_paper_are_counted_as_its_samples_are(gappy_dataset):
    dataset = grnet.load_dataset(gappy_dataset)
    symbols, tfs = dataset.genes.symbols, dataset.genes.tfs
    images = dataset.image_table.groupby(["symbol", "view"]).size()
    counts = [
        sum(images.get((symbols[tf], view), 0) * images.get((gene, view), 0) for view in dataset.views)
        for tf in tfs
        for gene in symbols
        if gene != symbols[tf]
    ]

    assert timed_paper_passes.count_passes(dataset) == {
        "candidates": 6 * 17,
        "candidates_with_images": int((np.array(counts) > 0).sum()),
        "image_pairs": sum(counts),
    }


def test_importance_is_judged_over_all_labelled_pairs(synthetic_folder, tmp_path):
    dataset = grnet.load_dataset(synthetic_folder / "dataset")
    known = dataset.labelled_pairs.sort_values("label")
    told = known[known["label"] == 1].assign(importance=1.0).rename(columns={"tf": "TF"})
    told[["TF", "target", "importance"]].iloc[:15].to_csv(tmp_path / "edges.tsv", sep="\t", index=False)

    assert against_grnboost2.judge_edges(tmp_path / "edges.tsv", dataset) == pytest.approx(0.5 + 0.5 * 15 / 30)


def test_grnet_is_compared_with_grnboost2_and_the_papers_way(tmp_path, here, monkeypatch):
    def run_grnet(command, run, *rest):
        out = rest[rest.index("-o") + 1]
        if command == "train":
            write_run(out, grnet.load_dataset(run), against_grnboost2.QUICK)
            return SimpleNamespace(seconds=30.0)
        out.mkdir()
        pd.DataFrame({"tf": ["a"]}).to_parquet(out / "edges.parquet")
        return SimpleNamespace(seconds=2.0)

    def run_grnboost2(command):
        expression, tfs, edges = command[-5:-2]
        assert pd.read_csv(expression, sep="\t").shape == (SMALL.samples, SMALL.genes)
        names = tfs.read_text().split()
        pd.DataFrame({"TF": names[:1], "target": names[1:2], "importance": [1.0]}).to_csv(edges, sep="\t", index=False)
        return SimpleNamespace(seconds=40.0, figures={"edges": 1})

    monkeypatch.setattr(against_grnboost2, "QUICK", SMALL)
    monkeypatch.setattr(against_grnboost2, "run_grnet", run_grnet)
    monkeypatch.setattr(against_grnboost2, "run_held", run_grnboost2)
    monkeypatch.setattr(
        against_grnboost2,
        "time_paper",
        lambda dataset, quick: {"a_pass_for_each_candidate_seconds": 600.0, "a_pass_for_each_image_pair_seconds": 50.0},
    )
    python = tmp_path / "environment/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    options = ("--quick", "--repeats", "1", "--environment", tmp_path / "environment", "--work", tmp_path / "work")
    here(against_grnboost2, *options, "--out", tmp_path / "against.json")

    content = json.loads((tmp_path / "against.json").read_text())
    assert {row["what"]: (row["seconds"], row["ratio"]) for row in content["comparison"]} == {
        "grnet infer-network, expression": (2.0, 1.0),
        "grnet infer-network, fused": (2.0, None),
        "grnet train and infer-network, expression": (32.0, None),
        "GRNBoost2": (40.0, 20.0),
        "GRNBoost2, beside training and inferring": (40.0, 1.25),
        "paper's way, a pass for each candidate (fused)": (600.0, 300.0),
        "paper's way, a pass for each image pair (fused)": (50.0, 25.0),
    }
    assert content["cases"]["inferring rna, as it is typed"]["inside"]["candidates"] == 3 * 39
    assert 0 <= content["cases"]["GRNBoost2"]["auroc"] <= 1


def test_without_the_fly_tables_it_is_said_where_they_were_looked_for(tmp_path, here):
    with pytest.raises(SystemExit, match=r"fly-eye: no such folder; name the one that holds fly-eye/ with --data"):
        here(against_grnboost2, "--data", tmp_path)


def test_training_growth_reports_exponents(tmp_path, here, monkeypatch):
    monkeypatch.setattr(training_growth, "FACTORS", (1, 2))
    here(training_growth, "--quick", "--quantity", "samples", "--out", tmp_path / "growth.json")

    growth_of = json.loads((tmp_path / "growth.json").read_text())["growth"]
    assert list(growth_of) == ["samples"]
    assert [point["value"] for point in growth_of["samples"]["points"]] == [6, 12]
    assert all(point["seconds"] > 0 for point in growth_of["samples"]["points"])


def test_training_growth_changes_one_quantity_at_a_time():
    for quantity, field in training_growth.FIELDS.items():
        base, smallest = vars(training_growth.BASE), vars(training_growth.SMALLEST[quantity])
        assert {name for name, value in smallest.items() if value != base[name]} <= {field}, quantity


def made_by_hand():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.uniform(0, 5, (4, 6)), index=["a", "b", "c", "d"])
    known = pd.DataFrame({"tf": ["a", "b", "a"], "target": ["b", "c", "d"], "label": [1, 0, 1]})
    return against_regdiffusion.Cells(table, ["a", "b"], known)


def test_cells_are_made_of_cells_drawn_again_and_genes_repeated():
    made = against_regdiffusion.make_cells(made_by_hand(), 9, 6)

    assert list(made.table.index) == ["a", "b", "c", "d", "a_1", "b_1"]
    assert made.table.shape == (6, 9)
    assert (made.table.to_numpy() >= 0).all()
    assert made.tfs == ["a", "b"]
    assert len(made.known) == 3


def test_unseen_edges_are_judged_over_pairs_without_a_label():
    cells = made_by_hand()
    gold = pd.DataFrame({"tf": ["a"], "target": ["c"]})
    scores = {("a", "c"): 3.0, ("b", "a"): 2.0, ("b", "d"): 1.0, ("a", "b"): 9.0, ("a", "a"): 9.0}

    assert against_regdiffusion.judge(pd.Series(scores), cells, gold) == {"auroc": 1.0, "auprc": 1.0}
    scores[("b", "d")] = 4.0
    assert against_regdiffusion.judge(pd.Series(scores), cells, gold) == {"auroc": 0.5, "auprc": 0.5}
    assert against_regdiffusion.judge(pd.Series(scores), cells, None) == {}
