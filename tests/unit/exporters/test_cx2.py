"""CX2 is what its specification says: each aspect by its schema, and the rules between aspects."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from cx2_schema import DESCRIPTOR, ELEMENTS, PYTHON_TYPES, SINGLE
from made_networks import hostile_network, in_shards, make_genes, make_scores

from grnet.exporters import cx2
from grnet.exporters.cx2 import export_cx2, write_cx2
from grnet.network.graph import build_graph, build_nodes
from grnet.network.network import Network
from grnet.network.network_layout import lay_out
from grnet.network.selection import select_edges
from grnet.network.summary import summarise
from grnet.schema.configs import InferConfig
from grnet.schema.errors import FormatError
from grnet.schema.tables import EDGES, NODES, empty_table


@pytest.fixture(scope="module", params=["plain", "hostile", "empty", "one edge"])
def network(request) -> Network:
    if request.param == "hostile":
        edges, nodes, _ = hostile_network()
    elif request.param == "empty":
        edges, nodes = empty_table(EDGES), empty_table(NODES)
    else:
        genes = make_genes(20, 100)
        top = 1 if request.param == "one edge" else 300
        edges = select_edges(in_shards(make_scores(genes), 500), InferConfig(top=top))
        nodes = build_nodes(edges, genes, seed=0)
    summary = summarise(edges, nodes, n_candidates=999, name="a <b>name</b>", settings={"seed": 7})
    return Network(edges, nodes, summary)


@pytest.fixture
def document(network) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads("".join(write_cx2(network)))
    return found


@pytest.fixture
def aspects(document) -> dict[str, Any]:
    return {name: elements for part in document[1:] for name, elements in part.items()}


def test_every_element_is_of_its_schema(document):
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(document[0], DESCRIPTOR)
    for part in document[1:]:
        assert len(part) == 1
        ((name, elements),) = part.items()
        validator = jsonschema.Draft202012Validator(ELEMENTS[name])
        for element in elements:
            validator.validate(element)
        assert name not in SINGLE or len(elements) == 1, name


def test_the_schema_refuses_what_the_specification_does_not_know():
    jsonschema = pytest.importorskip("jsonschema")
    style = {"nodeMapping": {"NODE_SHAPE": {"type": "DISCRETE", "definition": {"attribute": "a", "map": []}}}}
    wrong = {
        "nodes": [{"id": "a"}, {"id": 1, "x": 2.0}, {"id": 1, "v": {"id": 3}}, {"v": {}}],
        "edges": [{"id": 1, "s": 2}],
        "visualProperties": [style, {"default": {"node": {"NODE_FILL_COLOR": "#000000"}}}],
        "attributeDeclarations": [{"nodes": {"a": {"d": "float"}}}],
    }
    for name, elements in wrong.items():
        validator = jsonschema.Draft202012Validator(ELEMENTS[name])
        assert [validator.is_valid(element) for element in elements] == [False] * len(elements)


def test_aspects_stand_once_in_an_order_that_a_stream_needs(document):
    assert document[0] == {"CXVersion": "2.0", "hasFragments": False}
    names = [next(iter(part)) for part in document[1:]]
    assert names == [
        "metaData",
        "attributeDeclarations",
        "networkAttributes",
        "nodes",
        "edges",
        "visualProperties",
        "visualEditorProperties",
        "status",
    ]
    assert document[-1]["status"] == [{"error": "", "success": True}]


def test_meta_data_counts_the_elements(aspects):
    counts = {entry["name"]: entry["elementCount"] for entry in aspects["metaData"]}
    assert counts == {name: len(value) for name, value in aspects.items() if name not in ("metaData", "status")}


def test_ids_are_distinct_and_ends_are_nodes(aspects, network):
    nodes, edges = ([element["id"] for element in aspects[name]] for name in ("nodes", "edges"))
    assert len(set(nodes)) == len(nodes) == len(network.nodes)
    assert len(set(edges)) == len(edges) == len(network.edges)
    assert not set(nodes) & set(edges)  # one set of ids in cytoscape.js
    assert {edge[end] for edge in aspects["edges"] for end in "st"} <= set(nodes)


def test_every_attribute_is_declared_and_of_its_type(aspects):
    (declared,) = aspects["attributeDeclarations"]
    for aspect in ("networkAttributes", "nodes", "edges"):
        for element in aspects[aspect]:
            values = element if aspect == "networkAttributes" else element["v"]
            for name, value in values.items():
                assert type(value) in PYTHON_TYPES[declared[aspect][name]["d"]], (aspect, name, value)


def test_every_mapping_names_a_declared_attribute_of_its_type(aspects):
    (declared,), (style,) = aspects["attributeDeclarations"], aspects["visualProperties"]
    for kind, aspect in (("nodeMapping", "nodes"), ("edgeMapping", "edges")):
        assert style[kind]
        for name, entry in style[kind].items():
            definition = entry["definition"]
            assert definition["type"] == declared[aspect][definition["attribute"]]["d"], name
            for pair in definition.get("map", []):
                if "v" in pair:
                    assert type(pair["v"]) in PYTHON_TYPES[definition["type"]]


def test_a_continuous_mapping_covers_every_value_without_a_gap(aspects):
    (style,) = aspects["visualProperties"]
    for kind, aspect in (("nodeMapping", "nodes"), ("edgeMapping", "edges")):
        for entry in style[kind].values():
            if entry["type"] != "CONTINUOUS":
                continue
            below, inside, above = entry["definition"]["map"]
            assert below["max"] == inside["min"] < inside["max"] == above["min"]
            assert below["maxVPValue"] == inside["minVPValue"] < inside["maxVPValue"] == above["minVPValue"]
            values = [element["v"][entry["definition"]["attribute"]] for element in aspects[aspect]]
            assert all(np.float32(inside["min"]) <= np.float32(value) <= inside["max"] for value in values)


def test_attributes_are_those_of_the_graph(aspects, network):
    edges, nodes = network.edges, network.nodes
    graph = build_graph(edges, nodes)
    names = {}
    for element in aspects["nodes"]:
        values = element["v"]
        expected = dict(graph.nodes[values["name"]])
        expected["gene_id"] = expected.pop("id")
        expected["degree"] = expected["in_degree"] + expected["out_degree"]
        expected["role"] = "TF" if expected["is_tf"] else "target"
        assert values == {**expected, "name": values["name"]}
        names[element["id"]] = values["name"]
    kinds = {"activation": "activates", "repression": "represses", "unknown": "regulates"}
    for element in aspects["edges"]:
        values, ends = dict(element["v"]), (names[element["s"]], names[element["t"]])
        kind = kinds[values["sign"]]
        assert (values.pop("interaction"), values.pop("name")) == (kind, f"{ends[0]} ({kind}) {ends[1]}")
        assert values.pop("status") == ("known" if values["known"] else "novel")
        assert values == graph.edges[ends]


def test_genes_lie_as_on_the_page_with_y_downwards(aspects, network):
    places = [(element["x"], element["y"]) for element in aspects["nodes"]]
    expected = lay_out(network.edges, network.nodes, seed=7) * (60, -60)
    np.testing.assert_allclose(np.array(places).reshape(-1, 2), expected, atol=0.01)


def test_the_network_is_named_and_described(aspects, network):
    (about,) = aspects["networkAttributes"]
    assert about["name"] == "a <b>name</b>"
    assert about["candidates"] == 999
    assert f"{len(network.edges):,} edges" in about["description"]


def test_the_style_says_what_the_page_says(aspects):
    (style,) = aspects["visualProperties"]
    shown = {
        name: {entry["v"]: entry["vp"] for entry in style[kind][name]["definition"]["map"]}
        for kind, name in (
            ("nodeMapping", "NODE_SHAPE"),
            ("edgeMapping", "EDGE_LINE_STYLE"),
            ("edgeMapping", "EDGE_TARGET_ARROW_SHAPE"),
            ("edgeMapping", "EDGE_LINE_COLOR"),
        )
    }
    assert shown["NODE_SHAPE"] == {"TF": "diamond", "target": "ellipse"}
    assert shown["EDGE_LINE_STYLE"] == {"known": "solid", "novel": "dashed"}
    assert shown["EDGE_TARGET_ARROW_SHAPE"] == {"activation": "triangle", "repression": "tee", "unknown": "triangle"}
    assert len(set(shown["EDGE_LINE_COLOR"].values())) == 3


def test_the_reader_of_ndex_reads_it_back(network, tmp_path):
    reader = pytest.importorskip("ndex2.cx2")
    edges, nodes = network.edges, network.nodes
    export_cx2(network, tmp_path / "network.cx2")
    read = reader.RawCX2NetworkFactory().get_cx2network(str(tmp_path / "network.cx2"))
    assert read.get_name() == "a <b>name</b>"
    names = {key: value["v"]["name"] for key, value in read.get_nodes().items()}
    assert list(names.values()) == nodes["symbol"].tolist()
    pairs = {(names[edge["s"]], names[edge["t"]]): edge["v"] for edge in read.get_edges().values()}
    assert list(pairs) == list(zip(edges["tf"], edges["target"], strict=True))
    assert [np.float32(values["probability"]) for values in pairs.values()] == edges["probability"].tolist()
    assert set(read.get_visual_properties()) == {"default", "nodeMapping", "edgeMapping"}


def test_it_is_made_piece_by_piece(network, monkeypatch):
    monkeypatch.setattr(cx2, "CHUNK", 10)
    pieces = list(write_cx2(network))
    assert max(piece.count('{"id":') for piece in pieces) <= 10
    assert sum(piece.count('{"id":') for piece in pieces) == len(network.edges) + len(network.nodes)


def test_refuses_an_edge_between_genes_that_are_no_nodes(tmp_path):
    edges, nodes, _ = hostile_network()
    with pytest.raises(FormatError, match=r"edges name a gene that is no node"):
        export_cx2(Network(edges, nodes.iloc[1:]), tmp_path / "network.cx2")
    assert list(tmp_path.iterdir()) == []
