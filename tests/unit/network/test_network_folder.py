from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from made_networks import in_shards, make_genes, make_scores

from grnet.network.folder import load_network
from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.selection import select_edges
from grnet.network.summary import summarise
from grnet.schema.configs import InferConfig
from grnet.schema.errors import ConfigError, FormatError, MissingInputError
from grnet.schema.network_formats import EDGE_FORMATS
from grnet.schema.tables import EDGES, NODES, SCORES, empty_table
from grnet.storage.tables import write_table
from grnet.workflow.network_files import write_network_files


@pytest.fixture(scope="module")
def made():
    genes = make_genes(15, 80)
    scores = make_scores(genes)
    edges = select_edges(in_shards(scores, 500), InferConfig(top=120))
    nodes = build_nodes(edges, genes, seed=3)
    return edges, nodes, summarise(edges, nodes, n_candidates=len(scores), name="made", settings={"top": 120}), scores


@pytest.fixture
def folder(made, tmp_path):
    edges, nodes, summary, scores = made
    write_network_files(tmp_path, Network(edges, nodes, summary), formats=EDGE_FORMATS)
    (tmp_path / "scores").mkdir()
    for part, start in ((1, 600), (0, 0)):
        shard = scores.iloc[start : start + 600].assign(label=scores["label"].astype("Int8"))
        write_table(shard, tmp_path / "scores" / f"part-{part:05d}.parquet", SCORES)
    return tmp_path


def test_a_folder_loads_as_it_was_written(folder, made):
    edges, nodes, summary, scores = made
    network = load_network(folder)
    pd.testing.assert_frame_equal(network.edges, edges)
    pd.testing.assert_frame_equal(network.nodes, nodes)
    assert network.summary == json.loads(json.dumps(summary))
    assert network.path == folder == load_network(str(folder)).path
    assert set(network.graph.edges) == set(zip(edges["tf"], edges["target"], strict=True))
    read = pd.concat(network.scores(), ignore_index=True)
    assert read["tf"].tolist() == scores["tf"].iloc[:1200].tolist()
    assert sorted(path.name for path in folder.iterdir()) == [
        "adjacencies.tsv",
        "edges.decoupler.csv",
        "edges.parquet",
        "network.cx2",
        "network.graphml",
        "network.html",
        "network.sif",
        "nodes.parquet",
        "rankedEdges.csv",
        "scores",
        "summary.json",
    ]


def test_same_input_and_seed_give_the_same_bytes(folder, made, tmp_path):
    edges, nodes, summary, _ = made
    second = tmp_path / "second"
    second.mkdir()
    write_network_files(second, Network(edges.copy(), nodes.copy(), summary), formats=EDGE_FORMATS)
    for path in second.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_an_empty_network_is_written_and_loaded(tmp_path):
    edges, nodes = empty_table(EDGES), empty_table(NODES)
    write_network_files(tmp_path, Network(edges, nodes, summarise(edges, nodes, n_candidates=9)))
    network = load_network(tmp_path)
    assert len(network.graph) == 0
    assert network.summary["probability"] == {"lowest": None, "highest": None}
    assert "No candidate passed the limits" in (tmp_path / "network.html").read_text(encoding="utf-8")


def test_only_the_formats_asked_for(made, tmp_path):
    edges, nodes, summary, _ = made
    write_network_files(tmp_path, Network(edges, nodes, summary), formats=("beeline", "beeline"))
    assert [path.name for path in sorted(tmp_path.glob("*.csv"))] == ["rankedEdges.csv"]


def test_refuses_an_unknown_format_before_it_writes(made, tmp_path):
    edges, nodes, summary, _ = made
    with pytest.raises(ConfigError, match=r"^--format is one of graphml, cx2, sif, decoupler, .*, got gexf$"):
        write_network_files(tmp_path, Network(edges, nodes, summary), formats=("beeline", "gexf"))
    assert list(tmp_path.iterdir()) == []


def test_says_what_is_wrong_with_a_folder(folder, made, tmp_path):
    _, nodes, summary, _ = made
    with pytest.raises(
        MissingInputError,
        match=r"nowhere: no such folder; expected a network folder, as `grnet infer-network` writes it",
    ):
        load_network(tmp_path / "nowhere")
    (folder / "network.html").unlink()
    load_network(folder)
    write_table(nodes.iloc[1:], folder / "nodes.parquet", NODES)
    lost = nodes["symbol"].iloc[0]
    with pytest.raises(FormatError, match=rf"1 genes are not in nodes.parquet, the first is '{lost}'; infer the"):
        load_network(folder)
    write_table(pd.concat([nodes, nodes.head(1)]), folder / "nodes.parquet", NODES)
    with pytest.raises(FormatError, match=rf"nodes.parquet: the gene '{lost}' occurs twice; infer the network anew"):
        load_network(folder)
    write_table(nodes, folder / "nodes.parquet", NODES)
    (folder / "edges.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(FormatError, match=r"edges.parquet: not readable as a Parquet file"):
        load_network(folder)
    (folder / "summary.json").write_text(json.dumps({**summary, "format_version": 99}))
    with pytest.raises(FormatError, match=r"format 'grnet network' version 99, expected 'grnet network' version 1"):
        load_network(folder)
    (folder / "summary.json").unlink()
    with pytest.raises(
        FormatError, match=r"not a network folder \(lacks summary.json\); expected what `grnet infer-network` writes"
    ):
        load_network(folder)


def test_scores_that_are_not_there_are_missed(made, tmp_path):
    edges, nodes, summary, _ = made
    write_network_files(tmp_path, Network(edges, nodes, summary))
    with pytest.raises(MissingInputError, match=r"scores: holds no part-\*.parquet; infer the network anew"):
        list(load_network(tmp_path).scores())


def test_summary_counts(made):
    edges, nodes, summary, scores = made
    assert (summary["edges"], summary["candidates"], summary["genes"]) == (120, len(scores), len(nodes))
    assert summary["known"] == int(edges["known"].sum()) > 0
    assert summary["known"] + summary["novel"] == 120
    assert summary["tfs"] == edges["tf"].nunique()
    assert summary["targets"] == edges["target"].nunique()
    assert summary["tfs_as_targets"] == sum(symbol.startswith("Tf") for symbol in set(edges["target"]))
    assert summary["density"] == 120 / (len(nodes) * (len(nodes) - 1))
    assert summary["kept"] == 120 / len(scores)
    assert np.float32(summary["probability"]["lowest"]) == edges["probability"].min()
    assert np.float32(summary["probability"]["highest"]) == edges["probability"].max()
    assert summary["signs"] == {s: int((edges["sign"] == s).sum()) for s in ("activation", "repression", "unknown")}
    assert summary["communities"] == nodes["community"].value_counts().sort_index().tolist()
    counts = edges["tf"].value_counts()
    assert summary["hubs"][0]["out_degree"] == counts.max()
    assert [hub["out_degree"] for hub in summary["hubs"]] == sorted(counts, reverse=True)[:10]
    assert summary["settings"] == {"top": 120}
    assert summary["versions"]["networkx"]
