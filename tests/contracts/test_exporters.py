"""What every exporter promises: names survive, content reads back equal, writing is all or nothing, bytes repeat."""

from __future__ import annotations

import json
import re
from pathlib import Path

import anndata
import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from made_networks import HOSTILE, hostile_network, in_shards, large_network, make_genes, make_scores

import grnet
from grnet.exporters import cx2, edge_lists, graphml, sif
from grnet.exporters.registry import find_exporter
from grnet.network import network as network_module
from grnet.network.folder import load_network
from grnet.network.graph import build_graph, build_nodes
from grnet.network.network import Network
from grnet.network.network_layout import lay_out
from grnet.network.selection import select_edges
from grnet.network.summary import summarise
from grnet.schema.configs import InferConfig
from grnet.schema.errors import FormatError, InputError, OutputExistsError
from grnet.schema.genes import GeneCatalogue
from grnet.schema.network_folder import SUMMARY_FILE
from grnet.schema.network_formats import EDGE_FORMATS, EXPORT_FORMATS, NETWORK_FORMATS, find_format
from grnet.schema.sif_names import read_sif_name
from grnet.schema.tables import EDGES, NODES, empty_table
from grnet.storage.folders import check_output_free
from grnet.workflow.network_files import write_network_files

SUMMARY = {"name": "a <network>", "settings": {"seed": 4}, "versions": {"grnet": "1.2.3"}, "candidates": 12}
EDGE_LISTS = {
    "arboreto": ("\t", ["TF", "target", "importance"]),
    "decoupler": (",", ["source", "target", "weight"]),
    "beeline": ("\t", ["Gene1", "Gene2", "EdgeWeight"]),
    "csv": (",", EDGES.names),
}
"""Separator and header of the tables of text."""


@pytest.fixture(scope="module", params=["plain", "hostile"])
def network(request):
    if request.param == "hostile":
        return hostile_network()[:2]
    genes = make_genes(20, 100)
    edges = select_edges(in_shards(make_scores(genes), 500), InferConfig(top=300))
    return edges, build_nodes(edges, genes, seed=0)


def export(name: str, edges: pd.DataFrame, nodes: pd.DataFrame, folder: Path) -> Path:
    path = folder / find_format(name).file_name
    find_exporter(name)(Network(edges, nodes, SUMMARY), path)
    return path


def read_edges(name: str, path: Path) -> dict[tuple[str, str], object]:
    """Return what a file says of each edge: the probability, signed for decoupler; for SIF the interaction."""
    if name == "graphml":
        graph = nx.read_graphml(path)
        return {(tf, target): values["probability"] for tf, target, values in graph.edges(data=True)}
    if name == "cx2":
        aspects = {key: value for part in json.loads(path.read_text("utf-8")) for key, value in part.items()}
        names = {node["id"]: node["v"]["name"] for node in aspects["nodes"]}
        return {(names[edge["s"]], names[edge["t"]]): edge["v"]["probability"] for edge in aspects["edges"]}
    if name == "sif":
        rows = [line.split("\t") for line in path.read_bytes().decode().split("\n")[:-1]]
        return {(read_sif_name(source), read_sif_name(target)): kind for source, kind, target in rows}
    if name == "anndata":
        network = anndata.read_h5ad(path)
        matrix = network.varp["grnet_probability"].tocoo()
        return pair_up(network.var_names[matrix.row], network.var_names[matrix.col], matrix.data)
    if name == "parquet":
        table = pd.read_parquet(path)
        return pair_up(table["tf"], table["target"], table["probability"])
    separator, header = EDGE_LISTS[name]
    table = pd.read_csv(path, sep=separator, keep_default_na=False)
    assert list(table.columns) == header
    return {(row[0], row[1]): row[2] for row in table.itertuples(index=False, name=None)}


def pair_up(tfs, targets, values) -> dict[tuple[str, str], object]:
    return {(tf, target): value for tf, target, value in zip(tfs, targets, values, strict=True)}


def expected_edges(name: str, edges: pd.DataFrame) -> dict[tuple[str, str], object]:
    values = edges["probability"]
    if name == "decoupler":
        values = values.where(edges["sign"] != "repression", -values)
    if name == "sif":
        values = edges["sign"].map({"activation": "activates", "repression": "represses", "unknown": "regulates"})
    return pair_up(edges["tf"], edges["target"], values)


def test_each_format_has_a_name_a_file_and_a_function_of_its_own():
    for part in ("name", "file_name", "exporter"):
        values = [getattr(entry, part) for entry in NETWORK_FORMATS]
        assert len(set(values)) == len(values), part
    assert all(callable(find_exporter(name)) for name in EXPORT_FORMATS)
    with pytest.raises(KeyError):
        find_exporter("gexf")


def test_a_format_is_in_every_folder_or_an_option_or_neither():
    assert [entry.name for entry in NETWORK_FORMATS if entry.in_every_folder] == ["graphml", "cx2"]
    assert EDGE_FORMATS == ("sif", "decoupler", "arboreto", "beeline")
    assert [entry.name for entry in NETWORK_FORMATS if entry.is_option and entry.in_every_folder] == []


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_a_network_folder_that_holds_it_is_still_replaced(name, network, tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    write_network_files(folder, Network(*network, summarise(*network, n_candidates=999)))
    check_output_free(folder, overwrite=True, marker=SUMMARY_FILE)
    file = grnet.export(folder, name, out=folder, overwrite=True).files[name]
    assert file == folder / find_format(name).file_name
    pd.testing.assert_frame_equal(load_network(folder).edges, network[0])
    check_output_free(folder, overwrite=True, marker=SUMMARY_FILE)
    (folder / f"my-{file.name}").touch()
    with pytest.raises(OutputExistsError, match=f"holds my-{file.name}, not written by grnet"):
        check_output_free(folder, overwrite=True, marker=SUMMARY_FILE)


def test_all_files_of_a_folder_share_one_layout(network, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        network_module, "lay_out", lambda *tables, seed: seen.append(seed) or lay_out(*tables, seed=seed)
    )
    write_network_files(tmp_path, Network(*network, summarise(*network, n_candidates=999, settings={"seed": 4})))
    assert seen == [4]
    page = (tmp_path / "network.html").read_text("utf-8")
    nodes = json.loads(re.search(r'id="network-data">(.*?)</script>', page, re.S).group(1))["nodes"]
    aspects = {
        key: value for part in json.loads((tmp_path / "network.cx2").read_text("utf-8")) for key, value in part.items()
    }
    places = [(element["x"], element["y"]) for element in aspects["nodes"]]
    np.testing.assert_allclose(places, np.stack([nodes["x"], nodes["y"]], axis=1) * (60, -60), atol=0.04)


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_content_reads_back_equal_and_names_intact(name, network, tmp_path):
    edges, nodes = network
    found = read_edges(name, export(name, edges, nodes, tmp_path))
    expected = expected_edges(name, edges)
    assert found.keys() == expected.keys()
    if name == "sif":
        assert found == expected
    else:
        assert all(np.float32(found[pair]) == np.float32(expected[pair]) for pair in expected)


def test_all_hostile_names_are_in_the_network_that_is_exported():
    edges, nodes, _ = hostile_network()
    assert set(nodes["symbol"]) == set(HOSTILE) == {*edges["tf"], *edges["target"]}


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_the_file_appears_whole_and_alone(name, network, tmp_path):
    edges, nodes = network
    first = export(name, edges, nodes, tmp_path).read_bytes()
    assert export(name, edges, nodes, tmp_path).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == [find_format(name).file_name]


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_a_failed_export_leaves_the_old_file(name, network, tmp_path):
    edges, nodes = network
    path = tmp_path / find_format(name).file_name
    path.write_text("old")
    with pytest.raises((KeyError, ValueError)):
        find_exporter(name)(Network(edges.drop(columns="tf"), nodes), path)
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [(path.name, "old")]


@pytest.mark.parametrize("name", ["arboreto", "beeline", "decoupler"])
def test_edge_lists_are_best_first_in_short_figures(name, network, tmp_path):
    edges, nodes = network
    separator, _ = EDGE_LISTS[name]
    table = pd.read_csv(export(name, edges, nodes, tmp_path), sep=separator, keep_default_na=False)
    assert table.iloc[:, 2].abs().is_monotonic_decreasing
    assert table.iloc[:, 2].astype(str).str.len().max() <= 13


def test_the_csv_holds_every_column(network, tmp_path):
    edges, nodes = network
    table = pd.read_csv(
        export("csv", edges, nodes, tmp_path),
        keep_default_na=False,
        na_values={"correlation": [""], "seed_spread": [""]},
    )
    for column in EDGES.names:
        found, expected = table[column], edges[column]
        if expected.dtype == np.float32:
            np.testing.assert_array_equal(found.to_numpy(np.float32), expected.to_numpy())
        else:
            assert found.tolist() == expected.tolist()


def test_sif_says_which_names_it_could_not_hold(tmp_path, caplog):
    edges, nodes, _ = hostile_network()
    export("sif", edges, nodes, tmp_path)
    assert "SIF cannot hold tabs and line ends; 4 symbols are written with a backslash" in caplog.text


def test_networkx_reads_the_graph_back(network, tmp_path):
    edges, nodes = network
    graph, read = build_graph(edges, nodes), nx.read_graphml(export("graphml", edges, nodes, tmp_path))
    assert isinstance(read, nx.DiGraph)
    assert list(read) == list(graph)
    for symbol, values in graph.nodes(data=True):
        expected = {**values, "name": symbol, "gene_id": values["id"]}
        del expected["id"]
        assert read.nodes[symbol] == expected
        assert {k: type(v) for k, v in read.nodes[symbol].items()} == {k: type(v) for k, v in expected.items()}
    for tf, target, values in graph.edges(data=True):
        assert read.edges[tf, target] == values
        found = read.edges[tf, target]
        assert {k: type(v) for k, v in found.items()} == {k: type(v) for k, v in values.items()}


def test_igraph_reads_the_graph_back(network, tmp_path):
    edges, nodes = network
    graph = build_graph(edges, nodes)
    read = igraph.Graph.Read_GraphML(str(export("graphml", edges, nodes, tmp_path)))
    assert read.is_directed()
    assert read.vs["name"] == list(graph)  # not `id`: igraph leaves & as &#38; in what it keeps there
    assert read.vs["gene_id"] == nodes["id"].tolist()
    for column in ("is_tf", "n_images", "in_degree", "out_degree", "community"):
        assert read.vs[column] == nodes[column].tolist()
    assert {type(value) for value in read.vs["is_tf"]} == {type(value) for value in read.es["known"]} == {bool}
    pairs = [(read.vs["name"][edge.source], read.vs["name"][edge.target]) for edge in read.es]
    table = edges.set_index(["tf", "target"]).loc[pairs]
    for column in ("probability", "spread", "seed_spread", "score", "correlation"):
        np.testing.assert_array_equal(np.array(read.es[column], dtype=np.float32), table[column].to_numpy())
    for column in ("rank", "sign", "known"):
        assert read.es[column] == table[column].tolist()
    assert sorted(pairs) == sorted(graph.edges)


def test_graphml_shows_control_characters_as_pictures(tmp_path, caplog):
    edges, nodes, _ = hostile_network()
    swap = {HOSTILE[0]: "bell\x07", HOSTILE[1]: "not\uffffa character"}
    edges = edges.assign(tf=edges["tf"].replace(swap), target=edges["target"].replace(swap))
    nodes = nodes.assign(symbol=nodes["symbol"].replace(swap))
    read = nx.read_graphml(export("graphml", edges, nodes, tmp_path))
    assert {"bell␇", "not\ufffda character"} <= set(read)
    assert "GraphML cannot hold control characters; 2 symbols are changed" in caplog.text


def test_graphml_refuses_names_that_become_equal(tmp_path):
    symbols = ("a\x01", "a␁")
    genes = GeneCatalogue(symbols, ("", ""), np.array([True, True]), np.zeros(2, dtype=np.int32))
    edges = select_edges(in_shards(make_scores(genes), 9), InferConfig(top=2))
    with pytest.raises(
        InputError, match=r"the genes 'a\\x01' and 'a␁' have one name in the format graphml, which cannot"
    ):
        export("graphml", edges, build_nodes(edges, genes, seed=0), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", EXPORT_FORMATS)
@pytest.mark.parametrize("rows", [1, 7, 40])
def test_writing_in_chunks_changes_no_byte(name, rows, network, tmp_path, monkeypatch):
    whole = export(name, *network, tmp_path).read_bytes()
    for module in (graphml, cx2, sif, edge_lists):
        monkeypatch.setattr(module, "CHUNK", rows)
    assert export(name, *network, tmp_path).read_bytes() == whole


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_a_network_without_edges_is_written(name, tmp_path):
    edges, nodes = empty_table(EDGES), empty_table(NODES)
    path = export(name, edges, nodes, tmp_path)
    assert read_edges(name, path) == {}


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_a_hundred_thousand_edges_are_written_some_at_a_time(name, tmp_path, monkeypatch):
    """No text of more than a chunk of edges is ever in memory; memory is measured by benchmarks/exports.py."""
    edges, nodes = large_network(100_000)
    monkeypatch.setattr(network_module, "lay_out", lambda edges, nodes, seed: np.zeros((len(nodes), 2)))
    rows: list[int] = []
    to_csv, join = pd.DataFrame.to_csv, cx2.pc.binary_join_element_wise

    def note_table(table, *args, **options):
        rows.append(len(table))
        return to_csv(table, *args, **options)

    def note_lines(*columns, **options):
        lines = join(*columns, **options)
        rows.append(len(lines))
        return lines

    monkeypatch.setattr(pd.DataFrame, "to_csv", note_table)
    monkeypatch.setattr(cx2.pc, "binary_join_element_wise", note_lines)
    path = export(name, edges, nodes, tmp_path)
    assert max(rows, default=0) <= graphml.CHUNK < len(edges) / 3
    assert bool(rows) == (name not in ("anndata", "parquet"))  # which hold columns, and no text of an edge
    if name in ("anndata", "parquet"):
        assert len(read_edges(name, path)) == 100_000
    else:
        mark = {"graphml": b"<edge ", "cx2": b'"s":'}.get(name)
        text = path.read_bytes()
        lines = text.count(b"\n") - (name != "sif")
        assert (lines if mark is None else text.count(mark)) == 100_000
    assert path.stat().st_size < 32 * 2**20


def test_graphml_equals_the_file_of_networkx(network, tmp_path):
    edges, nodes = network
    graph = build_graph(edges, nodes)
    for symbol, values in graph.nodes(data=True):
        values["name"], values["gene_id"] = symbol, values.pop("id")
    nx.write_graphml_xml(graph, tmp_path / "networkx.graphml", encoding="utf-8")
    file = tmp_path / "networkx.graphml"
    file.write_bytes(file.read_bytes().replace(b"\r", b"&#13;"))  # which networkx leaves to become line feeds
    expected, read = nx.read_graphml(file), nx.read_graphml(export("graphml", edges, nodes, tmp_path))
    assert list(read.nodes(data=True)) == list(expected.nodes(data=True))
    assert list(read.edges(data=True)) == list(expected.edges(data=True))


def test_graphml_is_made_piece_by_piece(network, monkeypatch):
    edges, nodes = network
    monkeypatch.setattr(graphml, "CHUNK", 10)
    pieces = list(graphml.write_graphml(edges, nodes, nodes["symbol"].tolist()))
    assert max(piece.count("<edge ") + piece.count("<node ") for piece in pieces) == 10
    assert sum(piece.count("<edge ") for piece in pieces) == len(edges)


def test_graphml_refuses_an_edge_between_genes_that_are_no_nodes(network, tmp_path):
    edges, nodes = network
    with pytest.raises(
        FormatError, match=r"edges name a gene that is no node, the first is '[\s\S]+' → '[\s\S]+'; inf"
    ):
        export("graphml", edges, nodes.iloc[1:], tmp_path)
    assert list(tmp_path.iterdir()) == []
