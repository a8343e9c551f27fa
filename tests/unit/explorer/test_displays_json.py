"""Groups, terms and maps of sections as JSON in a page."""

from __future__ import annotations

import io
from base64 import b64decode

import numpy as np
import pytest
from made_evidence import CELLS, SPOTS, TERMS, VIEWS, add_displays, make_evidence
from made_networks import in_shards, make_genes, make_scores
from PIL import Image

from grnet.explorer.data_uris import encode_image
from grnet.explorer.evidence_json import encode_evidence, size_of
from grnet.network.graph import build_nodes
from grnet.network.selection import select_edges
from grnet.schema.configs import InferConfig
from grnet.schema.place_groups import BINS, PlaceGroups


@pytest.fixture(scope="module")
def network():
    genes = make_genes(12, 40)
    edges = select_edges(in_shards(make_scores(genes), 5000), InferConfig(top=40))
    return edges, build_nodes(edges, genes, seed=0)


@pytest.fixture(scope="module")
def evidence(network):
    return add_displays(make_evidence(*network), n_cells=5000)


@pytest.fixture(scope="module")
def found(network, evidence):
    return encode_evidence(evidence, *network, budget=20_000_000)


def read_bytes(text, kind):
    return np.frombuffer(b64decode(text), kind)


def read_uri(uri):
    return np.asarray(Image.open(io.BytesIO(b64decode(uri.split(",")[1]))).convert("RGBA"))


def test_a_gene_is_summarised_by_group_however_many_cells_there_are(network, evidence, found):
    _, nodes = network
    columns = found["profiles"][1]
    assert (columns["name"], columns["n_places"], len(columns["places"]), len(columns["group"])) == (
        CELLS,
        5000,
        300,
        300,
    )
    assert [group["name"] for group in columns["groups"]] == ["kind 0", "kind 1", "kind 2", "kind 3", "kind 4"]
    assert sum(group["n"] for group in columns["groups"]) == 5000
    names = evidence.profiles[1].groups
    groups = PlaceGroups.of(names)
    for row, symbol in enumerate(nodes["symbol"]):
        gene = evidence.genes[symbol]
        if CELLS not in gene.values:
            assert (columns["values"][row], columns["histograms"][row]) == ("", None)
            continue
        values, low, high = gene.profile(CELLS), columns["low"][row], columns["high"][row]
        assert (low, high) == pytest.approx((values.min(), values.max()), rel=1e-5)
        shown = low + read_bytes(columns["values"][row], "<u2") / 65535 * (high - low)
        places = [int(name.split()[1]) for name in columns["places"]]
        assert np.abs(shown - values[places]).max() < 1e-3
        assert [columns["groups"][k]["name"] for k in columns["group"]] == [names[place] for place in places]
        summary = groups.summarise(values)
        shares = read_bytes(columns["histograms"][row], np.uint8).reshape(5, BINS) / 255
        assert np.abs(shares - summary.share).max() <= 1 / 255
        assert ((shares > 0) == (summary.share > 0)).all()
        means = low + read_bytes(columns["means"][row], "<u2") / 65535 * (high - low)
        assert means == pytest.approx(summary.mean, abs=1e-3)
        assert read_bytes(columns["detected"][row], np.uint8) == pytest.approx(100 * summary.detected, abs=0.5)
        assert sum(size_of(columns[name][row]) for name in ("values", "histograms", "means", "detected")) < 1100
    said = "Plots of cells show 300 of 5,000 cells, as many of each group as its share."
    assert said in found["left_out"]


def test_terms_are_rows_of_a_list_that_begins_with_the_rarest(network, evidence, found):
    _, nodes = network
    (columns,), (entry,) = found["terms"], evidence.terms
    assert (columns["name"], columns["place"]) == (TERMS, "term")
    assert columns["counts"] == sorted(columns["counts"])
    count_of = dict(zip(entry.places, entry.place_counts, strict=True))
    assert columns["counts"] == [count_of[name] for name in columns["places"]]
    for rows, symbol in zip(columns["values"], nodes["symbol"], strict=True):
        own = evidence.genes[symbol].terms(TERMS)
        assert rows == sorted(rows)
        assert {columns["places"][row] for row in rows} == {entry.places[term] for term in own}


def test_sections_are_pictures_of_their_own_and_clear_without_spots(network, evidence, found):
    _, nodes = network
    described = {picture["name"]: picture for picture in found["pictures"]}
    assert list(described) == [*VIEWS, "spots, A", "spots, B"]
    assert (described["lateral"]["drawn"], described["lateral"]["masked"]) == (False, False)
    assert described["spots, B"] == {
        "name": "spots, B", "measurement": SPOTS, "place": "spot", "units": "log2",
        "drawn": True, "masked": True, "mask": None,
    }  # fmt: skip
    row, symbol = next((i, s) for i, s in enumerate(nodes["symbol"]) if SPOTS in evidence.genes[s].values)
    for view in evidence.views[-2:]:
        (picture,) = (one for one in found["images"][row] if one["name"] == view.name)
        assert (picture["n"], picture["top"]) == (None, 2.5)
        pixels = read_uri(picture["src"])
        assert ((pixels[..., 3] == 255) == view.filled).all()
        grey = evidence.genes[symbol].picture_in(view)
        assert np.abs(pixels[..., 0].astype(int) - grey)[view.filled].mean() < 6


def test_correlations_are_those_of_the_pairs(network, evidence, found):
    edges, _ = network
    for e, pair in enumerate(zip(edges["tf"], edges["target"], strict=True)):
        assert found["edges"]["correlations"][e] == (evidence.pairs[pair].correlations or None)


def test_pixels_that_say_nothing_do_not_darken_a_smaller_image():
    image = np.full((4, 8), 200, dtype=np.uint8)
    filled = np.zeros((4, 8), dtype=bool)
    filled[:, :5] = True
    pixels = read_uri(encode_image(np.where(filled, image, 0), width=4, filled=filled))
    assert (pixels[..., 3] == 255).tolist() == [[True, True, True, False]] * 2
    assert np.abs(pixels[:, :3, 0].astype(int) - 200).max() <= 4


def test_terms_give_way_after_all_else_but_edges(network, evidence, found):
    kept = []
    for budget in range(4000, size_of(found), 400):
        tight = encode_evidence(evidence, *network, budget=budget)
        terms = sum(rows is not None for rows in tight["terms"][0]["values"])
        others = sum(bool(text) for columns in tight["profiles"] for text in columns["values"])
        edges = sum(method is not None for method in tight["edges"]["method"])
        kept.append((edges, terms, others + sum(map(bool, tight["images"]))))
        if terms == len(tight["images"]):
            break
    assert any(0 < terms < len(found["images"]) for _, terms, _ in kept)
    for edges, terms, others in kept:
        assert edges == len(network[0]) or terms == 0
        assert others == 0 or terms == len(found["images"])
