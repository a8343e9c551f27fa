"""The public functions from a lab's files to a network that is evaluated: what they write agrees from end to end."""

from __future__ import annotations

import inspect
import json
import shutil

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import grnet
from grnet.schema.errors import FormatError, InputError, MissingInputError, OutputExistsError
from grnet.schema.tables import EDGES, NODES
from grnet.storage.tables import read_table

PUBLIC = [
    "check",
    "compare",
    "crossval",
    "demo",
    "evaluate",
    "explain",
    "export",
    "fetch",
    "infer_network",
    "info",
    "inspect_dataset",
    "load_dataset",
    "load_network",
    "load_run",
    "prepare",
    "prepare_each",
    "simulate",
    "train",
    "view",
]


@pytest.fixture(scope="module")
def scores(fused_network):
    return pd.concat(grnet.load_network(fused_network).scores(), ignore_index=True)


@pytest.fixture(scope="module")
def network(fused_network):
    return grnet.load_network(fused_network)


@pytest.fixture(scope="module")
def truth(embryo_lab):
    return pd.read_parquet(embryo_lab / "truth.parquet")


@pytest.fixture
def moved(fused_run, tmp_path):
    """A run whose dataset has gone elsewhere: the run, and where the dataset is now."""
    run = shutil.copytree(fused_run, tmp_path / "before" / "run", ignore=shutil.ignore_patterns("checksums.json"))
    old = shutil.copytree(
        fused_run.parent / "dataset", tmp_path / "before" / "dataset", ignore=shutil.ignore_patterns("checksums.json")
    )
    text = (run / "run.toml").read_text(encoding="utf-8").replace(str(fused_run.parent), str(tmp_path / "before"))
    (run / "run.toml").write_text(text, encoding="utf-8")
    return run, shutil.move(old, tmp_path / "after")


def pairs_of(table):
    return set(zip(table["tf"], table["target"], strict=True))


def test_candidates_are_counted_alike_everywhere(fused_network, network, scores):
    manifest = json.loads((fused_network / "scores" / "manifest.json").read_text(encoding="utf-8"))
    dataset = grnet.load_dataset(fused_network.parent / "dataset")
    expected = int(dataset.genes.is_tf.sum()) * (len(dataset.genes) - 1) - manifest["unscorable"]
    assert expected == 852
    assert manifest["candidates"] == network.summary["candidates"] == len(scores) == len(pairs_of(scores)) == expected
    assert network.summary["settings"]["unscorable_pairs"] == manifest["unscorable"]


def test_edges_are_the_best_candidates_in_order(network, scores):
    assert list(network.edges.columns) == EDGES.names
    assert list(network.nodes.columns) == NODES.names
    order = scores.sort_values(["probability", "score", "tf", "target"], ascending=[False, False, True, True]).head(60)
    for column in ("tf", "target", "probability", "score", "spread", "correlation"):
        assert network.edges[column].tolist() == order[column].tolist(), column
    assert network.edges["rank"].tolist() == list(range(1, 61))


def test_known_edges_are_marked(network, fused_network):
    known = grnet.load_dataset(fused_network.parent / "dataset").labelled_pairs
    positive = pairs_of(known[known["label"] == 1])
    flags = [(tf, target) in positive for tf, target in zip(network.edges["tf"], network.edges["target"], strict=True)]
    assert network.edges["known"].tolist() == flags
    assert 0 < sum(flags) < 60
    assert network.summary["known"] == sum(flags)
    assert network.summary["novel"] == 60 - sum(flags)


def test_graph_tables_and_graphml_agree(network, fused_network):
    graph = network.graph
    assert set(graph.edges) == pairs_of(network.edges)
    assert set(graph.nodes) == set(network.nodes["symbol"]) == {gene for edge in graph.edges for gene in edge}
    nodes = network.nodes.set_index("symbol")
    assert dict(graph.in_degree) == nodes["in_degree"].to_dict()
    assert dict(graph.out_degree) == nodes["out_degree"].to_dict()
    stored = nx.read_graphml(fused_network / "network.graphml")
    assert {tuple(stored.nodes[node].get("symbol", node) for node in edge) for edge in stored.edges} == set(graph.edges)
    assert network.summary["edges"] == graph.number_of_edges() == 60
    assert network.summary["genes"] == graph.number_of_nodes()


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("adjacencies.tsv", ["TF", "target", "importance"]),
        ("edges.decoupler.csv", ["source", "target", "weight"]),
        ("rankedEdges.csv", ["Gene1", "Gene2", "EdgeWeight"]),
    ],
)
def test_further_edge_lists_hold_the_same_edges(fused_network, network, file, columns):
    table = pd.read_csv(fused_network / file, sep=None, engine="python")
    assert list(table.columns)[:3] == columns
    assert list(zip(table[columns[0]], table[columns[1]], strict=True)) == list(
        zip(network.edges["tf"], network.edges["target"], strict=True)
    )
    assert np.abs(table[columns[2]]).to_numpy() == pytest.approx(network.edges["probability"].to_numpy(), abs=1e-6)


def test_the_same_run_gives_the_same_bytes(fused_run, fused_network, tmp_path):
    grnet.infer_network(fused_run, tmp_path / "again", top=60, formats=("arboreto", "decoupler", "beeline"))
    files = [file.relative_to(fused_network) for file in fused_network.rglob("*") if file.is_file()]
    assert len(files) == 17
    assert sorted(files) == sorted(f.relative_to(tmp_path / "again") for f in tmp_path.rglob("*") if f.is_file())
    assert [
        str(file) for file in files if (fused_network / file).read_bytes() != (tmp_path / "again" / file).read_bytes()
    ] == ["provenance.json"]


def test_the_same_seed_gives_the_same_edges_from_the_raw_files(embryo_lab, fused_network, tiny_config, tmp_path):
    from grnet.workflow.demo import prepare_lab

    prepare_lab(embryo_lab, tmp_path / "dataset")
    for seed in (0, 1):
        grnet.train(
            tmp_path / "dataset", tmp_path / f"run-{seed}", seed=seed, folds=3, report="pair", config=tiny_config
        )
        grnet.infer_network(tmp_path / f"run-{seed}", tmp_path / f"network-{seed}", top=60)
    expected = (fused_network / "edges.parquet").read_bytes()
    assert (tmp_path / "network-0" / "edges.parquet").read_bytes() == expected
    assert (tmp_path / "network-1" / "edges.parquet").read_bytes() != expected


def test_limits_combine(fused_run, scores, tmp_path):
    middle = float(scores["probability"].median())
    result = grnet.infer_network(fused_run, tmp_path / "network", probability=middle, top=40, top_per_target=1)
    edges = result.network.edges
    assert edges["probability"].min() >= np.float32(middle)
    assert not edges["target"].duplicated().any()
    assert edges["rank"].max() <= 40
    assert result.network.summary["settings"]["limits"] == {
        "probability": pytest.approx(middle),
        "top": 40,
        "top_per_target": 1,
    }
    assert result.pairs_per_second > 0


def test_a_network_may_be_empty(fused_run, truth, embryo_lab, tmp_path):
    result = grnet.infer_network(fused_run, tmp_path / "network", probability=1.0)
    assert len(result.network.edges) == len(result.network.nodes) == 0
    again = grnet.load_network(tmp_path / "network")
    assert again.summary["edges"] == 0
    assert again.summary["candidates"] == 852
    assert read_table(tmp_path / "network" / "edges.parquet", EDGES).empty
    assert grnet.evaluate(tmp_path / "network", embryo_lab / "truth.parquet", universe="all").n_positives == len(truth)


def test_a_dataset_that_moved_is_asked_for_and_found(moved, fused_network, tmp_path):
    run, dataset = moved
    with pytest.raises(MissingInputError) as caught:
        grnet.infer_network(run, tmp_path / "network", top=60)
    assert str(caught.value) == (
        f"{tmp_path / 'before' / 'dataset'}: the dataset that {run} was trained on is no longer there; "
        "say where it is: --dataset FOLDER"
    )
    assert not (tmp_path / "network").exists()
    grnet.infer_network(run, tmp_path / "network", top=60, dataset=dataset)
    expected = (fused_network / "edges.parquet").read_bytes()
    assert (tmp_path / "network" / "edges.parquet").read_bytes() == expected


def test_a_dataset_that_changed_is_refused(moved, tmp_path):
    run, dataset = moved
    table = pd.read_parquet(dataset / "known_edges.parquet")
    table["label"] = 1 - table["label"]
    table.to_parquet(dataset / "known_edges.parquet")
    with pytest.raises(FormatError) as caught:
        grnet.infer_network(run, tmp_path / "network", dataset=dataset)
    assert str(caught.value).startswith(
        f"{dataset}: is not the dataset that {run} was trained on (its contents differ)"
    )
    assert not (tmp_path / "network").exists()


def test_evaluation_counts_novel_pairs_only(fused_network, embryo_lab, truth, scores):
    whole = grnet.evaluate(fused_network, embryo_lab / "truth.parquet", universe="all")
    novel = grnet.evaluate(fused_network, embryo_lab / "truth.parquet", universe="all", novel_only=True)
    trained = scores[scores["label"].notna()]
    true = pairs_of(truth)
    assert (whole.n_pairs, whole.n_positives) == (852, len(true))
    assert (novel.n_pairs, novel.n_positives) == (852 - len(trained), len(true - pairs_of(trained)))
    assert novel.n_left_out == len(trained) == 154
    assert [ranking.name for ranking in whole.rankings] == ["model", "|correlation|", "TF degree", "random"]


def test_evaluation_against_the_known_edges_is_out_of_fold(fused_network, fused_run, embryo_lab, scores):
    from sklearn.metrics import roc_auc_score

    result = grnet.evaluate(fused_network, embryo_lab / "known_edges.csv")
    table = scores[scores["label"].notna()]
    assert (result.universe, result.n_pairs, result.n_positives) == ("labelled", 154, 77)
    assert result.model.auroc == pytest.approx(roc_auc_score(table["label"].astype(int), table["score"]))
    known = grnet.load_run(fused_run).out_of_fold
    assert pairs_of(known) == pairs_of(table)


def test_evaluation_writes_what_it_returns(fused_network, embryo_lab, tmp_path):
    result = grnet.evaluate(fused_network, embryo_lab / "known_edges.csv", out=tmp_path / "evaluation")
    stored = json.loads((tmp_path / "evaluation" / "evaluation.json").read_text(encoding="utf-8"))
    assert stored["n_pairs"] == result.n_pairs
    assert stored["rankings"][0]["auroc"] == pytest.approx(result.model.auroc)
    page = (tmp_path / "evaluation" / "report.html").read_text(encoding="utf-8")
    assert "synthetic embryo against known_edges.csv" in page
    with pytest.raises(OutputExistsError):
        grnet.evaluate(fused_network, embryo_lab / "known_edges.csv", out=tmp_path / "evaluation")


def test_evaluation_translates_names(fused_network, embryo_lab, tmp_path):
    table = pd.read_csv(embryo_lab / "known_edges.csv").astype(str)
    columns = list(table.columns[:2])
    first = table[columns[0]].iloc[0]
    table[columns] = table[columns].replace(first, "another name")
    table.to_csv(tmp_path / "known.csv", index=False)
    plain = grnet.evaluate(fused_network, tmp_path / "known.csv")
    named = grnet.evaluate(fused_network, tmp_path / "known.csv", aliases={"another name": first})
    assert len(plain.unscored) == int((table[columns] == "another name").any(axis=1).sum()) > 0
    assert len(named.unscored) == 0
    assert (plain.n_pairs, named.n_pairs) == (154 - len(plain.unscored), 154)


def test_training_on_positives_alone_and_on_too_few(embryo_lab, tiny_config, tmp_path):
    known = pd.read_csv(embryo_lab / "known_edges.csv")
    positive = known[known["label"] == 1].drop(columns="label")
    for name, rows in (("all", positive), ("few", positive.head(9))):
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
        grnet.prepare(
            tmp_path / name,
            expression=[embryo_lab / "expression_tfs.csv", embryo_lab / "expression_genes.tsv.gz"],
            tfs=embryo_lab / "tfs.txt",
            known_edges=tmp_path / f"{name}.csv",
        )
    result = grnet.train(tmp_path / "all", tmp_path / "run", folds=3, report="pair", config=tiny_config)
    assert result.card.n == 154
    assert "positives only: 77 negatives sampled" in result.notes[0]
    assert list(result.card.ablation.parts[0].figures) == ["without the known network", "all measurements"]
    network = grnet.infer_network(tmp_path / "run", tmp_path / "network", top=20).network
    labels = pd.concat(network.scores())["label"]
    assert labels.value_counts().to_dict() == {0: 77, 1: 77}
    with pytest.raises(InputError, match=": 9 positive known edges between genes with expression or images;"):
        grnet.train(tmp_path / "few", tmp_path / "run-few", folds=3, config=tiny_config)
    assert not (tmp_path / "run-few").exists()


def test_the_package_shows_its_functions():
    assert grnet.__all__ == PUBLIC
    assert set(PUBLIC) <= set(dir(grnet))
    with pytest.raises(AttributeError, match="module 'grnet' has no attribute 'infer'"):
        _ = grnet.infer


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_is_documented_and_annotated(name):
    function = getattr(grnet, name)
    signature = inspect.signature(function)
    assert "Raises\n" in function.__doc__
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter.name
        if len(signature.parameters) > 1:
            assert parameter.name in function.__doc__, parameter.name
