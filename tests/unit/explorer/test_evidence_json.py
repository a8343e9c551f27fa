from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest
from made_evidence import CELLS, EXPRESSION, SECTION, VIEWS, add_measurements, make_evidence
from made_networks import hostile_network, in_shards, make_genes, make_scores

from grnet.explorer.evidence_json import EDGE_COLUMNS, encode_evidence, size_of
from grnet.network.graph import build_nodes
from grnet.network.selection import select_edges
from grnet.pages.page_parts import as_script_json
from grnet.schema.configs import InferConfig

PLENTY = 20_000_000


@pytest.fixture(scope="module")
def network():
    genes = make_genes(20, 120)
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=100))
    return edges, build_nodes(edges, genes, seed=0)


@pytest.fixture(scope="module")
def evidence(network):
    return make_evidence(*network)


@pytest.fixture(scope="module")
def found(network, evidence):
    return encode_evidence(evidence, *network, budget=PLENTY)


def test_columns_are_those_of_the_pairs(network, evidence, found):
    edges, _ = network
    columns = found["edges"]
    assert tuple(columns) == EDGE_COLUMNS
    for e, pair in enumerate(zip(edges["tf"], edges["target"], strict=True)):
        said = evidence.pairs[pair]
        parts = said.contributions
        assert columns["label"][e] == said.label
        assert columns["fold"][e] == said.fold
        assert columns["method"][e] == parts.method
        summed = sum(columns[name][e] for name in ("baseline", "rna", "image", "interaction", "network"))
        assert summed == pytest.approx(edges["score"][e], abs=1e-4)
        if columns["details"][e]:
            assert sum(columns["details"][e].values()) == pytest.approx(parts.baseline + parts.rna, abs=1e-4)
        assert columns["of_target"][e] == [said.places.of_target.place, said.places.of_target.among]
        near = [(n.tf, n.target, round(n.tf_correlation, 5), round(n.target_correlation, 5)) for n in said.near]
        assert [tuple(entry) for entry in columns["near"][e]] == near
        assert columns["notes"][e] == list(said.notes)
        assert (columns["saliency"][e] is None) == (said.saliency is None)
    assert found["left_out"] == []


def test_expression_and_images_are_those_of_the_genes(network, evidence, found):
    _, nodes = network
    missing = {"expression": 0, "images": 0}
    (columns,) = found["profiles"]
    for i, symbol in enumerate(nodes["symbol"]):
        gene = evidence.genes[symbol]
        profile = gene.profile(EXPRESSION)
        if profile is None:
            assert (columns["values"][i], columns["low"][i]) == ("", None)
            missing["expression"] += 1
        else:
            assert np.abs(decode(columns, i) - profile).max() < 1e-3
        said = [(picture["name"], picture["n"]) for picture in found["images"][i]]
        assert said == [(view, gene.counts[view]) for view in VIEWS if view in gene.values]
        missing["images"] += not said
    assert min(missing.values()) > 0


def decode(columns, i):
    """Return the profile of gene i as a page shows it."""
    steps = np.frombuffer(b64decode(columns["values"][i]), "<u2")
    return columns["low"][i] + (columns["high"][i] - columns["low"][i]) * steps / 65535


def test_every_measurement_has_its_profiles_or_its_pictures(network, evidence):
    _, nodes = network
    more = add_measurements(evidence, n_cells=401)
    found = encode_evidence(more, *network, budget=PLENTY)
    first, second = found["profiles"]
    said = [first[name] for name in ("name", "units", "place", "n_places", "correlated")]
    assert said == [EXPRESSION, "log2 TPM", "sample", 72, True]
    said = [second[name] for name in ("name", "units", "place", "n_places", "correlated")]
    assert said == [CELLS, "counts", "cell", 401, False]
    assert (second["places"][:2], len(second["places"])) == (["cell 0", "cell 2"], 200)
    assert [picture["name"] for picture in found["pictures"]] == [*VIEWS, SECTION]
    assert found["left_out"] == ["Plots of cells show 200 of 401 cells, evenly spaced."]
    shown = [int(name.split()[1]) for name in second["places"]]
    for i, symbol in enumerate(nodes["symbol"]):
        gene = more.genes[symbol]
        assert bool(second["values"][i]) == (CELLS in gene.values)
        if CELLS in gene.values:
            assert np.abs(decode(second, i) - gene.profile(CELLS)[shown]).max() < 1e-3
        names = [(picture["name"], picture["n"]) for picture in found["images"][i]]
        wanted = [*VIEWS, SECTION]
        assert names == [(name, gene.counts.get(name)) for name in wanted if name in gene.values]
    assert {"n": None}.items() <= next(p for p in found["images"][0] if p["name"] == SECTION).items()


def test_profiles_of_the_last_measurement_are_left_out_before_others(network, evidence):
    more = replace(add_measurements(evidence, n_cells=200), pairs={})
    bare = {symbol: replace(gene, values={}) for symbol, gene in more.genes.items()}
    base = size_of(encode_evidence(replace(more, genes=bare), *network, budget=PLENTY))
    found = encode_evidence(more, *network, budget=base + 25_000)
    first, second = ([bool(text) for text in columns["values"]] for columns in found["profiles"])
    had = [sum(name in gene.values for gene in more.genes.values()) for name in (EXPRESSION, CELLS)]
    assert sum(first) == had[0]
    assert 0 < sum(second) < had[1]
    left = had[1] - sum(second)
    assert (
        f"The profile by cells of {left} of {had[1]} genes, those with fewest edges, is not in this page."
        in found["left_out"]
    )


def test_saliency_comes_back(network, evidence, found):
    edges, _ = network
    e = next(e for e in range(len(edges)) if found["edges"]["saliency"][e])
    said, shown = evidence.pairs[(edges["tf"][e], edges["target"][e])].saliency, found["edges"]["saliency"][e]
    assert shown["method"] == said.method
    for side, maps in (("tf", said.tf), ("target", said.target)):
        assert list(shown[side]) == list(maps)
        for view, values in maps.items():
            steps = np.frombuffer(b64decode(shown[side][view]["values"]), np.int8).reshape(values.shape)
            assert np.abs(steps * shown["limit"] / 127 - values).max() <= shown["limit"] / 127


def test_maps_say_nothing_of_patches_outside_the_mask_of_their_view(network, evidence):
    edges, nodes = network
    mask = np.zeros((32, 64), dtype=bool)
    mask[10:20, 17:50] = True
    pictures = {VIEWS[0]: mask}
    masked = replace(
        evidence,
        measurements=tuple(replace(entry, mask=pictures.get(entry.name)) for entry in evidence.measurements),
    )
    found = encode_evidence(masked, edges, nodes, budget=PLENTY)
    stored = {picture["name"]: picture["mask"] for picture in found["pictures"]}
    assert [name for name, of_view in stored.items() if of_view] == [VIEWS[0]]
    bits = np.unpackbits(np.frombuffer(b64decode(stored[VIEWS[0]]["values"]), np.uint8))
    assert (bits.reshape(32, 64) == mask).all()
    e = next(e for e in range(len(edges)) if found["edges"]["saliency"][e])
    said, shown = evidence.pairs[(edges["tf"][e], edges["target"][e])].saliency, found["edges"]["saliency"][e]
    inside = np.zeros((8, 16), dtype=bool)
    inside[2:5, 4:13] = True
    maps = [side[view] * (inside if view == VIEWS[0] else 1) for side in (said.tf, said.target) for view in side]
    assert shown["limit"] == pytest.approx(max(np.abs(values).max() for values in maps), rel=1e-3)
    steps = np.frombuffer(b64decode(shown["tf"][VIEWS[0]]["values"]), np.int8).reshape(8, 16)
    assert np.abs(steps * shown["limit"] / 127 - said.tf[VIEWS[0]] * inside).max() <= shown["limit"] / 127


def test_the_same_evidence_is_the_same_json(network, evidence, found):
    assert json.dumps(encode_evidence(evidence, *network, budget=PLENTY)) == json.dumps(found)


def test_pairs_and_genes_that_the_evidence_lacks_are_null(network, evidence):
    edges, nodes = network
    first = (edges["tf"][0], edges["target"][0])
    some = replace(
        evidence,
        pairs={pair: said for pair, said in evidence.pairs.items() if pair != first},
        genes={symbol: gene for symbol, gene in evidence.genes.items() if symbol != first[0]},
    )
    found = encode_evidence(some, edges, nodes, budget=PLENTY)
    assert {found["edges"][name][0] for name in EDGE_COLUMNS} == {None}
    assert found["edges"]["method"][1] is not None
    row = nodes["symbol"].tolist().index(first[0])
    assert (found["profiles"][0]["values"][row], found["images"][row]) == (None, None)


def test_more_samples_than_a_plot_can_show_are_thinned(network):
    edges, nodes = network
    evidence = make_evidence(edges, nodes, n_samples=1001, size=(8, 16))
    found = encode_evidence(evidence, edges, nodes, budget=PLENTY)
    (columns,), (rna,) = found["profiles"], evidence.profiles
    assert (len(columns["places"]), columns["n_places"]) == (200, 1001)
    assert (columns["places"][0], columns["places"][-1]) == (rna.places[0], rna.places[-1])
    gaps = np.diff([rna.places.index(name) for name in columns["places"]])
    assert set(gaps.tolist()) == {5, 6}
    assert found["left_out"] == [
        "Plots of expression show 200 of 1,001 samples, evenly spaced; r and ρ are of all of them."
    ]
    i = next(i for i, text in enumerate(columns["values"]) if text)
    profile = evidence.genes[nodes["symbol"][i]].profile(EXPRESSION)
    assert decode(columns, i)[-1] == pytest.approx(profile[-1], abs=1e-3)


def count(column):
    return sum(bool(value) for value in column)


@pytest.fixture(scope="module")
def large():
    """A few genes with large images."""
    genes = make_genes(8, 30)
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=40))
    nodes = build_nodes(edges, genes, seed=0)
    return make_evidence(edges, nodes, size=(128, 256)), edges, nodes


def test_what_tells_least_is_left_out_first(large):
    evidence, edges, nodes = large
    whole = encode_evidence(evidence, edges, nodes, budget=PLENTY)
    steps = []
    for part in (1.0, 0.9, 0.7, 0.5, 0.35, 0.25, 0.2, 0.15, 0.1):
        budget = int(size_of(whole) * part) + 1500
        found = encode_evidence(evidence, edges, nodes, budget=budget)
        assert size_of(found) <= budget
        widths = [said for said in found["left_out"] if "pixels wide" in said]
        width = int(widths[0].split()[2]) if widths else 0
        kept = (
            count(found["edges"]["method"]),
            count(found["profiles"][0]["values"]),
            count(found["images"]),
            width if count(found["images"]) else 0,
            count(found["edges"]["saliency"]),
        )
        steps.append(kept)
    full = steps[0]
    assert full[0] == 40
    assert full[1:] == (count(whole["profiles"][0]["values"]), count(whole["images"]), 128, full[4])
    assert full[4] == count(whole["edges"]["saliency"])
    assert steps == sorted(steps, reverse=True)
    for kept in steps:
        edges_kept, expression, images, width, maps = kept
        assert edges_kept == full[0] or (expression, images, maps) == (0, 0, 0)
        assert expression == full[1] or (images, maps) == (0, 0)
        assert images == full[2] or (width in (0, 32) and maps == 0)
    assert steps[1][:4] == full[:4]
    assert 0 < steps[1][4] < full[4]


def test_the_strongest_edges_keep_their_maps(network, evidence, found):
    edges, nodes = network
    tight = encode_evidence(evidence, edges, nodes, budget=size_of(found) - 20_000)
    had = [e for e in range(len(edges)) if found["edges"]["saliency"][e]]
    kept = [e for e in range(len(edges)) if tight["edges"]["saliency"][e]]
    assert kept == had[: len(kept)]
    assert tight["left_out"] == [
        f"Where the models look is shown for the {len(kept)} strongest of {len(had)} edges that have it."
    ]


def without_images(gene):
    return {name: values for name, values in gene.values.items() if name == EXPRESSION}


def test_genes_of_many_edges_keep_their_images(large):
    evidence, edges, nodes = large
    without = replace(
        evidence,
        genes={symbol: replace(gene, values=without_images(gene)) for symbol, gene in evidence.genes.items()},
        pairs={pair: replace(said, saliency=None) for pair, said in evidence.pairs.items()},
    )
    base = size_of(encode_evidence(without, edges, nodes, budget=PLENTY))
    found = encode_evidence(evidence, edges, nodes, budget=base + 12_000)
    degree = nodes["in_degree"] + nodes["out_degree"]
    shown = {i for i, images in enumerate(found["images"]) if images}
    left = {i for i, images in enumerate(found["images"]) if images is None}
    assert shown
    assert left
    assert degree[list(shown)].min() >= degree[list(left)].max()
    total = len(shown) + len(left)
    said = f"The images of {len(left)} of {total} genes, those with fewest edges, are not in this page."
    assert found["left_out"][-2] == said


def test_without_room_all_is_left_out_and_said(network, evidence):
    found = encode_evidence(evidence, *network, budget=0)
    assert all(value is None for column in found["edges"].values() for value in column)
    assert not any(map(any, (found["profiles"][0]["values"], found["images"])))
    assert found["left_out"][0] == "The evidence of the 100 weakest of 100 edges is not in this page."


def test_hostile_names_count_as_they_are_written():
    edges, nodes, _ = hostile_network()
    evidence = make_evidence(edges, nodes, size=(8, 16))
    found = encode_evidence(evidence, edges, nodes, budget=PLENTY)
    assert size_of(found) == len(as_script_json(found))


def test_no_edges_are_no_evidence(network, evidence):
    edges, nodes = network
    found = encode_evidence(evidence, edges.iloc[:0], nodes.iloc[:0], budget=PLENTY)
    assert found["left_out"] == []
    assert (found["images"], found["profiles"][0]["values"]) == ([], [])
